package structured

import (
	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/fenchel"
)

// ExactLikelihood is exact maximum likelihood,
//
//	loss(x, y) = -log p(y|x) = log Z(x) - g(x, y) - log q(y).
//
// It needs a coupling with a
// [LogPartition] over the space; Bind returns ErrIntractable otherwise. Partly
// observed structures count with the likelihood of what was observed.
type ExactLikelihood[Y any] struct{}

// String is exact.
func (ExactLikelihood[Y]) String() string { return "exact" }

// Validate returns nil.
func (ExactLikelihood[Y]) Validate() error { return nil }

// Bind returns ErrIntractable, with the reason where the inference knows it,
// unless the inference is a LogPartition.
func (ExactLikelihood[Y]) Bind(p Problem[Y]) (Criterion[Y], error) {
	z, ok := p.Inference.(LogPartition[Y])
	if !ok {
		return nil, intractable("exact", p.Inference)
	}
	return &exact[Y]{logPartition: z, data: newDataTerm(p, fenchel.Softmax)}, nil
}

type exact[Y any] struct {
	logPartition LogPartition[Y]
	data         dataTerm[Y]
}

func (*exact[Y]) Generator() fenchel.Generator { return fenchel.Softmax }
func (*exact[Y]) UsesTau() bool                { return false }
func (*exact[Y]) NewScratch() Scratch          { return &dataScratch[Y]{} }

// Evaluate sums once for all examples where there are no features.
func (c *exact[Y]) Evaluate(b *Batch[Y], scratch Scratch) error {
	s := scratch.(*dataScratch[Y])
	if b.alike {
		return c.together(b, s)
	}
	for i := range b.Len() {
		logZ := 0.0
		if b.WantsGrad() {
			logZ = c.logPartition.AddGradLogZ(b.Grad(i), b.Theta(i), b.Scale[i])
		} else {
			logZ = c.logPartition.LogZ(b.Theta(i))
		}
		data, err := c.data.evaluate(b, i, s)
		if err != nil {
			return err
		}
		b.Loss[i] = logZ + data
	}
	return nil
}

// together is Evaluate for examples that have one theta.
func (c *exact[Y]) together(b *Batch[Y], s *dataScratch[Y]) error {
	logZ := 0.0
	if b.WantsGrad() {
		logZ = c.logPartition.AddGradLogZ(b.Grad(0), b.Theta(0), floats.Sum(b.Scale))
	} else {
		logZ = c.logPartition.LogZ(b.Theta(0))
	}
	if err := c.data.together(b, s); err != nil {
		return err
	}
	floats.AddConst(logZ, b.Loss)
	return nil
}

// sumsOnce: the work of an example is little beside that of the sum.
func (*exact[Y]) sumsOnce() bool { return true }
