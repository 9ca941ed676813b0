package datasets

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/race"
)

// toy2D is one of the toys by name.
func toy2D(t *testing.T, name string) *Toy2D {
	for _, toy := range Toys2D() {
		if toy.Name() == name {
			return toy
		}
	}
	t.Fatalf("no toy %s", name)
	return nil
}

func TestToys2DNames(t *testing.T) {
	var names []string
	for _, toy := range Toys2D() {
		names = append(names, toy.Name())
		assert.Equal(t, toy.Name() == "line" || toy.Name() == "cos", toy.Singular(), toy.Name())
		low, high := toy.Bounds()
		assert.Less(t, low[0], high[0])
		assert.Less(t, low[1], high[1])
	}
	assert.Equal(t, []string{"8gaussians", "checkerboard", "rings", "circles", "moons", "pinwheel", "2spirals", "swissroll", "funnel", "line", "cos"}, names)
}

// A trapezoidal rule with a step below the finest detail is exact but for
// rounding, where the density is smooth.
func TestToys2DIntegrateToOne(t *testing.T) {
	for name, c := range map[string]struct{ reach, step, tolerance float64 }{
		"8gaussians": {6.1, 0.2, 1e-9}, "rings": {3.8, 0.05, 1e-9}, "circles": {5.2, 0.15, 1e-9}, "moons": {5, 0.13, 1e-9},
		"2spirals": {4.3, 0.07, 1e-8}, "swissroll": {4.5, 0.13, 1e-9},
		"pinwheel":     {5, 0.03, 2e-6},   // beyond are 6e-7, and folds
		"checkerboard": {4, 2 / 3., 1e-9}, // no node of the rule on the border of a cell: see below
	} {
		if race.Enabled && name == "2spirals" {
			continue // nothing concurrent, and a minute
		}
		toy := toy2D(t, name)
		n := int(math.Round(2 * c.reach / c.step))
		h := 2 * c.reach / float64(n)
		sum := 0.0
		for i := range n {
			for j := range n { // nodes in the middle
				l, err := toy.LogDensity([]float64{-c.reach + (float64(i)+0.5)*h, -c.reach + (float64(j)+0.5)*h})
				require.NoError(t, err)
				sum += math.Exp(l) * h * h
			}
		}
		almost.Equal(t, 1, sum, c.tolerance, 0, name)
	}
	funnel := toy2D(t, "funnel")
	sum, h := 0.0, 0.25
	for v := -24.0; v <= 24; v += h {
		for z := -9.0; z <= 9; z += h {
			l, err := funnel.LogDensity([]float64{v, z * math.Exp(v/2)})
			require.NoError(t, err)
			sum += math.Exp(l+v/2) * h * h
		}
	}
	almost.Equal(t, 1, sum, 1e-9, 0, "funnel")
}

// The share of a sample in a small box is binomial with the integral of the
// density over it.
func TestToys2DSamplesFollowTheDensity(t *testing.T) {
	const n = 100000
	cells := 20
	if race.Enabled {
		cells = 2
	}
	for s, toy := range Toys2D() {
		if toy.Singular() {
			continue
		}
		sample, err := toy.Sample(context.Background(), n, 7)
		require.NoError(t, err)
		rng := rand.New(rand.NewPCG(uint64(s), 3))
		at := make([]float64, 2)
		for range cells {
			toy.Draw(at, rng)
			// Boxes of multiples of the pieces of the quadrature, which end
			// where those of checkerboard do.
			const piece = 0.2
			var low, high [2]float64
			for j := range low {
				size := 2 + rng.IntN(4)
				if toy.Name() == "funnel" { // which is large
					size *= 3
				}
				at := math.Floor(at[j]/piece) - float64(rng.IntN(size))
				low[j], high[j] = at*piece, (at+float64(size))*piece
			}
			p := integrate(low[0], high[0], piece*1.001, func(x float64) float64 {
				return integrate(low[1], high[1], piece*1.001, func(y float64) float64 { return math.Exp(toy.logDensity(x, y)) })
			})
			count := 0
			for _, y := range sample.Y {
				if low[0] <= y[0] && y[0] < high[0] && low[1] <= y[1] && y[1] < high[1] {
					count++
				}
			}
			requireBinomial(t, count, n, p, toy.Name())
		}
	}
}

// What is normal in two of them is so to the last per cent.
func TestToys2DNoise(t *testing.T) {
	const n = 100000
	for name, normal := range map[string]func(y []float64) float64{
		"funnel":     func(y []float64) float64 { return y[1] / math.Exp(y[0]/2) },
		"8gaussians": func(y []float64) float64 { return (math.Abs(y[1]) - 4/1.414) / (0.5 / 1.414) },
	} {
		sample, err := toy2D(t, name).Sample(context.Background(), n, 2)
		require.NoError(t, err)
		within, rows := 0, 0
		for _, y := range sample.Y {
			if name == "8gaussians" && math.Abs(y[0]) > math.Abs(y[1])*math.Tan(math.Pi/8) {
				continue // not of the modes above and below 0, but for 1 in 1000
			}
			rows++
			if math.Abs(normal(y)) < 1.4 {
				within++
			}
		}
		requireBinomial(t, within, rows, 1-2*normalCDF(-1.4), name)
	}
}

// The entropies, by quadrature of this package; those of checkerboard and
// funnel are ln 32 and ln(6 pi e). The mean of -log p over a sample of its own
// agrees within 5 standard errors.
func TestToys2DEntropy(t *testing.T) {
	for name, want := range map[string]float64{
		"8gaussians": 2.8318804, "checkerboard": 3.4657359, "rings": 2.6231828, "circles": 3.2681357, "moons": 2.3938792,
		"pinwheel": 2.3177880, "2spirals": 2.6454503, "swissroll": 2.6696467, "funnel": 3.9364894,
	} {
		if race.Enabled && name == "2spirals" {
			continue // nothing concurrent, and half a minute
		}
		toy := toy2D(t, name)
		got, err := toy.Entropy()
		require.NoError(t, err)
		almost.Equal(t, want, got, 2e-6, 0, name)
		const n = 4000
		sample, err := toy.Sample(context.Background(), n, 11)
		require.NoError(t, err)
		mean, square := 0.0, 0.0
		for _, y := range sample.Y {
			l, err := toy.LogDensity(y)
			require.NoError(t, err)
			mean -= l / n
			square += l * l / n
		}
		almost.Equal(t, got, mean, 5*math.Sqrt(max(square-mean*mean, 0)/n)+1e-12, 0, name)
	}
	almost.Equal(t, math.Log(32), 3.4657359, 1e-7, 0)
	board, err := Checkerboard{Cells: 8, HalfWidth: 1}.New()
	require.NoError(t, err)
	h, err := board.Entropy()
	require.NoError(t, err)
	almost.Equal(t, math.Ln2, h, 1e-15, 0)
}

// The cells of the original: x_2 = U - 2 B + (floor(x_1) mod 2), all times 2.
func TestCheckerboardCells(t *testing.T) {
	toy := toy2D(t, "checkerboard")
	for i := -5; i < 5; i++ {
		for j := -5; j < 5; j++ {
			inside := i >= -2 && i < 2 && (j == i&1 || j == i&1-2)
			l, err := toy.LogDensity([]float64{2*float64(i) + 0.3, 2*float64(j) + 1.7})
			require.NoError(t, err)
			if inside {
				almost.Equal(t, -math.Log(32), l, 0, 1e-15, i, j)
			} else {
				assert.True(t, math.IsInf(l, -1), "%d %d", i, j)
			}
		}
	}
	toys, err := Checkerboard{Cells: 2, HalfWidth: 3}.New()
	require.NoError(t, err)
	sample, err := toys.Sample(context.Background(), 100, 1)
	require.NoError(t, err)
	for _, y := range sample.Y {
		assert.Equal(t, y[0] < 0, y[1] < 0)
		assert.LessOrEqual(t, max(math.Abs(y[0]), math.Abs(y[1])), 3.0)
	}
}

// The density along a curve, against the rule with pieces a fifth as long, and
// for a straight curve against the closed form.
func TestSmoothCurve(t *testing.T) {
	roll := func(sd float64) *smoothCurve {
		c := &smoothCurve{sd: sd}
		c.add(1, 5, 5.1, func(s float64) (x, y, density float64) { return s * math.Cos(s), s * math.Sin(s), 0.25 })
		return c
	}
	coarse, fine := roll(0.3), &smoothCurve{sd: 0.3}
	fine.add(1, 5, 5*5.1, func(s float64) (x, y, density float64) { return s * math.Cos(s), s * math.Sin(s), 0.25 })
	rng := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		x, y := 14*rng.Float64()-7, 14*rng.Float64()-7
		want, tolerance := fine.logDensity(x, y), 1e-8
		if want < -50 { // further away than 10 standard deviations
			tolerance = 1e-4
		}
		almost.Equal(t, want, coarse.logDensity(x, y), tolerance, 0)
	}
	const w = 0.7
	line := &smoothCurve{sd: 0.1, w: w / 0.1, box: newBoxNormal(w / 0.1)}
	line.add(-50, 50, 1, func(s float64) (x, y, density float64) { return s, 0, 0.01 })
	for _, y := range []float64{-0.9, -0.1, 0.2, 1.6} { // over a long line, x integrates out
		p := (normalCDF(y/0.1) - normalCDF((y-w)/0.1)) / w * 0.01
		if y > w {
			p = (normalCDF((w-y)/0.1) - normalCDF(-y/0.1)) / w * 0.01
		}
		almost.Equal(t, math.Log(p), line.logDensity(1.23, y), 1e-8, 0, y)
	}
}

func TestBoxNormal(t *testing.T) {
	b := newBoxNormal(1.7)
	for _, z := range []float64{-60, -39.99, -31, -29.9, -12, -3.3, 0, 0.85, 2, 14, 41.5, 80} {
		// The integral of the density of e over the box, which is largest at
		// its end nearer to z.
		peak := min(max(z, 0), 1.7)
		sum := integrate(0, 1.7, 0.01, func(v float64) float64 { return math.Exp(((z-peak)*(z-peak) - (z-v)*(z-v)) / 2) })
		want := math.Log(sum/1.7) - (z-peak)*(z-peak)/2 - logSqrt2Pi
		almost.Equal(t, want, b.exact(z), 1e-10, 1e-13, z)
		almost.Equal(t, want, b.log(z), 2e-9, 1e-13, z)
	}
}

// I_0(1), I_0(5) and I_0(10) as tabulated, and the defining integral.
func TestLogBesselI0e(t *testing.T) {
	almost.Equal(t, 1, math.Exp(logBesselI0e(0)), 1e-15, 0)
	almost.Equal(t, math.Log(1.2660658777520084), logBesselI0e(1)+1, 1e-14, 0)
	almost.Equal(t, math.Log(27.239871823604442), logBesselI0e(5)+5, 1e-14, 0)
	almost.Equal(t, math.Log(2815.716628466254), logBesselI0e(10)+10, 1e-14, 0)
	for _, z := range []float64{0.3, 7, 24.999, 25, 25.001, 140, 3000} {
		want := integrate(0, math.Pi, min(0.2, 1/math.Sqrt(z)), func(s float64) float64 { return math.Exp(z*(math.Cos(s)-1)) / math.Pi })
		almost.Equal(t, math.Log(want), logBesselI0e(z), 1e-13, 1e-13, z)
	}
}

// One arm of a pinwheel with hardly any twist is a normal distribution.
func TestPinwheelWithoutTwist(t *testing.T) {
	toy, err := Pinwheel{Arms: 1, Rate: 1e-9}.New()
	require.NoError(t, err)
	for _, p := range [][2]float64{{2, 0}, {2.5, 0.3}, {0.5, -0.4}, {0, 0}, {-0.3, 0.1}} {
		want := normalLaw{2, 0.6}.logDensity(p[0]) + normalLaw{0, 0.2}.logDensity(p[1])
		got, err := toy.LogDensity(p[:])
		require.NoError(t, err)
		almost.Equal(t, want, got, 1e-6, 0, p)
	}
	l, err := toy.LogDensity([]float64{30, 0})
	require.NoError(t, err)
	assert.True(t, math.IsInf(l, -1))
	far := toy2D(t, "pinwheel")
	for _, r := range []float64{8, 12, 16} { // thousands of solutions
		l, err := far.LogDensity([]float64{r, 0})
		require.NoError(t, err)
		assert.Less(t, l, -20.0)
		assert.False(t, math.IsInf(l, 0))
	}
}

func TestToys2DFarAway(t *testing.T) {
	for _, toy := range Toys2D() {
		if toy.Singular() {
			continue
		}
		for _, x := range [][]float64{{1e3, -2}, {-1e6, 1e6}, {0, 1e90}, {1e101, 0}, {0, 0}, {-2000, 0}} {
			l, err := toy.LogDensity(x)
			require.NoError(t, err)
			assert.False(t, math.IsNaN(l) || math.IsInf(l, 1), "%s at %v: %g", toy.Name(), x, l)
		}
	}
}

func TestToy2DSample(t *testing.T) {
	ctx := context.Background()
	toy := toy2D(t, "2spirals")
	long, err := toy.Sample(ctx, 50, 3)
	require.NoError(t, err)
	require.NoError(t, long.Validate())
	n, d, m := long.Dims()
	assert.Equal(t, []int{50, 0, 2}, []int{n, d, m})
	short, err := toy.Sample(ctx, 20, 3)
	require.NoError(t, err)
	assert.Equal(t, long.Y[:20], short.Y, "the first rows are the same")
	other, err := toy.Sample(ctx, 20, 4)
	require.NoError(t, err)
	assert.NotEqual(t, short.Y, other.Y)
	parts, err := toy.SampleSplits(ctx, 3, 20, 25, 5)
	require.NoError(t, err)
	assert.Equal(t, long.Y[20:45], parts[1].Y)
	assert.Equal(t, []int{20, 25, 5}, []int{parts[0].Len(), parts[1].Len(), parts[2].Len()})

	_, err = toy.Sample(ctx, 0, 1)
	assert.ErrorIs(t, err, ErrEmpty)
	for _, sizes := range [][]int{nil, {3, 0}, {-1}, {math.MaxInt, 1}} {
		_, err = toy.SampleSplits(ctx, 1, sizes...)
		assert.ErrorIs(t, err, ErrEmpty)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, err = toy.Sample(cancelled, 1, 1)
	assert.ErrorIs(t, err, context.Canceled)
}

func TestToy2DErrors(t *testing.T) {
	for _, name := range []string{"line", "cos"} {
		toy := toy2D(t, name)
		_, err := toy.LogDensity([]float64{0, 0})
		assert.ErrorIs(t, err, ErrSingular)
		_, err = toy.Entropy()
		assert.ErrorIs(t, err, ErrSingular)
		sample, err := toy.Sample(context.Background(), 100, 1)
		require.NoError(t, err)
		for _, y := range sample.Y {
			want := y[0]
			if name == "cos" {
				want = 2.5 * math.Sin(y[0])
			}
			almost.Equal(t, want, y[1], 0, 0)
			assert.LessOrEqual(t, math.Abs(y[0]), 2.5)
		}
	}
	toy := toy2D(t, "rings")
	_, err := toy.LogDensity([]float64{1})
	assert.ErrorIs(t, err, ErrRagged)
	_, err = toy.LogDensity([]float64{1, math.NaN()})
	assert.ErrorIs(t, err, ErrNotFinite)
	_, err = toy.LogDensity([]float64{math.Inf(-1), 0})
	assert.ErrorIs(t, err, ErrNotFinite)

	nan := math.NaN()
	for _, c := range []interface{ New() (*Toy2D, error) }{
		EightGaussians{Modes: -1}, EightGaussians{StdDev: -1}, EightGaussians{Radius: nan}, EightGaussians{Modes: 1 << 20},
		Checkerboard{Cells: 3}, Checkerboard{Cells: -2}, Checkerboard{HalfWidth: math.Inf(1)},
		Rings{Radii: []float64{}}, Rings{Radii: []float64{1, 0}}, Rings{StdDev: -1},
		Moons{StdDev: -1}, Moons{StdDev: 1e-9}, SwissRoll{StdDev: nan}, SwissRoll{StdDev: 1e-9}, TwoSpirals{StdDev: nan}, TwoSpirals{StdDev: 1e-9},
		Pinwheel{Arms: -1}, Pinwheel{Arms: 65}, Pinwheel{RadialStdDev: 0.5}, Pinwheel{Rate: 2}, Pinwheel{Rate: -1}, Pinwheel{TangentialStdDev: nan},
		Funnel{StdDev: -1},
	} {
		_, err := c.New()
		assert.ErrorContains(t, err, "datasets: ", "%#v", c)
	}
	assert.NoError(t, Line{}.Validate())
	assert.NoError(t, Cosine{}.Validate())
}
