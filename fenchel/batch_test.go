package fenchel_test

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/race"
)

func random(rng *rand.Rand, rows, cols int, spread float64) *mat.Dense {
	m := mat.NewDense(rows, cols, nil)
	for i := range rows {
		for j := range cols {
			m.Set(i, j, spread*rng.NormFloat64())
		}
	}
	return m
}

// Rows come out with the same bits as one by one, for any number of workers.
func TestBatchIsRowByRow(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	const rows, cols = 401, 173
	scores, directions := random(rng, rows, cols, 2), random(rng, rows, cols, 1)
	labels, targets := make([]int, rows), mat.NewDense(rows, cols, nil)
	for i := range labels {
		labels[i] = rng.IntN(cols)
		targets.Set(i, labels[i], 0.5)
		targets.Set(i, (labels[i]+1)%cols, 0.5)
	}
	for _, l := range []fenchel.Labelled{fenchel.Simplex{}, fenchel.Simplex{Of: fenchel.Sparsemax}, fenchel.Simplex{Of: fenchel.Tsallis{}}, fenchel.Simplex{Of: fenchel.Tsallis{Alpha: 1.2}}, fenchel.Norm{}} {
		p, grad, soft, jvp := make([]float64, cols), make([]float64, cols), make([]float64, cols), make([]float64, cols)
		for _, workers := range []int{0, 1, 2, 5} {
			b := fenchel.Batch{Of: l, Workers: workers}
			P, G, S, J := mat.NewDense(rows, cols, nil), mat.NewDense(rows, cols, nil), mat.NewDense(rows, cols, nil), mat.NewDense(rows, cols, nil)
			values, losses, softs := make([]float64, rows), make([]float64, rows), make([]float64, rows)
			require.NoError(t, b.Argmax(values, P, scores))
			require.NoError(t, b.LabelLoss(losses, G, scores, labels))
			require.NoError(t, b.Loss(softs, S, scores, targets))
			require.NoError(t, b.JVP(J, P, scores, directions))
			entropies := make([]float64, rows)
			b.Entropy(entropies, P)
			for i := range rows {
				v, _ := l.Argmax(p, scores.RawRowView(i))
				loss, _ := l.LabelLoss(grad, scores.RawRowView(i), labels[i])
				s, _ := l.Loss(soft, scores.RawRowView(i), targets.RawRowView(i))
				require.NoError(t, l.JVP(jvp, p, scores.RawRowView(i), directions.RawRowView(i)))
				almost.Same(t, []float64{l.Entropy(p)}, entropies[i:i+1], "%v", l)
				almost.Same(t, []float64{v, loss, s}, []float64{values[i], losses[i], softs[i]}, "%v", l)
				almost.Same(t, p, P.RawRowView(i))
				almost.Same(t, grad, G.RawRowView(i))
				almost.Same(t, soft, S.RawRowView(i))
				almost.Same(t, jvp, J.RawRowView(i))
			}
		}
	}
}

func TestBatchErrors(t *testing.T) {
	scores := mat.NewDense(1000, 100, nil)
	scores.Set(700, 3, math.NaN())
	scores.Set(30, 2, math.Inf(1))
	var row *fenchel.RowError
	err := fenchel.Batch{Of: fenchel.Simplex{}, Workers: 4}.Argmax(nil, mat.NewDense(1000, 100, nil), scores)
	require.ErrorAs(t, err, &row)
	assert.Equal(t, 30, row.Row)
	assert.ErrorIs(t, err, fenchel.ErrNaN)
	assert.NotEmpty(t, err.Error())
	assert.Panics(t, func() {
		_ = fenchel.Batch{Of: fenchel.Simplex{}}.Argmax(nil, mat.NewDense(1000, 99, nil), scores)
	})
}

func TestNothingIsAllocated(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	rng := rand.New(rand.NewPCG(8, 8))
	scores, p := random(rng, 300, 200, 1), mat.NewDense(300, 200, nil)
	target, labels, values := mat.NewDense(300, 200, nil), make([]int, 300), make([]float64, 300)
	grad := mat.NewDense(300, 200, nil)
	for i := range 300 {
		target.Set(i, 3, 1)
	}
	for _, l := range []fenchel.Labelled{fenchel.Simplex{}, fenchel.Simplex{Of: fenchel.Sparsemax}, fenchel.Simplex{Of: fenchel.Tsallis{}}, fenchel.Simplex{Of: fenchel.Tsallis{Alpha: 3}}, fenchel.Simplex{Of: fenchel.Hellinger{}}, fenchel.Norm{}} {
		for _, workers := range []int{1, 2} {
			b := fenchel.Batch{Of: l, Workers: workers}
			runs := func() {
				_ = b.Argmax(values, p, scores)
				_ = b.LabelLoss(values, p, scores, labels)
				_ = b.Loss(values, p, scores, target)
				_ = b.Argmax(values, p, scores)
				_ = b.JVP(grad, p, scores, target)
				b.Entropy(values, p)
			}
			runs()
			runtime.GC()
			runs()
			// The pool may be emptied, and a goroutine made, now and then.
			assert.LessOrEqual(t, testing.AllocsPerRun(20, runs), 1.0, "%v with %d workers", l, workers)
		}
	}
	half := make([]float64, 200)
	for i := range half {
		half[i] = 0.5
	}
	for _, l := range []fenchel.Loss{fenchel.Subsets{Of: fenchel.Sparsemax, K: 3}, fenchel.Subsets{K: 3}, fenchel.Subsets{K: 3, AtMost: true}, fenchel.OneVersusAll{}, fenchel.OneVersusAll{Of: fenchel.Tsallis{}}, fenchel.OneVersusAll{Reference: half}, fenchel.Squared{}, fenchel.Simplex{Of: fenchel.ReverseKL{}}, fenchel.Simplex{Of: fenchel.JensenShannon{}}} {
		s, g, d := scores.RawRowView(0), p.RawRowView(0), grad.RawRowView(0)
		y := append([]float64{1, 1, 1}, make([]float64, 197)...)
		assert.Zero(t, testing.AllocsPerRun(10, func() {
			_, _ = l.Argmax(g, s)
			_, _ = l.Loss(g, s, y)
			_, _ = l.Loss(nil, s, y)
			_, _ = l.Argmax(g, s)
			_ = l.JVP(d, g, s, y)
			_ = l.Entropy(g)
		}), "%v", l)
	}
}
