package main

import (
	"slices"

	"github.com/gibbs-ebm/gibbs/permutations"
)

// model says how scores are made.
type model int

const (
	permutahedron model = iota
	birkhoff
	preference
	luce
)

func (m model) String() string {
	return [...]string{"permutahedron", "birkhoff", "preference", "luce"}[m]
}

// coupling is that of the model, given the weights of the ranks for the
// permutahedron.
func (m model) coupling(ranks []float64) permutations.Coupling {
	return [...]permutations.Coupling{
		permutations.Permutahedron{Weights: ranks}, permutations.Birkhoff{}, permutations.Preference{}, permutations.Luce{},
	}[m]
}

// objective says how they are learned.
type objective int

const (
	minmin objective = iota
	sparsemax
	exact
	cd
	minmax
)

func (o objective) String() string {
	return [...]string{"minmin", "sparsemax", "exact", "cd", "minmax"}[o]
}

// fits reports whether the model is learned by the objective: the model of
// Plackett and Luce is normalised as it is, so that only its likelihood makes
// sense.
func (m model) fits(o objective) bool { return m != luce || o == exact }

func (m model) fitsAny(objectives []objective) bool {
	return slices.ContainsFunc(objectives, m.fits)
}
