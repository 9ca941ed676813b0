package permutations

import (
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

var _ structured.AnnealingKernel[Ordering] = Metropolis{}

// BindAnnealing starts from the reference: pi_b is proportional to q exp(b g).
// A move is Steps steps.
func (m Metropolis) BindAnnealing(p structured.Problem[Ordering]) (structured.Annealing[Ordering], error) {
	return m.bind(p)
}

func (c *metropolis) Begin(n int, theta structured.Theta) structured.AnnealedChains[Ordering] {
	return &annealedMetropolis{metropolis: c, theta: theta, ys: c.space.Make(n)}
}

type annealedMetropolis struct {
	*metropolis
	theta  structured.Theta
	ys     []Ordering
	source stream.Source
}

func (a *annealedMetropolis) States() []Ordering { return a.ys }
func (a *annealedMetropolis) End()               {}

func (a *annealedMetropolis) Start(v []float64, key uint64) {
	a.space.Sample(a.ys, a.source.At(key))
	a.coupling.Score(v, a.theta, a.ys)
}

func (a *annealedMetropolis) Place(v []float64, ys []Ordering) {
	for i, y := range ys {
		a.space.Copy(&a.ys[i], y)
	}
	a.coupling.Score(v, a.theta, a.ys)
}

func (a *annealedMetropolis) Move(v []float64, b float64, key uint64) {
	a.run(a.ys, a.theta, b, key)
	a.coupling.Score(v, a.theta, a.ys)
}
