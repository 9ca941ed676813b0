package sets

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Each set of a stratified or antithetic sample has the law of one draw, and the
// counts of labels vary less: hardly, or of a pair by no more than 1.
func TestDependentDraws(t *testing.T) {
	for _, c := range []struct {
		name string
		draw func([]Set, func(int) float64, int, *rand.Rand)
		of   int // sets at a time
	}{{"stratified", stratify, 10}, {"antithetic", antithetic, 2}} {
		t.Run(c.name, func(t *testing.T) { dependentDraws(t, c.draw, c.of) })
	}
}

func dependentDraws(t *testing.T, draw func([]Set, func(int) float64, int, *rand.Rand), of int) {
	rng := rand.New(rand.NewPCG(13, 14))
	p := []float64{0.03, 0.5, 0.9}
	const n, runs = 11, 20_000 // the last one of the pairs is alone
	cells := make([]int, 8)
	for range runs {
		ys := Make(n, len(p))
		draw(ys, func(j int) float64 { return p[j] }, len(p), rng)
		for at := 0; at+of <= n; at += of {
			if of > 2 {
				of = n
			}
			counts := make([]int, len(p))
			for _, y := range ys[at : at+of] {
				for j := range y.Labels() {
					counts[j]++
				}
			}
			for j, c := range counts {
				require.LessOrEqual(t, math.Abs(float64(c)-float64(of)*p[j]), 1.0)
			}
		}
		cells[ys[rng.IntN(n)].words[0]]++
	}
	for y, c := range cells {
		want := 1.0
		for j, p := range p {
			if y>>j&1 != 0 {
				want *= p
			} else {
				want *= 1 - p
			}
		}
		almost.Equal(t, want, float64(c)/runs, 5*math.Sqrt(want/runs), 0, "%b", y)
	}
}

// Estimates from dependent draws are unbiased, and vary less where the scores are
// nearly linear; the errors that a trained model states are of independent ones.
func TestDependentDrawsVaryLess(t *testing.T) {
	const k, n, runs = 6, 16, 3000
	space, err := NewSpace(k, nil)
	require.NoError(t, err)
	problem := structured.Problem[Set]{Space: space, Coupling: unary{k}}
	theta := structured.Theta{Logits: []float64{0.5, -1, 0.2, 0, 1.5, -0.4}}
	// The mean number of labels, whose law under r is known.
	variance := map[Marginal]float64{}
	for _, p := range []Marginal{{}, {Stratified: true}, {Antithetic: true}} {
		bound, err := p.Bind(problem)
		require.NoError(t, err)
		ys, logr := space.Make(n), make([]float64, n)
		sum, squares := 0.0, 0.0
		for key := range uint64(runs) {
			bound.Sample(ys, logr, theta, key)
			v := 0.0
			for _, y := range ys {
				v += float64(y.Count()) / n
			}
			sum += v / runs
			squares += v * v / runs
		}
		want := 0.0
		for _, u := range theta.Logits {
			want += 0.95/(1+math.Exp(-u)) + 0.05*0.5
		}
		variance[p] = squares - sum*sum
		almost.Equal(t, want, sum, 5*math.Sqrt(variance[p]/runs), 0, "%+v", p)
		assert.Equal(t, Marginal{}, structured.Proposal[Set](bound.(*marginalProposal).Independent()).(*marginalProposal).Marginal)
	}
	assert.Less(t, variance[Marginal{Stratified: true}], 0.3*variance[Marginal{}])
	assert.Less(t, variance[Marginal{Antithetic: true}], 0.6*variance[Marginal{}])
	_, err = Marginal{Stratified: true, Antithetic: true}.Bind(problem)
	assert.ErrorContains(t, err, "not both")
}
