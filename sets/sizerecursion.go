package sets

import (
	"math"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// sizeRecursion sums exp(sum_{j in y} v_j) over the subsets y of n labels
// whose size is in min..max: the elementary symmetric polynomials of e^v,
//
//	Z = sum_{s=min}^{max} e_s(exp v_1, ..., exp v_n),
//
// by the recursion over labels, O(n max) time and memory, exact (Chen,
// Dempster, Liu 1994). It runs on probabilities: with p_j = numeric.Sigmoid(v_j - t)
// the sizes of independent labels follow a recursion of positive terms at most
// 1, and Z = exp(sum_j log(1+exp(v_j-t))) sum_s exp(t s) P(size = s). The tilt
// t puts the mean size into the range, so that the sum does not underflow.
type sizeRecursion struct {
	n, min, max int
	p, q        []float64 // of each label, and 1-p, which p near 1 would lose
	// tail[i*(max+1)+s]: with s labels chosen among the first i, the sum of
	// what the other labels can add.
	tail []float64
	head []float64
	log  float64 // of Z
}

func newSizeRecursion(n int) *sizeRecursion {
	return &sizeRecursion{n: n, p: make([]float64, n), q: make([]float64, n)}
}

// logZ returns log Z and readies marginals and sample. It is -Inf for an empty
// range.
func (r *sizeRecursion) logZ(v []float64, lo, hi int) float64 {
	r.min, r.max = lo, hi
	if lo > hi || hi < 0 || lo > r.n {
		r.log = math.Inf(-1)
		return r.log
	}
	if lo == 0 && hi == r.n {
		r.log = 0
		for j, vj := range v {
			r.p[j] = numeric.Sigmoid(vj)
			r.log += numeric.Softplus(vj)
		}
		return r.log
	}
	t := r.tilt(v)
	base := 0.0
	for j, vj := range v {
		r.p[j], r.q[j] = numeric.Sigmoid(vj-t), numeric.Sigmoid(t-vj)
		base += numeric.Softplus(vj - t)
	}
	w := r.max + 1
	if need := (r.n + 1) * w; cap(r.tail) < need {
		r.tail = make([]float64, need)
	}
	r.tail = r.tail[:(r.n+1)*w]
	// The weights exp(t s) are taken relative to the nearest size in range.
	ref := 0.0
	if t > 0 {
		ref = t * float64(r.max)
	} else {
		ref = t * float64(r.min)
	}
	last := r.tail[r.n*w:]
	for s := range last {
		last[s] = 0
		if s >= r.min {
			last[s] = math.Exp(t*float64(s) - ref)
		}
	}
	for i := r.n - 1; i >= 0; i-- {
		now, next, p, q := r.tail[i*w:(i+1)*w], r.tail[(i+1)*w:(i+2)*w], r.p[i], r.q[i]
		for s := range now {
			now[s] = q * next[s]
			if s+1 < w {
				now[s] += p * next[s+1]
			}
		}
	}
	r.log = base + ref + math.Log(r.tail[0])
	return r.log
}

// tilt returns t with sum_j numeric.Sigmoid(v_j - t) near the range of sizes.
func (r *sizeRecursion) tilt(v []float64) float64 {
	mean := func(t float64) float64 {
		s := 0.0
		for _, vj := range v {
			s += numeric.Sigmoid(vj - t)
		}
		return s
	}
	// Sizes 0 and n are reached only in the limit; half a label is enough.
	lo, hi := max(float64(r.min), 0.5), min(float64(r.max), float64(r.n)-0.5)
	if m := mean(0); m >= lo && m <= hi || r.n == 0 {
		return 0
	} else if m < lo {
		hi = lo
	} else {
		lo = hi
	}
	a, b := v[0], v[0]
	for _, vj := range v {
		a, b = min(a, vj), max(b, vj)
	}
	width := math.Log(float64(r.n)) + 2
	a, b = a-width, b+width
	for range 60 {
		c := a + (b-a)/2
		if mean(c) > lo {
			a = c
		} else {
			b = c
		}
	}
	return a + (b-a)/2
}

// marginals adds weight * P(j in y) to dst[j], after logZ.
func (r *sizeRecursion) marginals(dst []float64, weight float64) {
	if r.min == 0 && r.max == r.n {
		for j, p := range r.p {
			dst[j] += weight * p
		}
		return
	}
	w := r.max + 1
	r.head = numeric.Zeroed(r.head, w)
	head := r.head // probability of s labels among the first j
	head[0] = 1
	total := r.tail[0]
	for j, p := range r.p {
		next, sum := r.tail[(j+1)*w:(j+2)*w], 0.0
		for s := range w - 1 {
			sum += head[s] * next[s+1]
		}
		dst[j] += weight * p * sum / total
		for s := w - 1; s > 0; s-- {
			head[s] = r.q[j]*head[s] + p*head[s-1]
		}
		head[0] *= r.q[j]
	}
}

// entropy returns -sum_y p(y) log p(y), after logZ of v: by the chain rule the sum
// over labels of the entropy of one given how many were chosen before, of
// positive terms, so that it keeps its digits near 0.
func (r *sizeRecursion) entropy(v []float64) float64 {
	h := 0.0
	if r.min == 0 && r.max == r.n {
		for _, vj := range v {
			// -log(1-p) - p log(p/(1-p)) for the less likely of the two cases.
			a := math.Abs(vj)
			h += numeric.Softplus(-a) + a*numeric.Sigmoid(-a)
		}
		return h
	}
	w := r.max + 1
	r.head = numeric.Zeroed(r.head, w)
	head := r.head
	head[0] = 1
	for j, p := range r.p {
		next := r.tail[(j+1)*w : (j+2)*w]
		for s := w - 1; s >= 0; s-- {
			with, without := 0.0, r.q[j]*next[s]
			if s+1 < w {
				with = p * next[s+1]
			}
			if with > 0 && without > 0 {
				// Twice -log of a share: of the smaller, and of one near 1.
				less, more := min(with, without), max(with, without)
				h += head[s] * (more*math.Log1p(less/more) - less*math.Log(less/(less+more)))
			}
			head[s] *= r.q[j]
			if s > 0 {
				head[s] += p * head[s-1]
			}
		}
	}
	return h / r.tail[0]
}

// sample overwrites y with a draw, after logZ.
func (r *sizeRecursion) sample(y Set, rng *rand.Rand) {
	y.Clear()
	if r.min == 0 && r.max == r.n {
		for j, p := range r.p {
			if rng.Float64() < p {
				y.Add(j)
			}
		}
		return
	}
	w, s := r.max+1, 0
	for j, p := range r.p {
		if s == r.max {
			return
		}
		with := p * r.tail[(j+1)*w+s+1]
		without := r.q[j] * r.tail[(j+1)*w+s]
		if rng.Float64()*(with+without) < with {
			y.Add(j)
			s++
		}
	}
}
