package snl

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// narrow is a Gaussian in five dimensions, far and narrow against its base, of
// which log Z, mean and deviation are known.
func narrow(t testing.TB) (p structured.Problem[Point], theta structured.Theta, logZ, mean, deviation float64) {
	const dim, precision, pull = 5, 24.0, 20.0 // of exp(pull y - precision y^2/2)
	c := bind(t, ExponentialFamily{Statistics: Quadratic{Diagonal: true}}, dim)
	base := Gaussian{Mean: make([]float64, dim), Std: []float64{1, 1, 1, 1, 1}}
	p = structured.Problem[Point]{Space: spaceOver(t, base, dim), Coupling: c}
	theta = structured.Theta{Logits: make([]float64, c.NumLogits())}
	for j := range dim {
		theta.Logits[2*j], theta.Logits[2*j+1] = pull, -precision
	}
	inf, err := c.(structured.Inferrer[Point]).Infer(p.Space)
	require.NoError(t, err)
	logZ = inf.(structured.LogPartition[Point]).LogZ(theta)
	almost.Equal(t, dim*(pull*pull/(2*(precision+1))-0.5*math.Log(precision+1)), logZ, 1e-9, 1e-12)
	return p, theta, logZ, pull / (precision + 1), 1 / math.Sqrt(precision+1)
}

func TestAnnealedWalks(t *testing.T) {
	p, theta, logZ, mean, deviation := narrow(t)
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

// Where draws from the base miss the model, annealing gets there.
func TestMultivariateByAnnealing(t *testing.T) {
	tr, err := NewTrainer(Data{Y: randomPoints(50, 5, 1)}, Config{
		Base: Gaussian{Mean: make([]float64, 5), Std: []float64{1, 1, 1, 1, 1}}, RawTargets: true,
		Coupling: ExponentialFamily{Statistics: Quadratic{Diagonal: true}}, Network: nn.Constant{},
	})
	require.NoError(t, err)
	_, theta, logZ, mean, _ := narrow(t)
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
