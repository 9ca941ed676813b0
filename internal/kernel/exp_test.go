package kernel

import (
	"encoding/binary"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/stretchr/testify/assert"
)

// exactly is f at each point.
func exactly(x []float64, f func(float64) *big.Float) []*big.Float {
	y := make([]*big.Float, len(x))
	for i, v := range x {
		y[i] = f(v)
	}
	return y
}

// worst returns the largest error in units in the last place.
func worst(t *testing.T, x []float64, exact []*big.Float, got []float64) float64 {
	t.Helper()
	high := 0.0
	for i, v := range x {
		if math.IsNaN(got[i]) || math.IsInf(got[i], 0) {
			t.Fatalf("%g at %g", got[i], v)
		}
		high = max(high, ulps(exact[i], got[i]))
	}
	return high
}

// expPoints covers the range of exp: uniformly, near 0 and at the ends.
func expPoints(rng *rand.Rand, n int) []float64 {
	x := []float64{0, math.Copysign(0, -1), 1, -1, 5e-324, -5e-324, 709.4, -708.3964185322641, -745.1332191019411, -745}
	for len(x) < n {
		x = append(x, -745+rng.Float64()*1454.4, rng.NormFloat64(), -745+40*rng.Float64(),
			math.Copysign(math.Exp(-40*rng.Float64()), rng.NormFloat64()),
			(float64(rng.IntN(2000)-1000)+0.5)*math.Ln2*0.7) // where the rounding to s turns
	}
	return x
}

func TestExpIsWithinOneUnit(t *testing.T) {
	x := expPoints(rand.New(rand.NewPCG(1, 1)), 8000)
	exact := exactly(x, func(v float64) *big.Float { return bigExp(bigOf(v)) })
	onEachLevel(t, func(t *testing.T) {
		y := make([]float64, len(x))
		Exp(y, x)
		u := worst(t, x, exact, y)
		t.Logf("%.3f units", u)
		if withFMA() {
			assert.Less(t, u, 1.0)
		} else { // math.Exp on amd64
			assert.Less(t, u, 2.0)
		}
	})
}

func TestExpAtTheEnds(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	onEachLevel(t, func(t *testing.T) {
		x := []float64{inf, -inf, 709.782712893385, 710, 1e300, -745.2, -746, -1e300, -746.5, 1e10, -math.MaxFloat64}
		y := make([]float64, len(x))
		Exp(y, x)
		almost.Same(t, []float64{inf, 0, inf, inf, inf, 0, 0, 0, 0, inf, 0}, y)
		if withFMA() { // on amd64, math.Exp overflows from 709.44 on
			const last = 0x1.62e42fefa39efp+9 // e to which is below the largest float64
			edge := []float64{last, math.Nextafter(last, 1000), 709.5}
			Exp(edge, edge)
			assert.Less(t, ulps(bigExp(bigOf(last)), edge[0]), 1.0)
			assert.Equal(t, inf, edge[1])
			assert.Less(t, ulps(bigExp(bigOf(709.5)), edge[2]), 1.0)
		}
		for _, bad := range []float64{nan, math.Copysign(nan, -1)} {
			for n := 1; n < 20; n++ {
				z := make([]float64, n)
				z[n-1] = bad
				sum := ExpSum(z, z, 0)
				assert.True(t, math.IsNaN(z[n-1]) && math.IsNaN(sum))
				for _, v := range z[:n-1] {
					assert.Equal(t, 1.0, v)
				}
			}
		}
	})
}

// elementwise has the functions of single numbers, and plain Go with the same
// operations.
var elementwise = map[string]struct {
	vector func(a, b []float64) // of a, may overwrite both
	scalar func(v float64) (a, b float64)
}{
	"Exp":     {func(a, _ []float64) { Exp(a, a) }, func(v float64) (float64, float64) { return expFMA(v), 0 }},
	"Sigmoid": {func(a, _ []float64) { Sigmoid(a, a) }, func(v float64) (float64, float64) { s, _, _ := logisticOf(v, expFMA); return s, 0 }},
	"Tanh":    {Tanh, tanhFMA},
	"SiLU": {SiLU, func(v float64) (float64, float64) {
		s, r, _ := logisticOf(v, expFMA)
		return v * s, s * math.FMA(v, r, 1)
	}},
	"Softplus": {Softplus, func(v float64) (float64, float64) {
		s, _, e := logisticOf(v, expFMA)
		return max(v, 0) + log1pFMA(e), s
	}},
	"ReLU":     {func(a, _ []float64) { ReLU(a, a) }, func(v float64) (float64, float64) { return max(v, 0), 0 }},
	"Scale":    {func(a, _ []float64) { Scale(a, 1.7) }, func(v float64) (float64, float64) { return v * 1.7, 0 }},
	"Multiply": {func(a, _ []float64) { Multiply(a, a) }, func(v float64) (float64, float64) { return v * v, 0 }},
}

// The assembly and plain Go do the same operations: the same bits for an
// element wherever it stands, on every level.
func TestElementsHaveTheSameBitsEverywhere(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	x := append(expPoints(rng, 3000), math.Inf(1), math.Inf(-1), math.MaxFloat64, -800, 800, 1e-320)
	onEachLevel(t, func(t *testing.T) {
		if !withFMA() {
			t.Skip("plain Go rounds as package math does")
		}
		for name, f := range elementwise {
			wantA, wantB := make([]float64, len(x)), make([]float64, len(x))
			for i, v := range x {
				wantA[i], wantB[i] = f.scalar(v)
			}
			for _, n := range []int{len(x), 1, 3, 7, 8, 9, 15, 16, 17, 100} {
				from := rng.IntN(len(x) - n + 1)
				a, check := inside(rng, x[from:from+n])
				b := make([]float64, n)
				f.vector(a, b)
				check(t)
				forgetPayloads(wantA[from:from+n], a)
				forgetPayloads(wantB[from:from+n], b)
				if !almost.Same(t, wantA[from:from+n], a, "%s of %d from %v", name, n, x[from:from+min(n, 20)]) ||
					!almost.Same(t, wantB[from:from+n], b, "derivative of %s", name) {
					return
				}
			}
		}
	})
}

// forgetPayloads makes a NaN of got that of want, if there is one.
func forgetPayloads(want, got []float64) {
	for i := range got {
		if math.IsNaN(want[i]) && math.IsNaN(got[i]) {
			got[i] = want[i]
		}
	}
}

func FuzzElementwise(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x00\x00\x00\xf0\x3f\x01\x02\x03\x04\x05\x06\x07\x40\xff\xff\xff\xff\xff\xff\xef\xff"), uint64(1))
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		defer func(was level) { use = was }(use)
		x := make([]float64, len(data)/8)
		for i := range x {
			x[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
		}
		rng := rand.New(rand.NewPCG(seed, 0))
		for _, use = range levels {
			if !withFMA() {
				continue
			}
			for name, f := range elementwise {
				a, check := inside(rng, x)
				b, checkB := inside(rng, make([]float64, len(x)))
				f.vector(a, b)
				check(t)
				checkB(t)
				wantA, wantB := make([]float64, len(x)), make([]float64, len(x))
				for i, v := range x {
					wantA[i], wantB[i] = f.scalar(v)
				}
				forgetPayloads(wantA, a)
				forgetPayloads(wantB, b)
				almost.Same(t, wantA, a, "%s of %v, %s", name, x, use)
				almost.Same(t, wantB, b, "derivative of %s of %v, %s", name, x, use)
			}
		}
	})
}

func TestExpSum(t *testing.T) {
	onEachLevel(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(4, 4))
		for n := range 70 {
			x, y, dst := random(rng, 1, n, n), make([]float64, n), make([]float64, n)
			want := 0.0
			for i, v := range x {
				y[i] = math.Exp(v - 0.3)
				want += y[i]
			}
			sum := ExpSum(dst, x, 0.3)
			almost.Slice(t, y, dst, 0, 1e-15)
			almost.Equal(t, want, sum, 1e-15, 1e-14)
			almost.Same(t, []float64{sum}, []float64{SumExp(x, 0.3)})
		}
		big := random(rng, 1, 30000, 30000)
		dst := make([]float64, len(big))
		sum := ExpSum(dst, big, 1)
		almost.Same(t, []float64{sum}, []float64{SumExp(big, 1)})
		want := 0.0
		for _, v := range dst {
			want += v
		}
		almost.Equal(t, want, sum, 0, 1e-12)
	})
}

func TestExpSumsHaveTheSameBitsOnEveryLevel(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for n := range 300 {
		x := random(rng, 1, n, n)
		var want []float64
		onEachLevel(t, func(t *testing.T) {
			if !withFMA() {
				return
			}
			got := []float64{SumExp(x, -0.2), Dot(x, x), LogSumExp(x)}
			if want == nil {
				want = got
			}
			almost.Same(t, want, got, "%d", n)
		})
	}
}

func TestLogSumExpAndMax(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	onEachLevel(t, func(t *testing.T) {
		assert.Equal(t, -inf, LogSumExp(nil))
		assert.Equal(t, -inf, Max(nil))
		rng := rand.New(rand.NewPCG(6, 6))
		for n := 1; n < 40; n++ {
			x := random(rng, 1, n, n)
			high, sum := -inf, 0.0
			for _, v := range x {
				high = max(high, v)
			}
			for _, v := range x {
				sum += math.Exp(v - high)
			}
			assert.Equal(t, high+0, Max(x)+0)
			almost.Equal(t, high+math.Log(sum), LogSumExp(x), 1e-15, 1e-15)
			for i := range x {
				was := x[i]
				for _, bad := range []float64{nan, inf} {
					x[i] = bad
					for _, got := range []float64{Max(x), LogSumExp(x)} {
						assert.True(t, got == bad || math.IsNaN(got) && math.IsNaN(bad), "%g, not %g at %d of %d", got, bad, i, n)
					}
				}
				x[i] = nan
				x[n-1-i] += inf
				assert.True(t, math.IsNaN(LogSumExp(x)))
				x[n-1-i], x[i] = 0, was
			}
			for i := range x {
				x[i] = -inf
			}
			assert.Equal(t, -inf, LogSumExp(x))
		}
	})
}
