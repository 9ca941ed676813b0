package sets

import (
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Relaxable is a coupling whose scores go on to fractional sets mu in [0, 1]^k:
// what [FenchelYoung] maximises over. It is found by type assertion.
type Relaxable interface {
	structured.Coupling[Set]
	// Relaxed returns g(x, mu), which is g(x, y) for mu = y, and overwrites
	// slope with dg/dmu.
	Relaxed(slope, mu []float64, theta structured.Theta) float64
	// AddGradRelaxed adds weight * dg(x, mu)/dtheta to grad.
	AddGradRelaxed(grad, theta structured.Theta, mu []float64, weight float64)
}

var (
	_ Relaxable = unary{}
	_ Relaxable = (*pairwise)(nil)
	_ Relaxable = (*sparse)(nil)
)

// Relaxed is <u, mu>.
func (c unary) Relaxed(slope, mu []float64, theta structured.Theta) (g float64) {
	for j, u := range theta.Logits {
		g += u * mu[j]
		slope[j] = u
	}
	return g
}

func (c unary) AddGradRelaxed(grad, _ structured.Theta, mu []float64, weight float64) {
	for j, m := range mu {
		grad.Logits[j] += weight * m
	}
}

// Relaxed is <u, mu> + (1/2) mu'U mu: affine in each label.
func (c *pairwise) Relaxed(slope, mu []float64, theta structured.Theta) (g float64) {
	s := c.scratch()
	defer c.idle.Put(s)
	u, v := c.split(theta)
	s.dense = numeric.Grow(s.dense, c.k*c.k)
	c.dense(s.dense, v)
	for j, uj := range u {
		field := 0.0
		for i, x := range s.dense[j*c.k : (j+1)*c.k] {
			field += x * mu[i]
		}
		g += mu[j] * (uj + field/2)
		slope[j] = uj + field
	}
	return g
}

func (c *pairwise) AddGradRelaxed(grad, theta structured.Theta, mu []float64, weight float64) {
	s := c.scratch()
	defer c.idle.Put(s)
	_, v := c.split(theta)
	du, dv := c.split(grad)
	s.dense = numeric.Zeroed(s.dense, c.k*c.k)
	for i, m := range mu {
		du[i] += weight * m
		for j := i + 1; j < c.k; j++ {
			s.dense[i*c.k+j] = weight * m * mu[j]
		}
	}
	c.addDenseGrad(dv, v, s.dense)
}

// Relaxed is affine in each label but for h, which is interpolated between whole
// numbers of labels.
func (c *sparse) Relaxed(slope, mu []float64, theta structured.Theta) (g float64) {
	u, pairs, h := c.split(theta)
	size := 0.0
	for j, uj := range u {
		g += uj * mu[j]
		slope[j] = uj
		size += mu[j]
	}
	for e, ij := range c.edges {
		g += pairs[e] * mu[ij.I] * mu[ij.J]
		slope[ij.I] += pairs[e] * mu[ij.J]
		slope[ij.J] += pairs[e] * mu[ij.I]
	}
	if h != nil {
		at, part := between0(size, c.k)
		g += (1-part)*h[at] + part*h[at+1]
		for j := range slope {
			slope[j] += h[at+1] - h[at]
		}
	}
	return g
}

func (c *sparse) AddGradRelaxed(grad, _ structured.Theta, mu []float64, weight float64) {
	du, dpairs, dh := c.split(grad)
	size := 0.0
	for j, m := range mu {
		du[j] += weight * m
		size += m
	}
	for e, ij := range c.edges {
		dpairs[e] += weight * mu[ij.I] * mu[ij.J]
	}
	if dh != nil {
		at, part := between0(size, c.k)
		dh[at] += weight * (1 - part)
		dh[at+1] += weight * part
	}
}

// between0 returns the whole number at or below a size in 0..k, k-1 at most, and
// the rest.
func between0(size float64, k int) (at int, part float64) {
	at = min(int(max(size, 0)), k-1)
	return at, min(1, size-float64(at))
}
