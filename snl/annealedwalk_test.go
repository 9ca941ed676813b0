package snl

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// pulled is the Gaussian exp(pull y - precision y^2/2) relative to a standard
// normal in each dimension, of which log Z, mean and deviation are known.
func pulled(t testing.TB, dim int, precision, pull float64) (p structured.Problem[Point], theta structured.Theta, logZ, mean, deviation float64) {
	c := bind(t, ExponentialFamily{Statistics: Quadratic{Diagonal: true}}, dim)
	base := Gaussian{Mean: make([]float64, dim), Std: slices.Repeat([]float64{1}, dim)}
	p = structured.Problem[Point]{Space: spaceOver(t, base, dim), Coupling: c}
	theta = structured.Theta{Logits: make([]float64, c.NumLogits())}
	for j := range dim {
		theta.Logits[2*j], theta.Logits[2*j+1] = pull, -precision
	}
	inf, err := c.(structured.Inferrer[Point]).Infer(p.Space)
	require.NoError(t, err)
	logZ = inf.(structured.LogPartition[Point]).LogZ(theta)
	almost.Equal(t, float64(dim)*(pull*pull/(2*(precision+1))-0.5*math.Log(precision+1)), logZ, 1e-9, 1e-12)
	return p, theta, logZ, pull / (precision + 1), 1 / math.Sqrt(precision+1)
}

func TestAnnealedWalks(t *testing.T) {
	p, theta, logZ, mean, deviation := pulled(t, 5, 24, 20)
	for name, k := range map[string]structured.AnnealingKernel[Point]{
		"MALA": MALA{Step: 0.25, Steps: 8}, "random walk": RandomWalk{Step: 0.25, Steps: 16},
	} {
		t.Run(name, func(t *testing.T) {
			of := structured.AnnealedImportance[Point]{Kernel: k, Chains: 200, Overlap: 0.98}
			bound, err := of.Bind(p)
			require.NoError(t, err)
			e, err := bound.EstimateLogZ(theta, 3)
			require.NoError(t, err)
			almost.Equal(t, logZ, e.Value, 5*e.Error, 0)
			assert.Less(t, e.Error, 0.3)
			ys, logw, err := of.Sample(p, theta, 4)
			require.NoError(t, err)
			high, sum, ess := math.Inf(-1), 0.0, 0.0
			for _, l := range logw {
				high = max(high, l)
			}
			got := make([]float64, 5)
			for i, l := range logw {
				w := math.Exp(l - high)
				sum, ess = sum+w, ess+w*w
				for j, v := range ys[i] {
					got[j] += w * v
				}
			}
			ess = sum * sum / ess
			for _, v := range got {
				almost.Equal(t, mean, v/sum, 5*deviation/math.Sqrt(ess), 0)
			}
		})
	}
	_, err := MALA{}.BindAnnealing(structured.Problem[Point]{Space: spaceOver(t, Lebesgue{}, 1), Coupling: bind(t, Joint{}, 1)})
	assert.ErrorIs(t, err, errNoProposal)
	_, err = RandomWalk{Step: -1}.BindAnnealing(p)
	assert.Error(t, err)
}

// Between the base and the model, and from another start than the base, moves
// leave pi_b as it is: here a Gaussian, of precision and pull in proportion.
func TestAnnealedWalksBetween(t *testing.T) {
	const precision, pull, b, n = 3.0, 2.0, 0.4, 4000
	p, theta, _, _, _ := pulled(t, 1, precision, pull)
	wide := *p.Space.(*Space) // start at N(1, 4)
	var err error
	wide.proposal, err = Gaussian{Mean: []float64{1}, Std: []float64{2}}.Bind(1)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		space                     *Space
		startPull, startPrecision float64
	}{"the base": {p.Space.(*Space), 0, 1}, "a proposal": {&wide, 0.25, 0.25}} {
		for kind, k := range map[string]structured.AnnealingKernel[Point]{"MALA": MALA{Step: 0.8, Steps: 30}, "random walk": RandomWalk{Step: 1.2, Steps: 60}} {
			bound, err := k.BindAnnealing(structured.Problem[Point]{Space: c.space, Coupling: p.Coupling})
			require.NoError(t, err)
			chains := bound.Begin(n, theta)
			v := make([]float64, n)
			chains.Start(v, 1)
			chains.Move(v, b, 2)
			of := b*(1+precision) + (1-b)*c.startPrecision
			mean := (b*pull + (1-b)*c.startPull) / of
			sum, square := 0.0, 0.0
			for _, y := range chains.States() {
				sum += y[0] / n
				square += (y[0] - mean) * (y[0] - mean) / n
			}
			almost.Equal(t, mean, sum, 5/math.Sqrt(of*n), 0, "%s from %s", kind, name)
			almost.Equal(t, 1, square*of, 5*math.Sqrt(2.0/n), 0, "%s from %s", kind, name)
			chains.End()
		}
	}
}

// Where draws from the base miss the model, annealing gets there.
func TestMultivariateByAnnealing(t *testing.T) {
	tr, err := NewTrainer(Data{Y: randomPoints(50, 5, 1)}, Config{
		Base: Gaussian{Mean: make([]float64, 5), Std: []float64{1, 1, 1, 1, 1}}, RawTargets: true,
		Coupling: ExponentialFamily{Statistics: Quadratic{Diagonal: true}}, Network: nn.Constant{},
	})
	require.NoError(t, err)
	_, theta, logZ, mean, _ := pulled(t, 5, 24, 20)
	copy(tr.Params(), theta.Logits)
	m := tr.Model()
	_, err = m.Multivariate(ctx, nil, Importance{})
	require.ErrorIs(t, err, structured.ErrUnevenWeights)
	p, err := m.Multivariate(ctx, nil, Importance{Kernel: MALA{Step: 0.25, Steps: 8}, Draws: 200})
	require.NoError(t, err)
	assert.Greater(t, p.ESS(), 50.0)
	almost.Equal(t, logZ, p.LogZ().Value, 5*p.LogZ().Error, 0)
	for _, v := range p.Mean() {
		almost.Equal(t, mean, v, 0.1, 0)
	}
	again, err := m.Multivariate(ctx, nil, Importance{Kernel: MALA{Step: 0.25, Steps: 8}, Draws: 200, Of: Gaussian{Mean: make([]float64, 5), Std: []float64{1, 1, 1, 1, 1}}})
	require.NoError(t, err)
	almost.Equal(t, p.LogZ().Value, again.LogZ().Value, 1e-9, 0, "the base, given again")
	l, err := p.LogPDF(Point{0.8, 0.8, 0.8, 0.8, 0.8})
	require.NoError(t, err)
	almost.Equal(t, 2.5*math.Log(25/(2*math.Pi)), l, 5*p.LogZ().Error, 0)
	_, err = m.Multivariate(ctx, nil, Importance{Kernel: MALA{Step: -1}})
	assert.Error(t, err)
}
