package permutations

import (
	"math"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
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
