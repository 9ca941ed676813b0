package datasets

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/permutations"
)

func TestRankClasses(t *testing.T) {
	// Three classes with means 0, 10 and 20 and equal variance: an x between
	// two of them is nearer to one, and what is far away has 0.000.
	x := mat.NewDense(9, 2, []float64{-1, 7, 0, 7, 1, 7, 9, 7, 10, 7, 11, 7, 19, 7, 20, 7, 21, 7})
	got, err := RankClasses(x, []int{2, 2, 2, 0, 0, 0, 1, 1, 1}, 3)
	require.NoError(t, err)
	want := permutations.Ordering{2, 0, 1}
	for i := range 3 {
		assert.Equal(t, want, got[i])
		assert.Equal(t, permutations.Ordering{0, 1, 2}, got[3+i], "ties in the order of the labels")
		assert.Equal(t, permutations.Ordering{1, 0, 2}, got[6+i])
	}
}

// The probabilities by numerical integration of the densities.
func TestRankClassesProbabilities(t *testing.T) {
	x := []float64{0, 1, 1.4, 2.2, 3.1, 4, 5}
	class := []int{0, 0, 1, 0, 1, 1, 0}
	count := []float64{4, 3}
	logp := mat.NewDense(len(x), 2, nil)
	rounded := append([]float64(nil), x...)
	addNaiveBayes(logp, rounded, class, count)
	w := 5. / 6 // the range over the number of gaps
	almost.Equal(t, w, resolution(x), 1e-15, 0)
	for i := range x {
		almost.Equal(t, math.RoundToEven(x[i]/w)*w, rounded[i], 0, 1e-15)
	}
	for c := range count {
		mean, variance := 0.0, 0.0
		for i, v := range rounded {
			if class[i] == c {
				mean += v / count[c]
			}
		}
		for i, v := range rounded {
			if class[i] == c {
				variance += (v - mean) * (v - mean) / count[c]
			}
		}
		for i, v := range rounded {
			p, steps := 0.0, 2000
			for s := range steps {
				u := v - w/2 + w*(float64(s)+0.5)/float64(steps)
				p += w / float64(steps) * math.Exp(-(u-mean)*(u-mean)/(2*variance)) / math.Sqrt(2*math.Pi*variance)
			}
			almost.Equal(t, math.Log(p), logp.At(i, c), 1e-6, 0)
		}
	}
}

func TestRankClassesEdges(t *testing.T) {
	p := []float64{math.Log(2), math.Log(1), math.Log(3.0001) - 2000, math.Log(5)}
	roundedSoftmax(p)
	almost.Slice(t, []float64{0.25, 0.125, 0, 0.625}, p, 0, 0)
	// All rows the same: the prior decides. A class of one row has a variance.
	got, err := RankClasses(mat.NewDense(4, 1, []float64{3, 3, 3, 3}), []int{1, 0, 1, 2}, 3)
	require.NoError(t, err)
	assert.Equal(t, permutations.Ordering{1, 0, 2}, got[0])
	got, err = RankClasses(mat.NewDense(3, 1, []float64{0, 1, 2}), []int{2, 1, 0}, 3)
	require.NoError(t, err)
	assert.Equal(t, []permutations.Ordering{{2, 1, 0}, {1, 0, 2}, {0, 1, 2}}, got)

	// A factor too small for a floating-point number is the least one.
	logp := mat.NewDense(6, 2, nil)
	addNaiveBayes(logp, []float64{0, 0.1, 0.2, 100, 100.1, 100.2}, []int{0, 0, 0, 1, 1, 1}, []float64{3, 3})
	almost.Equal(t, math.Log(1e-75), logp.At(0, 1), 1e-12, 0)

	x := mat.NewDense(2, 1, []float64{0, 1})
	_, err = RankClasses(&mat.Dense{}, nil, 2)
	assert.ErrorIs(t, err, ErrEmpty)
	_, err = RankClasses(x, []int{0}, 1)
	assert.ErrorIs(t, err, ErrRagged)
	_, err = RankClasses(x, []int{0, 2}, 2)
	assert.ErrorIs(t, err, ErrIndexRange)
	assert.ErrorContains(t, err, "row 1: class 2")
	_, err = RankClasses(x, []int{0, -1}, -1)
	assert.ErrorIs(t, err, ErrIndexRange)
	_, err = RankClasses(x, []int{0, 0}, 2)
	assert.ErrorIs(t, err, ErrEmpty)
	assert.ErrorContains(t, err, "class 1")
	x.Set(1, 0, math.NaN())
	_, err = RankClasses(x, []int{0, 1}, 2)
	var value *ValueError
	require.ErrorAs(t, err, &value)
	assert.Equal(t, []any{"x1", ErrNotFinite}, []any{value.Attribute, value.Err})
}
