package sets

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// randomQuadratic is a random problem over n labels in which a pair interacts
// with probability p, attractively with probability attractive. Whole numbers
// make ties.
func randomQuadratic(rng *rand.Rand, n int, p, attractive float64, whole bool) *quadratic {
	number := func() float64 {
		if x := 2 * rng.NormFloat64(); !whole {
			return x
		} else {
			return math.Round(x)
		}
	}
	u := make([]float64, n*n)
	for i := range n {
		for j := range i {
			if rng.Float64() < p {
				x := math.Abs(number())
				if rng.Float64() >= attractive {
					x = -x
				}
				u[i*n+j], u[j*n+i] = x, x
			}
		}
	}
	var q quadratic
	q.fromMatrix(n, u)
	for i := range q.v {
		q.v[i] = number()
		// So that the best set is neither empty nor full: against the field.
		lo, hi := q.row(i)
		for a := lo; a < hi; a++ {
			q.v[i] -= q.u[a] / 2
		}
	}
	return &q
}

// bestOf goes through all sets; with which sizes, and how often each label is in
// the best ones.
func bestOf(q *quadratic) (best float64, always, never []bool) {
	best = math.Inf(-1)
	always, never = make([]bool, q.n), make([]bool, q.n)
	for w := range uint64(1) << q.n {
		y := FromUint64(q.n, w)
		if !q.allows(y) {
			continue
		}
		x := q.value(y)
		if x < best-1e-9 {
			continue
		}
		if x > best+1e-9 {
			best = x
			for j := range always {
				always[j], never[j] = true, true
			}
		}
		for j := range always {
			always[j] = always[j] && y.Has(j)
			never[j] = never[j] && !y.Has(j)
		}
	}
	return best, always, never
}

// What is decided holds in every mode: dominance and roof duality never err, and
// minimum cuts decide everything.
func TestPersistency(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	decided, total := 0, 0
	for trial := range 400 {
		n := 1 + rng.IntN(10)
		q := randomQuadratic(rng, n, rng.Float64(), rng.Float64(), trial%4 == 0)
		best, always, never := bestOf(q)
		for name, method := range map[string]func([]int8){"dominance": q.dominance, "roof duality": q.roofDuality} {
			state := make([]int8, n)
			method(state)
			if name == "dominance" {
				again := slices.Clone(state)
				method(again)
				assert.Equal(t, state, again, "nothing is left that follows")
			}
			for j, x := range state {
				if x == present {
					assert.True(t, always[j], "%s: label %d", name, j)
				}
				if x == absent && trial%4 != 0 { // of ties dominance takes the smaller set
					assert.True(t, never[j], "%s: label %d", name, j)
				}
				if name == "roof duality" {
					total++
					if x != undecided {
						decided++
					}
				}
			}
		}
		q = randomQuadratic(rng, n, rng.Float64(), 1, trial%4 == 0)
		best, always, _ = bestOf(q)
		require.True(t, q.attractive())
		state, y := make([]int8, n), New(n)
		q.minCut(state)
		for j, x := range state {
			require.NotEqual(t, undecided, x)
			y.Set(j, x == present)
			assert.Equal(t, always[j], x == present, "the best set with the fewest labels")
		}
		almost.Equal(t, best, q.value(y), 1e-9, 0, "the value of a minimum cut")
	}
	assert.Greater(t, decided, total/3, "roof duality decided %d of %d labels", decided, total)
}

// If some labels are turned into their complements an attractive problem is
// repulsive in part, and roof duality still decides all of it.
func TestRoofDualityOfBalancedProblems(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 6))
	for range 50 {
		const n = 200
		q := randomQuadratic(rng, n, 0.05, 1, false)
		// y_j = 1 - z_j where turned.
		turned := make([]bool, n)
		for j := range turned {
			turned[j] = rng.IntN(2) == 0
		}
		z := quadratic{n: n, v: append([]float64{}, q.v...), start: q.start, to: q.to, back: q.back, u: append([]float64{}, q.u...), max: n}
		for i := range n {
			if turned[i] { // v_i (1 - z_i)
				z.v[i] = -z.v[i]
			}
			lo, hi := q.row(i)
			for a := lo; a < hi; a++ {
				switch j, u := q.to[a], q.u[a]; {
				case turned[i] && turned[j]: // u (1 - z_i) (1 - z_j)
					z.v[i] -= u
				case turned[i]: // u (1 - z_i) z_j
					z.u[a] = -u
				case turned[j]: // u z_i (1 - z_j)
					z.u[a] = -u
					z.v[i] += u
				}
			}
		}
		a, b := make([]int8, n), make([]int8, n)
		q.minCut(a)
		z.roofDuality(b)
		for j := range n {
			want := a[j]
			if turned[j] {
				want = -want
			}
			assert.Equal(t, want, b[j])
		}
	}
}

// The search against all sets, under every reference and with h: a proof is one,
// and without one the set found is nearly always the best.
func TestSearch(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	found, proofs, n := 0, 0, 0
	for trial := range 600 {
		k := 1 + rng.IntN(11)
		q := randomQuadratic(rng, k, rng.Float64(), rng.Float64(), trial%5 == 0)
		if trial%2 == 1 {
			q.min = rng.IntN(k + 1)
			q.max = q.min + rng.IntN(k-q.min+1)
		}
		if trial%6 == 0 {
			q.h = make([]float64, k+1)
			for i := range q.h {
				q.h[i] = 3 * rng.NormFloat64()
			}
		}
		best, _, _ := bestOf(q)
		y := New(k)
		s := search{p: q, rng: rng, draw: func(y Set) { y.words[0] = rng.Uint64() & lastMask(k) }}
		value, proven := s.mode(y)
		require.True(t, q.allows(y), "%v is not of %d to %d labels", y, q.min, q.max)
		almost.Equal(t, q.value(y), value, 1e-9, 0)
		require.LessOrEqual(t, value, best+1e-9)
		if proven {
			almost.Equal(t, best, value, 1e-9, 0, "a proof of what is not so")
			proofs++
		} else {
			assert.False(t, q.free(), "nothing this small is left open")
		}
		if best-value < 1e-9 {
			found++
		}
		n++
	}
	assert.Greater(t, float64(found)/float64(n), 0.97, "found %d of %d modes", found, n)
	assert.Greater(t, float64(proofs)/float64(n), 0.6, "proved %d of %d modes", proofs, n)
}

// Coordinate ascent alone, as for problems that nothing else can do.
func TestAscent(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 6))
	found, n := 0, 0
	for trial := range 300 {
		const k = 10
		q := randomQuadratic(rng, k, 1, 0.5, false)
		if trial%2 == 1 {
			q.min, q.max = 4, 4+trial%3
		}
		best, _, _ := bestOf(q)
		s, y := search{p: q, rng: rng, draw: func(y Set) { y.words[0] = rng.Uint64() & lastMask(k) }}, New(k)
		s.ascend(y)
		require.True(t, q.allows(y))
		if best-q.value(y) < 1e-9 {
			found++
		}
		n++
	}
	assert.Greater(t, float64(found)/float64(n), 0.97, "found %d of %d modes", found, n)
}

// What climbing ends at is no worse than what one change away is, a swap included.
func TestClimbsEndAtLocalMaxima(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	for trial := range 200 {
		const k = 10
		q := randomQuadratic(rng, k, 1, 0.5, false)
		if trial%2 == 1 {
			q.min = 3 + trial%3
			q.max = q.min + trial%2
		}
		if trial%3 == 0 {
			q.h = make([]float64, k+1)
			for i := range q.h {
				q.h[i] = rng.NormFloat64()
			}
		}
		s := newAscent(q)
		s.start(FromUint64(k, rng.Uint64N(1<<k)))
		s.climb()
		require.True(t, q.allows(s.y))
		almost.Equal(t, q.value(s.y), s.value, 1e-9, 0)
		for i := range k {
			for j := range i + 1 { // i alone where they are the same
				y := s.y.Clone()
				y.Toggle(i)
				if i != j {
					y.Toggle(j)
				}
				single := i == j || y.Count() == s.y.Count() && !q.free()
				if single && q.allows(y) {
					assert.LessOrEqual(t, q.value(y), s.value+1e-9)
				}
			}
		}
	}
}

// The relaxation has its optimum at the mode where interactions are weak.
func TestProjectedGradient(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	for _, p := range []float64{0, 0.05} {
		q := randomQuadratic(rng, 60, p, 0.5, false)
		for i := range q.u {
			q.u[i] /= 10
		}
		state, y := make([]int8, q.n), New(q.n)
		q.dominance(state)
		q.projectedGradient(y)
		decided := 0
		for j, x := range state {
			if x != undecided {
				assert.Equal(t, x == present, y.Has(j), "label %d", j)
				decided++
			}
		}
		assert.Greater(t, decided, 40)
	}
}

// Through the coupling, beyond what is summed: modes with proofs.
func TestPairwiseSearch(t *testing.T) {
	const k = 60
	rng := rand.New(rand.NewPCG(3, 6))
	for _, ref := range []Reference{nil, BoundedSize{0, 10}, BoundedSize{25, k}} {
		s, err := NewSpace(k, ref)
		require.NoError(t, err)
		c, err := Pairwise{}.Bind(k)
		require.NoError(t, err)
		inf, err := c.Infer(s)
		require.NoError(t, err)
		theta := randomTheta(c, 1, rng)
		for i := range theta.Logits {
			if i < k {
				theta.Logits[i] -= 2
			} else {
				theta.Logits[i] = math.Abs(theta.Logits[i]) / 20
			}
		}
		y := s.Make(1)
		value, proven := inf.Mode(&y[0], theta, 1)
		require.NoError(t, s.Check(y[0]))
		var score, logq [1]float64
		c.Score(score[:], theta, y)
		s.LogProb(logq[:], y)
		almost.Equal(t, score[0]+logq[0], value, 1e-9, 0)
		assert.True(t, proven, "%v", ref)
		theta.Logits[0] = math.NaN()
		_, proven = inf.Mode(&y[0], theta, 1)
		assert.False(t, proven, "nothing is known of what is not a number")
	}
}

func BenchmarkMode(b *testing.B) {
	const k = 1000
	rng := rand.New(rand.NewPCG(1, 1))
	var complete []Edge
	for i := range k {
		for j := range i {
			complete = append(complete, Edge{j, i})
		}
	}
	for _, c := range []struct {
		name  string
		edges []Edge
		scale float64 // of interactions
		sign  func() float64
	}{
		{"attractive/grid", gridEdges(25, 40), 1, func() float64 { return 1 }},
		{"attractive/4 neighbours at random", randomEdges(rng, k, 0.004), 1, func() float64 { return 1 }},
		{"attractive/100 neighbours", randomEdges(rng, k, 0.1), 0.1, func() float64 { return 1 }},
		{"attractive/complete", complete, 0.02, func() float64 { return 1 }},
		{"attractive/complete, weak", complete, 0.003, func() float64 { return 1 }},
		{"attractive/complete, strong", complete, 0.2, func() float64 { return 1 }},
		{"mixed/grid", gridEdges(25, 40), 1, func() float64 { return float64(2*rng.IntN(2) - 1) }},
		{"mixed/complete, weak", complete, 0.002, func() float64 { return float64(2*rng.IntN(2) - 1) }},
		{"mixed/complete", complete, 0.02, func() float64 { return float64(2*rng.IntN(2) - 1) }},
	} {
		u, v := make([]float64, len(c.edges)), make([]float64, k)
		for j := range v {
			v[j] = rng.NormFloat64() * 2
		}
		for e, ij := range c.edges {
			u[e] = c.scale * c.sign() * math.Abs(rng.NormFloat64())
			v[ij.I] -= u[e] / 2
			v[ij.J] -= u[e] / 2
		}
		s, err := NewSpace(k, nil)
		require.NoError(b, err)
		b.Run(c.name, func(b *testing.B) {
			dense := make([]float64, k*k)
			for e, ij := range c.edges {
				dense[ij.I*k+ij.J], dense[ij.J*k+ij.I] = u[e], u[e]
			}
			var p quadratic
			y, proofs := s.Make(1), 0.0
			for b.Loop() {
				p.fromMatrix(k, dense)
				if _, proven := s.searchMode(&y[0], &p, v, nil, 1); proven {
					proofs++
				}
			}
			b.ReportMetric(proofs/float64(b.N), "proven")
			b.ReportMetric(float64(y[0].Count()), "labels")
		})
	}
}
