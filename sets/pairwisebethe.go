package sets

import (
	"math"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// bethe approximates log Z = log sum_y exp(<v,y> + sum_{i<j in y} U_ij) over
// all subsets of n labels by belief propagation, O(n^2) a sweep. Messages are
// the ratios r_{i->j} of what i says of j present to j absent,
//
//	h_i = v_i + sum_j log r_{j->i},   c_{i\j} = exp(h_i)/r_{j->i}
//	r_{i->j} = (1 + c_{i\j} exp U_ij)/(1 + c_{i\j})
//
// and the value is Bethe's (Yedidia, Freeman, Weiss 2005),
//
//	log Z_B = sum_i log(1 + e^{h_i})
//	        - sum_{i<j} log (1 + c_{i\j} + c_{j\i} + c_{i\j} c_{j\i} exp U_ij) / ((1 + c_{i\j})(1 + c_{j\i})),
//
// exact where the pairs that interact form a tree, and a heuristic, neither
// bound nor unbiased, elsewhere. It is stationary in the messages at a fixed
// point, so that what is left of their convergence counts squared, and the
// gradient is that with the messages held fixed: the beliefs one and two.
//
// Where the sweeps do not settle, which takes strong interactions of both
// signs, they are damped; the value is then that of the last sweep.
type bethe struct {
	n     int
	v, u  []float64 // n, and n x n symmetric with a zero diagonal
	e     []float64 // exp U
	r     []float64 // r[i*n+j] = r_{i->j}
	h     []float64
	small []float64 // exp -|h|
	chunk int       // how many messages are multiplied before a logarithm

	tolerance float64 // the last change of a field, in nats, that ends the sweeps

	one []float64 // P(i in y)
	two []float64 // n x n, i < j: P(i and j in y)
}

const (
	betheSweeps = 200
	// The value is off by about the square of the tolerance, its gradient by the
	// tolerance.
	betheTolerance = 1e-7
	// A proposal need not be near its fixed point.
	roughTolerance = 1e-2
	// betheDamped is the sweep from which messages move half way in the log
	// domain.
	betheDamped = 30
	// betheWidest bounds |U_ij|, so that products of messages do not overflow;
	// what is beyond is cut off.
	betheWidest = 300
)

// reset makes it ready for n labels; v and u are then filled by the caller.
func (b *bethe) reset(n int) {
	b.n = n
	b.v, b.h, b.one = numeric.Grow(b.v, n), numeric.Grow(b.h, n), numeric.Grow(b.one, n)
	b.small = numeric.Grow(b.small, n)
	b.u, b.e, b.r = numeric.Grow(b.u, n*n), numeric.Grow(b.e, n*n), numeric.Grow(b.r, n*n)
}

// prepare takes u over, and starts from messages that say nothing.
func (b *bethe) prepare() {
	widest := 0.0
	for i, x := range b.u {
		x = min(max(x, -betheWidest), betheWidest)
		widest = max(widest, math.Abs(x))
		b.e[i] = math.Exp(x)
		b.r[i] = 1
	}
	b.chunk = max(1, int(min(64, betheWidest/max(widest, 1e-3))))
}

// logZ runs the sweeps, from the messages as they are, and returns the value.
// It wants prepare, or an earlier logZ with the same u.
func (b *bethe) logZ() float64 {
	for i := range b.h {
		b.h[i] = math.Inf(1)
	}
	for sweep := range betheSweeps {
		moved := 0.0
		for i := range b.n {
			h := b.v[i] + b.incoming(i)
			if change := math.Abs(h - b.h[i]); !(change <= moved) {
				moved = change
			}
			b.h[i] = h
			b.send(i, sweep >= betheDamped)
		}
		if moved <= b.tolerance {
			break
		}
	}
	return b.value()
}

// incoming is sum_j log r_{j->i}.
func (b *bethe) incoming(i int) float64 {
	n, sum, product, left := b.n, 0.0, 1.0, b.chunk
	for at := i; at < n*n; at += n {
		product *= b.r[at]
		if left--; left == 0 {
			sum += math.Log(product)
			product, left = 1, b.chunk
		}
	}
	return sum + math.Log(product)
}

// send updates the messages of label i.
func (b *bethe) send(i int, damped bool) {
	n := b.n
	out, e := b.r[i*n:(i+1)*n], b.e[i*n:(i+1)*n]
	// Of c and 1/c the one at most 1, but for the message.
	c := math.Exp(-math.Abs(b.h[i]))
	in := b.r[i:]
	if b.h[i] >= 0 {
		for j, x := range e {
			inv := c * in[j*n]
			to := (inv + x) / (inv + 1)
			if damped {
				to = math.Sqrt(to * out[j])
			}
			out[j] = to
		}
	} else {
		for j, x := range e {
			r := in[j*n]
			to := (r + c*x) / (r + c)
			if damped {
				to = math.Sqrt(to * out[j])
			}
			out[j] = to
		}
	}
	out[i] = 1
}

// value fills h from the messages and returns Bethe's log Z.
func (b *bethe) value() float64 {
	n, sum := b.n, 0.0
	for i := range n {
		b.h[i] = b.v[i] + b.incoming(i)
		b.small[i] = math.Exp(-math.Abs(b.h[i]))
		sum += max(b.h[i], 0) + math.Log1p(b.small[i])
	}
	product, left := 1.0, 16
	for i := range n {
		for j := i + 1; j < n; j++ {
			if _, z, ok := b.pair(i, j); ok {
				product *= z
			} else {
				_, logz := b.pairInLogs(i, j)
				sum -= logz
			}
			if left--; left == 0 || product > 1e100 || product < 1e-100 {
				sum -= math.Log(product)
				product, left = 1, 16
			}
		}
	}
	return sum - math.Log(product)
}

// betheWide is where fields and interactions are too large for products.
const betheWide = 200

// pair returns the belief that i and j are both present, and the normaliser
// of the pair; not ok where they are too large for that.
func (b *bethe) pair(i, j int) (both, z float64, ok bool) {
	n := b.n
	if !(math.Abs(b.h[i])+math.Abs(b.h[j])+2*math.Abs(b.u[i*n+j]) < betheWide) {
		return 0, 0, false
	}
	p, notP := cavity(b.h[i], b.small[i], b.r[j*n+i])
	q, notQ := cavity(b.h[j], b.small[j], b.r[i*n+j])
	both = p * q * b.e[i*n+j]
	z = notP*notQ + p*notQ + notP*q + both
	return both / z, z, true
}

// cavity is c/(1+c) and 1/(1+c), c = exp(h)/r, given exp -|h|.
func cavity(h, small, r float64) (present, absent float64) {
	if h >= 0 {
		x := r * small
		present = 1 / (1 + x)
		return present, x * present
	}
	absent = 1 / (r + small)
	return small * absent, r * absent
}

// pairInLogs is pair for fields and interactions of any size, with the logarithm
// of the normaliser.
func (b *bethe) pairInLogs(i, j int) (both, logz float64) {
	n := b.n
	p := b.h[i] - math.Log(b.r[j*n+i])
	q := b.h[j] - math.Log(b.r[i*n+j])
	together := p + q + math.Log(b.e[i*n+j])
	logz = numeric.LogAddExp(numeric.LogAddExp(0, p), numeric.LogAddExp(q, together))
	return math.Exp(together - logz), logz - numeric.Softplus(p) - numeric.Softplus(q)
}

// beliefs fills one and two, given logZ.
func (b *bethe) beliefs() {
	n := b.n
	b.two = numeric.Grow(b.two, n*n)
	for i := range n {
		if b.one[i] = 1 / (1 + b.small[i]); b.h[i] < 0 {
			b.one[i] *= b.small[i]
		}
		for j := i + 1; j < n; j++ {
			both, _, ok := b.pair(i, j)
			if !ok {
				both, _ = b.pairInLogs(i, j)
			}
			b.two[i*n+j] = both
		}
	}
}
