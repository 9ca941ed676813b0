package structured

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// MinMin is the joint objective of Sander, Roulet, Liu and Blondel (2025),
//
//	loss(x, y) = tau(x) + E_{y'~q}[ f*+( g(x,y') - tau(x) ) ] - g(x, y),
//
// minimised over the parameters of g and of tau together. For the softmax the
// constant log q(y) is subtracted, so that the loss is an upper bound of
// -log p(y|x), tight at tau = log Z. The zero value is the softmax with 100
// samples from the reference for every example.
type MinMin[Y any] struct {
	// Loss is the generator f; nil stands for fenchel.Softmax.
	Loss fenchel.Generator
	// Samples is the number of structures drawn to estimate the expectation,
	// without bias; 0 stands for 100.
	Samples int
	// Proposal draws them, with importance weights q/r; nil stands for the
	// reference q itself. A Learned one is trained beside the model.
	Proposal Proposal[Y]
	// Shared draws one sample for a whole piece of a mini-batch instead of
	// one per example: cheaper, with errors that are common to the examples.
	// It needs a Proposal that does not look at theta.
	Shared bool
	// Summed replaces the sample by the exact expectation: in closed form
	// for the softmax where the coupling has a LogPartition, by enumeration
	// of the space otherwise. Samples and Proposal are then not used.
	Summed bool
	// MaxRatio bounds the ratios p/r, see fenchel.Sampled.
	MaxRatio float64
	// Precision is what the sampled expectation is computed in. Auto stands for
	// Single: float32 where the draws can do that (those of unary scores of sets
	// from the reference, with the softmax), for scores, exponentials and the
	// sums over blocks of a few hundred samples; the sums of these are float64. A
	// score is then off by about 2^-24 times the sum of the sizes of its terms,
	// 1e-5 and less as a rule, where samples are off by parts of a hundred. What
	// float32 cannot hold is computed again in float64. The bits are the same on
	// every machine and for any number of workers.
	Precision nn.Precision
}

func (o MinMin[Y]) estimator() fenchel.Sampled {
	return fenchel.Sampled{Loss: o.Loss, MaxRatio: o.MaxRatio}
}

func (o MinMin[Y]) samples() int {
	if o.Samples == 0 {
		return 100
	}
	return o.Samples
}

// String is minmin for the softmax, and the name of the loss otherwise.
func (o MinMin[Y]) String() string {
	if f := o.estimator().Generator(); f != fenchel.Softmax {
		return f.String()
	}
	return "minmin"
}

// Validate reports the first setting that makes no sense, if any.
func (o MinMin[Y]) Validate() error {
	if o.Samples < 0 {
		return fmt.Errorf("structured: MinMin.Samples %d is negative", o.Samples)
	}
	if !o.Precision.Valid() {
		return fmt.Errorf("structured: MinMin.Precision: there is no %v", o.Precision)
	}
	if o.Shared && o.Proposal != nil && o.Proposal.Follows() {
		return errors.New("structured: MinMin.Shared needs a proposal that is the same for all examples")
	}
	return o.estimator().Validate()
}

// Bind returns ErrIntractable for Summed where there is no exact sum and the
// space cannot be listed, and the errors of Validate and of the Proposal.
func (o MinMin[Y]) Bind(p Problem[Y]) (Criterion[Y], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	c := &minMin[Y]{MinMin: o, estimator: o.estimator(), coupling: p.Coupling}
	c.space = p.Space
	c.data = newDataTerm(p, c.estimator.Generator())
	if o.Summed {
		if z, ok := p.Inference.(LogPartition[Y]); ok && c.estimator.Generator() == fenchel.Softmax {
			c.logPartition = z
			return c, nil
		}
		if e, ok := p.Space.(Enumerable[Y]); ok && e.Enumerate(1) != nil {
			c.enumerable = e
			return c, nil
		}
		return nil, intractable(o.String()+", summed", p.Inference)
	}
	var err error
	if c.source, err = newSource(p, o.Proposal); err != nil {
		return nil, err
	}
	return c, c.notAdversarial(o.String())
}

type minMin[Y any] struct {
	MinMin[Y]
	source[Y]
	estimator    fenchel.Sampled
	coupling     Coupling[Y]
	logPartition LogPartition[Y] // exact expectation in closed form
	enumerable   Enumerable[Y]   // exact expectation by enumeration
	data         dataTerm[Y]
}

type minMinScratch[Y any] struct {
	data   dataScratch[Y]
	source sourceScratch[Y]
	list   listed[Y]
	draws  Draws       // from the reference, in place of the list
	single SingleDraws // the same, where they are used as such
	logw   []float64   // log q/r
	scores []float64
	ratio  []float64 // p/r, up to a factor

	gradient Theta // of log Z, in closed form
}

// enumerationChunk is how many structures are scored at a time.
const enumerationChunk = 1024

func (c *minMin[Y]) Generator() fenchel.Generator { return c.estimator.Generator() }
func (c *minMin[Y]) UsesTau() bool                { return true }

// Cost makes minMin Costed: a draw costs an exponential and about as much
// around it, and every logit a little more; see Draws.
func (c *minMin[Y]) Cost() float64 {
	perLogit := 8.0
	switch _, packs := c.coupling.(Drawer[Y]); {
	case c.Summed:
		return math.Inf(1)
	case packs && c.reference():
		perLogit = 1
	}
	return float64(c.samples()) * (80 + perLogit*float64(c.coupling.NumLogits()))
}

// Diagnostics are those of the draws, where there are any.
func (c *minMin[Y]) Diagnostics() []string {
	if c.Summed {
		return nil
	}
	return c.source.Diagnostics()
}

func (c *minMin[Y]) NewScratch() Scratch {
	s := &minMinScratch[Y]{list: newListed(c.coupling)}
	switch {
	case c.logPartition != nil:
	case c.enumerable != nil:
		s.logw, s.scores = make([]float64, enumerationChunk), make([]float64, enumerationChunk)
	default:
		m := c.samples()
		s.scores, s.ratio = make([]float64, m), make([]float64, m)
		if d, ok := c.coupling.(Drawer[Y]); ok && c.reference() {
			if s.draws = d.NewDraws(c.space, m); s.draws != nil {
				if c.Precision != nn.Double && c.estimator.Generator() == fenchel.Softmax {
					s.single, _ = s.draws.(SingleDraws)
				}
				break
			}
		}
		s.list.ys, s.logw = c.space.Make(m), make([]float64, m)
	}
	return s
}

func (c *minMin[Y]) Evaluate(b *Batch[Y], scratch Scratch) error {
	s := scratch.(*minMinScratch[Y])
	for i := range b.Len() {
		excess, mass, err := c.expectation(b, i, s)
		if err != nil {
			return err
		}
		if b.WantsGrad() {
			b.DTau[i] += b.Scale[i] * (1 - mass)
		}
		data, err := c.data.evaluate(b, i, &s.data)
		if err != nil {
			return err
		}
		b.Loss[i] = c.estimator.Value(b.Tau[i], excess) + data
	}
	return nil
}

// expectation returns E_q[f*+(g - tau) + f(0)] and E_q[(f*+)'(g - tau)] for
// example i, and adds the gradient of the first to that of theta.
func (c *minMin[Y]) expectation(b *Batch[Y], i int, s *minMinScratch[Y]) (excess, mass float64, err error) {
	switch {
	case c.logPartition != nil:
		excess, mass = c.closedForm(b, i, s)
		return excess, mass, nil
	case c.enumerable != nil:
		excess, mass = c.enumerated(b, i, s)
		return excess, mass, nil
	}
	factor := 1 / float64(len(s.scores))
	if s.draws != nil {
		if !c.Shared || i == 0 {
			s.draws.Sample(s.source.source.At(stream.Key(b.Key(i), streamSample)))
		}
		if s.single != nil && !b.fitsTail(i) {
			if sum, ok := c.inSingle(b, i, s.single, factor); ok {
				return factor * sum, factor * sum, nil
			}
		}
		excess, mass = c.accumulate(b, i, s.draws, s.ratio, s.scores, nil, factor)
		b.diagnoseESS(i, s.ratio)
		return excess, mass, nil
	}
	if !c.Shared || i == 0 {
		if err := c.draw(s.list.ys, s.logw, b, i, &s.source); err != nil {
			return 0, 0, err
		}
	}
	logw := s.logw
	if c.reference() {
		logw = nil
	}
	excess, mass = c.accumulate(b, i, &s.list, s.ratio, s.scores, logw, factor)
	return excess, mass, c.finish(b, i, s.list.ys, s.ratio, &s.source, &c.data, &s.data)
}

// inSingle is accumulate in float32, for draws from the reference. ok is false
// where that does not do.
func (c *minMin[Y]) inSingle(b *Batch[Y], i int, ys SingleDraws, factor float64) (sum float64, ok bool) {
	var grad Theta
	scale := 0.0
	if b.WantsGrad() {
		grad, scale = b.Grad(i), factor*b.Scale[i]
	}
	most := c.estimator.Bound()
	sum, squares := ys.Exponentials(grad, b.Theta(i), b.Tau[i], scale, most)
	if !(sum <= most) {
		return 0, false
	}
	b.Diagnose(i, 0, sum*sum/squares)
	return sum, true
}

// enumerated sums over the space. (It is a function of its own because what the
// body of its loop changes is allocated.)
func (c *minMin[Y]) enumerated(b *Batch[Y], i int, s *minMinScratch[Y]) (excess, mass float64) {
	for ys := range c.enumerable.Enumerate(enumerationChunk) {
		logq, scores := s.logw[:len(ys)], s.scores[:len(ys)]
		c.space.LogProb(logq, ys)
		s.list.ys = ys
		e, m := c.accumulate(b, i, &s.list, scores, scores, logq, 1)
		excess += e
		mass += m
	}
	return excess, mass
}

// accumulate scores the structures and adds factor times their part of the
// expectation and of its gradient. It leaves their ratios p/r, up to a factor,
// in ratio, which may be scores.
func (c *minMin[Y]) accumulate(b *Batch[Y], i int, ys scorer, ratio, scores, logw []float64, factor float64) (excess, mass float64) {
	theta := b.Theta(i)
	ys.Score(scores, theta)
	excess, mass = c.estimator.Accumulate(ratio, scores, logw, b.Tau[i])
	if b.WantsGrad() {
		kernel.Scale(ratio, factor*b.Scale[i])
		ys.AddGrad(b.Grad(i), theta, ratio)
	}
	return factor * excess, factor * mass
}

// closedForm uses E_q[exp(g - tau)] = exp(log Z - tau), continued by its
// tangent beyond MaxRatio as the sampled form is.
func (c *minMin[Y]) closedForm(b *Batch[Y], i int, s *minMinScratch[Y]) (excess, mass float64) {
	var ratio, logZ [1]float64
	theta := b.Theta(i)
	if !b.WantsGrad() {
		logZ[0] = c.logPartition.LogZ(theta)
		return c.estimator.Accumulate(ratio[:], logZ[:], nil, b.Tau[i])
	}
	// The factor of the gradient is known only once log Z is, so the gradient
	// is taken aside first: one pass over the structures instead of two.
	if s.gradient.Logits == nil {
		s.gradient = Theta{Logits: make([]float64, len(theta.Logits)), Own: make([]float64, len(theta.Own))}
	}
	clear(s.gradient.Logits)
	clear(s.gradient.Own)
	logZ[0] = c.logPartition.AddGradLogZ(s.gradient, theta, 1)
	excess, mass = c.estimator.Accumulate(ratio[:], logZ[:], nil, b.Tau[i])
	grad := b.Grad(i)
	floats.AddScaled(grad.Logits, b.Scale[i]*mass, s.gradient.Logits)
	floats.AddScaled(grad.Own, b.Scale[i]*mass, s.gradient.Own)
	return excess, mass
}
