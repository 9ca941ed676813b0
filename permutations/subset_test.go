package permutations

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/binomial"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// steps is a problem for the recursion in the plainest form.
type steps struct {
	k                   int
	position, pair, set []float64 // by label then rank, i*k+j for i before j, by set
	before              []uint64
}

// randomSteps draws terms of the given scale, in nats.
func randomSteps(k int, scale float64, pairs, sets, constrained bool, rng *rand.Rand) steps {
	p := steps{k: k, position: make([]float64, k*k)}
	normal := func(v []float64, scale float64) []float64 {
		for i := range v {
			v[i] = scale * rng.NormFloat64()
		}
		return v
	}
	normal(p.position, scale)
	if pairs {
		p.pair = normal(make([]float64, k*k), scale)
		for i := range k {
			p.pair[i*k+i] = 0
		}
	}
	if sets {
		p.set = normal(make([]float64, 1<<k), scale)
		p.set[0], p.set[1<<k-1] = 0, 0
	}
	if constrained {
		p.before = make([]uint64, k)
		for j := range k { // a random transitive order, from high labels to low ones
			for i := j + 1; i < k; i++ {
				if rng.IntN(4) == 0 {
					p.before[j] |= 1<<i | p.before[i]
				}
			}
		}
		for j := k - 1; j >= 0; j-- {
			for i := j + 1; i < k; i++ {
				if p.before[j]>>i&1 != 0 {
					p.before[j] |= p.before[i]
				}
			}
		}
	}
	return p
}

// recursion hands the problem to the recursion.
func (p steps) recursion() *subsets {
	s := newSubsets(p.k)
	for i := range p.k {
		for r := range p.k {
			s.position[r][i] = p.position[i*p.k+r]
		}
	}
	s.pair, s.before = p.pair, p.before
	if p.set != nil {
		s.set = newSetTerms(p.k, append([]float64{}, p.set...))
	}
	return s
}

// value is W(y), and -Inf for orderings that are not allowed.
func (p steps) value(y Ordering) float64 {
	w, t := 0.0, uint64(0)
	for r, i := range y {
		if p.before != nil && p.before[i]&^t != 0 {
			return math.Inf(-1)
		}
		w += p.position[i*p.k+r]
		if p.pair != nil {
			for _, j := range y[:r] {
				w += p.pair[j*p.k+i]
			}
		}
		t |= 1 << i
		if p.set != nil {
			w += p.set[t]
		}
	}
	return w
}

// listed is the truth by enumeration.
type listed struct {
	ys               []Ordering
	w, p             []float64
	logZ, max        float64
	count            int
	entropy          float64
	position, before []float64 // i*k+r, i*k+j
}

func list(k int, value func(Ordering) float64) listed {
	l := listed{ys: everyOrdering(k), max: math.Inf(-1), position: make([]float64, k*k), before: make([]float64, k*k)}
	for _, y := range l.ys {
		w := value(y)
		l.w = append(l.w, w)
		l.max = max(l.max, w)
		if !math.IsInf(w, -1) {
			l.count++
		}
	}
	l.logZ = numeric.LogSumExp(l.w)
	for m, y := range l.ys {
		p := math.Exp(l.w[m] - l.logZ)
		l.p = append(l.p, p)
		if p > 0 {
			l.entropy -= p * (l.w[m] - l.logZ)
		}
		for r, i := range y {
			l.position[i*k+r] += p
			for _, j := range y[r+1:] {
				l.before[i*k+j] += p
			}
		}
	}
	return l
}

func TestSubsetsAgainstEnumeration(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, k := range []int{1, 2, 3, 5, 7} {
		for _, scale := range []float64{0, 1, 3, 60, 1e3} {
			for form := range 8 {
				pairs, sets, constrained := form&1 != 0, form&2 != 0, form&4 != 0
				t.Run(fmt.Sprintf("k=%d/scale=%g/pairs=%t/sets=%t/constrained=%t", k, scale, pairs, sets, constrained), func(t *testing.T) {
					p := randomSteps(k, scale, pairs, sets, constrained, rng)
					checkSubsets(t, p, list(k, p.value))
				})
			}
		}
	}
}

func checkSubsets(t *testing.T, p steps, want listed) {
	k, s := p.k, p.recursion()
	almost.Equal(t, want.logZ, s.logZ(), 1e-11, 1e-13, "log Z")
	s.marginals(true)
	position := make([]float64, k*k)
	s.positions(position)
	almost.Slice(t, want.position, position, 1e-11, 0, "position marginals")
	almost.Slice(t, want.before, s.precedes[:k*k], 1e-11, 0, "pair marginals")
	almost.Equal(t, want.entropy, s.entropy(), 1e-10, 1e-11, "entropy")
	doublyStochastic(t, k, position)

	s.logZ()
	s.marginals(false)
	s.positions(position)
	almost.Slice(t, want.position, position, 1e-11, 0, "position marginals alone")

	assert.Equal(t, float64(want.count), count(s), "count")
	almost.Equal(t, want.max, s.maximize(), 1e-11, 1e-13, "maximum")
	y := make(Ordering, k)
	s.best(y)
	require.NoError(t, y.Validate())
	almost.Equal(t, want.max, p.value(y), 1e-11, 1e-13, "the best ordering")
	checkKBest(t, p, s, want)
}

// countSemiring counts orderings: the steps alone, whatever their weights.
type countSemiring struct{}

func (countSemiring) one() float64              { return 1 }
func (countSemiring) step(v, _ float64) float64 { return v }
func (countSemiring) sum(v []float64) float64 {
	n := 0.0
	for _, x := range v {
		n += x
	}
	return n
}

func count(s *subsets) float64 {
	s.tabulateLogs()
	s.recurse(s.f, countSemiring{}, false)
	return s.f[s.full]
}

func doublyStochastic(t *testing.T, k int, p []float64) {
	t.Helper()
	for i := range k {
		row, column := 0.0, 0.0
		for r := range k {
			row += p[i*k+r]
			column += p[r*k+i]
		}
		almost.Equal(t, 1, row, 1e-11, 0, "row %d", i)
		almost.Equal(t, 1, column, 1e-11, 0, "column %d", i)
	}
}

func checkKBest(t *testing.T, p steps, s *subsets, want listed) {
	sorted := append([]float64{}, want.w...)
	slices.SortFunc(sorted, func(a, b float64) int { return cmp.Compare(b, a) })
	for _, n := range []int{1, 4, 50} {
		ys, values := Make(n, p.k), make([]float64, n)
		got := s.kBest(ys, values)
		require.Equal(t, min(n, want.count), got)
		seen := map[string]bool{}
		for m, y := range ys[:got] {
			almost.Equal(t, p.value(y), values[m], 1e-11, 1e-13, "value %d of %d", m, n)
			almost.Equal(t, sorted[m], values[m], 1e-11, 1e-13, "%d-th best of %d", m, n)
			assert.False(t, seen[fmt.Sprint(y)], "%v is listed twice", y)
			seen[fmt.Sprint(y)] = true
			if m > 0 {
				assert.LessOrEqual(t, values[m], values[m-1])
			}
		}
	}
}

// Equal scores must not widen the search, whatever rounding makes of them.
func TestKBestOfEqualScores(t *testing.T) {
	const k, n = 12, 30
	p := randomSteps(k, 0, true, false, false, rand.New(rand.NewPCG(1, 1)))
	for r := range k {
		for i := range k {
			p.position[i*k+r] = 0.1 * float64(r) / 3
			p.pair[i*k+r] = 0.7
		}
	}
	s := p.recursion()
	high := s.maximize()
	ys, values := Make(n, k), make([]float64, n)
	var got int
	allocs := testing.AllocsPerRun(1, func() { got = s.kBest(ys, values) })
	assert.Equal(t, n, got)
	assert.Less(t, allocs, 2.0*n*k*k)
	for m := range ys {
		almost.Equal(t, high, values[m], 1e-12, 0)
		for _, y := range ys[:m] {
			assert.False(t, y.Equal(ys[m]))
		}
	}
}

func TestSortBest(t *testing.T) {
	ys, values := []Ordering{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}}, []float64{2, 3, 2.5}
	newSubsets(3).sortBest(ys, values)
	almost.Same(t, []float64{3, 2.5, 2}, values)
	assert.Equal(t, []Ordering{{0, 2, 1}, {1, 0, 2}, {0, 1, 2}}, ys)
}

// The fast path and the log domain are two ways to the same numbers, also
// where underflow is common.
func TestPathsOfTheRecursionAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, k := range []int{4, 11, 13} {
		for _, scale := range []float64{0.1, 5, 30, 100} {
			for form := range 8 {
				p := randomSteps(k, scale, form&1 != 0, form&2 != 0, form&4 != 0, rng)
				name := fmt.Sprintf("k=%d, scale %g, form %d", k, scale, form)
				s, wide := p.recursion(), p.recursion()
				logZ := s.logZ()
				wide.wide = true
				wide.tabulateLogs()
				wide.recurse(wide.f, logSemiring{}, false)
				wide.sum = wide.f[wide.full]
				almost.Equal(t, wide.sum, logZ, 1e-11, 1e-13, name)
				s.marginals(true)
				wide.marginals(true)
				for r := range k {
					almost.Slice(t, wide.at[r][:k], s.at[r][:k], 1e-10, 0, name)
				}
				almost.Slice(t, wide.precedes, s.precedes, 1e-10, 0, name)
				almost.Equal(t, wide.entropy(), s.entropy(), 1e-9, 1e-10, name)
			}
		}
	}
}

// Both paths must have been tested above.
func TestPathOfTheRecursion(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, c := range []struct {
		scale float64
		wide  bool
	}{{1, false}, {30, false}, {2e3, true}} {
		s := randomSteps(7, c.scale, true, false, true, rng).recursion()
		s.logZ()
		assert.Equal(t, c.wide, s.wide, "scale %g", c.scale)
	}
	// Offsets of labels and ranks alone are no reason for the slow path.
	p := randomSteps(7, 1, false, false, false, rng)
	for i := range 7 {
		for r := range 7 {
			p.position[i*7+r] += 1e4*float64(i*i) - 1e5*float64(r)
		}
	}
	s := p.recursion()
	almost.Equal(t, list(7, p.value).logZ, s.logZ(), 1e-9, 1e-12)
	assert.False(t, s.wide)
	// Nor is any span, where positions are all there is.
	s = randomSteps(12, 1e4, false, false, false, rng).recursion()
	assert.False(t, math.IsInf(s.logZ(), 0))
	assert.False(t, s.wide)
}

// NaN must come out as NaN.
func TestSubsetsPassNaNOn(t *testing.T) {
	for _, pairs := range []bool{false, true} {
		p := randomSteps(4, 1, pairs, false, false, rand.New(rand.NewPCG(1, 1)))
		p.position[5] = math.NaN()
		s := p.recursion()
		assert.True(t, math.IsNaN(s.logZ()))
		s.marginals(true)
		assert.True(t, math.IsNaN(s.at[0][0]))
		s.maximize()
		y := make(Ordering, 4)
		s.best(y)
		assert.NoError(t, y.Validate())
	}
}

func TestSubsetSamples(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, scale := range []float64{0, 1.5, 400} {
		for form := range 8 {
			p := randomSteps(4, scale, form&1 != 0, form&2 != 0, form&4 != 0, rng)
			s, ys := p.recursion(), Make(20_000, 4)
			s.logZ()
			for _, y := range ys {
				s.sample(y, rng)
			}
			inBands(t, list(4, p.value), ys, fmt.Sprintf("scale %g, form %d", scale, form))
		}
	}
}

// inBands checks draws of few labels against their probabilities.
func inBands(t *testing.T, truth listed, ys []Ordering, what string) {
	t.Helper()
	code := func(y Ordering) (n int) {
		for _, j := range y {
			n = n*len(y) + j
		}
		return n
	}
	counts := map[int]int{}
	for _, y := range ys {
		counts[code(y)]++
	}
	for m, y := range truth.ys {
		lo, hi := binomial.Band(len(ys), truth.p[m], 1e-7)
		n := counts[code(y)]
		assert.True(t, lo <= n && n <= hi, "%s: %v of probability %g was drawn %d times, want %d to %d", what, y, truth.p[m], n, lo, hi)
	}
}

// The recursion over closed sets counts what partial rankings count in closed
// form, also for more labels than can be listed.
func TestCountOfPartialRankings(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for _, k := range []int{1, 4, 9, 12} {
		for range 20 {
			e := randomPartial(k, rng)
			p := randomSteps(k, 1, false, false, false, rng)
			p.before = make([]uint64, k)
			e.Predecessors(p.before)
			almost.Equal(t, e.LogCompletions(), math.Log(count(p.recursion())), 1e-11, 0, "%v", e)
		}
	}
}

// Closed forms for many labels: Mallows distributions as models.
func TestManyLabelsAgainstClosedForms(t *testing.T) {
	for _, k := range []int{16, 20} {
		for _, dispersion := range []float64{1e-3, 0.3, 4} {
			// Kendall: all B_ij are dispersion/2, less a constant.
			c, inf, _ := bound(t, Preference{}, k, nil)
			theta := structured.Theta{Logits: make([]float64, c.NumLogits())}
			for i := range theta.Logits {
				theta.Logits[i] = dispersion / 2
			}
			n := float64(k*(k-1)) / 2
			want := newRepeatedInsertion(k, dispersion).logZ() + n*dispersion/2 - numeric.LogFactorial(k)
			almost.Equal(t, want, inf.(structured.LogPartition[Ordering]).LogZ(theta), 1e-10, 1e-13, "Kendall, k=%d", k)

			// Hamming: theta is dispersion on the diagonal, less a constant.
			c, inf, _ = bound(t, Birkhoff{}, k, nil)
			theta = structured.Theta{Logits: make([]float64, c.NumLogits())}
			for i := range k {
				theta.Logits[i*k+i] = dispersion
			}
			want = newPartialDerangement(k, dispersion).logZ() + float64(k)*dispersion - numeric.LogFactorial(k)
			almost.Equal(t, want, inf.(structured.LogPartition[Ordering]).LogZ(theta), 1e-10, 1e-13, "Hamming, k=%d", k)
		}
	}
}
