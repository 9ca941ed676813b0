package permutations

import (
	"sync"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Birkhoff scores every label at every rank,
//
//	g(x, y) = sum_r theta_{y_r, r},
//
// the inner product of theta with the permutation matrix of y, a vertex of the
// Birkhoff polytope; Z is the permanent of exp theta. Its mode is a linear
// assignment, exact for any k. k*k logits, theta_{j,r} at j*k+r.
type Birkhoff struct{}

func (Birkhoff) Bind(k int) (structured.Inferrer[Ordering], error) { return &birkhoff{k: k}, nil }

type birkhoff struct {
	k    int
	idle sync.Pool // of *relaxation
}

var _ coupling = (*birkhoff)(nil)

func (c *birkhoff) NumLogits() int            { return c.k * c.k }
func (c *birkhoff) NumOwn() int               { return 0 }
func (c *birkhoff) InitOwn([]float64, uint64) {}
func (c *birkhoff) pairs() bool               { return false }

// Score costs O(k) an ordering.
func (c *birkhoff) Score(dst []float64, theta structured.Theta, ys []Ordering) {
	t := theta.Logits
	for m, y := range ys {
		sum := 0.0
		for r, j := range y {
			sum += t[j*c.k+r]
		}
		dst[m] = sum
	}
}

func (c *birkhoff) AddGrad(grad, _ structured.Theta, ys []Ordering, weights []float64) {
	g := grad.Logits
	for m, y := range ys {
		w := weights[m]
		if w == 0 {
			continue
		}
		for r, j := range y {
			g[j*c.k+r] += w
		}
	}
}

func (c *birkhoff) terms(dst []float64, theta structured.Theta) { copy(dst, theta.Logits) }

func (c *birkhoff) addTerms(grad structured.Theta, d []float64, weight float64) {
	for i, x := range d {
		grad.Logits[i] += weight * x
	}
}

func (c *birkhoff) swapGain(theta structured.Theta, y Ordering, r, s int) float64 {
	a, b := theta.Logits[y[r]*c.k:], theta.Logits[y[s]*c.k:]
	return a[s] - a[r] + b[r] - b[s]
}

// plackettLuceLogits are the expected ranks of a relaxation times a slope.
func (c *birkhoff) plackettLuceLogits(dst []float64, theta structured.Theta) {
	s, ok := c.idle.Get().(*relaxation)
	if !ok {
		s = newRelaxation(c.k)
	}
	defer c.idle.Put(s)
	copy(s.terms, theta.Logits)
	s.solve()
	s.negativeRanks(dst)
	s.scaleLogits(dst)
}

func (c *birkhoff) Infer(s structured.Space[Ordering]) (structured.Inference[Ordering], error) {
	return infer(c, c.k, s)
}
