package fenchel_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"sort"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/race"
)

// The reference: the same problems in 256-bit arithmetic, written from the
// definitions and by another method (Newton's from below until nothing moves).

const precision = 256

func num(x float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(x) }
func zero() *big.Float         { return new(big.Float).SetPrec(precision) }
func add(a, b *big.Float) *big.Float {
	return zero().Add(a, b)
}
func sub(a, b *big.Float) *big.Float { return zero().Sub(a, b) }
func mul(a, b *big.Float) *big.Float { return zero().Mul(a, b) }
func div(a, b *big.Float) *big.Float { return zero().Quo(a, b) }

func float(a *big.Float) float64 { x, _ := a.Float64(); return x }

// exp is e^x by Taylor's series after halving x until it is small.
func exp(x *big.Float) *big.Float {
	if float(x) < -800 {
		return zero()
	}
	halvings := 0
	y := zero().Set(x)
	for math.Abs(float(y)) > 1e-3 {
		y.Mul(y, num(0.5))
		halvings++
	}
	sum, term := num(1), num(1)
	for k := 1.0; k < 30; k++ {
		term = div(mul(term, y), num(k))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum
}

// log is log x by Newton's method on exp.
func log(x *big.Float) *big.Float {
	y := num(math.Log(float(x)))
	for range 5 {
		y = add(y, sub(div(x, exp(y)), num(1)))
	}
	return y
}

// power is x^m for m = 1/2 or a whole number.
func power(x *big.Float, m float64) *big.Float {
	if m == 0.5 {
		return zero().Sqrt(x)
	}
	y := num(1)
	for range int(m) {
		y.Mul(y, x)
	}
	return y
}

// solution is what the reference says.
type solution struct {
	p         []float64
	conjugate float64
	loss      func(label int) float64
}

// entmax solves alpha-entmax for alpha = 1 + 1/m at a scale, q all 1: p_i =
// ((s_i - t)/(m scale))_+^m.
func entmax(m, scale float64, scores []float64) solution {
	unit := mul(num(m), num(scale))
	top := math.Inf(-1)
	for _, s := range scores {
		top = max(top, s)
	}
	excess := func(t *big.Float) (terms []*big.Float, sum, slope *big.Float) {
		sum, slope = zero(), zero()
		terms = make([]*big.Float, len(scores))
		for i, s := range scores {
			if math.IsInf(s, -1) || num(s).Cmp(t) <= 0 {
				continue
			}
			d := div(sub(num(s), t), unit)
			terms[i] = power(d, m)
			sum.Add(sum, terms[i])
			slope.Add(slope, div(mul(num(m), div(terms[i], d)), unit))
		}
		return terms, sum, slope
	}
	lo, hi := sub(num(top), unit), num(top)
	t := zero().Set(lo)
	for range 400 {
		_, sum, slope := excess(t)
		if sum.Cmp(num(1)) >= 0 {
			lo = t
		} else {
			hi = t
		}
		next := add(t, div(sub(sum, num(1)), slope))
		if m < 1 || next.Cmp(hi) > 0 {
			next = mul(add(lo, hi), num(0.5))
		}
		step := sub(next, t)
		t = next
		if step.Sign() == 0 || step.MantExp(nil) < -170 {
			break
		}
	}
	terms, _, _ := excess(t)
	// Omega* = <s,p> - scale (sum p^a - 1)/(a(a-1)), a = 1 + 1/m.
	a := add(num(1), div(num(1), num(m)))
	inner, omega := zero(), zero()
	r := solution{p: make([]float64, len(scores))}
	for i, p := range terms {
		if p == nil {
			continue
		}
		r.p[i] = float(p)
		inner.Add(inner, mul(p, num(scores[i])))
		omega.Add(omega, mul(p, div(sub(num(scores[i]), t), unit))) // p^a = p p^{1/m}
	}
	omega = mul(div(sub(omega, num(1)), mul(a, sub(a, num(1)))), num(scale))
	conjugate := sub(inner, omega)
	r.conjugate = float(conjugate)
	r.loss = func(label int) float64 { return float(sub(conjugate, num(scores[label]))) }
	return r
}

func softmax(scale float64, scores []float64) solution {
	top := math.Inf(-1)
	for _, s := range scores {
		top = max(top, s)
	}
	terms, sum := make([]*big.Float, len(scores)), zero()
	for i, s := range scores {
		terms[i] = zero()
		if !math.IsInf(s, -1) {
			terms[i] = exp(div(sub(num(s), num(top)), num(scale)))
			sum.Add(sum, terms[i])
		}
	}
	r := solution{p: make([]float64, len(scores))}
	for i, e := range terms {
		r.p[i] = float(div(e, sum))
	}
	conjugate := add(num(top), mul(num(scale), log(sum)))
	r.conjugate = float(conjugate)
	r.loss = func(label int) float64 { return float(sub(conjugate, num(scores[label]))) }
	return r
}

// inputs are vectors that have been trouble for somebody.
func inputs(rng *rand.Rand) map[string][]float64 {
	normal := func(n int, scale, shift float64) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = shift + scale*rng.NormFloat64()
		}
		return x
	}
	sorted := normal(300, 1, 0)
	sort.Float64s(sorted)
	geometric, halves, spike, edge := make([]float64, 60), make([]float64, 200), normal(1000, 1e-6, 0), make([]float64, 50)
	for i := range geometric {
		geometric[i] = -math.Pow(2, float64(-i))
	}
	for i := range halves {
		halves[i] = -math.Pow(1.05, float64(i)) * 1e-4
	}
	spike[17] = 0.9
	for i := range edge { // exactly at the edge of the support, and an ulp off
		edge[i] = -1 + float64(i-25)*0x1p-53
	}
	edge[3] = 0
	masked := normal(40, 1, 0)
	for i := 0; i < 40; i += 3 {
		masked[i] = math.Inf(-1)
	}
	return map[string][]float64{
		"one": {3.5}, "two": {0.1, 0.2}, "equal": make([]float64, 77), "normal": normal(500, 1, 0), "narrow": normal(500, 1e-3, 5),
		"wide": normal(500, 100, 0), "shifted": normal(200, 1, 1e9), "negative": normal(200, 1, -1e9), "huge": {1e30, -1e30, 1e30, 5},
		"sorted": sorted, "geometric": geometric, "halves": halves, "spike": spike, "edge": edge, "masked": masked,
		"tiny": {1e-310, -1e-310, 0, 3e-308}, "close": {1, 1 + 0x1p-52, 1 - 0x1p-53, 1},
	}
}

// compare wants agreement to 1e-12, or to what one bit of a score means.
func compare(t *testing.T, l fenchel.Labelled, scores []float64, want solution, rooted bool) {
	t.Helper()
	p := make([]float64, len(scores))
	conjugate, err := l.Argmax(p, scores)
	require.NoError(t, err)
	for i, x := range want.p {
		bit := 1e-15
		if rooted && x > 0 { // p is the square root of a score
			bit += 1e-16 / x
		}
		almost.Equal(t, x, p[i], bit, 1e-12, "entry %d", i)
	}
	almost.Equal(t, want.conjugate, conjugate, 1e-14, 1e-12)
	for label := 0; label < len(scores); label += 1 + len(scores)/11 {
		if math.IsInf(scores[label], -1) {
			continue
		}
		grad := make([]float64, len(scores))
		got, err := l.LabelLoss(grad, scores, label)
		require.NoError(t, err)
		loss := want.loss(label)
		if math.Abs(loss) < 1e-45 {
			loss = 0 // up to the rounding of the reference
		}
		// A loss of order d^2 moves by its root as a score by one bit.
		almost.Equal(t, loss, got, 1e-15*math.Sqrt(loss), 1e-12, "label %d", label)
		for i := range p {
			if i != label {
				almost.Equal(t, p[i], grad[i], 0, 1e-15, "gradient")
			}
		}
		almost.Equal(t, p[label]-1, grad[label], 1e-15, 1e-13, "gradient of the label")
	}
}

func TestHighPrecision(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 11))
	for name, scores := range inputs(rng) {
		for _, scale := range []float64{1, 0.3} {
			scaled := func(f fenchel.Generator) fenchel.Simplex {
				if scale != 1 {
					f = fenchel.Scaled{Of: f, Scale: scale}
				}
				return fenchel.Simplex{Of: f}
			}
			t.Run(fmt.Sprintf("%s/%g", name, scale), func(t *testing.T) {
				t.Run("softmax", func(t *testing.T) { compare(t, scaled(fenchel.Softmax), scores, softmax(scale, scores), false) })
				t.Run("sparsemax", func(t *testing.T) { compare(t, scaled(fenchel.Sparsemax), scores, entmax(1, scale, scores), false) })
				for _, m := range []float64{1, 2, 4, 16, 0.5} {
					f := fenchel.Tsallis{Alpha: 1 + 1/m}
					t.Run(f.String(), func(t *testing.T) { compare(t, scaled(f), scores, entmax(m, scale, scores), m < 1) })
				}
			})
		}
	}
}

func TestHighPrecisionLong(t *testing.T) {
	if testing.Short() || race.Enabled {
		t.Skip("long arithmetic")
	}
	rng := rand.New(rand.NewPCG(12, 12))
	const n = 100_000
	draw := func(spread float64) []float64 {
		scores := make([]float64, n)
		for i := range scores {
			scores[i] = 2 + spread*rng.NormFloat64()
		}
		return scores
	}
	for _, spread := range []float64{1e-5, 0.3} {
		scores := draw(spread)
		compare(t, fenchel.Simplex{Of: fenchel.Sparsemax}, scores, entmax(1, 1, scores), false)
	}
	scores := draw(0.3)
	compare(t, fenchel.Simplex{Of: fenchel.Tsallis{}}, scores, entmax(2, 1, scores), false)
	scores = draw(1)
	compare(t, fenchel.Simplex{Of: fenchel.Tsallis{Alpha: 1.25}}, scores, entmax(4, 1, scores), false)
	compare(t, fenchel.Simplex{}, scores[:n/10], softmax(1, scores[:n/10]), false)
}
