package permutations

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/binomial"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// choiceProbability is the log of the product of choices, by its definition.
func choiceProbability(logw []float64, y Ordering) float64 {
	l := 0.0
	for r, j := range y {
		rest := make([]float64, 0, len(y))
		for _, i := range y[r:] {
			rest = append(rest, logw[i])
		}
		l += logw[j] - numeric.LogSumExp(rest)
	}
	return l
}

func randomLogWeights(k int, scale float64, rng *rand.Rand) []float64 {
	w := make([]float64, k)
	for j := range w {
		w[j] = scale * rng.NormFloat64()
	}
	return w
}

// gradientBySums is the gradient of f by central differences.
func gradientBySums(x []float64, f func([]float64) float64) []float64 {
	const h = 1e-5
	grad := make([]float64, len(x))
	for i, at := range x {
		x[i] = at + h
		up := f(x)
		x[i] = at - h
		grad[i] = (up - f(x)) / (2 * h)
		x[i] = at
	}
	return grad
}

func TestPlackettLuceLogProb(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for _, k := range []int{1, 2, 5, 40} {
		// From equal weights to weights whose ratios no float64 holds.
		for _, scale := range []float64{0, 1, 20, 200, 5000} {
			p := PlackettLuce{LogWeights: randomLogWeights(k, scale, rng)}
			s, err := NewSpace(k, p)
			require.NoError(t, err)
			ys := s.Make(20)
			s.Sample(ys[:10], rng)
			for i := 10; i < 20; i++ {
				copy(ys[i], randomOrdering(k, rng))
			}
			logq := make([]float64, len(ys))
			s.LogProb(logq, ys)
			for i, y := range ys {
				want := choiceProbability(p.LogWeights, y)
				almost.Equal(t, want, logq[i], 1e-10+1e-13*scale*float64(k), 1e-12, "k=%d, scale %g", k, scale)
				got, err := p.LogProb(y)
				require.NoError(t, err)
				almost.Equal(t, want, got, 1e-10+1e-13*scale*float64(k), 1e-12, "k=%d, scale %g", k, scale)
			}
		}
	}
}

func TestPlackettLuceGradient(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for _, k := range []int{1, 2, 6, 12} {
		p := PlackettLuce{LogWeights: randomLogWeights(k, 1.5, rng)}
		y := randomOrdering(k, rng)
		want := gradientBySums(p.LogWeights, func([]float64) float64 { l, _ := p.LogProb(y); return l })
		grad := make([]float64, k)
		grad[0] = 3
		l, err := p.AddGrad(grad, y, -2)
		require.NoError(t, err)
		almost.Equal(t, choiceProbability(p.LogWeights, y), l, 1e-12, 1e-12)
		grad[0] -= 3
		for j := range want {
			almost.Equal(t, -2*want[j], grad[j], 1e-8, 1e-7)
		}
	}
	// Weights of any range: the gradient stays between 1-k and 1.
	p := PlackettLuce{LogWeights: []float64{2000, -3000, 0, 700, -3000}}
	grad := make([]float64, 5)
	_, err := p.AddGrad(grad, Ordering{1, 4, 2, 3, 0}, 1)
	require.NoError(t, err)
	almost.Slice(t, []float64{1 - 5, 1, 1, 1, 1}, grad, 1e-12, 0)
}

// sumOver is log sum_{y in e} q(y) and its gradient by enumeration.
func sumOver(p PlackettLuce, e Partial) (logProb float64, grad []float64) {
	k := len(p.LogWeights)
	var logs []float64
	grads := [][]float64{}
	for _, y := range everyOrdering(k) {
		if e.Allows(y) {
			g := make([]float64, k)
			l, err := p.AddGrad(g, y, 1)
			if err != nil {
				panic(err)
			}
			logs, grads = append(logs, l), append(grads, g)
		}
	}
	logProb, grad = numeric.LogSumExp(logs), make([]float64, k)
	for i, l := range logs {
		for j, g := range grads[i] {
			grad[j] += math.Exp(l-logProb) * g
		}
	}
	return logProb, grad
}

func TestPlackettLucePartial(t *testing.T) {
	rng := rand.New(rand.NewPCG(10, 10))
	check := func(p PlackettLuce, e Partial, tol float64) {
		t.Helper()
		want, wantGrad := sumOver(p, e)
		got, err := p.LogProbPartial(e)
		require.NoError(t, err)
		almost.Equal(t, want, got, tol, 1e-12, "%v with %v", e, p)
		grad := make([]float64, len(p.LogWeights))
		grad[0] = 1
		again, err := p.AddGradPartial(grad, e, 0.5)
		require.NoError(t, err)
		almost.Same(t, []float64{got}, []float64{again})
		grad[0]--
		for j := range grad {
			almost.Equal(t, wantGrad[j]/2, grad[j], tol, 1e-10, "%v with %v: label %d", e, p, j)
		}
	}
	for range 200 {
		k := 1 + rng.IntN(6)
		check(PlackettLuce{LogWeights: randomLogWeights(k, 2, rng)}, randomPartial(k, rng), 1e-11)
	}
	// Groups whose probabilities underflow, whichever side is the heavier, and
	// weights apart by more than a float64 can hold.
	for _, w := range [][]float64{
		{-900, -900, -901, 0, 1}, {0, 900, 1, 900, -900}, {0, 0, 800, -800, 0}, {-3000, 2000, -1000, 5, 3000}, {700, -700, -1500, 0, -2300},
	} {
		for _, text := range []string{"0=1=2>3=4/5", "0=1=2>3/5", "3>0=2>1/5", "0=1=3=4>2/5", "1=2>0=3>4/5"} {
			check(PlackettLuce{LogWeights: w}, partial(t, text), 1e-9)
		}
	}
}

// Complete and top-m rankings as partial ones are what they are.
func TestPlackettLuceKinds(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 11))
	p := PlackettLuce{LogWeights: randomLogWeights(12, 1, rng)}
	y := randomOrdering(12, rng)
	full, err := y.Partial()
	require.NoError(t, err)
	want, err := p.LogProb(y)
	require.NoError(t, err)
	got, err := p.LogProbPartial(full)
	require.NoError(t, err)
	almost.Equal(t, want, got, 1e-12, 0)
	a, b := make([]float64, 12), make([]float64, 12)
	_, err = p.AddGrad(a, y, 1)
	require.NoError(t, err)
	_, err = p.AddGradPartial(b, full, 1)
	require.NoError(t, err)
	almost.Slice(t, a, b, 1e-12, 0)

	// The best label of 30 and three tied: one softmax, one recursion.
	w := randomLogWeights(30, 1, rng)
	top, err := TopM(30, 4)
	require.NoError(t, err)
	got, err = PlackettLuce{LogWeights: w}.LogProbPartial(top)
	require.NoError(t, err)
	almost.Equal(t, w[4]-numeric.LogSumExp(w), got, 1e-12, 0)
	nothing, err := Subset(30, 7)
	require.NoError(t, err)
	got, err = PlackettLuce{LogWeights: w}.LogProbPartial(nothing)
	require.NoError(t, err)
	assert.Zero(t, got)
	// With equal weights: C(30, 16) sets are as likely to come first.
	even := PlackettLuce{LogWeights: make([]float64, 30)}
	sixteen := partial(t, "0=1=2=3=4=5=6=7=8=9=10=11=12=13=14=15>16=17=18=19=20=21=22=23=24=25=26=27=28=29/30")
	grad := make([]float64, 30)
	got, err = even.AddGradPartial(grad, sixteen, 1)
	require.NoError(t, err)
	almost.Equal(t, -math.Log(145422675), got, 1e-11, 0)
	for j, g := range grad {
		almost.Equal(t, grad[j/16*16], g, 1e-10, 0, "labels of a group are alike")
	}
	almost.Equal(t, 0, 16*grad[0]+14*grad[29], 1e-10, 0, "only differences of log weights count")
}

func TestPlackettLuceErrors(t *testing.T) {
	p := PlackettLuce{LogWeights: []float64{0, 1, 2}}
	bad := PlackettLuce{LogWeights: []float64{0, math.NaN(), 2}}
	var dim *structured.DimensionError
	var ref *ReferenceError
	grad := make([]float64, 3)
	for _, f := range []func(PlackettLuce, Ordering) (float64, error){
		PlackettLuce.LogProb,
		func(p PlackettLuce, y Ordering) (float64, error) { return p.AddGrad(grad, y, 1) },
	} {
		_, err := f(p, Ordering{0, 1})
		assert.ErrorAs(t, err, &dim)
		_, err = f(p, Ordering{0, 1, 1})
		assert.ErrorIs(t, err, ErrRepeated)
		_, err = f(bad, Ordering{0, 1, 2})
		require.ErrorAs(t, err, &ref)
		assert.Equal(t, 1, ref.Index)
	}
	for _, f := range []func(PlackettLuce, Partial) (float64, error){
		PlackettLuce.LogProbPartial,
		func(p PlackettLuce, e Partial) (float64, error) { return p.AddGradPartial(grad, e, 1) },
	} {
		_, err := f(p, partial(t, "0>1/4"))
		assert.ErrorAs(t, err, &dim)
		_, err = f(bad, partial(t, "0>1/3"))
		assert.ErrorAs(t, err, &ref)
	}
	assert.Equal(t, make([]float64, 3), grad, "unchanged where it fails")
	assert.Panics(t, func() { _, _ = p.AddGrad(grad[:2], Ordering{0, 1, 2}, 1) })
	assert.Panics(t, func() { _, _ = p.AddGradPartial(grad[:2], Partial{}, 1) })
	many := PlackettLuce{LogWeights: make([]float64, 20)}
	_, err := many.LogProbPartial(partial(t, "19>0=1=2=3=4=5=6=7=8=9=10=11=12=13=14=15=16>17/20"))
	var ties *TiesError
	require.ErrorAs(t, err, &ties)
	assert.Equal(t, 1, ties.Group)
}

// Draws with weights over many orders of magnitude go by their logs.
func TestPlackettLuceWideDraws(t *testing.T) {
	const n = 20_000
	w := []float64{-1000, 0.5, -1000.7, 0, -1001}
	s, err := NewSpace(5, PlackettLuce{LogWeights: w})
	require.NoError(t, err)
	require.True(t, s.ref.(*plackettLuceReference).choice.wide)
	ys := s.Make(n)
	s.Sample(ys, rand.New(rand.NewPCG(12, 12)))
	counts := map[string]int{}
	for _, y := range ys {
		counts[y.String()]++
	}
	for _, y := range everyOrdering(5) {
		p := math.Exp(choiceProbability(w, y))
		lo, hi := binomial.Band(n, p, 1e-8)
		assert.True(t, lo <= counts[y.String()] && counts[y.String()] <= hi, "%v: %d, want %d to %d", y, counts[y.String()], lo, hi)
	}
}

func ExamplePlackettLuce() {
	p := PlackettLuce{LogWeights: []float64{math.Log(3), math.Log(2), 0}}
	full, _ := p.LogProb(Ordering{0, 1, 2})
	first, _ := TopM(3, 0)
	top, _ := p.LogProbPartial(first)
	pair, _ := Subset(3, 1, 2)
	subset, _ := p.LogProbPartial(pair)
	tied, _ := Ties(3, []int{0, 1}, []int{2})
	ties, _ := p.LogProbPartial(tied)
	fmt.Printf("%.4f %.4f %.4f %.4f\n", math.Exp(full), math.Exp(top), math.Exp(subset), math.Exp(ties))
	// Output: 0.3333 0.5000 0.6667 0.5833
}
