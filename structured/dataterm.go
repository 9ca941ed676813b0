package structured

import (
	"math"
	"slices"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// dataTerm computes the part of a loss that pulls the scores of what was
// observed up: -g(x, y) for a fully observed y (-g(x, y) - log q(y) with the
// softmax, so that adding log Z gives -log p(y|x)). For partial evidence e it is
// -A_f under the reference restricted to e; with the softmax,
//
//	-log Z_e,  log Z_e = log sum_{y in e} q(y) exp g(x, y),
//
// so that adding log Z gives -log p(e|x), the likelihood of what was seen. It
// is exact where the coupling can condition on e or the completions are few
// enough to list, and otherwise a consistent estimate from maxCompletions
// draws of q(.|e).
type dataTerm[Y any] struct {
	space     Space[Y]
	coupling  Coupling[Y]
	condition ConditionalLogPartition[Y] // nil if there is none
	loss      fenchel.Generator
}

// maxCompletions bounds the completions of one partly observed example.
const maxCompletions = 1024

func newDataTerm[Y any](p Problem[Y], loss fenchel.Generator) dataTerm[Y] {
	d := dataTerm[Y]{space: p.Space, coupling: p.Coupling, loss: loss}
	if loss == fenchel.Softmax {
		d.condition, _ = p.Inference.(ConditionalLogPartition[Y])
	}
	return d
}

// dataScratch is the memory of one worker.
type dataScratch[Y any] struct {
	list   listed[Y] // the observed structure
	score  [1]float64
	weight [1]float64
	ys     []Y
	scores []float64
	logq   []float64
	source stream.Source
}

// evaluate returns the term for example i and adds its gradient.
func (d *dataTerm[Y]) evaluate(b *Batch[Y], i int, s *dataScratch[Y]) (float64, error) {
	if b.partial(i) {
		return d.partial(b, i, b.Evidence[i], s)
	}
	if s.list.coupling == nil {
		s.list = newListed(d.coupling)
	}
	s.list.ys = append(s.list.ys[:0], b.Y[i])
	theta := b.Theta(i)
	s.list.Score(s.score[:], theta)
	if b.WantsGrad() {
		s.weight[0] = -b.Scale[i]
		s.list.AddGrad(b.Grad(i), theta, s.weight[:])
	}
	if d.loss == fenchel.Softmax {
		d.space.LogProb(s.weight[:], s.list.ys)
		return -s.score[0] - s.weight[0], nil
	}
	return -s.score[0], nil
}

// together evaluates all examples of a batch that have one theta, and writes
// their losses.
func (d *dataTerm[Y]) together(b *Batch[Y], s *dataScratch[Y]) error {
	if slices.ContainsFunc(b.Evidence, func(e Evidence[Y]) bool { return e != nil }) {
		for i := range b.Len() {
			var err error
			if b.Loss[i], err = d.evaluate(b, i, s); err != nil {
				return err
			}
		}
		return nil
	}
	theta := b.Theta(0)
	s.scores = numeric.Grow(s.scores, b.Len())
	d.coupling.Score(s.scores, theta, b.Y)
	clear(b.Loss)
	if d.loss == fenchel.Softmax {
		d.space.LogProb(b.Loss, b.Y)
	}
	for i, g := range s.scores {
		b.Loss[i] = -b.Loss[i] - g
	}
	if b.WantsGrad() {
		for i, w := range b.Scale {
			s.scores[i] = -w
		}
		d.coupling.AddGrad(b.Grad(0), theta, b.Y, s.scores)
	}
	return nil
}

func (d *dataTerm[Y]) partial(b *Batch[Y], i int, e Evidence[Y], s *dataScratch[Y]) (float64, error) {
	theta := b.Theta(i)
	if d.condition != nil {
		var grad Theta
		scale := 0.0
		if b.WantsGrad() {
			grad, scale = b.Grad(i), -b.Scale[i]
		}
		logZ, err := d.condition.AddGradLogZGiven(grad, theta, e, scale)
		return -logZ, err
	}
	ys, p, value, err := d.completions(b, i, s)
	if err != nil {
		return math.NaN(), err
	}
	if b.WantsGrad() {
		for m := range p {
			p[m] *= -b.Scale[i]
		}
		d.coupling.AddGrad(b.Grad(i), theta, ys, p)
	}
	return -value, nil
}

// completions returns structures that agree with the evidence of example i,
// with the probabilities that the model gives them among each other, and A_f
// of the evidence. They are valid until the next call.
func (d *dataTerm[Y]) completions(b *Batch[Y], i int, s *dataScratch[Y]) (ys []Y, p []float64, value float64, err error) {
	completer, ok := d.space.(Completer[Y])
	if !ok {
		return nil, nil, 0, &unsupportedEvidence{}
	}
	if s.ys == nil {
		s.ys = d.space.Make(maxCompletions)
		s.scores, s.logq = make([]float64, maxCompletions), make([]float64, maxCompletions)
	}
	rng := s.source.At(stream.Key(b.Key(i), streamEvidence))
	n, _, logProb, err := completer.Complete(s.ys, s.logq, b.Evidence[i], rng)
	if err != nil {
		return nil, nil, 0, err
	}
	ys, p = s.ys[:n], s.scores[:n]
	q := s.logq[:n]
	d.coupling.Score(p, b.Theta(i), ys)
	for m := range q {
		q[m] = math.Exp(q[m])
	}
	tau, value, err := fenchel.Threshold(d.loss, p, q)
	if err != nil {
		return nil, nil, 0, err
	}
	if d.loss == fenchel.Softmax {
		value += logProb // log Z_e includes q(e)
	}
	for m := range p {
		p[m] = q[m] * d.loss.Ratio(p[m]-tau)
	}
	return ys, p, value, nil
}

type unsupportedEvidence struct{}

func (*unsupportedEvidence) Error() string {
	return "structured: the space cannot complete partly observed structures"
}
