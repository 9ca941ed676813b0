package sets

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

// withInference is a coupling with another inference.
type withInference struct {
	structured.Coupling[Set]
	infer func(*Space) structured.Inference[Set]
}

func (c withInference) Infer(s structured.Space[Set]) (structured.Inference[Set], error) {
	return c.infer(s.(*Space)), nil
}

func TestDeepCouplings(t *testing.T) {
	for _, of := range []Coupling{
		Deep{Logits: 3, Network: nn.MLP{Hidden: []int{4}, Activation: nn.Softplus}},
		Deep{Logits: nn.Off, Network: nn.MLP{Hidden: []int{3, 3}, Activation: nn.Tanh}},
		RBM{Hidden: 3}, RBM{Hidden: 2, Conditional: true},
	} {
		for _, ref := range testReferences {
			const k = 5
			t.Run(fmt.Sprintf("%T%+v/%s", of, of, ref.name), func(t *testing.T) {
				s, err := NewSpace(k, ref.of(k))
				require.NoError(t, err)
				c, err := NewCoupling(of, k)
				require.NoError(t, err)
				structuredtest.Coupling(t, c, s, structures(s))
				inf, err := c.(structured.Inferrer[Set]).Infer(s)
				require.NoError(t, err)
				marginals(t, c, inf, s)
				// What there is beyond MaxScored labels.
				structuredtest.Coupling(t, withInference{c, func(s *Space) structured.Inference[Set] {
					search := flipSearch{c: c, space: s}
					if r, ok := c.(*rbm); ok {
						return &rbmInference{flipSearch: search, c: r}
					}
					return &search
				}}, s, structures(s))
			})
		}
	}
	for _, of := range []Coupling{RBM{Hidden: -1}, Deep{Logits: -7}, Deep{Network: nn.MLP{Hidden: []int{-1}}}} {
		_, err := of.Bind(4)
		assert.Error(t, err, "%+v", of)
	}
}

// The two ways of summing an RBM over 12 labels, and marginals of many labels.
func TestRBMAgreesWithItself(t *testing.T) {
	for _, ref := range []Reference{nil, BoundedSize{2, 5}} {
		c, err := RBM{Hidden: 6}.Bind(MaxScored)
		require.NoError(t, err)
		s, err := NewSpace(MaxScored, ref)
		require.NoError(t, err)
		listed := newListed(c, s)
		walk := &rbmInference{flipSearch: flipSearch{c: c, space: s}, c: c.(*rbm)}
		theta := randomTheta(c, 1, rand.New(rand.NewPCG(1, 1)))
		almost.Equal(t, listed.LogZ(theta), walk.LogZ(theta), 1e-11, 1e-12)
		a, b := make([]float64, MaxScored), make([]float64, MaxScored)
		listed.LabelMarginals(a, theta)
		walk.LabelMarginals(b, theta)
		almost.Slice(t, a, b, 1e-12, 0)
	}
}

// The search for modes finds nearly all.
func TestFlipSearch(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	found, n := 0, 0
	for _, of := range []Coupling{Deep{Logits: 2}, RBM{Hidden: 4}} {
		for _, ref := range testReferences {
			for range 10 {
				const k = 9
				s, err := NewSpace(k, ref.of(k))
				require.NoError(t, err)
				c, err := of.Bind(k)
				require.NoError(t, err)
				theta := randomTheta(c, 1, rng)
				y := s.Make(1)
				best, proven := newListed(c, s).Mode(&y[0], theta, 1)
				assert.True(t, proven)
				got, proven := (&flipSearch{c: c, space: s}).Mode(&y[0], theta, 1)
				assert.False(t, proven)
				require.NoError(t, s.Check(y[0]))
				require.LessOrEqual(t, got, best+1e-9)
				if best-got < 1e-9 {
					found++
				}
				n++
				// No single change from where one climb ends is better.
				f := &flips{flipSearch: &flipSearch{c: c, space: s}, theta: theta, y: New(k)}
				value := f.climb(FromUint64(k, rng.Uint64N(1<<k)))
				for i := range k {
					for j := range i + 1 {
						y := f.y.Clone()
						y.Toggle(i)
						if i != j {
							y.Toggle(j)
						}
						if s.Check(y) == nil && (i == j || s.ref.bounded() && y.Count() == f.y.Count()) {
							assert.LessOrEqual(t, f.values([]Set{y})[0], value+1e-9)
						}
					}
				}
			}
		}
	}
	assert.Greater(t, found, n*95/100, "found %d of %d", found, n)
}

var depths = []Coupling{
	Cardinality{}, Cardinality{Shared: true}, Chain{}, Tree{Edges: []Edge{{0, 2}, {2, 1}}, Shared: true},
	Graph{Edges: []Edge{{0, 1}, {1, 2}, {2, 0}}, Sizes: true},
	Determinantal{Rank: 2}, Determinantal{Rank: 2, Shared: true},
	Deep{Logits: 2, Network: nn.MLP{Hidden: []int{4}, Activation: nn.Softplus}}, RBM{Hidden: 3}, RBM{Hidden: 3, Conditional: true},
}

// Every coupling learns, with and without features, few labels and many, by the
// objective that is its default, and survives a file.
func TestDeepFit(t *testing.T) {
	for _, of := range depths {
		for _, k := range []int{5, 26} {
			for _, noX := range []bool{false, true} {
				t.Run(fmt.Sprintf("%T%+v/k=%d/%v", of, of, k, noX), func(t *testing.T) {
					data := ising(60, 2, k)
					if noX {
						data.X = nil
					}
					m, err := Fit(ctx, data, Config{Coupling: of, Network: nil, Training: structured.Training{Epochs: 3, Seed: 1}})
					require.NoError(t, err)
					lps, err := m.LogProbs(ctx, data)
					require.NoError(t, err)
					_, isDeep := of.(Deep)
					if k == 5 || !isDeep {
						assert.Equal(t, structured.Exact, lps[0].Kind)
					}
					before, err := Fit(ctx, data, Config{Coupling: of, Training: structured.Training{Epochs: 1, Seed: 1}})
					require.NoError(t, err)
					if k == 5 {
						assert.Less(t, lossOf(t, m, data), lossOf(t, before, data)+0.02, "training helps")
					}
					x := data.X
					modes, err := m.Predict(ctx, x)
					require.NoError(t, err)
					require.NotEmpty(t, modes)
					p, _, err := m.Marginals(ctx, x)
					require.NoError(t, err)
					assert.LessOrEqual(t, mat.Max(p), 1.0)
					var file bytes.Buffer
					require.NoError(t, m.Save(&file))
					again, err := Load(&file)
					require.NoError(t, err)
					assert.Equal(t, m.Params(), again.Params())
				})
			}
		}
	}
}

func lossOf(t *testing.T, m *Model, d Data) float64 {
	lps, err := m.LogProbs(ctx, d)
	require.NoError(t, err)
	sum := 0.0
	for _, p := range lps {
		sum -= p.Value
	}
	return sum / float64(len(lps))
}

func TestDeepFitConformance(t *testing.T) {
	smooth := nn.MLP{Hidden: []int{4}, Activation: nn.Softplus}
	training := structured.Training{Epochs: 3, BatchSize: 16, Seed: 11}
	for _, of := range depths {
		for _, noX := range []bool{false, true} {
			t.Run(fmt.Sprintf("%T%+v/%v", of, of, noX), func(t *testing.T) {
				data := ising(40, 2, 4)
				cfg := structured.Config[Set]{Network: smooth, Objective: Exact{}, Training: training}
				if noX {
					data.X, cfg.Network = nil, nil
				}
				var err error
				cfg.Space, err = NewSpace(4, Uniform{})
				require.NoError(t, err)
				cfg.Coupling, err = NewCoupling(of, 4)
				require.NoError(t, err)
				sd, err := data.Structured()
				require.NoError(t, err)
				structuredtest.Fit(t, structuredtest.Problem[Set]{
					Structures: structures(cfg.Space.(*Space)), Data: sd, Smooth: true, Config: cfg,
				})
			})
		}
	}
}

// Sets by the dozen have the scores and gradients of sets one by one.
func TestRBMOfManySets(t *testing.T) {
	const k, n = 9, 2*rbmRows + 5
	for _, of := range []RBM{{Hidden: 5}, {Hidden: 3, Conditional: true}} {
		c, err := of.Bind(k)
		require.NoError(t, err)
		rng := rand.New(rand.NewPCG(2, 3))
		theta := randomTheta(c, 1, rng)
		s, _ := NewSpace(k, nil)
		ys, weights := s.Make(n), make([]float64, n)
		s.Sample(ys, rng)
		zero := func() structured.Theta {
			return structured.Theta{Logits: make([]float64, c.NumLogits()), Own: make([]float64, c.NumOwn())}
		}
		got, want, one := make([]float64, n), zero(), zero()
		c.Score(got, theta, ys)
		for m := range ys {
			weights[m] = rng.NormFloat64()
			var v [1]float64
			c.Score(v[:], theta, ys[m:m+1])
			almost.Equal(t, v[0], got[m], 1e-13, 1e-13)
			c.AddGrad(want, theta, ys[m:m+1], weights[m:m+1])
		}
		c.AddGrad(one, theta, ys, weights)
		almost.Slice(t, want.Logits, one.Logits, 1e-11, 0)
		almost.Slice(t, want.Own, one.Own, 1e-11, 0)
	}
}

// With ExactUpTo all is exact over as many labels, and otherwise it is not.
func TestExactUpTo(t *testing.T) {
	const k = MaxScored + 1
	s, err := NewSpace(k, nil)
	require.NoError(t, err)
	for _, of := range []Coupling{RBM{Hidden: 25, ExactUpTo: k}, Deep{Logits: 2, ExactUpTo: k}, RBM{Hidden: 25}, Deep{}} {
		c, err := of.Bind(k)
		require.NoError(t, err)
		inf, err := c.Infer(s)
		require.NoError(t, err)
		z, ok := inf.(structured.LogPartition[Set])
		assert.Equal(t, of != (RBM{Hidden: 25}) && fmt.Sprint(of) != fmt.Sprint(Deep{}), ok)
		if !ok {
			continue
		}
		theta := randomTheta(c, 0.5, rand.New(rand.NewPCG(2, 3)))
		total := 0.0
		for ys := range s.Enumerate(1 << 7) {
			v := make([]float64, len(ys))
			c.Score(v, theta, ys)
			for _, x := range v {
				total += math.Exp(x) / (1 << k)
			}
		}
		almost.Equal(t, math.Log(total), z.LogZ(theta), 1e-11, 1e-12)
	}
	for _, bad := range []Coupling{RBM{ExactUpTo: -1}, Deep{ExactUpTo: MaxListed + 1}} {
		_, err := bad.Bind(k)
		assert.ErrorContains(t, err, "ExactUpTo")
	}
}

func BenchmarkRBM(b *testing.B) {
	for _, hidden := range []int{8, 12, 16} {
		c, err := RBM{Hidden: hidden}.Bind(174)
		require.NoError(b, err)
		s, _ := NewSpace(174, nil)
		inf, err := c.Infer(s)
		require.NoError(b, err)
		theta := randomTheta(c, 0.3, rand.New(rand.NewPCG(1, 1)))
		grad := structured.Theta{Logits: make([]float64, len(theta.Logits)), Own: make([]float64, len(theta.Own))}
		b.Run(fmt.Sprintf("logZ+grad/hidden=%d", hidden), func(b *testing.B) {
			for b.Loop() {
				inf.(structured.LogPartition[Set]).AddGradLogZ(grad, theta, 1)
			}
		})
	}
}
