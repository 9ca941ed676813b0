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
	"github.com/gibbs-ebm/gibbs/structured/nn"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

// The couplings of the baselines against enumeration, like all others.
func TestBaselineCouplings(t *testing.T) {
	for _, k := range []int{2, 5} {
		for _, ref := range testReferences {
			s, err := NewSpace(k, ref.of(k))
			require.NoError(t, err)
			if ref.name == "uniform" {
				for _, of := range []ClassifierChain{{}, {Beam: 1}, {Beam: 2}} {
					c, err := NewCoupling(of, k)
					require.NoError(t, err)
					t.Run(fmt.Sprintf("%+v/k=%d", of, k), func(t *testing.T) { structuredtest.Coupling(t, c, s, structures(s)) })
				}
			}
			for name, p := range map[string]Powerset{"some": {Sets: [][]int{{0}, {1}, {0, 1}}}, "all": PowersetOf(Data{Y: structures(s).All})} {
				c, err := NewCoupling(p, k)
				require.NoError(t, err)
				t.Run(fmt.Sprintf("powerset %s/%s/k=%d", name, ref.name, k), func(t *testing.T) { structuredtest.Coupling(t, c, s, structures(s)) })
			}
		}
	}
}

// A wide beam finds the mode and proves it; what a beam of one finds is the
// greedy prediction.
func TestBeamSearch(t *testing.T) {
	const k = 6
	rng := rand.New(rand.NewPCG(1, 1))
	space, err := NewSpace(k, nil)
	require.NoError(t, err)
	proven := 0
	for range 50 {
		order := rng.Perm(k)
		theta := structured.Theta{Logits: make([]float64, k), Own: make([]float64, k*(k-1)/2)}
		for i := range theta.Logits {
			theta.Logits[i] = rng.NormFloat64()
		}
		for i := range theta.Own {
			theta.Own[i] = 2 * rng.NormFloat64()
		}
		for _, beam := range []int{1, 3, 64} {
			c, err := ClassifierChain{Order: order, Beam: beam}.Bind(k)
			require.NoError(t, err)
			inf, err := c.Infer(space)
			require.NoError(t, err)
			truth := listSets(k, func(y Set) float64 {
				var v [1]float64
				c.Score(v[:], theta, []Set{y})
				return v[0]
			})
			best := math.Inf(-1)
			for _, p := range truth.p {
				best = max(best, math.Log(p))
			}
			y := New(k)
			value, sure := inf.Mode(&y, theta, 0)
			almost.Equal(t, math.Log(truth.p[y.words[0]]), value, 1e-10, 0)
			if sure {
				almost.Equal(t, best, value, 1e-10, 0)
			}
			switch beam {
			case 1:
				greedy, state := New(k), &chainState{}
				chain := c.(*classifierChain)
				chain.start(state)
				for at, j := range order {
					if odds, _, _ := chain.next(state, theta.Logits, theta.Own, at); odds > 0 {
						greedy.Add(j)
						chain.add(state, theta.Own, at)
					}
				}
				assert.Equal(t, greedy, y)
			case 3:
				if sure {
					proven++
				}
			default:
				assert.True(t, sure)
			}
		}
	}
	assert.Positive(t, proven)
	assert.Less(t, proven, 50)
}

// On data whose labels depend on each other, what looks at that has the better
// likelihood, and each baseline is a few lines.
func TestBaselinesLearn(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	data := func(n int) Data {
		d := ising(n, 2, 3)
		for i, y := range d.Y {
			y.Set(2, y.Has(0) != y.Has(1) != (rng.IntN(10) == 0)) // an exclusive or, nearly
			d.Y[i] = y
		}
		return d
	}
	train, test := data(600), data(400)
	fit := func(of Coupling) *Model {
		m, err := Fit(ctx, train, Config{Coupling: of, Network: nn.Linear{}, Training: structured.Training{Epochs: 60, Seed: 1, Optimizer: nn.AdamW{Rate: 0.02}}})
		require.NoError(t, err)
		return m
	}
	nll := func(m *Model) float64 {
		lps, err := m.LogProbs(ctx, test)
		require.NoError(t, err)
		sum := 0.0
		for _, lp := range lps {
			assert.Equal(t, structured.Exact, lp.Kind)
			sum -= lp.Value / float64(len(lps))
		}
		return sum
	}
	independent, chain, powerset := fit(Unary{}), fit(ClassifierChain{}), fit(PowersetOf(train))
	assert.Less(t, nll(powerset), nll(chain))
	assert.Less(t, nll(chain), nll(independent)+0.02)
	modes, err := chain.Modes(ctx, test.X)
	require.NoError(t, err)
	assert.True(t, modes[0].Proven)
	for _, m := range []*Model{independent, chain, powerset} {
		d, err := m.Decide(ctx, test.X, F1)
		require.NoError(t, err)
		assert.Equal(t, structured.Exact, d[0].Kind)
	}
}

func TestBaselineErrors(t *testing.T) {
	for _, order := range [][]int{{0}, {0, 0}, {0, 2}, {}} {
		_, err := ClassifierChain{Order: order}.Bind(2)
		assert.Error(t, err, "%v", order)
	}
	_, err := ClassifierChain{Beam: -1}.Bind(2)
	assert.Error(t, err)
	_, err = Fit(ctx, ising(20, 2, 3), Config{Coupling: ClassifierChain{}, Reference: FixedSize{1}})
	assert.Error(t, err)
	c, err := ClassifierChain{}.Bind(3)
	require.NoError(t, err)
	space, err := NewSpace(3, Bernoulli{P: []float64{.5, .5, .4}})
	require.NoError(t, err)
	_, err = c.Infer(space)
	assert.ErrorIs(t, err, errChainReference)
	for _, p := range []Powerset{{}, {Sets: [][]int{{0}, {0}}}, {Sets: [][]int{{5}}}} {
		_, err := p.Bind(2)
		assert.Error(t, err, "%v", p)
	}
	p := PowersetOf(Data{Y: []Set{New(2, 1), New(2), New(2, 1), New(2, 0)}, Weights: []float64{1, 1, 1, 0}})
	assert.Equal(t, [][]int{{}, {1}}, p.Sets)
}
