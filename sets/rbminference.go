package sets

import (
	"math"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// rbmInference sums over the states of the hidden units: given them the labels are
// unary, with the logits u + sum_{h in s} W_h. A walk over the states, one unit a
// level, carries the logits down and, for the gradient, sums of marginals up, so
// that a state costs a handful of passes over the labels.
type rbmInference struct {
	flipSearch
	c    *rbm
	idle sync.Pool // of *rbmWalk
}

var (
	_ structured.ConditionalLogPartition[Set] = (*rbmInference)(nil)
	_ structured.ExactSampler[Set]            = (*rbmInference)(nil)
	_ LabelMarginalizer                       = (*rbmInference)(nil)
)

// rbmWalk is the memory of one call.
type rbmWalk struct {
	inf    *rbmInference
	b      []float64
	column []float64   // H x k: W by hidden unit
	field  [][]float64 // per level: logits of the labels
	sum    [][]float64 // per level: of marginals of labels, times weights
	log    []float64   // per state: its log weight, then its weight in the gradient
	z, p   []float64
	dw     []float64 // H x k
	db     []float64
	grad   bool

	// Evidence, or a reference that bounds sizes.
	whole    bool // neither
	fixed    []int8
	unknown  []int
	lo, hi   int
	sizes    *sizeRecursion
	v, given []float64
}

// walk returns a walk that is set to theta, without evidence.
func (inf *rbmInference) walk(theta structured.Theta) *rbmWalk {
	c, ref := inf.c, &inf.space.ref
	s, ok := inf.idle.Get().(*rbmWalk)
	if !ok {
		s = &rbmWalk{
			inf: inf, column: make([]float64, c.hidden*c.k), z: make([]float64, c.k), p: make([]float64, c.k),
			fixed: make([]int8, c.k), sizes: newSizeRecursion(c.k), given: make([]float64, c.k), db: make([]float64, c.hidden),
		}
		for range c.hidden + 1 {
			s.field, s.sum = append(s.field, make([]float64, c.k)), append(s.sum, make([]float64, c.k))
		}
	}
	u, w, b := c.split(theta)
	s.b = b
	top := s.field[c.hidden]
	for j := range top {
		top[j] = u[j] + ref.odds[j]
		for h, x := range w[j*c.hidden : (j+1)*c.hidden] {
			s.column[h*c.k+j] = x
		}
	}
	s.log = numeric.Grow(s.log, 1<<c.hidden)
	s.whole, s.lo, s.hi = !ref.bounded(), ref.min, ref.max
	s.unknown = s.unknown[:0]
	for j := range s.fixed {
		s.fixed[j] = undecided
		s.unknown = append(s.unknown, j)
	}
	return s
}

// each goes through the states of the hidden units below level.
func (s *rbmWalk) each(level, state int, bias float64) (mass float64) {
	if level == 0 {
		return s.leaf(state, bias)
	}
	h, k := level-1, s.inf.c.k
	copy(s.field[h], s.field[level])
	mass = s.each(h, state, bias)
	if s.grad {
		copy(s.sum[level], s.sum[h])
	}
	copy(s.field[h], s.field[level])
	kernel.Axpy(s.field[h], 1, s.column[h*k:(h+1)*k])
	with := s.each(h, state|1<<h, bias+s.b[h])
	if s.grad {
		kernel.Axpy(s.sum[level], 1, s.sum[h])
		kernel.Axpy(s.dw[h*k:(h+1)*k], 1, s.sum[h])
		s.db[h] += with
	}
	return mass + with
}

// leaf stores the log weight of a state, or, for the gradient, adds up its
// marginals by its weight.
func (s *rbmWalk) leaf(state int, bias float64) float64 {
	if !s.grad {
		s.log[state] = bias + s.unary(s.field[0], nil)
		return 0
	}
	weight := s.log[state]
	s.unary(s.field[0], s.sum[0])
	kernel.Scale(s.sum[0], weight)
	return weight
}

// unary sums over the labels given their logits, and writes the marginals to p,
// unless that is nil.
func (s *rbmWalk) unary(field, p []float64) float64 {
	if s.whole {
		copy(s.z, field)
		if p == nil {
			p = s.p
		}
		kernel.Softplus(s.z, p)
		sum := 0.0
		for _, x := range s.z {
			sum += x
		}
		return sum
	}
	sum := s.rest(field)
	if p == nil {
		return sum
	}
	for j, x := range s.fixed {
		p[j] = max(float64(x), 0)
	}
	given := s.given[:len(s.unknown)]
	clear(given)
	s.sizes.marginals(given, 1)
	for i, j := range s.unknown {
		p[j] = given[i]
	}
	return sum
}

// rest readies the recursion over the unknown labels and returns the log of the
// sum over them, with what the known ones add.
func (s *rbmWalk) rest(field []float64) float64 {
	sum := 0.0
	for j, x := range s.fixed {
		if x == present {
			sum += field[j]
		}
	}
	s.v = s.v[:0]
	for _, j := range s.unknown {
		s.v = append(s.v, field[j])
	}
	s.sizes.n = len(s.v)
	s.sizes.p, s.sizes.q = s.sizes.p[:len(s.v)], s.sizes.q[:len(s.v)]
	return sum + s.sizes.logZ(s.v, s.lo, s.hi)
}

// logZ fills log and returns the log of the sum.
func (s *rbmWalk) logZ() float64 {
	s.grad = false
	s.each(s.inf.c.hidden, 0, 0)
	return numeric.LogSumExp(s.log)
}

// expect leaves the marginals of the labels in the returned slice, with those of
// both a label and a hidden unit in dw and of hidden units in db.
func (s *rbmWalk) expect(logZ float64) (one []float64) {
	kernel.ExpSum(s.log, s.log, logZ)
	s.dw = numeric.Zeroed(s.dw, len(s.column))
	clear(s.db)
	s.grad = true
	s.each(s.inf.c.hidden, 0, 0)
	return s.sum[s.inf.c.hidden]
}

// addGrad adds weight times the gradient of log Z.
func (s *rbmWalk) addGrad(grad structured.Theta, logZ, weight float64) {
	c := s.inf.c
	du, dw, db := c.split(grad)
	kernel.Axpy(du, weight, s.expect(logZ))
	kernel.Axpy(db, weight, s.db)
	for j := range c.k {
		for h := range c.hidden {
			dw[j*c.hidden+h] += weight * s.dw[h*c.k+j]
		}
	}
}

func (inf *rbmInference) LogZ(theta structured.Theta) float64 {
	s := inf.walk(theta)
	defer inf.idle.Put(s)
	return inf.space.ref.logBase + s.logZ()
}

func (inf *rbmInference) AddGradLogZ(grad, theta structured.Theta, weight float64) float64 {
	s := inf.walk(theta)
	defer inf.idle.Put(s)
	logZ := s.logZ()
	s.addGrad(grad, logZ, weight)
	return inf.space.ref.logBase + logZ
}

// AddGradLogZGiven sums over the hidden units and the unknown labels.
func (inf *rbmInference) AddGradLogZGiven(grad, theta structured.Theta, e structured.Evidence[Set], weight float64) (float64, error) {
	s := inf.walk(theta)
	defer inf.idle.Put(s)
	o, known, unknown, err := inf.space.observed(e, s.unknown)
	s.unknown = unknown
	if err != nil {
		return math.NaN(), err
	}
	for j := range s.fixed {
		if has(o.Known, j) {
			s.fixed[j] = absent
			if has(o.Values, j) {
				s.fixed[j] = present
			}
		}
	}
	ref := &inf.space.ref
	s.whole, s.lo, s.hi = false, max(0, ref.min-known), min(len(unknown), ref.max-known)
	logZ := s.logZ()
	if weight != 0 {
		s.addGrad(grad, logZ, weight)
	}
	return ref.logBase + logZ, nil
}

// LabelMarginals costs as much as the gradient of log Z.
func (inf *rbmInference) LabelMarginals(dst []float64, theta structured.Theta) {
	s := inf.walk(theta)
	defer inf.idle.Put(s)
	copy(dst, s.expect(s.logZ()))
}

// SampleModel draws the hidden units, then the labels given them: O(2^H k) once,
// and O(k H) for each set, O(k (H + m)) under a reference with sizes up to m.
func (inf *rbmInference) SampleModel(ys []Set, theta structured.Theta, key uint64) {
	s := inf.walk(theta)
	defer inf.idle.Put(s)
	kernel.ExpSum(s.log, s.log, s.logZ())
	total := 0.0
	for i, x := range s.log {
		total += x
		s.log[i] = total
	}
	rng, k := stream.New(key), inf.c.k
	for _, y := range ys {
		state := searchCumulative(s.log, rng.Float64()*total)
		copy(s.field[0], s.field[inf.c.hidden])
		for h := range inf.c.hidden {
			if state>>h&1 != 0 {
				kernel.Axpy(s.field[0], 1, s.column[h*k:(h+1)*k])
			}
		}
		s.rest(s.field[0])
		s.sizes.sample(y, rng)
	}
}
