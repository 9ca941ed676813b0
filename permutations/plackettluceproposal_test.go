package permutations

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

// placing is a small coupling of its own: g(y) = sum_r theta[y_r] (k-1-r)/k.
type placing struct{ k int }

func (c placing) NumLogits() int                                           { return c.k }
func (placing) NumOwn() int                                                { return 0 }
func (placing) InitOwn([]float64, uint64)                                  {}
func (c placing) place(r int) float64                                      { return float64(c.k-1-r) / float64(c.k) }
func (c placing) plackettLuceLogits(dst []float64, theta structured.Theta) { copy(dst, theta.Logits) }

func (c placing) Score(dst []float64, theta structured.Theta, ys []Ordering) {
	for i, y := range ys {
		dst[i] = 0
		for r, j := range y {
			dst[i] += theta.Logits[j] * c.place(r)
		}
	}
}

func (c placing) AddGrad(grad, _ structured.Theta, ys []Ordering, weights []float64) {
	for i, y := range ys {
		for r, j := range y {
			grad.Logits[j] += weights[i] * c.place(r)
		}
	}
}

// Infer finds modes where the reference is uniform.
func (c placing) Infer(structured.Space[Ordering]) (structured.Inference[Ordering], error) {
	return placingModes{c}, nil
}

type placingModes struct{ placing }

func (c placingModes) Mode(dst *Ordering, theta structured.Theta, _ uint64) (float64, bool) {
	sortByScore(*dst, theta.Logits)
	var v [1]float64
	c.Score(v[:], theta, []Ordering{*dst})
	return v[0] - numeric.LogFactorial(c.k), true
}

func TestPlackettLuceProposal(t *testing.T) {
	for name, of := range someCouplings(4) {
		for reference, ref := range someReferences(4) {
			t.Run(name+"/"+reference, func(t *testing.T) {
				c, _, s := bound(t, of, 4, ref)
				p, err := PlackettLuceProposal{Defensive: 0.3}.Bind(structured.Problem[Ordering]{Space: s, Coupling: c})
				require.NoError(t, err)
				assert.True(t, p.Follows())
				structuredtest.Proposal(t, p, c, s, structuredtest.Structures[Ordering]{All: everyOrdering(4), Equal: Ordering.Equal})
			})
		}
	}
}

// A model that is followed is nearer to the proposal than to the reference,
// whatever the coupling, by the chi-square divergence that sets the variance.
func TestPlackettLuceProposalFollows(t *testing.T) {
	const k, draws = 6, 20_000
	rng := rand.New(rand.NewPCG(18, 18))
	for name, of := range someCouplings(k) {
		c, _, s := bound(t, of, k, nil)
		proposal, err := PlackettLuceProposal{}.Bind(structured.Problem[Ordering]{Space: s, Coupling: c})
		require.NoError(t, err)
		theta := randomTheta(c, 1, rng)
		logZ := func() float64 {
			all := everyOrdering(k)
			v := make([]float64, len(all))
			c.Score(v, theta, all)
			return numeric.LogSumExp(v)
		}()
		ys, logr, score := s.Make(draws), make([]float64, draws), make([]float64, draws)
		spread := func() float64 { // E_r[(p/r)^2] - 1
			c.Score(score, theta, ys)
			sum := 0.0
			for i := range score {
				sum += math.Exp(2 * (score[i] - logZ - logr[i]))
			}
			return sum/draws - 1
		}
		s.Sample(ys, rng)
		s.LogProb(logr, ys)
		reference := spread()
		proposal.Sample(ys, logr, theta, 4)
		followed := spread()
		t.Logf("%s: chi-square %.3g from the reference, %.3g from the proposal", name, reference, followed)
		assert.Less(t, followed, reference/2, name)
	}
}

// The weights q/r are bounded by 1/e, however far the logits go.
func TestPlackettLuceProposalIsDefensive(t *testing.T) {
	s, err := NewSpace(6, nil)
	require.NoError(t, err)
	p, err := PlackettLuceProposal{}.Bind(structured.Problem[Ordering]{Space: s, Coupling: placing{6}})
	require.NoError(t, err)
	ys, logr, logq := s.Make(500), make([]float64, 500), make([]float64, 500)
	p.Sample(ys, logr, structured.Theta{Logits: []float64{900, -900, 0, 30, 5000, -40}}, 1)
	s.LogProb(logq, ys)
	own := 0
	for i := range ys {
		require.False(t, math.IsNaN(logr[i]) || math.IsInf(logr[i], 0))
		assert.LessOrEqual(t, logq[i]-logr[i], math.Log(1/0.05)+1e-9)
		if logr[i] > -0.1 {
			own++
		}
	}
	assert.Greater(t, own, 400)
	even := structured.Theta{Logits: make([]float64, 6)}
	assert.Less(t, testing.AllocsPerRun(10, func() { p.Sample(ys, logr, even, 1) }), 20.0, "500 draws")
}

func TestPlackettLuceProposalErrors(t *testing.T) {
	s, err := NewSpace(3, nil)
	require.NoError(t, err)
	for _, e := range []float64{-0.1, 1, 2, math.NaN()} {
		_, err := PlackettLuceProposal{Defensive: e}.Bind(structured.Problem[Ordering]{Space: s, Coupling: placing{3}})
		assert.ErrorContains(t, err, "not in (0, 1)")
	}
	_, err = PlackettLuceProposal{}.Bind(structured.Problem[Ordering]{Space: s})
	assert.ErrorContains(t, err, "couplings of type <nil>")
	_, err = PlackettLuceProposal{}.Bind(structured.Problem[Ordering]{Coupling: placing{3}})
	assert.ErrorContains(t, err, "spaces of type <nil>")
	assert.Panics(t, func() { PlackettLuceProposal{}.Sample(nil, nil, structured.Theta{}, 0) })
	assert.True(t, PlackettLuceProposal{}.Follows())
}

// ranked is n examples whose order depends on the features.
func ranked(n, d, k int) Data {
	rng := rand.New(rand.NewPCG(13, 13))
	x := mat.NewDense(n, d, nil)
	ys := Make(n, k)
	scores := make([]float64, k)
	for i := range n {
		for j := range d {
			x.Set(i, j, rng.NormFloat64())
		}
		for j := range k {
			scores[j] = 2*x.At(i, j%d)*float64(1-2*(j%2)) + 0.3*float64(j) - math.Log(rng.ExpFloat64())
		}
		sortByScore(ys[i], scores)
	}
	return Data{X: x, Y: ys}
}

// The whole loop with the space, its references and the proposal.
func TestFitWithReferences(t *testing.T) {
	const k, d = 4, 3
	network := nn.MLP{Hidden: []int{5}, Activation: nn.Tanh}
	training := structured.Training{Epochs: 3, BatchSize: 40, Seed: 5, Optimizer: nn.AdamW{Rate: 0.01}}
	data := ranked(40, d, k)
	for name, c := range map[string]struct {
		ref       Reference
		objective structured.MinMin[Ordering]
		smooth    bool
	}{
		"uniform":       {objective: structured.MinMin[Ordering]{Samples: 10}, smooth: true},
		"kendall":       {ref: Mallows{Dispersion: 0.3}, objective: structured.MinMin[Ordering]{Samples: 10}, smooth: true},
		"plackett-luce": {ref: PlackettLuce{LogWeights: []float64{0, 1, -1, 0.5}}, objective: structured.MinMin[Ordering]{Summed: true}, smooth: true},
		// The draws of a proposal that follows move with the parameters.
		"proposal": {objective: structured.MinMin[Ordering]{Samples: 20, Proposal: PlackettLuceProposal{}}},
	} {
		t.Run(name, func(t *testing.T) {
			space, err := NewSpace(k, c.ref)
			require.NoError(t, err)
			sd, err := data.Structured()
			require.NoError(t, err)
			structuredtest.Fit(t, structuredtest.Problem[Ordering]{
				Structures: structuredtest.Structures[Ordering]{All: everyOrdering(k), Equal: Ordering.Equal},
				Data:       sd, Smooth: c.smooth, Sampled: !c.objective.Summed,
				Config: structured.Config[Ordering]{Space: space, Coupling: placing{k}, Network: network, Tau: logpart.Linear{}, Objective: c.objective, Training: training},
			})
		})
	}
}
