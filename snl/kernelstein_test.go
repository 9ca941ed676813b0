package snl

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/binomial"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

var steinKernels = []SteinKernel{InverseMultiquadric{}, InverseMultiquadric{Scale: 1.7, Power: 0.8}, GaussianKernel{}, GaussianKernel{Scale: 0.6}}

func TestSteinKernelDerivatives(t *testing.T) {
	const h = 1e-5
	for _, k := range steinKernels {
		for _, r := range []float64{0.1, 1, 7} {
			_, first, second := k.Radial(r)
			up, upFirst, _ := k.Radial(r + h)
			down, downFirst, _ := k.Radial(r - h)
			almost.Equal(t, (up-down)/(2*h), first, 1e-9, 1e-8, "%#v", k)
			almost.Equal(t, (upFirst-downFirst)/(2*h), second, 1e-9, 1e-8, "%#v", k)
		}
	}
}

// u is k <s, t> and the derivatives of k, by differences in both points.
func TestSteinPairAgainstItsDefinition(t *testing.T) {
	kernel := InverseMultiquadric{Scale: 1.3}
	k := func(y, z Point) float64 {
		v, _, _ := kernel.Radial(math.Pow(euclidean(y, z), 2))
		return v
	}
	const h = 1e-4
	shift := func(y Point, j int, by float64) Point {
		out := clonePoint(y)
		out[j] += by
		return out
	}
	all := randomPoints(8, 3, 1)
	y, z, s, u := all[0], all[1], all[2], all[3]
	want := 0.0
	for j := range y {
		want += k(y, z) * s[j] * u[j]
		want += s[j] * (k(y, shift(z, j, h)) - k(y, shift(z, j, -h))) / (2 * h)
		want += u[j] * (k(shift(y, j, h), z) - k(shift(y, j, -h), z)) / (2 * h)
		for _, a := range []float64{h, -h} {
			for _, b := range []float64{h, -h} {
				want += k(shift(y, j, a), shift(z, j, b)) / (4 * a * b)
			}
		}
	}
	got, _, _ := steinPair(kernel, y, z, s, u)
	almost.Equal(t, want, got, 1e-6, 1e-6)
	back, _, _ := steinPair(kernel, z, y, u, s)
	almost.Equal(t, got, back, 1e-14, 1e-14, "symmetric")
}

// Stein's identity: the discrepancy of a density from itself is 0, and that of
// another is positive.
func TestSteinIdentity(t *testing.T) {
	nodes := trapezoids(8, 0.05, 1)
	d := weighted(nodes, func(y Point) float64 { l, _ := bumps(y[0]); return l })
	for _, kernel := range steinKernels {
		of := func(score func(y float64) float64) float64 {
			sum := 0.0
			for i, y := range d.Y {
				for j, z := range d.Y {
					u, _, _ := steinPair(kernel, y, z, []float64{score(y[0])}, []float64{score(z[0])})
					sum += d.Weights[i] * d.Weights[j] * u
				}
			}
			return sum
		}
		almost.Equal(t, 0, of(func(y float64) float64 { _, s := bumps(y); return s }), 1e-10, 0, "%#v", kernel)
		assert.Greater(t, of(func(y float64) float64 { return -y }), 0.05, "%#v", kernel)
	}
}

// The loss is the mean over pairs, weighted; an example that is alone has none.
func TestKernelSteinLoss(t *testing.T) {
	ys := randomPoints(10, 2, 3)
	base := Gaussian{Mean: []float64{0, 1}, Std: []float64{1, 2}}
	of := Joint{Logits: nn.Off, Network: small}
	theta := thetaFor(bind(t, of, 2), 1, 1)
	weights := []float64{1, 2, 0.5, 1, 3, 1, 1, 2, 1, 1}
	got := lossOf(t, trainer(t, of, base, KernelStein{}, Data{Y: ys, Weights: weights}, 1), theta.Own)
	p := structured.Problem[Point]{Space: spaceOver(t, base, 2), Coupling: bind(t, of, 2)}
	f, err := bindScores(p, "test", 1)
	require.NoError(t, err)
	s := f.evaluate(new(scoreScratch), theta, ys)
	want, total := 0.0, 13.5
	for i := range ys {
		row, others := 0.0, 0.0
		for j := range ys {
			if i != j {
				u, _, _ := steinPair(InverseMultiquadric{}, ys[i], ys[j], s[2*i:2*i+2], s[2*j:2*j+2])
				row += weights[j] * u
				others += weights[j]
			}
		}
		want += weights[i] / total * row / others
	}
	almost.Equal(t, want, got, 1e-12, 1e-12)
	assert.Zero(t, lossOf(t, trainer(t, of, base, KernelStein{}, Data{Y: ys[:1]}, 1), theta.Own))
	// The metric is the same for equal weights.
	tr := trainer(t, of, base, KernelStein{}, Data{Y: ys}, 1)
	want = lossOf(t, tr, theta.Own)
	v, err := KernelSteinDiscrepancy{InverseMultiquadric{}}.Evaluate(ctx, tr.Model(), &Data{Y: ys})
	require.NoError(t, err)
	almost.Equal(t, want, v, 1e-12, 1e-12)
	assert.False(t, KernelSteinDiscrepancy{}.Maximize())
}

// Over an exponential family the discrepancy is quadratic, and its minimum is
// near the truth.
func TestKernelSteinRecoversAGaussian(t *testing.T) {
	ys := randomPoints(1500, 2, 12)
	for _, y := range ys {
		y[0] = 0.5 + 0.8*y[0]
	}
	theta := stationary(t, trainer(t, ExponentialFamily{Quadratic{Diagonal: true}}, Lebesgue{}, KernelStein{}, Data{Y: ys}, 1))
	almost.Slice(t, []float64{0.5 / 0.64, -1 / 0.64, 0, -1}, theta, 0.15, 0)
}

func TestKernelSteinIsUnconditional(t *testing.T) {
	d := regression(20, 1)
	_, err := Fit(ctx, d, Config{Coupling: Joint{Logits: 2, Network: small}, Objective: KernelStein{}, Training: structured.Training{Epochs: 1}})
	assert.ErrorIs(t, err, ErrConditional)
	m, err := Fit(ctx, d, Config{Coupling: Joint{Logits: 2, Network: small}, Training: structured.Training{Epochs: 1}})
	require.NoError(t, err)
	_, err = SteinTest{}.Run(ctx, m, d.Y)
	assert.ErrorIs(t, err, ErrConditional)
	for _, o := range []SteinTest{{Resamples: -1}, {MaxPoints: 1}, {Kernel: GaussianKernel{Scale: -1}}} {
		_, err = o.Run(ctx, known(t), cloud(5, 1))
		assert.Error(t, err)
	}
	_, err = SteinTest{}.Run(ctx, known(t), []Point{{1, 2}})
	assert.ErrorContains(t, err, "at least 2")
	_, err = SteinTest{}.Run(ctx, known(t), []Point{{1, 2}, {math.NaN(), 1}})
	assert.ErrorIs(t, err, structured.ErrNotFinite)
}

// gaussianDraws are n draws from N((1,-2), diag(4, 0.25)), or from what is
// shifted and wider.
func gaussianDraws(n int, seed uint64, shift, widen float64) []Point {
	ys := randomPoints(n, 2, seed)
	for _, y := range ys {
		y[0], y[1] = 1+shift+2*widen*y[0], -2+0.5*y[1]
	}
	return ys
}

// Under the model the discrepancy is 0 within its standard error and the test
// keeps its level; under another density it finds it.
func TestSteinTest(t *testing.T) {
	tr, err := NewTrainer(Data{Y: gaussianDraws(500, 1, 0, 1)}, Config{
		Base: Gaussian{Mean: []float64{1, -2}, Std: []float64{2, 0.5}}, Coupling: Joint{Logits: nn.Off, Network: nn.Linear{}},
	})
	require.NoError(t, err)
	clear(tr.Params())
	m := tr.Model()
	right, err := SteinTest{}.Run(ctx, m, gaussianDraws(1500, 5, 0, 1))
	require.NoError(t, err)
	assert.Equal(t, 1000, right.Points, "MaxPoints")
	assert.Greater(t, right.PValue, 1e-3)
	almost.Equal(t, 0, right.Discrepancy, 5*right.Error, 0)
	for _, kernel := range []SteinKernel{nil, InverseMultiquadric{}, GaussianKernel{}} {
		for _, ys := range [][]Point{gaussianDraws(600, 5, 0.5, 1), gaussianDraws(600, 5, 0, 1.3)} {
			wrong, err := SteinTest{Kernel: kernel, Resamples: 199}.Run(ctx, m, ys)
			require.NoError(t, err)
			almost.Equal(t, 1.0/200, wrong.PValue, 1e-15, 0, "%#v", kernel)
			assert.Positive(t, wrong.Discrepancy, "%#v", kernel)
		}
		far, err := SteinTest{Kernel: kernel}.Run(ctx, m, gaussianDraws(600, 5, 1.5, 1.5))
		require.NoError(t, err)
		assert.Greater(t, far.Discrepancy, 5*far.Error, "%#v", kernel)
	}
	const runs, level = 400, 0.1
	rejected := 0
	for seed := range uint64(runs) {
		r, err := SteinTest{Resamples: 99, Key: seed}.Run(ctx, m, gaussianDraws(60, 100+seed, 0, 1))
		require.NoError(t, err)
		if r.PValue <= level {
			rejected++
		}
	}
	lo, hi := binomial.Band(runs, level, 1e-6)
	assert.True(t, lo <= rejected && rejected <= hi, "rejected %d of %d, want %d to %d", rejected, runs, lo, hi)
	again, err := SteinTest{}.Run(ctx, m, gaussianDraws(1500, 5, 0, 1))
	require.NoError(t, err)
	assert.Equal(t, right, again, "the same key, the same test")
}

// Without a normaliser of any kind, in the plane: training lowers the
// discrepancy.
func TestKernelSteinTrains(t *testing.T) {
	ys := gaussianDraws(600, 3, 0, 1)
	for _, y := range ys {
		y[1] += 0.1 * y[0] * y[0]
	}
	cfg := Config{
		Coupling: Joint{Logits: nn.Off, Network: nn.MLP{Hidden: []int{16}, Activation: nn.SiLU}}, Objective: KernelStein{},
		Training: structured.Training{Epochs: 150, BatchSize: 600, Seed: 1, Optimizer: nn.AdamW{Rate: 0.05}, Schedule: nn.Cosine{}},
	}
	m, err := Fit(ctx, Data{Y: ys}, cfg)
	require.NoError(t, err)
	cfg.Training.Epochs = 1
	rough, err := Fit(ctx, Data{Y: ys}, cfg)
	require.NoError(t, err)
	before, err := SteinTest{}.Run(ctx, rough, ys)
	require.NoError(t, err)
	after, err := SteinTest{}.Run(ctx, m, ys)
	require.NoError(t, err)
	assert.Less(t, after.Discrepancy, 0.1*before.Discrepancy)
}
