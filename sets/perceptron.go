package sets

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Perceptron is the generalised perceptron loss (Collins 2002; LeCun et al.
// 2006; the unregularised case of Blondel et al. 2022),
//
//	loss(x, y) = max_y' [ log q(y') + g(x, y') ] - log q(y) - g(x, y) >= 0,
//
// by the mode of the coupling; for scores that are affine in each label the
// maximum over [0, 1]^k is the same. It learns modes and not probabilities: only
// the signs of score differences matter, and scores of 0 are a minimum under the
// uniform reference, which the gradient leaves only as long as modes are wrong.
// Where modes are not proven the loss is a lower bound of the one above. Partly
// observed sets are ErrPartial.
type Perceptron struct{}

// String is perceptron.
func (Perceptron) String() string { return "perceptron" }

// Validate returns nil.
func (Perceptron) Validate() error { return nil }

// Bind wants a coupling that finds modes.
func (o Perceptron) Bind(p structured.Problem[Set]) (structured.Criterion[Set], error) {
	if p.Inference == nil {
		return nil, fmt.Errorf("objective %s: %w", o, structured.ErrNoMode)
	}
	return &perceptron{p.Space, p.Coupling, p.Inference}, nil
}

type perceptron struct {
	space     structured.Space[Set]
	coupling  structured.Coupling[Set]
	inference structured.Inference[Set]
}

type perceptronScratch struct {
	ys              []Set // the mode and what was observed
	scores, logq, w [2]float64
}

func (*perceptron) Generator() fenchel.Generator { return fenchel.Softmax }
func (*perceptron) UsesTau() bool                { return false }

func (c *perceptron) NewScratch() structured.Scratch {
	return &perceptronScratch{ys: c.space.Make(2)}
}

// streamPerceptron tells the randomness of searches from others of an example.
const streamPerceptron = 0x7065726365

func (c *perceptron) Evaluate(b *structured.Batch[Set], scratch structured.Scratch) error {
	s := scratch.(*perceptronScratch)
	for i, y := range b.Y {
		if b.Evidence != nil && b.Evidence[i] != nil {
			return fmt.Errorf("objective %s: %w", Perceptron{}, structured.ErrPartial)
		}
		theta := b.Theta(i)
		c.inference.Mode(&s.ys[0], theta, stream.Key(b.Key(i), streamPerceptron))
		s.ys[1].CopyFrom(y)
		c.coupling.Score(s.scores[:], theta, s.ys)
		c.space.LogProb(s.logq[:], s.ys)
		b.Loss[i] = max(0, s.scores[0]+s.logq[0]-s.scores[1]-s.logq[1])
		if b.WantsGrad() && b.Loss[i] > 0 {
			s.w = [2]float64{b.Scale[i], -b.Scale[i]}
			c.coupling.AddGrad(b.Grad(i), theta, s.ys, s.w[:])
		}
	}
	return nil
}
