package permutations

import "math"

// relaxation approximates the position marginals of p(y) proportional to
// exp sum_r terms[y_r*k+r] by the doubly stochastic matrix
//
//	P_ir = a_i b_r exp terms_ir,
//
// the solution of max <terms, P> + H(P) (Sinkhorn 1967): a heuristic, near the
// truth where either all labels may stand anywhere or each hardly moves. It
// serves to find a Plackett-Luce distribution near p.
type relaxation struct {
	k      int
	terms  []float64 // k x k, by label, then rank
	p      []float64
	column []float64
	pair   []float64 // b_ij
}

const (
	sinkhornSweeps = 10
	leastEntry     = 1e-30 // of a row with largest entry 1: rivals for a rank need others
	slopeSteps     = 40
	slopeTolerance = 1e-3
	widestLogits   = 500 // range of log weights, in nats
)

func newRelaxation(k int) *relaxation {
	return &relaxation{k: k, terms: make([]float64, k*k), p: make([]float64, k*k), column: make([]float64, k), pair: make([]float64, k*k)}
}

// solve fills p by a few sweeps; its rows then sum to 1, its columns nearly.
func (s *relaxation) solve() {
	k := s.k
	for r := range k {
		s.column[r] = math.Inf(-1)
		for i := range k {
			s.column[r] = max(s.column[r], s.terms[i*k+r])
		}
	}
	for i := range k {
		row, terms, high := s.p[i*k:(i+1)*k], s.terms[i*k:(i+1)*k], math.Inf(-1)
		for r, t := range terms {
			row[r] = t - s.column[r]
			high = max(high, row[r])
		}
		for r, t := range row {
			row[r] = max(math.Exp(t-high), leastEntry)
		}
	}
	for range sinkhornSweeps {
		clear(s.column)
		for i := range k {
			for r, p := range s.p[i*k : (i+1)*k] {
				s.column[r] += p
			}
		}
		for i := range k {
			row, sum := s.p[i*k:(i+1)*k], 0.0
			for r := range row {
				row[r] /= s.column[r]
				sum += row[r]
			}
			for r := range row {
				row[r] /= sum
			}
		}
	}
}

// negativeRanks overwrites dst with minus the expected rank of each label.
func (s *relaxation) negativeRanks(dst []float64) {
	for i := range dst {
		dst[i] = 0
		for r, p := range s.p[i*s.k : (i+1)*s.k] {
			dst[i] -= float64(r) * p
		}
	}
}

// scaleLogits multiplies the logits d, after solve, by the slope c >= 0 for
// which Plackett-Luce with logits c d fits the pairs of P best,
//
//	max_c  sum_{i<j} b_ij log s(c (d_i - d_j)) + b_ji log s(c (d_j - d_i)),   s(x) = 1/(1 + e^-x),
//
// a concave function of c, where s(c (d_i - d_j)) is the probability that
// Plackett-Luce puts i before j, and b_ij that of two labels whose ranks are
// drawn from P independently until they differ. That makes up for what P gets
// wrong: b is that of p for two labels, for two neighbours who are alone in
// changing places, and to first order in the terms. O(k^3), and O(k^2) exps a
// step of Newton's method, kept in a bracket by bisection.
func (s *relaxation) scaleLogits(d []float64) {
	high, low := math.Inf(-1), math.Inf(1)
	for _, x := range d {
		high, low = max(high, x), min(low, x)
	}
	if !(high > low) {
		clear(d) // all the same, or NaN: no direction
		return
	}
	// Differences of 1 at most: the scores may be near the largest number.
	for i := range d {
		d[i] = d[i]/(high-low) - low/(high-low)
	}
	s.fillPairs()
	a, b, c := 0.0, float64(widestLogits), 0.0
	for range slopeSteps {
		slope, curvature := s.slope(d, c)
		if slope > 0 {
			a = c
		} else {
			b = c
		}
		last := c
		if c += slope / curvature; !(c > a && c < b) {
			c = a + (b-a)/2
		}
		if math.Abs(c-last) <= slopeTolerance*c {
			break
		}
	}
	for i := range d {
		d[i] *= c
	}
}

// fillPairs fills pair with b_ij.
func (s *relaxation) fillPairs() {
	k := s.k
	for j := range k {
		below := 0.0 // P(rank(j) > r)
		for r := k - 1; r >= 0; r-- {
			s.column[r] = below
			below += s.p[j*k+r]
		}
		for i := range k {
			sum := 0.0
			for r, p := range s.p[i*k : (i+1)*k] {
				sum += p * s.column[r]
			}
			s.pair[i*k+j] = sum
		}
	}
	for i := range k {
		for j := range i {
			a, b := s.pair[i*k+j], s.pair[j*k+i]
			s.pair[i*k+j], s.pair[j*k+i] = a/(a+b), b/(a+b)
		}
	}
}

// slope is the derivative at c, and minus the second one.
func (s *relaxation) slope(d []float64, c float64) (slope, curvature float64) {
	for i, x := range d {
		for j, y := range d[:i] {
			by := x - y
			e := math.Exp(-math.Abs(c * by))
			p := 1 / (1 + e)
			curvature += by * by * p * (1 - p)
			if by < 0 {
				p = 1 - p
			}
			slope += by * (s.pair[i*s.k+j] - p)
		}
	}
	return slope, curvature
}
