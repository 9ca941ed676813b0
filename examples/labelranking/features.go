package main

import (
	"github.com/gibbs-ebm/gibbs/permutations"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
	"gonum.org/v1/gonum/mat"
)

// squares puts the squares of the features beside them, after standardising by
// the rows it was made from; nil leaves features as they are. A network of
// ReLUs comes near a square only with many units, and classes that are normal
// distributions, for one, differ by squares.
type squares struct{ std *nn.Standardizer }

// squaresOf is the squares for a model of the data.
func squaresOf(d permutations.Data) (*squares, error) {
	std, err := nn.FitStandardizer(d.X, d.Weights)
	return &squares{std}, err
}

// add is the data with squares.
func (s *squares) add(d permutations.Data) (permutations.Data, error) {
	if s == nil {
		return d, nil
	}
	z, err := s.std.Apply(d.X)
	if err != nil {
		return d, err
	}
	n, p := z.Dims()
	x := mat.NewDense(n, 2*p, nil)
	for i := range n {
		for j := range p {
			v := z.At(i, j)
			x.Set(i, j, v)
			x.Set(i, p+j, v*v)
		}
	}
	d.X = x
	return d, nil
}

// learned is a model, and what it wants done with features.
type learned struct {
	*permutations.Model
	squares *squares
}

// History is the course of the training.
func (l *learned) History() structured.History { return l.Model.History() }
