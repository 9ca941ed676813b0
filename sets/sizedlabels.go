package sets

import (
	"cmp"
	"math"
	"slices"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// sizedLabels is a distribution over sets in which labels depend on each other
// through their number alone,
//
//	p(y) proportional to exp( sum_{j in y} v_j + h(|y|) ),
//
// that of Unary and Cardinality scores. h is nil where there is none; sizes that
// are not allowed have -Inf. A v of -Inf or +Inf is a label that is never or
// always there, where h is nil.
type sizedLabels struct{ v, h []float64 }

// smallMass is the probability of large sizes that is left out: less than the
// rounding of the rest.
const smallMass = 1e-18

// odds are the probabilities of the labels, and of their absence, tilted by the
// same factor for all so that the likely sizes are those of independent labels;
// sizes then count with the weights w.
func (s *sizedLabels) odds() (p, q, w []float64) {
	k := len(s.v)
	p, q, w = make([]float64, k), make([]float64, k), make([]float64, k+1)
	t := 0.0
	if s.h != nil {
		t = s.tilt()
	}
	for j, v := range s.v {
		p[j], q[j] = numeric.Sigmoid(v-t), numeric.Sigmoid(t-v)
	}
	if s.h == nil {
		for i := range w {
			w[i] = 1
		}
		return p, q, w
	}
	high := math.Inf(-1)
	for i, h := range s.h {
		w[i] = h + t*float64(i)
		high = max(high, w[i])
	}
	for i := range w {
		w[i] = math.Exp(w[i] - high)
	}
	return p, q, w
}

// tilt returns t such that independent labels of odds v - t have the mean size
// of the distribution.
func (s *sizedLabels) tilt() float64 {
	k := len(s.v)
	logs := make([]float64, k+1) // of the elementary symmetric polynomials
	for i := range logs {
		logs[i] = math.Inf(-1)
	}
	logs[0] = 0
	lo, hi := s.v[0], s.v[0]
	for i, v := range s.v {
		for m := i + 1; m > 0; m-- {
			logs[m] = numeric.LogAddExp(logs[m], logs[m-1]+v)
		}
		lo, hi = min(lo, v), max(hi, v)
	}
	for m, h := range s.h {
		logs[m] += h
	}
	total, mean := numeric.LogSumExp(logs), 0.0
	for m, l := range logs {
		mean += float64(m) * math.Exp(l-total)
	}
	mean = min(max(mean, 0.5), float64(k)-0.5)
	width := math.Log(float64(k)) + 2
	lo, hi = lo-width, hi+width
	for range 60 {
		t, sum := lo+(hi-lo)/2, 0.0
		for _, v := range s.v {
			sum += numeric.Sigmoid(v - t)
		}
		if sum > mean {
			lo = t
		} else {
			hi = t
		}
	}
	return lo + (hi-lo)/2
}

// addLabel takes the sizes of some labels to those of one more.
func addLabel(size []float64, p, q float64) {
	for s := len(size) - 1; s > 0; s-- {
		size[s] = q*size[s] + p*size[s-1]
	}
	size[0] *= q
}

// marginals returns P(|y| = s), without the largest sizes as far as those have
// no probability, and P(j in y, |y| = s) as beliefs have them: from the sizes of
// the labels before and after j, O(k S^2), of positive terms.
func (s *sizedLabels) marginals() (size, joint []float64) {
	k := len(s.v)
	p, q, w := s.odds()
	size = make([]float64, k+1)
	size[0] = 1
	for j := range p {
		addLabel(size[:j+2], p[j], q[j])
	}
	total := 0.0
	for i := range size {
		size[i] *= w[i]
		total += size[i]
	}
	top, rest := k, 0.0
	for ; top > 0 && rest+size[top] <= smallMass*total; top-- {
		rest += size[top]
	}
	size = size[:top+1]
	for i := range size {
		size[i] /= total
	}
	if top == 0 {
		return size, nil
	}
	// after[j] has, reversed, the sizes of the labels from j on: with
	// after[j*n+top-s] for size s the sum below is an inner product.
	n := top + 1
	after := make([]float64, (k+1)*n)
	row := make([]float64, n)
	row[0] = 1
	put := func(j int) {
		for i, x := range row {
			after[j*n+top-i] = x
		}
	}
	put(k)
	for j := k - 1; j > 0; j-- {
		addLabel(row, p[j], q[j])
		put(j)
	}
	clear(row)
	row[0] = 1
	joint = make([]float64, k*top)
	for j := range p {
		next := after[(j+1)*n : (j+2)*n]
		for i := range top { // size i+1, of which i are others
			joint[j*top+i] = p[j] * w[i+1] / total * kernel.Dot(row[:i+1], next[top-i:])
		}
		addLabel(row, p[j], q[j])
	}
	return size, joint
}

// prefixes returns, for m = 0, ..., k, the expectation of f(m, inside, outside),
// where inside is how many of the first m labels of order are in y, and outside
// how many of the others. O(k^3).
func (s *sizedLabels) prefixes(order []int, f func(m, inside, outside int) float64) []float64 {
	k := len(s.v)
	p, q, w := s.odds()
	n := k + 1
	after := make([]float64, (k+1)*n)
	after[k*n] = 1
	for m := k - 1; m >= 0; m-- {
		row := after[m*n : (m+1)*n]
		copy(row, after[(m+1)*n:(m+2)*n])
		addLabel(row[:k-m+1], p[order[m]], q[order[m]])
	}
	head, out := make([]float64, n), make([]float64, n)
	head[0] = 1
	for m := range out {
		if m > 0 {
			addLabel(head[:m+1], p[order[m-1]], q[order[m-1]])
		}
		sum, total := 0.0, 0.0
		for a, x := range head[:m+1] {
			if x <= smallMass && s.h == nil {
				continue
			}
			for b, z := range after[m*n : m*n+k-m+1] {
				if z = x * z * w[a+b]; z > 0 {
					sum += z * f(m, a, b)
					total += z
				}
			}
		}
		out[m] = sum / total
	}
	return out
}

// best returns a most probable set, and its probability.
func (s *sizedLabels) best() (Set, float64) {
	order, y := ranked(s.v), New(len(s.v))
	if s.h == nil {
		logp := 0.0
		for j, v := range s.v {
			logp -= numeric.Softplus(-math.Abs(v))
			y.Set(j, v > 0)
		}
		return y, math.Exp(logp)
	}
	size, _ := s.marginals()
	logs := make([]float64, len(s.v)+1)
	sum, at := 0.0, 0
	for m, h := range s.h {
		if m > 0 {
			sum += s.v[order[m-1]]
		}
		if logs[m] = sum + h; logs[m] > logs[at] || m == 0 {
			at = m
		}
	}
	for _, j := range order[:at] {
		y.Add(j)
	}
	// p(y) = P(|y| = m) times the share of y among the sets of m labels.
	e := newSizeRecursion(len(s.v))
	return y, size[min(at, len(size)-1)] * math.Exp(logs[at]-s.h[at]-e.logZ(s.v, at, at))
}

// ranked returns the labels by score, the largest first and equals in the order
// of the labels.
func ranked(score []float64) []int {
	order := make([]int, len(score))
	for j := range order {
		order[j] = j
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(score[b], score[a]) })
	return order
}
