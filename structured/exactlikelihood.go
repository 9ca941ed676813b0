package structured

import (
	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
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
	c := &exact[Y]{logPartition: z, data: newDataTerm(p, fenchel.Softmax)}
	c.many, _ = z.(LogPartitions[Y])
	return c, nil
}

type exact[Y any] struct {
	logPartition LogPartition[Y]
	many         LogPartitions[Y] // the same, where it is one
	data         dataTerm[Y]
}

// exactScratch is the memory of one worker.
type exactScratch[Y any] struct {
	dataScratch[Y]
	thetas, grads []Theta
	logZ          []float64
}

func (*exact[Y]) Generator() fenchel.Generator { return fenchel.Softmax }
func (*exact[Y]) UsesTau() bool                { return false }
func (*exact[Y]) NewScratch() Scratch          { return &exactScratch[Y]{} }

// Evaluate sums once for all examples where there are no features.
func (c *exact[Y]) Evaluate(b *Batch[Y], scratch Scratch) error {
	s := scratch.(*exactScratch[Y])
	if b.alike {
		return c.together(b, &s.dataScratch)
	}
	c.sum(b, s)
	for i := range b.Len() {
		data, err := c.data.evaluate(b, i, &s.dataScratch)
		if err != nil {
			return err
		}
		b.Loss[i] = s.logZ[i] + data
	}
	return nil
}

// sum sets logZ for all examples and adds its gradients.
func (c *exact[Y]) sum(b *Batch[Y], s *exactScratch[Y]) {
	s.logZ = numeric.Grow(s.logZ, b.Len())
	if c.many != nil {
		s.thetas, s.grads = s.thetas[:0], s.grads[:0]
		for i := range b.Len() {
			s.thetas = append(s.thetas, b.Theta(i))
			if b.WantsGrad() {
				s.grads = append(s.grads, b.Grad(i))
			}
		}
		c.many.AddGradLogZs(s.logZ, s.grads, s.thetas, b.Scale)
		return
	}
	for i := range b.Len() {
		if b.WantsGrad() {
			s.logZ[i] = c.logPartition.AddGradLogZ(b.Grad(i), b.Theta(i), b.Scale[i])
		} else {
			s.logZ[i] = c.logPartition.LogZ(b.Theta(i))
		}
	}
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
