package permutations

import (
	"math"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// bethe bounds the log of the permanent of exp a, a k x k, in time polynomial
// in k. The Bethe permanent is the maximum over doubly stochastic P of
//
//	B(P) = sum_ij P_ij (a_ij - log P_ij) + (1 - P_ij) log(1 - P_ij)
//
// (Vontobel 2013), a concave function there, and
//
//	max B  <=  log perm exp a  <=  max B + (k/2) log 2,
//
// by Gurvits (2011) and by Anari and Rezaei (2019). Belief propagation finds
// the maximum; the bounds do not depend on how near it comes: any doubly
// stochastic P gives the lower one, and with the tangent of B at P, whose
// largest value is a linear assignment, the upper one,
//
//	B(P)  <=  max B  <=  B(P) + max_Q <dB(P), Q - P>.
//
// Where few orderings matter there are better bounds: the score of the best one
// from below, and from above, with any u,
//
//	log perm exp a  <=  sum_i u_i + sum_j log sum_i exp(a_ij - u_i),
//
// as a permanent is at most the product of the sums of its columns; sweeps of
// Sinkhorn's algorithm lower it (Linial, Samorodnitsky, Wigderson 2000).
//
// O(k^2) exps a sweep. Everything is kept as logs, so that the entries may
// differ by thousands of nats.
type bethe struct {
	k             int
	a             []float64 // k x k
	right, left   []float64 // messages along rows and columns
	logP, logRest []float64 // log P and log(1-P)
	gradient      []float64
	line, others  []float64
	rowGap        []float64
	columnGap     []float64
	assignment    *assignment
	matching      Ordering
}

const (
	betheSweeps    = 300
	betheTolerance = 1e-6 // in nats, of max B
	// of a sweep of Sinkhorn's algorithm
	sinkhornTolerance = 1e-3
	betheMix          = 1e-9 // share of the uniform matrix
	betheCheck        = 10   // sweeps between checks, which cost O(k^3)
)

func newBethe(k int) *bethe {
	square := func() []float64 { return make([]float64, k*k) }
	return &bethe{
		k: k, a: square(), right: square(), left: square(), logP: square(), logRest: square(), gradient: square(),
		line: make([]float64, k), others: make([]float64, k), rowGap: make([]float64, k), columnGap: make([]float64, k),
		assignment: newAssignment(k), matching: make(Ordering, k),
	}
}

// logPermanent returns bounds for the matrix in a and a guess between them.
func (b *bethe) logPermanent() structured.Normalizer {
	if b.k == 1 {
		return structured.Normalizer{Value: b.a[0], Kind: structured.Exact, Lower: b.a[0], Upper: b.a[0], Confidence: 1}
	}
	b.assignment.maximize(b.matching, b.a)
	lower := 0.0
	for r, i := range b.matching {
		lower += b.a[i*b.k+r]
	}
	upper := b.sinkhorn()
	value, most := b.propagate()
	lower = max(lower, value)
	// The bounds may meet, up to rounding.
	upper = max(lower, min(upper, most+float64(b.k)/2*math.Ln2))
	return structured.Normalizer{Value: min(lower+b.excess(), upper), Kind: structured.Interval, Lower: lower, Upper: upper, Confidence: 1}
}

// propagate returns bounds of max B, and leaves beliefs in logP.
func (b *bethe) propagate() (lower, upper float64) {
	clear(b.left)
	lower, upper = math.Inf(-1), math.Inf(1)
	for sweep := 1; ; sweep++ {
		b.alongRows()
		if sweep%betheCheck == 0 {
			b.round()
			value, gap := b.value()
			// Near a vertex the tangent gets worse again.
			done := !(value > lower+betheTolerance) && !(value+gap < upper-betheTolerance)
			lower, upper = max(lower, value), min(upper, value+gap)
			if done || !(upper-lower > betheTolerance) || sweep >= betheSweeps {
				return lower, upper
			}
		}
		b.alongColumns()
	}
}

// sinkhorn returns the upper bound by sums of columns and rows in turn, from
// the dual variables of the assignment just solved, with which it is off by
// the ties of the best orderings only.
func (b *bethe) sinkhorn() float64 {
	k, u, v := b.k, b.rowGap, b.columnGap
	for i, x := range b.assignment.u {
		u[i] = -x
	}
	bound := math.Inf(1)
	for range betheSweeps {
		sum := 0.0
		for j := range k {
			for i := range k {
				b.line[i] = b.a[i*k+j] - u[i]
			}
			v[j] = numeric.LogSumExp(b.line)
			sum += v[j] + u[j]
		}
		improved := bound - sum
		if bound = min(bound, sum); !(improved > sinkhornTolerance) {
			break
		}
		for i := range k {
			for j := range k {
				b.line[j] = b.a[i*k+j] - v[j]
			}
			u[i] = numeric.LogSumExp(b.line)
		}
	}
	return bound
}

// excess is a guess, not a bound, at how far the permanent is above Bethe's:
// log(2 pi k/e)/2 where a is flat and k large (Vontobel 2013), nothing for a
// single ordering, and in between by the share of chance in the beliefs.
func (b *bethe) excess() float64 {
	chance := 1.0
	for _, l := range b.logP {
		chance -= math.Exp(2*l) / float64(b.k)
	}
	return max(0, chance) * math.Log(2*math.Pi*float64(b.k)/math.E) / 2
}

// round makes the beliefs doubly stochastic up to rounding: rows and columns
// that sum to more than 1 are scaled down, and what is missing is filled up by
// a matrix of rank one (Altschuler, Weed, Rigollet 2017). A little of the
// uniform matrix is mixed in: where the maximum is at a vertex, the beliefs
// tend to it at different rates, and the tangent at what they leave of the
// other entries is no use. It fills logRest.
func (b *bethe) round() {
	k := b.k
	clear(b.columnGap)
	for i := range k {
		for j := range k {
			b.columnGap[j] += math.Exp(b.logP[i*k+j])
		}
	}
	for j, sum := range b.columnGap {
		if sum > 1 {
			for i := range k {
				b.logP[i*k+j] -= math.Log(sum)
			}
		}
		b.columnGap[j] = max(0, 1-sum)
	}
	total := 0.0
	for i := range k {
		sum := 0.0
		for _, l := range b.logP[i*k : (i+1)*k] {
			sum += math.Exp(l)
		}
		b.rowGap[i] = max(0, 1-sum)
		total += b.rowGap[i]
	}
	for i := range k {
		row := b.logP[i*k : (i+1)*k]
		if total > 0 && b.rowGap[i] > 0 {
			for j := range row {
				row[j] = numeric.LogAddExp(row[j], math.Log(b.rowGap[i]*b.columnGap[j]/total))
			}
		}
		for j := range row {
			row[j] = numeric.LogAddExp(row[j]+math.Log1p(-betheMix), math.Log(betheMix/float64(k)))
		}
		copy(b.line, row)
		b.leaveOneOut()
		for j := range row {
			// The odds, so that 1-P keeps its digits next to 0.
			row[j] = -softplus(b.others[j] - b.line[j])
			b.logRest[i*k+j] = -softplus(b.line[j] - b.others[j])
		}
	}
}

// value returns B(P) and how far it is below the maximum at most.
func (b *bethe) value() (value, gap float64) {
	at := 0.0
	for i, a := range b.a {
		l, rest := b.logP[i], b.logRest[i]
		p, q := math.Exp(l), math.Exp(rest)
		value += p*(a-l) + q*rest
		b.gradient[i] = a - l - rest
		at += p * b.gradient[i]
	}
	b.assignment.maximize(b.matching, b.gradient)
	best := 0.0
	for r, i := range b.matching {
		best += b.gradient[i*b.k+r]
	}
	return value, max(0, best-at)
}
