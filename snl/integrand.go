package snl

import (
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// integrand is log q(y) + Phi(theta, y) for one theta, at many points at once.
// It serves one goroutine.
type integrand struct {
	space    *Space
	coupling structured.Coupling[Point]
	theta    structured.Theta
	points   []Point
	flat     []float64
	score    []float64
}

// log overwrites dst with the values at the points.
func (g *integrand) log(dst []float64, ys []Point) {
	g.score = numeric.Grow(g.score, len(ys))
	g.coupling.Score(g.score, g.theta, ys)
	g.space.base.LogDensity(dst, ys)
	for i, s := range g.score {
		dst[i] += s
	}
}

// onLine is log for points of the line.
func (g *integrand) onLine(dst, ys []float64) {
	g.points = numeric.Grow(g.points, len(ys))
	for i := range ys {
		g.points[i] = ys[i : i+1 : i+1]
	}
	g.log(dst, g.points)
}

// integrate integrates over the line that the space is.
func (g *integrand) integrate() (*line, error) {
	var low, high [1]float64
	whole := extentOf(g.space.base, low[:], high[:])
	if g.space.Improper() && g.space.proposal != nil {
		whole = false
		extentOf(g.space.proposal, low[:], high[:])
	}
	return integrateLine(g.space.quadrature, low[0], high[0], whole, g.onLine)
}
