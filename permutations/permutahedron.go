package permutations

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Permutahedron scores labels by their rank: one logit per label and a weight
// per rank,
//
//	g(x, y) = sum_r w_r theta_{y_r},
//
// the inner product of theta with the point of the permutahedron that y is
// (Blondel, Teboul, Berthet, Djolonga 2020; Sander, Roulet, Liu, Blondel 2025).
// Its mode sorts theta, for any k. k logits.
//
// Weights has the k weights, finite and not increasing, the first above the
// last; they are used as they are. Weights that sum to 0 are best: otherwise a
// constant added to theta moves all scores, and with them log Z. nil stands for
// the ranks, reversed and standardised to mean 0 and variance 1,
//
//	w_r = (k-1-2r) sqrt(3/(k^2-1)).
//
// Scores then vary as much as those of Birkhoff for logits of one size, by
// sqrt(k), so that training starts near the reference whatever k is. Two labels
// next to each other change places with odds exp(2 sqrt(3/(k^2-1)) (theta_i -
// theta_j)). Larger weights train in fewer steps, from further away.
type Permutahedron struct{ Weights []float64 }

func (p Permutahedron) Bind(k int) (structured.Inferrer[Ordering], error) {
	w := slices.Clone(p.Weights)
	if w == nil {
		w = make([]float64, k)
		scale := math.Sqrt(3 / max(1, float64(k*k-1)))
		for r := range w {
			w[r] = float64(k-1-2*r) * scale
		}
	}
	if len(w) != k {
		return nil, &structured.DimensionError{What: "Permutahedron.Weights", Want: k, Got: len(w)}
	}
	for r, x := range w {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, fmt.Errorf("permutations: Permutahedron.Weights[%d] is %g, want a finite number", r, x)
		}
		if r > 0 && x > w[r-1] {
			return nil, fmt.Errorf("permutations: Permutahedron.Weights[%d] is %g, above %g before it", r, x, w[r-1])
		}
	}
	if k > 1 && w[0] == w[k-1] {
		return nil, fmt.Errorf("permutations: Permutahedron.Weights are all %g: every ordering would score the same", w[0])
	}
	return &permutahedron{k: k, w: w}, nil
}

type permutahedron struct {
	k    int
	w    []float64
	idle sync.Pool // of *relaxation
}

var (
	_ coupling = (*permutahedron)(nil)
	_ sorter   = (*permutahedron)(nil)
)

func (c *permutahedron) NumLogits() int            { return c.k }
func (c *permutahedron) NumOwn() int               { return 0 }
func (c *permutahedron) InitOwn([]float64, uint64) {}
func (c *permutahedron) pairs() bool               { return false }

// Score costs O(k) an ordering.
func (c *permutahedron) Score(dst []float64, theta structured.Theta, ys []Ordering) {
	t := theta.Logits
	for m, y := range ys {
		w, sum := c.w[:len(y)], 0.0
		for r, j := range y {
			sum += w[r] * t[j]
		}
		dst[m] = sum
	}
}

func (c *permutahedron) AddGrad(grad, _ structured.Theta, ys []Ordering, weights []float64) {
	g := grad.Logits
	for m, y := range ys {
		if weights[m] == 0 {
			continue
		}
		w := c.w[:len(y)]
		for r, j := range y {
			g[j] += weights[m] * w[r]
		}
	}
}

func (c *permutahedron) terms(dst []float64, theta structured.Theta) {
	for i, t := range theta.Logits {
		for r, w := range c.w {
			dst[i*c.k+r] = w * t
		}
	}
}

func (c *permutahedron) addTerms(grad structured.Theta, d []float64, weight float64) {
	for i := range c.k {
		sum := 0.0
		for r, w := range c.w {
			sum += w * d[i*c.k+r]
		}
		grad.Logits[i] += weight * sum
	}
}

// mode sorts: the weights do not increase (the rearrangement inequality).
// Among equals the lower labels come first.
func (c *permutahedron) mode(dst Ordering, theta structured.Theta) { sortByScore(dst, theta.Logits) }

func (c *permutahedron) swapGain(theta structured.Theta, y Ordering, r, s int) float64 {
	return (c.w[r] - c.w[s]) * (theta.Logits[y[s]] - theta.Logits[y[r]])
}

// plackettLuceLogits are theta times a slope, see relaxation.
func (c *permutahedron) plackettLuceLogits(dst []float64, theta structured.Theta) {
	s, ok := c.idle.Get().(*relaxation)
	if !ok {
		s = newRelaxation(c.k)
	}
	defer c.idle.Put(s)
	c.terms(s.terms, theta)
	s.solve()
	copy(dst, theta.Logits)
	s.scaleLogits(dst)
}

func (c *permutahedron) Infer(s structured.Space[Ordering]) (structured.Inference[Ordering], error) {
	return infer(c, c.k, s)
}
