package sets

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/binomial"
	"github.com/gibbs-ebm/gibbs/internal/race"
	"github.com/gibbs-ebm/gibbs/structured"
)

// opaque hides what a coupling knows beside its scores.
type opaque struct{ structured.Coupling[Set] }

// chainProblem is a coupling with random logits, its distribution, and chains.
func chainProblem(t *testing.T, of Coupling, ref Reference, k int, scale float64) (structured.Problem[Set], structured.Theta, listedSets) {
	t.Helper()
	rng := rand.New(rand.NewPCG(7, uint64(k)))
	space, err := NewSpace(k, ref)
	require.NoError(t, err)
	c, err := of.Bind(k)
	require.NoError(t, err)
	theta := structured.Theta{Logits: make([]float64, c.NumLogits()), Own: make([]float64, c.NumOwn())}
	for _, part := range [][]float64{theta.Logits, theta.Own} {
		for i := range part {
			part[i] = scale * rng.NormFloat64()
		}
	}
	truth := listSets(k, func(y Set) float64 {
		var v, q [1]float64
		c.Score(v[:], theta, []Set{y})
		space.LogProb(q[:], []Set{y})
		return v[0] + q[0]
	})
	return structured.Problem[Set]{Space: space, Coupling: c}, theta, truth
}

// inBands checks how often each set was drawn.
func (l listedSets) inBands(t *testing.T, ys []Set, what string) {
	t.Helper()
	count := map[uint64]int{}
	for _, y := range ys {
		count[y.words[0]]++
	}
	for m, y := range l.ys {
		lo, hi := binomial.Band(len(ys), l.p[m], 1e-7)
		n := count[y.words[0]]
		assert.True(t, lo <= n && n <= hi, "%s: %v of probability %g: %d of %d", what, y, l.p[m], n, len(ys))
	}
}

// exactDraws are from a list.
func (l listedSets) exactDraws(n int, rng *rand.Rand) []Set {
	ys := Make(n, l.ys[0].k)
	for _, y := range ys {
		y.CopyFrom(l.ys[inverse(l.p, rng.Float64())])
	}
	return ys
}

var someKernels = []Gibbs{{}, {Sweeps: 3}, {Block: 2}, {Block: 3}, {Block: 9}}

// Draws from the model stay draws from the model, and from anywhere the chains
// get there.
func TestGibbsDrawsFromTheModel(t *testing.T) {
	const k, n = 4, 20_000
	for _, of := range []Coupling{Unary{}, Pairwise{}, Pairwise{Rank: 2}, Cardinality{}} {
		for _, ref := range testReferences {
			for _, kernel := range someKernels {
				p, theta, truth := chainProblem(t, of, ref.of(k), k, 1)
				chains, err := kernel.Bind(p)
				require.NoError(t, err)
				what := fmt.Sprintf("%T %s %+v", of, ref.name, kernel)
				ys := truth.exactDraws(n, rand.New(rand.NewPCG(1, 2)))
				chains.Run(ys, theta, 3)
				truth.inBands(t, ys, "invariance: "+what)
				kernel.Sweeps = 40
				long, err := kernel.Bind(p)
				require.NoError(t, err)
				ys = p.Space.Make(2000)
				p.Space.Sample(ys, rand.New(rand.NewPCG(1, 2)))
				long.Run(ys, theta, 4)
				truth.inBands(t, ys, "convergence: "+what)
				// A coupling that knows nothing but scores moves alike.
				hidden, err := kernel.Bind(structured.Problem[Set]{Space: p.Space, Coupling: opaque{p.Coupling}})
				require.NoError(t, err)
				a, b := p.Space.Make(30), p.Space.Make(30)
				p.Space.Sample(a, rand.New(rand.NewPCG(1, 2)))
				p.Space.Sample(b, rand.New(rand.NewPCG(1, 2)))
				long.Run(a, theta, 5)
				hidden.Run(b, theta, 5)
				assert.Equal(t, a, b, what)
			}
		}
	}
}

// With hidden units labels are drawn all at once, not so under bounded sizes or by
// blocks, and then too the second of two chains has the law of one.
func TestGibbsThroughHiddenUnits(t *testing.T) {
	const k, n = 4, 20_000
	for _, of := range []Coupling{RBM{Hidden: 3}, RBM{Hidden: 2, Conditional: true}} {
		for _, ref := range testReferences {
			p, theta, truth := chainProblem(t, of, ref.of(k), k, 1.5)
			bound, err := Gibbs{}.Bind(p)
			require.NoError(t, err)
			what := fmt.Sprintf("%+v %s", of, ref.name)
			assert.Equal(t, !p.Space.(*Space).ref.bounded(), bound.(*gibbs).own != nil, what)
			rng := rand.New(rand.NewPCG(5, 5))
			ys := truth.exactDraws(n, rng)
			bound.Run(ys, theta, 3)
			truth.inBands(t, ys, "invariance: "+what)
			xs, met := truth.exactDraws(n, rng), 0
			for i := range xs {
				before, equal := xs[i].Clone(), xs[i].Equal(ys[i])
				alone := []Set{before}
				if bound.(structured.CoupledChains[Set]).RunCoupled(&xs[i], &ys[i], theta, uint64(i)) {
					met++
				} else {
					assert.False(t, equal, "chains that met must stay together")
				}
				bound.Run(alone, theta, uint64(i))
				require.Equal(t, alone[0], xs[i])
			}
			truth.inBands(t, ys, "second chain: "+what)
			assert.Greater(t, met, n/10)
			long, err := Gibbs{Sweeps: 60}.Bind(p)
			require.NoError(t, err)
			ys = p.Space.Make(4000)
			p.Space.Sample(ys, rand.New(rand.NewPCG(1, 2)))
			long.Run(ys, theta, 4)
			truth.inBands(t, ys, "convergence: "+what)
		}
	}
}

// Each of two coupled chains has the law of one alone, they meet, and stay
// together.
func TestGibbsCoupling(t *testing.T) {
	const k, n = 4, 4000
	for _, ref := range testReferences {
		for _, kernel := range someKernels {
			p, theta, truth := chainProblem(t, Pairwise{}, ref.of(k), k, 1)
			bound, err := kernel.Bind(p)
			require.NoError(t, err)
			chains := bound.(structured.CoupledChains[Set])
			rng := rand.New(rand.NewPCG(5, 5))
			xs, ys, alone := truth.exactDraws(n, rng), truth.exactDraws(n, rng), make([]Set, n)
			met := 0
			for i := range xs {
				alone[i] = xs[i].Clone()
				key := uint64(i)
				equal := xs[i].Equal(ys[i])
				if chains.RunCoupled(&xs[i], &ys[i], theta, key) {
					met++
				} else {
					assert.False(t, equal, "chains that met must stay together")
				}
				chains.Run(alone[i:i+1], theta, key)
				require.Equal(t, alone[i], xs[i], "the first chain moves as it would alone")
			}
			truth.inBands(t, ys, fmt.Sprintf("%s %+v", ref.name, kernel))
			assert.Greater(t, met, n/4)
		}
	}
}

// The second chain too moves by the law of one alone, from a place of its own.
func TestTheSecondChainHasTheSameLaw(t *testing.T) {
	const k, n = 4, 20_000
	for _, ref := range []Reference{nil, FixedSize{2}} {
		for _, kernel := range []Gibbs{{}, {Block: 2}, {Block: 3}} {
			if ref != nil {
				kernel.Block = max(2, kernel.Block)
			}
			p, theta, _ := chainProblem(t, Pairwise{}, ref, k, 1)
			bound, err := kernel.Bind(p)
			require.NoError(t, err)
			coupled, alone := make([]float64, 1<<k), make([]float64, 1<<k)
			ys := p.Space.Make(n)
			for i := range ys {
				ys[i].CopyFrom(New(k, 0, 2))
			}
			bound.Run(ys, theta, 1)
			for i := range ys {
				alone[ys[i].words[0]] += 1. / n
				x, y := New(k, 1, 3), New(k, 0, 2)
				bound.(structured.CoupledChains[Set]).RunCoupled(&x, &y, theta, uint64(i))
				coupled[y.words[0]] += 1. / n
			}
			for w, q := range alone {
				almost.Equal(t, q, coupled[w], 6*math.Sqrt(2*q*(1-q)/n)+1e-3, 0, "%v %+v: %v", ref, kernel, FromUint64(k, uint64(w)))
			}
		}
	}
}

func TestGibbsIsReproducible(t *testing.T) {
	p, theta, _ := chainProblem(t, Pairwise{}, nil, 6, 1)
	chains, err := Gibbs{Sweeps: 2, Block: 2}.Bind(p)
	require.NoError(t, err)
	run := func(n int, key uint64) []Set {
		ys := p.Space.Make(n)
		chains.Run(ys, theta, key)
		return ys
	}
	want := run(20, 1)
	assert.Equal(t, want, run(20, 1))
	assert.Equal(t, want[:7], run(7, 1), "a chain does not depend on the others")
	assert.NotEqual(t, want, run(20, 2))
	if race.Enabled {
		return // allocations cannot be counted
	}
	ys := p.Space.Make(1)
	assert.Zero(t, testing.AllocsPerRun(20, func() { chains.Run(ys, theta, 1) }))
}

func TestGibbsErrors(t *testing.T) {
	p, theta, _ := chainProblem(t, Unary{}, nil, 1, 1)
	for _, bad := range []Gibbs{{Sweeps: -1}, {Block: -1}, {Block: 13}} {
		_, err := bad.Bind(p)
		assert.Error(t, err, "%+v", bad)
	}
	_, err := Gibbs{}.Bind(structured.Problem[Set]{Coupling: p.Coupling})
	assert.ErrorContains(t, err, "Gibbs over a space")
	fixed, _, _ := chainProblem(t, Unary{}, FixedSize{2}, 4, 1)
	_, err = Gibbs{Block: 1}.Bind(fixed)
	assert.ErrorIs(t, err, ErrFixedSize)
	chains, err := Gibbs{Block: 5}.Bind(p)
	require.NoError(t, err)
	ys := p.Space.Make(3)
	chains.Run(ys, theta, 1) // one label, in blocks
	sized, theta, _ := chainProblem(t, Unary{}, FixedSize{4}, 4, 1)
	chains, err = Gibbs{}.Bind(sized)
	require.NoError(t, err)
	ys = []Set{All(4)}
	chains.Run(ys, theta, 1)
	assert.Equal(t, All(4), ys[0], "the only set there is")
}
