package snl

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// MixtureDensity is a conditional density in closed form, a mixture of
// Gaussians whose parameters are the logits (the mixture density network of
// Bishop 1994; with one component, the heteroscedastic Gaussian network of Nix
// and Weigend 1994):
//
//	Phi(theta, y) = log sum_k pi_k N(y; m_k, S_k)
//
// relative to Lebesgue measure, over which log Z is 0: the exact likelihood is
// that of the classical network. The logits are, for K components in R^d,
//
//	a      K numbers, pi = softmax(a); none for K = 1
//	c      K x d: m_k = c_k + fixed offsets, see Spread
//	l      K x d: s = MinScale + exp(l)
//	o      K x d(d-1)/2, if Full
//
// and z_i = ( e_i + sum_{j<i} o_ij e_j )/s_i with e = y - m is standard normal:
// without o the coordinates of a component are independent with standard
// deviations s; with it, s_i is that of y_i given the coordinates before it, so
// that any positive definite S can be reached and the scale of theta does not
// depend on d. A point costs O(K d), or O(K d^2) if Full.
//
// Logits near zero are components of standard deviation near 1 around 0:
// standardise targets.
type MixtureDensity struct {
	// Components is K; 0 stands for 8.
	Components int
	// Full gives the components correlations.
	Full bool
	// MinScale keeps the likelihood bounded where targets repeat; 0 stands for
	// 0.001, and nn.Off for 0.
	MinScale float64
	// Spread is the scale of fixed offsets of the component means, quantiles
	// of a normal, which set the components apart from the start; 0 stands for
	// 1, and nn.Off for none.
	Spread float64
}

func (c MixtureDensity) components() int {
	if c.Components == 0 {
		return 8
	}
	return c.Components
}

// orOff is v, the default where it is 0, and 0 where it is nn.Off.
func orOff(v, otherwise float64) float64 {
	switch v {
	case 0:
		return otherwise
	case nn.Off:
		return 0
	}
	return v
}

// Validate reports the first setting that makes no sense, if any.
func (c MixtureDensity) Validate() error {
	if k := c.components(); k < 1 || k > 1<<16 {
		return fmt.Errorf("snl: MixtureDensity.Components is %d: want 1 to 65536, or 0 for 8", c.Components)
	}
	if v := orOff(c.MinScale, 0.001); !(v >= 0) || math.IsInf(v, 1) {
		return fmt.Errorf("snl: MixtureDensity.MinScale is %g: want a positive number, 0 for 0.001 or nn.Off for 0", c.MinScale)
	}
	if v := orOff(c.Spread, 1); !(v >= 0) || math.IsInf(v, 1) {
		return fmt.Errorf("snl: MixtureDensity.Spread is %g: want a positive number, 0 for 1 or nn.Off for none", c.Spread)
	}
	return nil
}

// Bind makes the coupling for points of R^dim.
func (c MixtureDensity) Bind(dim int) (Smooth, error) {
	m, err := c.bind(dim)
	if err != nil {
		return nil, err
	}
	return &mixtureCoupling{m}, nil
}

func (c MixtureDensity) bind(dim int) (*gaussians, error) {
	if err := checkDim(dim); err != nil {
		return nil, err
	}
	if err := c.Validate(); err != nil {
		return nil, err
	}
	g := &gaussians{k: c.components(), d: dim, full: c.Full, floor: orOff(c.MinScale, 0.001)}
	g.offsets, g.steps = offsets(g.k, dim, orOff(c.Spread, 1)), robertsSteps(dim)
	g.idle.New = func() any { return newGaussiansScratch(g) }
	g.records.New = func() any { return &mixtureRecord{of: g} }
	return g, nil
}

// offsets are K points spread evenly under a standard normal, times scale: the
// quantiles of a Hammersley sequence, whose further coordinates are those of
// Roberts (2018).
func offsets(k, dim int, scale float64) []float64 {
	out := make([]float64, k*dim)
	if k == 1 || scale == 0 {
		return out
	}
	steps := robertsSteps(dim)
	for i := range k {
		for j := range dim {
			u := (float64(i) + 0.5) / float64(k)
			if j > 0 {
				_, u = math.Modf(0.5 + float64(i+1)*steps[j-1])
				u = min(max(u, 0.5/float64(k)), 1-0.5/float64(k))
			}
			out[i*dim+j] = scale * distuv.UnitNormal.Quantile(u)
		}
	}
	return out
}

// robertsSteps are the steps of the coordinates of a lattice after the first one:
// powers of 1/root for the root of x^dim = x + 1.
func robertsSteps(dim int) []float64 {
	root := 2.0
	for range 60 {
		root = math.Pow(1+root, 1/float64(dim))
	}
	steps := make([]float64, dim-1)
	step := 1.0
	for j := range steps {
		step /= root
		steps[j] = step
	}
	return steps
}
