package structured

import (
	"math"

	"github.com/gibbs-ebm/gibbs/fenchel"
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
	one    []Y
	score  [1]float64
	weight [1]float64
	ys     []Y
	scores []float64
	logq   []float64
	source stream.Source
}

// evaluate returns the term for example i and adds its gradient.
func (d *dataTerm[Y]) evaluate(b *Batch[Y], i int, s *dataScratch[Y]) (float64, error) {
	if e := b.Evidence; e != nil && e[i] != nil {
		return d.partial(b, i, e[i], s)
	}
	s.one = append(s.one[:0], b.Y[i])
	theta := b.Theta(i)
	d.coupling.Score(s.score[:], theta, s.one)
	if b.WantsGrad() {
		s.weight[0] = -b.Scale[i]
		d.coupling.AddGrad(b.Grad(i), theta, s.one, s.weight[:])
	}
	if d.loss == fenchel.Softmax {
		d.space.LogProb(s.weight[:], s.one)
		return -s.score[0] - s.weight[0], nil
	}
	return -s.score[0], nil
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
	completer, ok := d.space.(Completer[Y])
	if !ok {
		return math.NaN(), &unsupportedEvidence{}
	}
	if s.ys == nil {
		s.ys = d.space.Make(maxCompletions)
		s.scores, s.logq = make([]float64, maxCompletions), make([]float64, maxCompletions)
	}
	n, _, logProb, err := completer.Complete(s.ys, s.logq, e, s.source.At(stream.Key(b.Key(i), streamEvidence)))
	if err != nil {
		return math.NaN(), err
	}
	ys, scores, logq := s.ys[:n], s.scores[:n], s.logq[:n]
	d.coupling.Score(scores, theta, ys)
	for m := range logq {
		logq[m] = math.Exp(logq[m])
	}
	q := logq
	tau, value, err := fenchel.Threshold(d.loss, scores, q)
	if err != nil {
		return math.NaN(), err
	}
	if d.loss == fenchel.Softmax {
		value += logProb // log Z_e includes q(e)
	}
	if b.WantsGrad() {
		for m := range scores {
			scores[m] = -b.Scale[i] * q[m] * d.loss.Ratio(scores[m]-tau)
		}
		d.coupling.AddGrad(b.Grad(i), theta, ys, scores)
	}
	return -value, nil
}

type unsupportedEvidence struct{}

func (*unsupportedEvidence) Error() string {
	return "structured: the space cannot complete partly observed structures"
}
