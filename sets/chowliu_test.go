package sets

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Label 2 goes with 0 and 3 with 1, and 3 never with 0.
func ExampleChowLiu() {
	var data Data
	for range 10 {
		data.Y = append(data.Y, New(4, 0, 2), New(4, 1, 3), New(4), New(4, 0, 2, 1))
	}
	tree, err := ChowLiu(data)
	if err != nil {
		panic(err)
	}
	fmt.Println(tree.Edges)
	// Output: [{0 2} {0 3} {1 3}]
}

// Data from a known tree give the tree back, with missing labels too.
func TestChowLiu(t *testing.T) {
	const k = 12
	rng := rand.New(rand.NewPCG(2, 3))
	want := map[Edge]bool{}
	var edges []Edge
	for j := 1; j < k; j++ {
		e := Edge{rng.IntN(j), j}
		edges, want[e] = append(edges, e), true
	}
	c, err := Tree{Edges: edges}.Bind(k)
	require.NoError(t, err)
	s, _ := NewSpace(k, nil)
	inf, err := c.Infer(s)
	require.NoError(t, err)
	theta := structured.Theta{Logits: make([]float64, c.NumLogits())}
	for j := range k {
		theta.Logits[j] = -1
	}
	for e := range edges {
		theta.Logits[k+e] = 2
		if e%2 == 0 {
			theta.Logits[k+e] = -3
		}
	}
	ys := s.Make(30_000)
	inf.(structured.ExactSampler[Set]).SampleModel(ys, theta, 5)
	d := Data{Y: ys}
	check := func(d Data) {
		t.Helper()
		tree, err := ChowLiu(d)
		require.NoError(t, err)
		require.Len(t, tree.Edges, k-1)
		for _, e := range tree.Edges {
			assert.True(t, want[e], "edge %v", e)
		}
		_, err = tree.Bind(k)
		require.NoError(t, err)
	}
	check(d)
	for i, y := range ys { // with wrong values where they are missing
		known := All(k)
		for j := range k {
			if rng.Float64() < 0.1 {
				known.Remove(j)
				y.Set(j, i%2 == 0)
			}
		}
		d.Observed = append(d.Observed, known)
	}
	check(d)
	_, err = ChowLiu(Data{Y: []Set{New(3), New(4)}})
	assert.Error(t, err)
}

func TestChowLiuCounts(t *testing.T) {
	d := Data{
		Y:        []Set{New(3, 0, 1), New(3, 0), New(3, 1, 2)},
		Observed: []Set{New(3, 0, 1), All(3), New(3, 0, 2)},
		Weights:  []float64{1, 2, 4},
	}
	c := countPairs(d, 3)
	for i := range 3 {
		for j := range i {
			// Directly: 2x2 tables of the examples in which both are known.
			cells, sum := [2][2]float64{{.25, .25}, {.25, .25}}, 1.0
			for m, y := range d.Y {
				if d.Observed[m].Has(i) && d.Observed[m].Has(j) {
					a, b := 0, 0
					if y.Has(i) {
						a = 1
					}
					if y.Has(j) {
						b = 1
					}
					cells[a][b] += d.Weights[m]
					sum += d.Weights[m]
				}
			}
			want := 0.0
			for a := range cells {
				for b, n := range cells[a] {
					want += n / sum * math.Log(n*sum/(cells[a][0]+cells[a][1])/(cells[0][b]+cells[1][b]))
				}
			}
			almost.Equal(t, want, c.information(i, j), 1e-12, 0)
			almost.Equal(t, want, c.information(j, i), 1e-12, 0)
		}
	}
}
