package snl

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// Mixed is a mixture of densities of any forms,
//
//	q(y) = sum_k w_k q_k(y).
//
// As a proposal with a part as wide as the base it is defensive (Hesterberg
// 1995): the weights base/proposal are at most 1/w_k, whatever the other parts
// do.
type Mixed struct {
	Of []Form
	// Weights are positive, of sum 1; nil stands for equal ones.
	Weights []float64
}

// Fit estimates each part on its own, from all the points.
func (m Mixed) Fit(ys []Point, weights []float64, key uint64) (Form, error) {
	of := make([]Form, len(m.Of))
	for k, f := range m.Of {
		if f == nil {
			return nil, fmt.Errorf("snl: Mixed: part %d is missing", k)
		}
		var err error
		if of[k], err = f.Fit(ys, weights, stream.Key(key, uint64(k))); err != nil {
			return nil, err
		}
	}
	m.Of = of
	return m, nil
}

// Bind wants weights of sum 1 and complete parts.
func (m Mixed) Bind(dim int) (Density, error) {
	parts, weights := make([]Density, len(m.Of)), m.Weights
	for k, f := range m.Of {
		if f == nil {
			return nil, fmt.Errorf("snl: Mixed: part %d is missing", k)
		}
		var err error
		if parts[k], err = f.Bind(dim); err != nil {
			return nil, err
		}
		if isImproper(parts[k]) {
			return nil, fmt.Errorf("snl: Mixed: part %d is not a probability density", k)
		}
		if m.Weights == nil {
			weights = append(weights, 1/float64(len(m.Of)))
		}
	}
	return newMixed("Mixed", parts, weights)
}
