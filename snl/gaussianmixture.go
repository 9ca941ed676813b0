package snl

import (
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// GaussianMixture is the density
//
//	q(y) = sum_k w_k N(y; m_k, S_k).
//
// It is fitted by the EM algorithm (Dempster, Laird, Rubin 1977) from
// k-means++ starts; the best of the restarts by likelihood is kept. A floor on
// the variances keeps components from collapsing onto a point, where the
// likelihood would be infinite.
type GaussianMixture struct {
	// Components is their number K; 0 stands for 4. Data with fewer different
	// points get fewer.
	Components int
	// Diagonal makes the coordinates of each component independent.
	Diagonal bool
	// Restarts is the number of starts; 0 stands for 5.
	Restarts int
	// Floor is the least variance of a component, as a part of the variance
	// of the targets in the same coordinate; 0 stands for 1e-4.
	Floor float64

	// Weights has the K positive weights, of sum 1; Means and Covariances the
	// K means (d numbers) and covariances (d x d, row-major). nil Weights say
	// that the mixture is to be fitted.
	Weights     []float64
	Means       [][]float64
	Covariances [][]float64
}

// Validate reports the first setting that makes no sense, if any.
func (g GaussianMixture) Validate() error {
	switch {
	case g.Components < 0:
		return fmt.Errorf("snl: GaussianMixture.Components %d is negative", g.Components)
	case g.Restarts < 0:
		return fmt.Errorf("snl: GaussianMixture.Restarts %d is negative", g.Restarts)
	case !(g.Floor >= 0 && g.Floor <= 1):
		return fmt.Errorf("snl: GaussianMixture.Floor %g is not in [0, 1]", g.Floor)
	}
	return nil
}

func (g GaussianMixture) components() int { return orDefault(g.Components, 4) }
func (g GaussianMixture) restarts() int   { return orDefault(g.Restarts, 5) }

func (g GaussianMixture) floor() float64 { return orDefault(g.Floor, 1e-4) }

// orDefault is v, or the default where v is 0.
func orDefault[T int | float64](v, def T) T {
	if v == 0 {
		return def
	}
	return v
}

// Fit runs the EM algorithm, O(n K d^2) per step; see the type.
func (g GaussianMixture) Fit(ys []Point, weights []float64, key uint64) (Form, error) {
	if err := g.Validate(); err != nil {
		return nil, err
	}
	if g.Weights != nil {
		return g, nil
	}
	dim, err := checkPoints(ys, weights)
	if err != nil {
		return nil, err
	}
	em := newExpectationMaximization(g, ys, weights, dim)
	best := math.Inf(-1)
	for restart := range g.restarts() {
		likelihood, err := em.run(stream.New(stream.Key(key, uint64(restart))))
		if err != nil {
			return nil, err
		}
		if g.Weights == nil || likelihood > best {
			best = likelihood
			g.Weights, g.Means, g.Covariances = em.parameters()
		}
	}
	g.Components, g.Restarts, g.Floor = len(g.Weights), 0, 0
	return g, nil
}

// Bind wants positive weights of sum 1, and a mean and a positive definite
// covariance for each.
func (g GaussianMixture) Bind(dim int) (Density, error) {
	if g.Weights == nil {
		return nil, fmt.Errorf("snl: GaussianMixture: %w", ErrNotFitted)
	}
	k := len(g.Weights)
	if len(g.Means) != k || len(g.Covariances) != k {
		return nil, &structured.DimensionError{What: "means and covariances of GaussianMixture", Want: k, Got: min(len(g.Means), len(g.Covariances))}
	}
	parts := make([]Density, k)
	for i := range parts {
		var err error
		if parts[i], err = (FullGaussian{Mean: g.Means[i], Covariance: g.Covariances[i]}).Bind(dim); err != nil {
			return nil, fmt.Errorf("component %d: %w", i, err)
		}
	}
	return newMixed("GaussianMixture", parts, g.Weights)
}
