package structured

import (
	"errors"
	"math"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// support is p(.|x) as weights on structures: all of them where the space can
// be listed, and otherwise those of an importance sample.
type support[Y any] struct {
	p    []float64
	tau  float64 // the normaliser: exact, or by the sample
	kind Normalization
	// each yields the structures in the order of p, in pieces from at on,
	// which are valid until the next.
	each func(see func(at int, ys []Y))
}

// supportDraws is the size of an importance sample, leastEffective the
// effective sample size below which it is not believed.
const (
	supportDraws   = 4096
	leastEffective = 10
)

// ErrUnevenWeights is returned where a distribution was to be estimated by an
// importance sample, and fewer than 10 of its draws carry nearly all weight.
var ErrUnevenWeights = errors.New("structured: the samples do not cover the model: train with a proposal that follows it")

// proposer is implemented by criteria that know a better proposal than q.
type proposer[Y any] interface{ boundProposal() Proposal[Y] }

// supportOf returns the support of the model under theta. Draws are those of
// key; they come from the proposal that the model was trained with, or the
// reference.
func (m *Model[Y]) supportOf(theta Theta, key uint64) (support[Y], error) {
	if m.listing.ready(m.space) {
		s := support[Y]{p: m.listing.scores(m.coupling, theta), kind: Exact, each: m.listing.each}
		err := m.distribute(&s, m.listing.q)
		return s, err
	}
	ys, q := m.space.Make(supportDraws), make([]float64, supportDraws)
	scale, err := m.draw(ys, q, theta, key)
	if err != nil {
		return support[Y]{kind: Estimate}, err
	}
	s := support[Y]{p: make([]float64, len(ys)), kind: Estimate, each: func(see func(int, []Y)) { see(0, ys) }}
	m.coupling.Score(s.p, theta, ys)
	if err := m.distribute(&s, q); err != nil {
		return s, err
	}
	if m.Likelihood() {
		s.tau += scale
	}
	squares := 0.0
	for _, p := range s.p {
		squares += p * p
	}
	if !(1/squares >= leastEffective) {
		return s, ErrUnevenWeights
	}
	return s, nil
}

// draw fills ys from the best proposal there is and q with weights q/r, scaled
// to sum to 1. It returns the log of their mean before that, which for a
// probability q tends to 0, and fails where there is nothing to draw from.
func (m *Model[Y]) draw(ys []Y, q []float64, theta Theta, key uint64) (scale float64, err error) {
	proposal, err := m.Proposal()
	if err != nil {
		return 0, err
	}
	m.logWeights(ys, q, proposal, theta, key)
	if proposal == nil {
		for i := range q {
			q[i] = 1 / float64(len(q))
		}
		return 0, nil
	}
	l := numeric.LogSumExp(q)
	if math.IsInf(l, -1) {
		return 0, ErrUnevenWeights
	}
	for i := range q {
		q[i] = math.Exp(q[i] - l)
	}
	return l - math.Log(float64(len(q))), nil
}

// Proposal is what the model draws from: the proposal it was trained with,
// learned ones included, or nil for the reference.
func (m *Model[Y]) Proposal() (Proposal[Y], error) {
	if p, ok := m.criterion.(proposer[Y]); ok {
		if r := p.boundProposal(); r != nil {
			return r, nil
		}
	}
	if err := drawable(m.space); err != nil {
		return nil, err
	}
	return nil, nil
}

// logWeights fills ys with draws and logw with log q/r.
func (m *Model[Y]) logWeights(ys []Y, logw []float64, from Proposal[Y], theta Theta, key uint64) {
	if from == nil {
		m.space.Sample(ys, stream.New(key))
		clear(logw)
		return
	}
	logr := make([]float64, len(ys))
	from.Sample(ys, logr, theta, key)
	m.space.LogProb(logw, ys)
	for i, r := range logr {
		logw[i] -= r
	}
}

// distribute turns the scores in s.p into probabilities relative to q.
func (m *Model[Y]) distribute(s *support[Y], q []float64) error {
	f, p := m.criterion.Generator(), s.p
	tau, _, err := fenchel.Threshold(f, p, q)
	if err != nil {
		return err
	}
	s.tau = tau
	sum := 0.0
	for i, s := range p {
		p[i] = 0
		if q[i] > 0 {
			p[i] = q[i] * f.Ratio(s-tau)
			sum += p[i]
		}
	}
	for i := range p {
		p[i] /= sum
	}
	return nil
}

// Expect calls see with structures ys and their probabilities p under the
// model for theta, in pieces that together have probability 1: every structure
// in the support (Exact) where the space can be listed, and otherwise 4,096
// draws with self-normalised importance weights (Estimate: consistent, biased
// of order 1/4,096). The slices are valid during a call.
func (m *Model[Y]) Expect(theta Theta, key uint64, see func(ys []Y, p []float64)) (Normalization, error) {
	s, err := m.supportOf(theta, key)
	if err != nil {
		return s.kind, err
	}
	s.each(func(at int, ys []Y) { see(ys, s.p[at:at+len(ys)]) })
	return s.kind, nil
}
