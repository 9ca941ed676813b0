package datasets

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/sets"
)

// isingConfigs cover one label, no features, constant couplings and ones that
// depend on x.
var isingConfigs = map[string]IsingConfig{
	"zero value":      {},
	"one label":       {Labels: 1, Features: 2, Seed: 1},
	"constant":        {Labels: 5, Features: 3, PairBias: 1.5, Seed: 2},
	"linear":          {Labels: 6, Features: 2, PairWeight: 0.7, Seed: 3},
	"no coefficients": {Labels: 4, Features: 2, UnaryBias: -1, UnaryWeight: -1, PairBias: -1, PairWeight: -1},
}

func someX(d int) []float64 {
	x := make([]float64, d)
	rng := newRand(uint64(d))
	for f := range x {
		x[f] = rng.NormFloat64()
	}
	return x
}

// bruteScore is <u, y> + y' U y / 2.
func bruteScore(t *testing.T, m *Ising, x []float64, y sets.Set) float64 {
	u, err := m.Unary(x)
	require.NoError(t, err)
	p, err := m.Pairwise(x)
	require.NoError(t, err)
	v := mat.NewVecDense(m.Labels, nil)
	for j := range y.Labels() {
		v.SetVec(j, 1)
	}
	return mat.Dot(mat.NewVecDense(m.Labels, u), v) + mat.Inner(v, p, v)/2
}

func TestIsingAgainstBruteForce(t *testing.T) {
	for name, config := range isingConfigs {
		m, err := NewIsing(config)
		require.NoError(t, err)
		x := someX(m.Features)
		z := 0.0
		for w := range uint64(1) << m.Labels {
			z += math.Exp(bruteScore(t, m, x, sets.FromUint64(m.Labels, w)))
		}
		logZ, err := m.LogPartitionCounting(x)
		require.NoError(t, err)
		almost.Equal(t, math.Log(z), logZ, 1e-12, 1e-12, name)
		uniform, err := m.LogPartitionUniform(x)
		require.NoError(t, err)
		almost.Equal(t, math.Log(z/math.Exp2(float64(m.Labels))), uniform, 1e-12, 1e-12, name)
		probs, err := m.Probs(x)
		require.NoError(t, err)
		require.Len(t, probs, 1<<m.Labels)
		sum := 0.0
		for w, p := range probs {
			y := sets.FromUint64(m.Labels, uint64(w))
			logP, err := m.LogProb(x, y)
			require.NoError(t, err)
			almost.Equal(t, bruteScore(t, m, x, y)-math.Log(z), logP, 1e-12, 1e-12, name)
			almost.Equal(t, p, math.Exp(logP), 0, 1e-12)
			sum += p
		}
		almost.Equal(t, 1, sum, 1e-12, 0, name)
	}
}

func TestIsingCoefficientsAreLinear(t *testing.T) {
	m, err := NewIsing(IsingConfig{Labels: 3, Features: 2, PairWeight: 1, Seed: 9})
	require.NoError(t, err)
	u, err := m.Unary([]float64{2, -1})
	require.NoError(t, err)
	a := m.UnaryWeight // d x K
	almost.Slice(t, []float64{
		m.UnaryBias[0] + 2*a[0] - a[3], m.UnaryBias[1] + 2*a[1] - a[4], m.UnaryBias[2] + 2*a[2] - a[5],
	}, u, 1e-14, 0)
	p, err := m.Pairwise([]float64{2, -1})
	require.NoError(t, err)
	v := m.PairWeight // d x 3 pairs: 01, 02, 12
	almost.Equal(t, m.PairBias[1]+2*v[1]-v[4], p.At(0, 2), 1e-14, 0)
	almost.Equal(t, m.PairBias[2]+2*v[2]-v[5], p.At(2, 1), 1e-14, 0)
	for j := range 3 {
		almost.Equal(t, 0, p.At(j, j), 0, 0)
	}
	none, err := NewIsing(isingConfigs["no coefficients"])
	require.NoError(t, err)
	logZ, err := none.LogPartitionUniform(someX(2))
	require.NoError(t, err)
	almost.Equal(t, 0, logZ, 1e-15, 0)
}

func TestIsingScales(t *testing.T) {
	m, err := NewIsing(IsingConfig{Labels: 20, Features: 300, UnaryBias: 3, PairWeight: 0.2})
	require.NoError(t, err)
	deviation := func(v []float64) float64 {
		sum := 0.0
		for _, c := range v {
			sum += c * c
		}
		return math.Sqrt(sum / float64(len(v)))
	}
	almost.Equal(t, 3, deviation(m.UnaryBias), 0, 0.7)
	almost.Equal(t, 1/math.Sqrt(300), deviation(m.UnaryWeight), 0, 0.1)
	almost.Equal(t, 1/math.Sqrt(20), deviation(m.PairBias), 0, 0.3)
	almost.Equal(t, 0.2, deviation(m.PairWeight), 0, 0.1)
}

func TestIsingSampleFrequencies(t *testing.T) {
	// Without features: the frequency of each set.
	m, err := NewIsing(IsingConfig{Labels: 4, PairBias: 1})
	require.NoError(t, err)
	probs, err := m.Probs(nil)
	require.NoError(t, err)
	const n = 20000
	data, err := m.Sample(context.Background(), n, 5)
	require.NoError(t, err)
	require.NoError(t, data.Validate())
	assert.Nil(t, data.X)
	count := make([]int, len(probs))
	for _, y := range data.Y {
		count[y.Words()[0]]++
	}
	for w, p := range probs {
		requireBinomial(t, count[w], n, p, w)
	}
}

func TestIsingSampleGivenFeatures(t *testing.T) {
	// Each row has its own p(.|x): where y falls in its distribution function
	// is uniform after randomising within the jump of y.
	m, err := NewIsing(IsingConfig{Labels: 5, Features: 3, PairWeight: 0.5, Seed: 4})
	require.NoError(t, err)
	const n, bins = 8000, 10
	data, err := m.Sample(context.Background(), n, 6)
	require.NoError(t, err)
	require.NoError(t, data.Validate())
	rng := newRand(8)
	var bin [bins]int
	above := 0
	for i, y := range data.Y {
		x := mat.Row(nil, i, data.X)
		probs, err := m.Probs(x)
		require.NoError(t, err)
		below := 0.0
		w := y.Words()[0]
		for _, p := range probs[:w] {
			below += p
		}
		bin[min(int(bins*(below+rng.Float64()*probs[w])), bins-1)]++
		if x[0] > 0 {
			above++
		}
	}
	for b, count := range bin {
		requireBinomial(t, count, n, 1./bins, b)
	}
	requireBinomial(t, above, n, 0.5, "x > 0")
}

func TestIsingSampleStreams(t *testing.T) {
	m, err := NewIsing(isingConfigs["linear"])
	require.NoError(t, err)
	long, err := m.Sample(context.Background(), 50, 1)
	require.NoError(t, err)
	short, err := m.Sample(context.Background(), 20, 1)
	require.NoError(t, err)
	head := long.Rows([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19})
	almost.Same(t, head.X.(*mat.Dense).RawMatrix().Data, short.X.(*mat.Dense).RawMatrix().Data)
	assert.Equal(t, head.Y, short.Y)
	other, err := m.Sample(context.Background(), 20, 2)
	require.NoError(t, err)
	assert.NotEqual(t, short.X, other.X)
	again, err := NewIsing(isingConfigs["linear"])
	require.NoError(t, err)
	assert.Equal(t, m, again)
	// No two rows share a stream: x differs everywhere, across seeds too.
	seen := map[float64]bool{}
	for seed := range uint64(20) {
		data, err := m.Sample(context.Background(), 50, seed)
		require.NoError(t, err)
		for i := range data.Y {
			seen[data.X.At(i, 0)] = true
		}
	}
	assert.Len(t, seen, 1000)
}

func TestIsingErrors(t *testing.T) {
	ctx := context.Background()
	var limit *LabelLimitError
	_, err := NewIsing(IsingConfig{Labels: 21})
	require.ErrorAs(t, err, &limit)
	assert.Equal(t, LabelLimitError{Labels: 21, Max: 20}, *limit)
	assert.Contains(t, err.Error(), "21 labels")
	for _, bad := range []IsingConfig{
		{Labels: -1}, {Features: -1}, {UnaryBias: math.NaN()}, {UnaryWeight: math.Inf(1)},
		{PairBias: math.Inf(-1)}, {PairWeight: math.NaN()},
	} {
		_, err := NewIsing(bad)
		assert.Error(t, err, "%+v", bad)
	}
	m, err := NewIsing(isingConfigs["linear"])
	require.NoError(t, err)
	ask := func(m *Ising, x []float64) map[string]error {
		out := map[string]error{}
		_, out["Unary"] = m.Unary(x)
		_, out["Pairwise"] = m.Pairwise(x)
		_, out["Counting"] = m.LogPartitionCounting(x)
		_, out["Uniform"] = m.LogPartitionUniform(x)
		_, out["LogProb"] = m.LogProb(x, sets.New(m.Labels))
		_, out["Probs"] = m.Probs(x)
		return out
	}
	for name, err := range ask(m, []float64{1}) {
		assert.ErrorIs(t, err, ErrRagged, name)
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		for name, err := range ask(m, []float64{1, bad}) {
			assert.ErrorIs(t, err, ErrNotFinite, name)
			assert.ErrorContains(t, err, "feature 1")
		}
	}
	for name, err := range ask(m, []float64{1e308, 1e308}) {
		if name != "Unary" && name != "Pairwise" {
			assert.ErrorIs(t, err, ErrNotFinite, name)
		}
	}
	_, err = m.LogProb(someX(2), sets.New(5))
	assert.ErrorIs(t, err, ErrRagged)
	_, err = m.Sample(ctx, 0, 1)
	assert.ErrorIs(t, err, ErrEmpty)
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, err = m.Sample(cancelled, 10, 1)
	assert.ErrorIs(t, err, context.Canceled)

	for name, change := range map[string]func(m *Ising){
		"Labels":      func(m *Ising) { m.Labels = 0 },
		"limit":       func(m *Ising) { m.Labels = 21 },
		"Features":    func(m *Ising) { m.Features = -1 },
		"UnaryBias":   func(m *Ising) { m.UnaryBias = m.UnaryBias[1:] },
		"UnaryWeight": func(m *Ising) { m.UnaryWeight = nil },
		"PairBias":    func(m *Ising) { m.PairBias = nil },
		"PairWeight":  func(m *Ising) { m.PairWeight = m.PairWeight[1:] },
		"NaN":         func(m *Ising) { m.PairBias[2] = math.NaN() },
		"Inf":         func(m *Ising) { m.UnaryWeight[2] = math.Inf(1) },
	} {
		broken, err := NewIsing(isingConfigs["linear"])
		require.NoError(t, err)
		change(broken)
		assert.Error(t, broken.Validate(), name)
		_, err = broken.Sample(ctx, 3, 1)
		assert.Error(t, err, name)
		_, err = broken.Probs(someX(2))
		assert.Error(t, err, name)
	}
	huge := &Ising{Labels: 2, UnaryBias: []float64{1e308, 1e308}, PairBias: []float64{1e308}}
	_, err = huge.Sample(ctx, 3, 1)
	assert.ErrorIs(t, err, ErrNotFinite)
	m.UnaryWeight[0], m.UnaryWeight[6] = 1.7e308, 1.7e308
	_, err = m.Sample(ctx, 30, 1)
	assert.ErrorIs(t, err, ErrNotFinite)
	assert.ErrorContains(t, err, "row")
}

func BenchmarkIsingSample(b *testing.B) {
	m, err := NewIsing(IsingConfig{Labels: 12, Features: 10, PairWeight: 0.1})
	require.NoError(b, err)
	for b.Loop() {
		if _, err := m.Sample(context.Background(), 100, 1); err != nil {
			b.Fatal(err)
		}
	}
}
