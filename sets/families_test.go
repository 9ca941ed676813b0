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

// The probabilities of a generator sum to 1 over the sets the reference allows,
// draws have them, and the gradient is that of their logarithms.
func TestFamilies(t *testing.T) {
	const n = 20_000
	rng := rand.New(rand.NewPCG(1, 1))
	for _, k := range []int{1, 4} {
		for _, of := range []structured.Family[Set]{BernoulliFamily{}, AutoregressiveFamily{}, AutoregressiveFamily{Rank: 2}} {
			for _, ref := range testReferences {
				what := fmt.Sprintf("%T%+v %s k=%d", of, of, ref.name, k)
				space, err := NewSpace(k, ref.of(k))
				require.NoError(t, err)
				f, err := of.Bind(structured.Problem[Set]{Space: space})
				require.NoError(t, err)
				phi := make([]float64, f.NumLogits())
				for i := range phi {
					phi[i] = rng.NormFloat64()
				}
				var all []Set
				for w := range uint64(1) << k {
					if y := FromUint64(k, w); space.Check(y) == nil {
						all = append(all, y)
					}
				}
				logp, again := make([]float64, len(all)), make([]float64, len(all))
				f.LogProb(logp, phi, all)
				sum := 0.0
				for _, l := range logp {
					sum += math.Exp(l)
				}
				almost.Equal(t, 1, sum, 1e-12, 0, what)
				truth := listSets(k, func(y Set) float64 {
					for m, z := range all {
						if z.Equal(y) {
							return logp[m]
						}
					}
					return math.Inf(-1)
				})
				ys, drawn := space.Make(n), make([]float64, n)
				f.Sample(ys, drawn, phi, 7)
				truth.inBands(t, ys, what)
				f.LogProb(again[:1], phi, ys[5:6])
				almost.Equal(t, again[0], drawn[5], 1e-12, 0, what)

				weights := make([]float64, len(all))
				for m := range weights {
					weights[m] = rng.NormFloat64()
				}
				value := func() (v float64) {
					f.LogProb(again, phi, all)
					for m, l := range again {
						v += weights[m] * l
					}
					return v
				}
				grad, want := make([]float64, len(phi)), make([]float64, len(phi))
				f.AddGradLogProb(grad, phi, all, weights)
				for i, x := range phi {
					const h = 1e-5
					phi[i] = x + h
					up := value()
					phi[i] = x - h
					want[i] = (up - value()) / (2 * h)
					phi[i] = x
				}
				almost.Slice(t, want, grad, 1e-7, 1e-6, what)
				if ref.name == "bernoulli" { // logits of 0 are the reference
					clear(phi)
					f.LogProb(again, phi, all)
					space.LogProb(logp, all)
					almost.Slice(t, logp, again, 1e-12, 0, what)
				}
			}
		}
	}
	_, err := BernoulliFamily{}.Bind(structured.Problem[Set]{})
	assert.Error(t, err)
	_, err = AutoregressiveFamily{}.Bind(structured.Problem[Set]{})
	assert.Error(t, err)
}

func TestFlips(t *testing.T) {
	space, err := NewSpace(4, nil)
	require.NoError(t, err)
	from := New(4, 1)
	for _, rate := range []float64{0, 0.1, 0.7} {
		b, err := Flips{rate}.Bind(structured.Problem[Set]{Space: space})
		require.NoError(t, err)
		if rate == 0 {
			rate = 0.25
		}
		truth := listSets(4, func(y Set) float64 {
			d := float64(y.Distance(from))
			return d*math.Log(rate) + (4-d)*math.Log(1-rate)
		})
		ys := space.Make(20_000)
		b.Sample(ys, from, 3)
		truth.inBands(t, ys, fmt.Sprint(rate))
		there, back := make([]float64, 16), make([]float64, 16)
		b.LogProb(there, back, truth.ys, from)
		for m, p := range truth.p {
			almost.Equal(t, math.Log(p), there[m], 1e-12, 0)
			almost.Equal(t, math.Log(p), back[m], 1e-12, 0)
		}
	}
}
