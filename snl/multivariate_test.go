package snl

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// known is an untrained model: its base, N((1,-2), diag(4, 0.25)), drawn from
// by a wider Student.
func known(t *testing.T) *Model {
	tr, err := NewTrainer(Data{Y: cloud(50, 1)}, Config{
		Base: Gaussian{Mean: []float64{1, -2}, Std: []float64{2, 0.5}}, Proposal: Student{Widen: 1.5},
		Coupling: Joint{Logits: nn.Off, Network: nn.Linear{}},
	})
	require.NoError(t, err)
	clear(tr.Params())
	return tr.Model()
}

func TestMultivariateOfAGaussian(t *testing.T) {
	m := known(t)
	p, err := m.Multivariate(ctx, nil, Importance{})
	require.NoError(t, err)
	se := 6 / math.Sqrt(p.ESS())
	almost.Equal(t, 0, p.LogZ().Value, 6*p.LogZ().Error, 0)
	assert.Less(t, p.LogZ().Error, 0.03)
	assert.Greater(t, p.ESS(), 1000.0)
	mean := p.Mean()
	almost.Equal(t, 1, mean[0], 2*se, 0)
	almost.Equal(t, -2, mean[1], 0.5*se, 0)
	cov := p.Covariance()
	almost.Equal(t, 4, cov.At(0, 0), 4*2*se, 0)
	almost.Equal(t, 0, cov.At(0, 1), 2*se, 0)
	x, y := distuv.Normal{Mu: 1, Sigma: 2}, distuv.Normal{Mu: -2, Sigma: 0.5}
	almost.Equal(t, x.Entropy()+y.Entropy(), p.Entropy(), 2*se, 0)
	l, err := p.LogPDF(Point{0, -1.5})
	require.NoError(t, err)
	almost.Equal(t, x.LogProb(0)+y.LogProb(-1.5), l, 6*p.LogZ().Error, 0)
	lp, err := m.LogProb(nil, Point{0, -1.5})
	require.NoError(t, err)
	almost.Equal(t, x.LogProb(0)+y.LogProb(-1.5), lp.Value, 1e-9, 0, "tau is 0, which is right")
	marginal, err := p.Marginal(1)
	require.NoError(t, err)
	for _, q := range []float64{0.05, 0.5, 0.9} {
		v, err := marginal.Quantile(q)
		require.NoError(t, err)
		almost.Equal(t, q, y.CDF(v), se, 0)
		assert.GreaterOrEqual(t, marginal.CDF(v), q)
	}
	in, err := marginal.Interval(0.9)
	require.NoError(t, err)
	almost.Equal(t, 0.9, y.CDF(in.High)-y.CDF(in.Low), 2*se, 0)
	assert.Equal(t, [2]float64{0, 1}, [2]float64{marginal.CDF(-1e9), marginal.CDF(1e9)})
	draws := p.Sample(4000, rand.New(rand.NewPCG(1, 2)))
	got, _ := moments(draws, nil, 2)
	almost.Equal(t, 1, got[0], 2*(se+6/math.Sqrt(4000)), 0)

	mode, density := p.Mode()
	almost.Slice(t, []float64{1, -2}, mode, 1e-5, 0)
	almost.Equal(t, x.Prob(1)*y.Prob(-2), density, 0, 6*p.LogZ().Error)

	r, err := Evaluate(ctx, m, Data{Y: cloud(20, 5)})
	require.NoError(t, err)
	assert.Equal(t, 20, r.Rows)
	var nll weightedMean
	for _, v := range cloud(20, 5) {
		nll.add(-x.LogProb(v[0])-y.LogProb(v[1]), 1)
	}
	almost.Equal(t, nll.value(), r.NLL, 6*p.LogZ().Error, 0)
	almost.Equal(t, p.ESS(), r.ESS, 0, 0)
	assert.Contains(t, r.String(), "energy score")
	assert.NotContains(t, r.String(), "PIT")

	// The same key gives the same sample; another one another.
	again, err := m.Multivariate(ctx, nil, Importance{})
	require.NoError(t, err)
	almost.Same(t, mean, again.Mean())
	other, err := m.Multivariate(ctx, nil, Importance{Key: 1})
	require.NoError(t, err)
	assert.NotEqual(t, mean, other.Mean())

	for _, bad := range []Importance{{Draws: -1}, {Of: Lebesgue{}}, {Of: Gaussian{}}} {
		_, err := m.Multivariate(ctx, nil, bad)
		assert.Error(t, err)
	}
	_, err = m.Multivariate(ctx, nil, Importance{Of: Gaussian{Mean: []float64{300, 0}, Std: []float64{1, 1}}})
	assert.ErrorIs(t, err, structured.ErrUnevenWeights)
	_, err = p.Marginal(2)
	assert.Error(t, err)
	_, err = p.LogPDF(Point{1})
	assert.Error(t, err)
	_, err = m.Predictive(ctx, nil)
	assert.ErrorIs(t, err, ErrNotOnLine)
	means, err := m.Means(ctx, nil)
	require.NoError(t, err)
	almost.Same(t, mean, means.RawRowView(0))
}

// In one dimension the energy score is the CRPS.
func TestEnergyScore(t *testing.T) {
	tr, err := NewTrainer(Data{Y: randomPoints(50, 1, 1)}, Config{
		Base: Gaussian{Mean: []float64{3}, Std: []float64{2}}, Coupling: Joint{Logits: nn.Off, Network: nn.Linear{}},
	})
	require.NoError(t, err)
	clear(tr.Params())
	p, err := tr.Model().Multivariate(ctx, nil, Importance{})
	require.NoError(t, err)
	for _, y := range []float64{-1, 3, 6} {
		got, err := p.EnergyScore(Point{y})
		require.NoError(t, err)
		almost.Equal(t, crpsOfGaussian(y, distuv.Normal{Mu: 3, Sigma: 2}), got, 6*2/math.Sqrt(2048), 0)
	}
	_, err = p.EnergyScore(Point{math.NaN()})
	assert.Error(t, err)
}
