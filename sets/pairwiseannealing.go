package sets

import (
	"math"
	"math/rand/v2"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// pairwiseAnnealing anneals pairwise models by Gibbs sampling with the field of
// each label kept up to date: a sweep costs O(k), and O(k) for each label that
// changes. It starts from independent labels with the probabilities of mean
// field, which are near the model, or from the reference where that bounds sizes.
type pairwiseAnnealing struct {
	c     *pairwise
	space *Space
	idle  sync.Pool // of *pairwiseChains
}

// pairwiseChains are chains under pi_b, with log pi_b(y) = sum_{j in y} ((1-b) r_j
// + b f_j) - b sum_{i<j in y} U_ij up to a constant, where f_j = v_j + sum_{i in
// y} U_ij is the field of each chain.
type pairwiseChains struct {
	*pairwiseAnnealing
	v, u    []float64 // of log q + g
	r       []float64 // log-odds of the start
	base    float64   // v of the empty set
	m       []float64
	bits    *bernoulliBits
	ys      []Set
	fields  []float64 // chain by chain
	sizes   []int
	pair    []float64 // sum of U over pairs of each chain
	present []int
	absent  []int
	source  stream.Source
}

// Begin costs O(k^2) for the matrix and mean field, and memory O(k) a chain.
func (g *pairwiseAnnealing) Begin(n int, theta structured.Theta) structured.AnnealedChains[Set] {
	s := g.begin(n, theta)
	ref := &g.space.ref
	s.base = 0
	if ref.bounded() {
		clear(s.r)
		copy(s.r, ref.odds)
		return s
	}
	g.c.MeanField(s.m, theta, ref.odds)
	if s.bits == nil {
		s.bits = newBernoulliBits(g.c.k)
	}
	s.bits.set(s.m)
	s.base = ref.logBase
	for j := range s.r {
		m := s.bits.p(j)
		s.r[j] = math.Log(m) - math.Log1p(-m)
		s.base -= math.Log1p(-m)
	}
	return s
}

// begin readies n chains at the empty set.
func (g *pairwiseAnnealing) begin(n int, theta structured.Theta) *pairwiseChains {
	k := g.c.k
	s, ok := g.idle.Get().(*pairwiseChains)
	if !ok {
		s = &pairwiseChains{pairwiseAnnealing: g, v: make([]float64, k), u: make([]float64, k*k), r: make([]float64, k), m: make([]float64, k)}
	}
	u, v := g.c.split(theta)
	for j := range s.v {
		s.v[j] = u[j] + g.space.ref.odds[j]
	}
	g.c.dense(s.u, v)
	if len(s.ys) < n {
		s.ys = Make(n, k)
	}
	s.ys = s.ys[:n]
	s.fields, s.sizes, s.pair = numeric.Grow(s.fields, n*k), numeric.Grow(s.sizes, n), numeric.Grow(s.pair, n)
	return s
}

func (s *pairwiseChains) States() []Set { return s.ys }
func (s *pairwiseChains) End()          { s.idle.Put(s) }

func (s *pairwiseChains) Start(v []float64, key uint64) {
	rng := s.source.At(key)
	if s.space.ref.bounded() {
		s.space.Sample(s.ys, rng)
	} else {
		model := reference{bits: s.bits}
		model.sample(s.ys, s.c.k, rng)
	}
	s.value(v)
}

func (s *pairwiseChains) Place(v []float64, ys []Set) {
	for i, y := range ys {
		s.ys[i].CopyFrom(y)
	}
	s.value(v)
}

// value fills the fields of all chains and v.
func (s *pairwiseChains) value(v []float64) {
	for i := range s.ys {
		s.fill(i)
		v[i] = s.valueOf(i)
	}
}

// field is that of chain i.
func (s *pairwiseChains) field(i int) []float64 {
	k := s.c.k
	return s.fields[i*k : (i+1)*k]
}

// fill makes field, size and pair of chain i anew, O(|y| k).
func (s *pairwiseChains) fill(i int) {
	k, f := s.c.k, s.field(i)
	copy(f, s.v)
	s.sizes[i], s.pair[i] = 0, 0
	for j := range s.ys[i].Labels() {
		s.pair[i] += f[j] - s.v[j]
		s.sizes[i]++
		for l, x := range s.u[j*k : (j+1)*k] {
			f[l] += x
		}
	}
}

// valueOf is log q + g - log r of chain i.
func (s *pairwiseChains) valueOf(i int) float64 {
	sum := s.base + s.pair[i]
	for j := range s.ys[i].Labels() {
		sum += s.v[j] - s.r[j]
	}
	return sum
}

func (s *pairwiseChains) Move(v []float64, b float64, key uint64) {
	for i := range s.ys {
		s.sweep(i, b, s.source.At(stream.Key(key, uint64(i))))
		v[i] = s.valueOf(i)
	}
}

// flip changes label j of chain i.
func (s *pairwiseChains) flip(i, j int) {
	k, f, sign := s.c.k, s.field(i), 1.0
	if s.ys[i].Has(j) {
		sign = -1
	}
	s.ys[i].Toggle(j)
	s.sizes[i] += int(sign)
	s.pair[i] += sign * (f[j] - s.v[j])
	for l, x := range s.u[j*k : (j+1)*k] {
		f[l] += sign * x
	}
}

// sweep moves chain i under pi_b.
func (s *pairwiseChains) sweep(i int, b float64, rng *rand.Rand) {
	ref, f := &s.space.ref, s.field(i)
	bounded := ref.bounded()
	for j := range f {
		has := s.ys[i].Has(j)
		if bounded && (has && s.sizes[i] == ref.min || !has && s.sizes[i] == ref.max) {
			continue
		}
		p := numeric.Sigmoid((1-b)*s.r[j] + b*f[j])
		if (rng.Float64() < p) != has {
			s.flip(i, j)
		}
	}
	if bounded {
		s.exchange(i, b, rng)
	}
}

// exchange proposes, as many times as there are labels present, to replace a
// random one of them by a random one of those absent.
func (s *pairwiseChains) exchange(i int, b float64, rng *rand.Rand) {
	s.present, s.absent = s.present[:0], s.absent[:0]
	for j := range s.c.k {
		if s.ys[i].Has(j) {
			s.present = append(s.present, j)
		} else {
			s.absent = append(s.absent, j)
		}
	}
	if len(s.absent) == 0 {
		return
	}
	f := s.field(i)
	for range s.present {
		at, to := rng.IntN(len(s.present)), rng.IntN(len(s.absent))
		out, in := s.present[at], s.absent[to]
		gain := (1-b)*(s.r[in]-s.r[out]) + b*(f[in]-f[out]-s.u[in*s.c.k+out])
		if gain >= 0 || rng.Float64() < math.Exp(gain) {
			s.flip(i, out)
			s.flip(i, in)
			s.present[at], s.absent[to] = in, out
		}
	}
}
