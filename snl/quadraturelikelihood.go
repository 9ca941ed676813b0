package snl

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// QuadratureLikelihood is maximum likelihood on the line with log Z by a fixed
// rule, composite Gauss-Legendre on equal panels over the extent of the base,
//
//	loss(x, y) = log sum_i w_i q(y_i) exp g(x, y_i) - g(x, y) - log q(y),
//
// and the gradient of that very rule: what is minimised is a function, to the
// last bit, which is the exact likelihood where the scores vary little between
// neighbouring nodes. It is the reference that sampled objectives are compared
// with. What the rule does not see, the model is not charged for: mass outside
// the extent, so that a base without a box for support should be as wide as the
// model may become, and peaks between nodes, which a flexible network finds and
// grows where nodes are too few. Compare the loss with the NLL, which is by
// adaptive quadrature. Lebesgue measure has no extent.
type QuadratureLikelihood struct {
	// Panels is their number; 0 stands for 64.
	Panels int
	// Nodes is the number of nodes per panel; 0 stands for 8.
	Nodes int
}

// String is quadrature.
func (QuadratureLikelihood) String() string { return "quadrature" }

// Validate reports the first setting that makes no sense, if any.
func (o QuadratureLikelihood) Validate() error {
	if o.Panels < 0 || o.Nodes < 0 {
		return fmt.Errorf("snl: QuadratureLikelihood: %d panels of %d nodes", o.Panels, o.Nodes)
	}
	return nil
}

// Bind wants a *Space over the line whose base is a density.
func (o QuadratureLikelihood) Bind(p structured.Problem[Point]) (structured.Criterion[Point], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	s, ok := p.Space.(*Space)
	switch {
	case !ok:
		return nil, unknownSpace("QuadratureLikelihood", p.Space)
	case s.dim != 1:
		return nil, ErrNotOnLine
	case s.Improper():
		return nil, fmt.Errorf("snl: QuadratureLikelihood: %w", structured.ErrImproper)
	}
	panels, nodes := orDefault(o.Panels, 64), orDefault(o.Nodes, 8)
	var low, high [1]float64
	extentOf(s.base, low[:], high[:])
	c := &quadratureLikelihood{space: s, coupling: p.Coupling}
	n := panels * nodes
	flat, weights := make([]float64, n), make([]float64, n)
	for i := range panels {
		a := low[0] + (high[0]-low[0])*float64(i)/float64(panels)
		b := low[0] + (high[0]-low[0])*float64(i+1)/float64(panels)
		quad.Legendre{}.FixedLocations(flat[i*nodes:(i+1)*nodes], weights[i*nodes:(i+1)*nodes], a, b)
	}
	c.points, c.logWeights = make([]Point, n), make([]float64, n)
	for i := range flat {
		c.points[i] = flat[i : i+1 : i+1]
	}
	s.base.LogDensity(c.logWeights, c.points)
	for i, w := range weights {
		c.logWeights[i] += math.Log(w)
	}
	return c, nil
}

type quadratureLikelihood struct {
	space      *Space
	coupling   structured.Coupling[Point]
	points     []Point
	logWeights []float64 // log w_i q(y_i)
}

type quadratureScratch struct {
	scores []float64
	one    [1]Point
	value  [1]float64
	logq   [1]float64
}

func (*quadratureLikelihood) Generator() fenchel.Generator { return fenchel.Softmax }
func (*quadratureLikelihood) UsesTau() bool                { return false }

func (c *quadratureLikelihood) NewScratch() structured.Scratch {
	return &quadratureScratch{scores: make([]float64, len(c.points))}
}

func (c *quadratureLikelihood) Evaluate(b *structured.Batch[Point], scratch structured.Scratch) error {
	s := scratch.(*quadratureScratch)
	for i := range b.Len() {
		if b.Evidence != nil && b.Evidence[i] != nil {
			return structured.ErrPartial
		}
		theta := b.Theta(i)
		s.one[0] = b.Y[i]
		c.coupling.Score(s.value[:], theta, s.one[:])
		c.space.LogProb(s.logq[:], s.one[:])
		c.coupling.Score(s.scores, theta, c.points)
		for k, w := range c.logWeights {
			s.scores[k] += w
		}
		logZ := numeric.LogSumExp(s.scores)
		b.Loss[i] = logZ - s.value[0] - s.logq[0]
		if !b.WantsGrad() {
			continue
		}
		grad, scale := b.Grad(i), b.Scale[i]
		for k, v := range s.scores {
			s.scores[k] = scale * math.Exp(v-logZ)
		}
		c.coupling.AddGrad(grad, theta, c.points, s.scores)
		s.value[0] = -scale
		c.coupling.AddGrad(grad, theta, s.one[:], s.value[:])
	}
	return nil
}
