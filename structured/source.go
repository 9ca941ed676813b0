package structured

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// source is where the draws of an objective come from, the one for all of
// them: the reference, or a proposal, which may follow the model, lie around
// the data, or learn.
type source[Y any] struct {
	space    Space[Y]
	proposal Proposal[Y]          // bound; nil stands for the reference
	density  DensityProposal[Y]   // the proposal, where it is one
	around   BoundPerturbation[Y] // of the proposal, where it lies around the data
	learner  Learner[Y]           // the proposal, where it has parameters
}

// newSource binds a proposal; nil stands for the reference, which must be one
// that can be drawn from.
func newSource[Y any](p Problem[Y], of Proposal[Y]) (source[Y], error) {
	s := source[Y]{space: p.Space}
	if of == nil {
		return s, drawable(p.Space)
	}
	var err error
	if s.proposal, err = of.Bind(p); err != nil {
		return s, err
	}
	if a, ok := s.proposal.(*aroundProposal[Y]); ok {
		s.around = a.bound
	}
	s.density, _ = s.proposal.(DensityProposal[Y])
	if l, ok := s.proposal.(Learner[Y]); ok && l.NumLogits() > 0 {
		s.learner = l
	}
	return s, nil
}

// independent makes the draws independent of each other.
func (s *source[Y]) independent() {
	if s.proposal = independentDraws(s.proposal); s.proposal != nil {
		s.density, _ = s.proposal.(DensityProposal[Y])
	}
}

// notAdversarial is nil unless the proposal wants an objective to climb.
func (s *source[Y]) notAdversarial(objective string) error {
	if s.learner != nil && s.learner.Teacher() == Adversarial {
		return fmt.Errorf("structured: objective %s: a proposal with the Adversarial teacher is for NoiseContrastive", objective)
	}
	return nil
}

// reference reports whether the draws are those of q.
func (s *source[Y]) reference() bool { return s.proposal == nil }

// follows reports whether the draws change with the model.
func (s *source[Y]) follows() bool {
	return s.around == nil && s.proposal != nil && s.proposal.Follows()
}

// AuxLogits makes criteria Auxiliary: the parameters of a proposal that learns.
func (s *source[Y]) AuxLogits() int {
	if s.learner == nil {
		return 0
	}
	return s.learner.NumLogits()
}

// boundProposal is what a trained model draws from; nil for the reference.
func (s *source[Y]) boundProposal() Proposal[Y] {
	if s.around != nil {
		return nil // there is no observed structure to draw around
	}
	return independentDraws(s.proposal)
}

// Diagnostics makes criteria Diagnosers.
func (s *source[Y]) Diagnostics() []string { return []string{essName, paretoKName} }

// sourceScratch is the memory of one worker.
type sourceScratch[Y any] struct {
	logr    []float64
	weights []float64
	one     []Y
	source  stream.Source
}

// draw overwrites ys with draws for example i, and logw with log q/r of each.
func (s *source[Y]) draw(ys []Y, logw []float64, b *Batch[Y], i int, sc *sourceScratch[Y]) error {
	key := stream.Key(b.Key(i), streamSample)
	if s.reference() {
		s.space.Sample(ys, sc.source.At(key))
		clear(logw)
		return nil
	}
	sc.logr = numeric.Grow(sc.logr, len(ys))
	if s.around != nil {
		if b.partial(i) {
			return ErrPartial
		}
		s.around.Sample(ys, b.Y[i], key)
		s.around.LogProb(sc.logr, nil, ys, b.Y[i])
	} else {
		s.proposal.Sample(ys, sc.logr, b.Theta(i), key)
	}
	s.space.LogProb(logw, ys)
	for m, r := range sc.logr {
		logw[m] -= r
	}
	return nil
}

// weigh overwrites logw with log q/r of structures that were not drawn.
func (s *source[Y]) weigh(logw []float64, ys []Y, b *Batch[Y], i int, sc *sourceScratch[Y]) {
	if s.reference() {
		clear(logw)
		return
	}
	sc.logr = numeric.Grow(sc.logr, len(ys))
	if s.around != nil {
		s.around.LogProb(sc.logr, nil, ys, b.Y[i])
	} else {
		s.density.LogProb(sc.logr, ys, b.Theta(i))
	}
	s.space.LogProb(logw, ys)
	for m, r := range sc.logr {
		logw[m] -= r
	}
}

// weighable is nil where weigh can be asked for.
func (s *source[Y]) weighable() error {
	if s.reference() || s.around != nil || s.density != nil {
		return nil
	}
	return ErrNoDensity
}

// logProb overwrites dst with log r, for sources without an observed structure.
func (s *source[Y]) logProb(dst []float64, ys []Y, theta Theta) {
	if s.reference() {
		s.space.LogProb(dst, ys)
		return
	}
	s.density.LogProb(dst, ys, theta)
}

// diagnoseESS reports the effective sample size of draws with these weights,
// up to a factor, as the first of the diagnostics, and the shape of their tail
// as the second, and returns their sum. Of draws to which the model gives no
// probability the effective number is 0.
func (b *Batch[Y]) diagnoseESS(i int, weights []float64) float64 {
	sum, squares := floats.Sum(weights), kernel.Dot(weights, weights)
	switch {
	case squares == 0:
		b.Diagnose(i, 0, 0)
	case !math.IsInf(squares, 1):
		b.Diagnose(i, 0, sum*sum/squares)
		b.diagnoseTail(i, weights)
	}
	return sum
}

// finish reports the effective sample size of the draws and lets the proposal
// learn from them. ratio[m] is in proportion to p/r of ys[m] under the model.
func (s *source[Y]) finish(b *Batch[Y], i int, ys []Y, ratio []float64, sc *sourceScratch[Y], d *dataTerm[Y], ds *dataScratch[Y]) error {
	sum := b.diagnoseESS(i, ratio)
	if s.learner == nil || !b.WantsGrad() {
		return nil
	}
	theta, grad, teacher := b.Theta(i), b.Grad(i).Aux, s.learner.Teacher()
	if (teacher == FromModel || teacher == FromBoth) && sum > 0 && !math.IsInf(sum, 1) {
		sc.weights = numeric.Grow(sc.weights, len(ys))
		for m, w := range ratio {
			sc.weights[m] = -b.Scale[i] * w / sum
		}
		s.learner.AddGradLogProb(grad, theta, ys, sc.weights)
	}
	if teacher != FromData && teacher != FromBoth {
		return nil
	}
	if !b.partial(i) {
		sc.one = append(sc.one[:0], b.Y[i])
		sc.weights = append(sc.weights[:0], -b.Scale[i])
		s.learner.AddGradLogProb(grad, theta, sc.one, sc.weights)
		return nil
	}
	completions, p, _, err := d.completions(b, i, ds)
	if err != nil {
		return err
	}
	sc.weights = numeric.Grow(sc.weights, len(p))
	for m := range p {
		sc.weights[m] = -b.Scale[i] * p[m]
	}
	s.learner.AddGradLogProb(grad, theta, completions, sc.weights)
	return nil
}
