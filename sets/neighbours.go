package sets

import (
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/structured"
)

// neighbours is what the objectives share that compare the observed set with the
// k sets that differ from it in one label,
//
//	loss(x, y) = sum_j f(s_j),   s_j = log q(y^j) + g(x, y^j) - log q(y) - g(x, y),
//
// y^j being y with label j flipped: the normaliser cancels. k+1 scores an example.
type neighbours struct {
	name     string
	space    *Space
	coupling structured.Coupling[Set]
	// f returns f(s) and its derivative.
	f func(s float64) (value, slope float64)
}

// bindNeighbours wants a *Space in which labels can change alone.
func bindNeighbours(name string, p structured.Problem[Set], f func(s float64) (value, slope float64)) (structured.Criterion[Set], error) {
	space, ok := p.Space.(*Space)
	if !ok {
		return nil, fmt.Errorf("sets: objective %s over a space of type %T: want *sets.Space", name, p.Space)
	}
	if space.ref.fixed() {
		return nil, fmt.Errorf("objective %s: %w", name, ErrFixedSize)
	}
	return &neighbours{name, space, p.Coupling, f}, nil
}

type neighboursScratch struct {
	ys              []Set // y, then y^j
	scores, logq, w []float64
}

func (*neighbours) Generator() fenchel.Generator { return fenchel.Softmax }
func (*neighbours) UsesTau() bool                { return false }

func (c *neighbours) NewScratch() structured.Scratch {
	n := c.space.k + 1
	return &neighboursScratch{c.space.Make(n), make([]float64, n), make([]float64, n), make([]float64, n)}
}

func (c *neighbours) Evaluate(b *structured.Batch[Set], scratch structured.Scratch) error {
	s := scratch.(*neighboursScratch)
	for i, y := range b.Y {
		if b.Evidence != nil && b.Evidence[i] != nil {
			return fmt.Errorf("objective %s: %w", c.name, structured.ErrPartial)
		}
		for j, z := range s.ys {
			z.CopyFrom(y)
			if j > 0 {
				z.Toggle(j - 1)
			}
		}
		theta := b.Theta(i)
		c.coupling.Score(s.scores, theta, s.ys)
		c.space.LogProb(s.logq, s.ys)
		loss := 0.0
		s.w[0] = 0
		for j := 1; j < len(s.ys); j++ {
			s.w[j] = 0
			if math.IsInf(s.logq[j], -1) {
				continue // y^j is impossible, whatever the scores
			}
			value, slope := c.f(s.scores[j] - s.scores[0] + s.logq[j] - s.logq[0])
			loss += value
			if b.WantsGrad() {
				s.w[j] = b.Scale[i] * slope
				s.w[0] -= s.w[j]
			}
		}
		if b.WantsGrad() {
			c.coupling.AddGrad(b.Grad(i), theta, s.ys, s.w)
		}
		b.Loss[i] = loss
	}
	return nil
}
