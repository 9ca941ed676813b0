package permutations

import (
	"sync"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Preference scores pairs of labels by which comes first (the linear ordering
// problem),
//
//	g(x, y) = sum_{i before j in y} B_ij,    B_ji = -B_ij.
//
// Two labels next to each other stand as i, j rather than j, i with odds
// exp(2 B_ij). Its logits are B_ij for i < j, row by row: k(k-1)/2.
//
// log Z, its gradient, marginals, modes (Kemeny orders, with weights B) and
// samples are exact for k <= MaxExact labels, in O(2^k k); beyond, modes are
// found by local search and not proven, and the objective has to be a sampled
// one.
type Preference struct{}

func (Preference) Bind(k int) (structured.Inferrer[Ordering], error) { return &preference{k: k}, nil }

type preference struct {
	k    int
	idle sync.Pool // of *preferenceScratch
}

var _ coupling = (*preference)(nil)

// meanFieldSweeps are the steps to the Plackett-Luce logits.
const meanFieldSweeps = 2

type preferenceScratch struct {
	b     []float64 // k x k
	relax *relaxation
}

func (c *preference) scratch() *preferenceScratch {
	if s, ok := c.idle.Get().(*preferenceScratch); ok {
		return s
	}
	return &preferenceScratch{b: make([]float64, c.k*c.k), relax: newRelaxation(c.k)}
}

func (c *preference) NumLogits() int            { return c.k * (c.k - 1) / 2 }
func (c *preference) NumOwn() int               { return 0 }
func (c *preference) InitOwn([]float64, uint64) {}
func (c *preference) pairs() bool               { return true }

// terms is B.
func (c *preference) terms(dst []float64, theta structured.Theta) {
	k, at := c.k, 0
	for i := range k {
		dst[i*k+i] = 0
		for j := i + 1; j < k; j++ {
			b := theta.Logits[at]
			dst[i*k+j], dst[j*k+i] = b, -b
			at++
		}
	}
}

func (c *preference) addTerms(grad structured.Theta, d []float64, weight float64) {
	k, at := c.k, 0
	for i := range k {
		for j := i + 1; j < k; j++ {
			grad.Logits[at] += weight * (d[i*k+j] - d[j*k+i])
			at++
		}
	}
}

// Score costs O(k^2) an ordering.
func (c *preference) Score(dst []float64, theta structured.Theta, ys []Ordering) {
	s := c.scratch()
	defer c.idle.Put(s)
	c.terms(s.b, theta)
	for m, y := range ys {
		sum := 0.0
		for r, i := range y {
			row := s.b[i*c.k : (i+1)*c.k]
			for _, j := range y[r+1:] {
				sum += row[j]
			}
		}
		dst[m] = sum
	}
}

func (c *preference) AddGrad(grad, _ structured.Theta, ys []Ordering, weights []float64) {
	s := c.scratch()
	defer c.idle.Put(s)
	clear(s.b)
	for m, y := range ys {
		w := weights[m]
		if w == 0 {
			continue
		}
		for r, i := range y {
			row := s.b[i*c.k : (i+1)*c.k]
			for _, j := range y[r+1:] {
				row[j] += w
			}
		}
	}
	c.addTerms(grad, s.b, 1)
}

// swapGain: only the two labels and those between them change their order.
func (c *preference) swapGain(theta structured.Theta, y Ordering, r, s int) float64 {
	if r > s {
		r, s = s, r
	}
	first, last := y[r], y[s]
	gain := c.logit(theta, last, first)
	for _, j := range y[r+1 : s] {
		gain += c.logit(theta, last, j) + c.logit(theta, j, first)
	}
	return 2 * gain
}

// logit is B_ij.
func (c *preference) logit(theta structured.Theta, i, j int) float64 {
	if i < j {
		return theta.Logits[i*(2*c.k-i-1)/2+j-i-1]
	}
	return -theta.Logits[j*(2*c.k-j-1)/2+i-j-1]
}

// plackettLuceLogits are the expected ranks of a mean-field approximation times
// a slope: each label at rank r meets the others where P says they are,
//
//	terms_ir = sum_j B_ij (P(rank(j) > r) - P(rank(j) < r)).
//
// From the uniform P that is the score of positions nearest to g under the
// uniform reference, its projection (Hoeffding's) on sums over labels.
func (c *preference) plackettLuceLogits(dst []float64, theta structured.Theta) {
	s := c.scratch()
	defer c.idle.Put(s)
	c.terms(s.b, theta)
	k, relax := c.k, s.relax
	for i := range relax.p {
		relax.p[i] = 1 / float64(k)
	}
	for range meanFieldSweeps {
		clear(relax.terms)
		for j := range k {
			below, above := 1.0, 0.0 // of rank r
			for r, p := range relax.p[j*k : (j+1)*k] {
				below -= p
				for i := range k {
					relax.terms[i*k+r] += s.b[i*k+j] * (below - above)
				}
				above += p
			}
		}
		relax.solve()
	}
	relax.negativeRanks(dst)
	relax.scaleLogits(dst)
}

func (c *preference) Infer(s structured.Space[Ordering]) (structured.Inference[Ordering], error) {
	return infer(c, c.k, s)
}
