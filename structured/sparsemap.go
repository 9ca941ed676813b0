package structured

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/fenchel"
)

// SparseMAP is the Fenchel-Young loss of the squared norm over the polytope of
// the coupling (Niculae, Martins, Blondel, Cardie 2018),
//
//	loss(x, y) = max_mu [ <theta, mu> - (Scale/2) |mu|^2 ] + (Scale/2) |v(y)|^2 - <theta, v(y)> >= 0,
//
// exactly, from modes alone: see fenchel.SparseMAP and [Oracle], whose
// conditions the coupling and the reference have to meet. It is 0 from a margin
// on, and its maximiser is a distribution over few structures:
// Oracle.SparsePosterior of the model's oracle.
//
// It does not fit probabilities: what the model says of those is that of
// exp g, which nothing has calibrated. Partly observed structures are
// ErrPartial, modes that are not proven ErrUnproven.
type SparseMAP[Y any] struct {
	// Scale is the weight of the norm, and the width of the margin; 0 stands
	// for 1.
	Scale float64
}

// String is sparsemap.
func (SparseMAP[Y]) String() string { return "sparsemap" }

// Validate wants a positive finite Scale.
func (o SparseMAP[Y]) Validate() error { return fenchel.Squared{Scale: o.Scale}.Validate() }

// Bind returns the errors of NewOracle.
func (o SparseMAP[Y]) Bind(p Problem[Y]) (Criterion[Y], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	oracle, err := NewOracle(p)
	if err != nil {
		return nil, fmt.Errorf("objective %s: %w", o, err)
	}
	return &sparseMAP[Y]{oracle, fenchel.Squared{Onto: fenchel.SparseMAP{Of: oracle}, Scale: o.Scale}}, nil
}

type sparseMAP[Y any] struct {
	oracle *Oracle[Y]
	loss   fenchel.Squared
}

type sparseMAPScratch struct{ target, grad []float64 }

func (*sparseMAP[Y]) Generator() fenchel.Generator { return fenchel.Softmax }
func (*sparseMAP[Y]) UsesTau() bool                { return false }

func (c *sparseMAP[Y]) NewScratch() Scratch {
	n := c.oracle.Len()
	return &sparseMAPScratch{make([]float64, n), make([]float64, n)}
}

func (c *sparseMAP[Y]) Evaluate(b *Batch[Y], scratch Scratch) error {
	s := scratch.(*sparseMAPScratch)
	for i, y := range b.Y {
		if b.partial(i) {
			return fmt.Errorf("objective sparsemap: %w", ErrPartial)
		}
		c.oracle.Vertex(s.target, y)
		var err error
		b.Loss[i], err = c.loss.Loss(s.grad, b.Theta(i).Logits, s.target)
		switch {
		case errors.Is(err, fenchel.ErrNaN): // diverged, as the trainer sees by the loss
			b.Loss[i] = math.NaN()
			clear(s.grad)
		case err != nil:
			return fmt.Errorf("objective sparsemap: %w", err)
		}
		if b.WantsGrad() {
			floats.AddScaled(b.Grad(i).Logits, b.Scale[i], s.grad)
		}
	}
	return nil
}
