package snl

import (
	"fmt"

	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

var (
	_ structured.AnnealingKernel[Point] = MALA{}
	_ structured.AnnealingKernel[Point] = RandomWalk{}
)

// BindAnnealing starts the chains at Config.Proposal where there is one, or at
// the base. Its errors are those of Bind, and of a starting density that has no
// gradient.
func (k MALA) BindAnnealing(p structured.Problem[Point]) (structured.Annealing[Point], error) {
	return bindAnnealedWalk(k, p)
}

// BindAnnealing starts the chains at Config.Proposal where there is one, or at
// the base.
func (k RandomWalk) BindAnnealing(p structured.Problem[Point]) (structured.Annealing[Point], error) {
	return bindAnnealedWalk(k, p)
}

// annealedWalk is a walk under the densities between r and the model,
//
//	log pi_b = log r + b v,   v = Phi + log q - log r.
type annealedWalk struct {
	walk  structured.Kernel[Point]
	space *Space
	of    Smooth
	start Density
}

func bindAnnealedWalk(k structured.Kernel[Point], p structured.Problem[Point]) (structured.Annealing[Point], error) {
	s, ok := p.Space.(*Space)
	if !ok {
		return nil, unknownSpace("annealing", p.Space)
	}
	chains, err := k.Bind(p)
	if err != nil {
		return nil, err
	}
	a := &annealedWalk{walk: k, space: s, start: s.proposal}
	if a.start == nil {
		if a.start = s.base; s.Improper() {
			return nil, errNoProposal
		}
	}
	if a.of, err = CheckOrder(p.Coupling, 0, "annealing"); err != nil {
		return nil, err
	}
	if _, ok := a.start.(GradDensity); !ok && chains.(*gaussianWalk).drift {
		return nil, fmt.Errorf("snl: annealing: the density to start from, %T, has no gradient", a.start)
	}
	return a, nil
}

func (a *annealedWalk) Begin(n int, theta structured.Theta) structured.AnnealedChains[Point] {
	c := &annealedWalkChains{of: a, theta: theta, ys: makePoints(n, a.space.dim)}
	c.between = &between{Smooth: a.of, of: a}
	chains, err := a.walk.Bind(structured.Problem[Point]{Space: &Space{dim: a.space.dim, base: lebesgue{a.space.dim}}, Coupling: c.between})
	if err != nil {
		panic("snl: a walk that was bound before: " + err.Error())
	}
	c.chains = chains
	return c
}

type annealedWalkChains struct {
	of      *annealedWalk
	theta   structured.Theta
	between *between
	chains  structured.Chains[Point]
	ys      []Point
	source  stream.Source
}

func (c *annealedWalkChains) States() []Point { return c.ys }
func (c *annealedWalkChains) End()            {}

func (c *annealedWalkChains) Start(v []float64, key uint64) {
	c.of.start.Sample(c.ys, c.source.At(key))
	c.between.ratio(v, c.theta, c.ys)
}

func (c *annealedWalkChains) Place(v []float64, ys []Point) {
	for i, y := range ys {
		copy(c.ys[i], y)
	}
	c.between.ratio(v, c.theta, c.ys)
}

func (c *annealedWalkChains) Move(v []float64, b float64, key uint64) {
	c.between.b = b
	c.chains.Run(c.ys, c.theta, key)
	c.between.ratio(v, c.theta, c.ys)
}

// between is log pi_b as scores over Lebesgue measure, for one goroutine.
type between struct {
	Smooth // Phi
	of     *annealedWalk
	b      float64

	logq, logr, grad []float64
}

// ratio writes v to dst.
func (t *between) ratio(dst []float64, theta structured.Theta, ys []Point) {
	t.Smooth.Score(dst, theta, ys)
	t.densities(len(ys), ys)
	for m := range ys {
		dst[m] += t.logq[m] - t.logr[m]
	}
}

// densities fills logq and logr.
func (t *between) densities(n int, ys []Point) {
	t.logq, t.logr = numeric.Grow(t.logq, n), numeric.Grow(t.logr, n)
	t.of.space.base.LogDensity(t.logq, ys)
	t.of.start.LogDensity(t.logr, ys)
}

// mix turns scores of Phi into log pi_b.
func (t *between) mix(score []float64, ys []Point) {
	t.densities(len(ys), ys)
	for m := range ys {
		score[m] = t.b*(score[m]+t.logq[m]) + (1-t.b)*t.logr[m]
	}
}

func (t *between) Score(dst []float64, theta structured.Theta, ys []Point) {
	t.Smooth.Score(dst, theta, ys)
	t.mix(dst, ys)
}

func (t *between) scoreGradY(score, dst []float64, theta structured.Theta, ys []Point) {
	n := len(ys) * t.of.space.dim
	scoreGradY(t.Smooth, score, dst, theta, ys)
	t.mix(score, ys)
	t.grad = numeric.Grow(t.grad, n)
	if !t.of.space.Improper() {
		t.of.space.base.(GradDensity).GradLogDensity(t.grad, ys)
		floats.Add(dst[:n], t.grad)
	}
	floats.Scale(t.b, dst[:n])
	t.of.start.(GradDensity).GradLogDensity(t.grad, ys)
	floats.AddScaled(dst[:n], 1-t.b, t.grad)
}
