package snl

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

// The formulas of MixtureDensity, with covariances.
func TestMixtureDensityAgainstItsFormula(t *testing.T) {
	c := bind(t, MixtureDensity{Components: 2, Full: true, MinScale: 0.25, Spread: nn.Off}, 2)
	theta := structured.Theta{Logits: []float64{
		0.2, 1.2, // a
		1, -1, 0.5, 2, // c
		-0.3, 0.4, 0, -1, // l
		0.7, -0.4, // o
	}}
	density := func(y Point) float64 {
		w := []float64{1 / (1 + math.E), math.E / (1 + math.E)}
		sum := 0.0
		for k := range 2 {
			s0, s1 := 0.25+math.Exp(theta.Logits[6+2*k]), 0.25+math.Exp(theta.Logits[7+2*k])
			// (I+O)^-1 diag(s^2) (I+O)^-T
			inverse := mat.NewDense(2, 2, []float64{1, 0, -theta.Logits[10+k], 1})
			var cov mat.Dense
			cov.Product(inverse, mat.NewDiagDense(2, []float64{s0 * s0, s1 * s1}), inverse.T())
			var precision mat.Dense
			require.NoError(t, precision.Inverse(&cov))
			e := mat.NewVecDense(2, []float64{y[0] - theta.Logits[2+2*k], y[1] - theta.Logits[3+2*k]})
			sum += w[k] * math.Exp(-mat.Inner(e, &precision, e)/2) / (2 * math.Pi * math.Sqrt(mat.Det(&cov)))
		}
		return math.Log(sum)
	}
	ys := randomPoints(10, 2, 1)
	got := make([]float64, len(ys))
	c.Score(got, theta, ys)
	for m, y := range ys {
		almost.Equal(t, density(y), got[m], 1e-12, 1e-12)
	}
}

// One component in one dimension has two logits: a heteroscedastic Gaussian.
func TestOneComponent(t *testing.T) {
	c := bind(t, MixtureDensity{Components: 1, MinScale: nn.Off}, 1)
	require.Equal(t, 2, c.NumLogits())
	got := make([]float64, 1)
	c.Score(got, structured.Theta{Logits: []float64{0.5, math.Log(2)}}, []Point{{1.5}})
	almost.Equal(t, distuv.Normal{Mu: 0.5, Sigma: 2}.LogProb(1.5), got[0], 1e-14, 1e-14)
}

// Components start apart, spread like a standard normal.
func TestOffsets(t *testing.T) {
	assert.Equal(t, []float64{0, 0}, offsets(1, 2, 1))
	assert.Equal(t, make([]float64, 6), offsets(3, 2, 0))
	line := offsets(4, 1, 2)
	assert.True(t, slices.IsSorted(line))
	almost.Equal(t, 2*distuv.UnitNormal.Quantile(0.125), line[0], 1e-14, 0)
	for _, dim := range []int{2, 5} {
		const k = 512
		o := offsets(k, dim, 1)
		for j := range dim {
			mean, square := 0.0, 0.0
			for i := range k {
				mean += o[i*dim+j] / k
				square += o[i*dim+j] * o[i*dim+j] / k
			}
			almost.Equal(t, 0, mean, 0.05, 0, "coordinate %d of %d", j, dim)
			almost.Equal(t, 1, square, 0.05, 0, "coordinate %d of %d", j, dim)
		}
	}
}

func TestMixtureProposal(t *testing.T) {
	for _, c := range []struct {
		of    Coupling
		nodes structures
	}{
		{MixtureDensity{Components: 3}, trapezoids(30, 0.1, 1)},
		{Tilted{Base: MixtureDensity{Components: 2}, Energy: Joint{Logits: 1, Network: small}}, trapezoids(30, 0.1, 1)},
		{Tilted{Base: MixtureDensity{Components: 2, Full: true}, Energy: Joint{Logits: 1, Network: small}}, trapezoids(14, 0.3, 2)},
	} {
		dim := len(c.nodes.All[0])
		s, space := bind(t, c.of, dim), spaceOver(t, Lebesgue{}, dim)
		p := structured.Problem[Point]{Space: space, Coupling: s}
		proposal, err := MixtureProposal{}.Bind(p)
		require.NoError(t, err)
		assert.True(t, proposal.Follows())
		structuredtest.Proposal(t, proposal, s, structured.Space[Point](space), c.nodes)
	}
	_, err := MixtureProposal{}.Bind(structured.Problem[Point]{Coupling: bind(t, Joint{}, 1)})
	assert.ErrorContains(t, err, "no mixture to follow")
	assert.Panics(t, func() { MixtureProposal{}.Sample(nil, nil, structured.Theta{}, 0) })
}

func TestMixtureFamily(t *testing.T) {
	family := MixtureFamily{MixtureDensity{Components: 3, Full: true}}
	f, err := family.Bind(structured.Problem[Point]{Space: spaceOver(t, Lebesgue{}, 2)})
	require.NoError(t, err)
	c := bind(t, family.Density, 2)
	require.Equal(t, c.NumLogits(), f.NumLogits())
	theta := thetaFor(c, 0.5, 3)
	ys, logp := makePoints(50, 2), make([]float64, 50)
	f.Sample(ys, logp, theta.Logits, 5)
	at, score := make([]float64, 50), make([]float64, 50)
	f.LogProb(at, theta.Logits, ys)
	c.Score(score, theta, ys)
	almost.Same(t, score, at)
	almost.Slice(t, at, logp, 1e-12, 1e-12)
	grad, want := make([]float64, len(theta.Logits)), structured.Theta{Logits: make([]float64, len(theta.Logits))}
	f.AddGradLogProb(grad, theta.Logits, ys, logp)
	c.AddGrad(want, theta, ys, logp)
	almost.Same(t, want.Logits, grad)
	_, err = MixtureFamily{MixtureDensity{Components: -1}}.Bind(structured.Problem[Point]{Space: spaceOver(t, Lebesgue{}, 1)})
	assert.Error(t, err)
}

// regression is y = sin(2x) + noise that grows with x, bimodal for x > 0.
func regression(n int, seed uint64) structured.Data[Point] {
	rng := rand.New(rand.NewPCG(seed, 0))
	x, ys := mat.NewDense(n, 1, nil), makePoints(n, 1)
	for i, y := range ys {
		v := rng.NormFloat64()
		x.Set(i, 0, v)
		y[0] = math.Sin(2*v) + 0.2*math.Exp(0.3*v)*rng.NormFloat64()
		if v > 0 && rng.IntN(2) == 0 {
			y[0] = -y[0]
		}
	}
	return structured.Data[Point]{X: x, Y: ys}
}

func TestFitConformance(t *testing.T) {
	line := Gaussian{Mean: []float64{0}, Std: []float64{1.5}}
	network := nn.MLP{Hidden: []int{6}, Activation: nn.Tanh}
	for name, c := range map[string]struct {
		of        Coupling
		base      Form
		objective structured.Objective[Point]
	}{
		"mixture density network": {MixtureDensity{Components: 2}, Lebesgue{}, structured.ExactLikelihood[Point]{}},
		"self-normalised":         {Joint{Logits: 3, Network: network}, line, structured.MinMin[Point]{Samples: 8}},
		"tilted": {
			Tilted{Base: MixtureDensity{Components: 2}, Energy: Joint{Logits: 2, Network: network}}, Lebesgue{},
			structured.MinMin[Point]{Samples: 8, Proposal: MixtureProposal{}},
		},
		"langevin": {
			Joint{Logits: 3, Network: network}, line,
			structured.ContrastiveDivergence[Point]{Kernel: MALA{Steps: 2}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			nodes := trapezoids(8, 0.02, 1)
			_, exact := c.objective.(structured.ExactLikelihood[Point])
			structuredtest.Fit(t, structuredtest.Problem[Point]{
				Structures: nodes, Data: regression(40, 1), Smooth: exact, Sampled: !exact,
				Config: structured.Config[Point]{
					Space: spaceOver(t, c.base, 1), Coupling: bind(t, c.of, 1), Network: network, Objective: c.objective,
					Training: structured.Training{Epochs: 2, BatchSize: 16, Seed: 3},
				},
			})
		})
	}
}

// The classical network: maximum likelihood of a mixture, with an exact
// normaliser that is no work, near the entropy of the noise.
func TestMixtureDensityNetworkLearns(t *testing.T) {
	train, test := regression(5000, 1), regression(2000, 2)
	m, err := structured.Fit(context.Background(), train, structured.Config[Point]{
		Space: spaceOver(t, Lebesgue{}, 1), Coupling: bind(t, MixtureDensity{Components: 2}, 1),
		Network: nn.MLP{Hidden: []int{32}, Activation: nn.SiLU}, Objective: structured.ExactLikelihood[Point]{},
		Training: structured.Training{Epochs: 40, Optimizer: nn.AdamW{Rate: 0.01}, Schedule: nn.Cosine{}, Seed: 1},
	})
	require.NoError(t, err)
	lps, err := m.LogProbs(context.Background(), &test)
	require.NoError(t, err)
	got, truth := 0.0, 0.0
	for i, lp := range lps {
		assert.Equal(t, structured.Exact, lp.Kind)
		got -= lp.Value / 2000
		v, y := test.X.At(i, 0), test.Y[i][0]
		s := 0.2 * math.Exp(0.3*v)
		p := distuv.Normal{Mu: math.Sin(2 * v), Sigma: s}.Prob(y)
		if v > 0 {
			p = 0.5*p + 0.5*distuv.Normal{Mu: -math.Sin(2 * v), Sigma: s}.Prob(y)
		}
		truth -= math.Log(p) / 2000
	}
	t.Logf("test NLL %.3f, of the truth %.3f", got, truth)
	assert.Less(t, got, truth+0.12)
}
