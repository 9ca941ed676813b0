package sets

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// In float32 the exponentials, their sums and the gradient are those of
// float64, up to rounding far below what samples are off by.
func TestExponentialsInSinglePrecision(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 1))
	for _, k := range []int{1, 7, 8, 14, 16, 17, 63, 64, 65, 130, 174} {
		for _, ref := range referencesOf(k, rng) {
			space, err := NewSpace(k, ref)
			require.NoError(t, err)
			for _, n := range []int{tabled, 63, 64, 100, 513, 1000, blockOfSets, blockOfSets + 70} {
				what := fmt.Sprintf("k=%d, %T, %d draws", k, ref, n)
				d := unary{k: k}.NewDraws(space, n).(*unaryDraws)
				for key := range uint64(2) { // again: the memory is used again
					d.Sample(stream.New(key))
					theta, tau := structured.Theta{Logits: normals(rng, k)}, 3*rng.NormFloat64()
					e := make([]float64, n)
					d.Score(e, theta)
					sum, squares := 0.0, 0.0
					for m, g := range e {
						e[m] = math.Exp(g - tau)
						sum += e[m]
						squares += e[m] * e[m]
					}
					want := structured.Theta{Logits: make([]float64, k)}
					d.AddGrad(want, theta, e)
					grad := structured.Theta{Logits: make([]float64, k)}
					s, q := d.Exponentials(grad, theta, tau, 0.5, math.Inf(1))
					almost.Equal(t, sum, s, 0, 1e-5, what)
					almost.Equal(t, squares, q, 0, 2e-5, what)
					for j, g := range grad.Logits {
						almost.Equal(t, want.Logits[j]/2, g, 0, 1e-5, what)
					}
					alone, _ := d.Exponentials(structured.Theta{}, theta, tau, 0, math.Inf(1))
					assert.Equal(t, s, alone)
				}
			}
		}
	}
}

// What float32 cannot hold is refused, and the gradient left as it is.
func TestExponentialsOutOfRange(t *testing.T) {
	space, err := NewSpace(3, nil)
	require.NoError(t, err)
	d := unary{k: 3}.NewDraws(space, 100).(*unaryDraws)
	d.Sample(stream.New(1))
	for name, c := range map[string]struct {
		u, tau, most float64
	}{
		"above the bound": {10, 0, 1e4}, "overflow": {100, 0, 1e300}, "beyond float32": {1e39, 0, 1e13}, "rounding": {1e7, 1e7, 1e13},
		"NaN": {math.NaN(), 0, 1e13}, "infinite tau": {1, math.Inf(-1), 1e13},
	} {
		grad := structured.Theta{Logits: []float64{7, 7, 7}}
		sum, _ := d.Exponentials(grad, structured.Theta{Logits: []float64{c.u, c.u, c.u}}, c.tau, 1, c.most)
		assert.False(t, sum <= c.most, name)
		assert.Equal(t, []float64{7, 7, 7}, grad.Logits, name)
	}
	grad := structured.Theta{Logits: make([]float64, 3)}
	assert.Zero(t, testing.AllocsPerRun(10, func() { d.Exponentials(grad, structured.Theta{Logits: grad.Logits}, 0, 0, 1) }))
}

// A step in float32 is that in float64 up to its rounding, which is far below
// what another seed changes, and ratios above MaxRatio are continued alike.
func TestPrecisionOfMinMin(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 2))
	const rows, k = 40, 14
	ys := Make(rows, k)
	for _, y := range ys {
		for j := range k {
			y.Set(j, rng.Float64() < 0.3)
		}
	}
	for _, ratio := range []float64{0, 0.5} {
		evaluate := func(p nn.Precision, seed uint64, workers int) (float64, []float64) {
			space, err := NewSpace(k, Uniform{})
			require.NoError(t, err)
			coupling, err := Unary{}.Bind(k)
			require.NoError(t, err)
			trainer, err := structured.NewTrainer(structured.Data[Set]{Y: ys}, structured.Config[Set]{
				Space: space, Coupling: coupling,
				Objective: structured.MinMin[Set]{Precision: p, MaxRatio: ratio, Samples: 500},
				Training:  structured.Training{Seed: seed, Workers: workers},
			})
			require.NoError(t, err)
			for i := range trainer.Params() {
				trainer.Params()[i] = math.Sin(float64(i)) // the same for all seeds
			}
			grad := make([]float64, len(trainer.Params()))
			loss, err := trainer.Evaluate(grad)
			require.NoError(t, err)
			return loss, grad
		}
		single, g := evaluate(nn.Single, 1, 1)
		double, h := evaluate(nn.Double, 1, 1)
		other, _ := evaluate(nn.Double, 2, 1)
		if ratio == 0 {
			assert.NotEqual(t, double, single)
		}
		assert.Less(t, math.Abs(single-double), 1e-4*math.Abs(other-double))
		almost.Slice(t, h, g, 1e-6, 1e-5)
		again, w := evaluate(nn.Single, 1, 2)
		assert.Equal(t, single, again)
		assert.Equal(t, g, w)
	}
	assert.ErrorContains(t, structured.MinMin[Set]{Precision: 7}.Validate(), "Precision(7)")
}
