package structured

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// Mixture is a proposal that draws from one of several, at random for each
// draw:
//
//	r(y|x) = sum_k c_k r_k(y|x).
//
// With the reference for a part, of share c, it is a defensive mixture
// (Hesterberg 1995): the weights are bounded, q/r <= 1/c. The parts must know
// their densities; parts that learn must share one Teacher, and the likelihood
// they are trained by is that of the mixture.
type Mixture[Y any] struct {
	// Of has the parts; nil stands for the reference.
	Of []Proposal[Y]
	// Shares has the c_k, in proportion: positive numbers. Empty stands for
	// equal ones.
	Shares []float64
}

// Defensive is a mixture of p and the reference, which is drawn from with
// probability share: the weights are at most 1/share.
func Defensive[Y any](p Proposal[Y], share float64) Mixture[Y] {
	return Mixture[Y]{Of: []Proposal[Y]{p, nil}, Shares: []float64{1 - share, share}}
}

// Bind wants parts that are DensityProposals, and returns their errors.
func (m Mixture[Y]) Bind(p Problem[Y]) (Proposal[Y], error) {
	if len(m.Of) == 0 {
		return nil, errors.New("structured: Mixture.Of is empty")
	}
	if len(m.Shares) != 0 && len(m.Shares) != len(m.Of) {
		return nil, &DimensionError{What: "Mixture.Shares", Want: len(m.Of), Got: len(m.Shares)}
	}
	total := 0.0
	for _, c := range m.Shares {
		if !(c > 0) || math.IsInf(c, 1) {
			return nil, fmt.Errorf("structured: Mixture.Shares: %g is not a positive number", c)
		}
		total += c
	}
	bound := &mixture[Y]{Mixture: m}
	for k, of := range m.Of {
		s, err := newSource(p, of)
		if err != nil {
			return nil, err
		}
		if s.around != nil || s.density == nil && !s.reference() {
			return nil, fmt.Errorf("structured: Mixture.Of: a %T does not know the probabilities of structures it did not draw", of)
		}
		c := 1 / float64(len(m.Of))
		if len(m.Shares) > 0 {
			c = m.Shares[k] / total
		}
		bound.parts = append(bound.parts, s)
		bound.share, bound.logShare = append(bound.share, c), append(bound.logShare, math.Log(c))
		if s.learner == nil {
			continue
		}
		if bound.logits > 0 && bound.teacher != s.learner.Teacher() {
			return nil, errors.New("structured: Mixture.Of: parts with different teachers")
		}
		bound.teacher = s.learner.Teacher()
		bound.logits += s.learner.NumLogits()
	}
	return bound, nil
}

// Follows reports whether a part looks at theta.
func (m Mixture[Y]) Follows() bool {
	for _, of := range m.Of {
		if of != nil && of.Follows() {
			return true
		}
	}
	return false
}

// Sample is never called: Bind returns what draws.
func (Mixture[Y]) Sample([]Y, []float64, Theta, uint64) { panic(errUnbound) }

type mixture[Y any] struct {
	Mixture[Y]
	parts           []source[Y]
	share, logShare []float64
	logits          int
	teacher         Teacher
	idle            sync.Pool // of *mixtureScratch
}

type mixtureScratch struct {
	counts             []int
	part, sum, weights []float64
	source             stream.Source
}

func (m *mixture[Y]) scratch() *mixtureScratch {
	if s, ok := m.idle.Get().(*mixtureScratch); ok {
		return s
	}
	return &mixtureScratch{}
}

func (m *mixture[Y]) NumLogits() int   { return m.logits }
func (m *mixture[Y]) Teacher() Teacher { return m.teacher }

// of is theta as part k sees it, and where its phi ends: the parts that learn
// have theirs one after the other.
func (m *mixture[Y]) of(theta Theta, k, at int) (Theta, int) {
	end := at
	if l := m.parts[k].learner; l != nil {
		end += l.NumLogits()
	}
	theta.Aux = theta.Aux[at:end]
	return theta, end
}

// Sample draws a part for each structure, then all structures of a part
// together, and shuffles them, so that they are independent of their order.
func (m *mixture[Y]) Sample(ys []Y, logr []float64, theta Theta, key uint64) {
	s := m.scratch()
	defer m.idle.Put(s)
	s.counts = numeric.Zeroed(s.counts, len(m.parts))
	rng := s.source.At(stream.Key(key, 0))
	for range ys {
		k, u := 0, rng.Float64()
		for k < len(m.share)-1 && u >= m.share[k] {
			u -= m.share[k]
			k++
		}
		s.counts[k]++
	}
	at, lo := 0, 0
	for k, n := range s.counts {
		var own Theta
		own, at = m.of(theta, k, at)
		part, key := ys[lo:lo+n], stream.Key(key, 1, uint64(k))
		if p := m.parts[k].proposal; n > 0 && p != nil {
			p.Sample(part, logr[lo:lo+n], own, key)
		} else if n > 0 {
			m.parts[k].space.Sample(part, s.source.At(key))
		}
		lo += n
	}
	rng = s.source.At(stream.Key(key, 2))
	for i := len(ys) - 1; i > 0; i-- {
		j := rng.IntN(i + 1)
		ys[i], ys[j] = ys[j], ys[i]
	}
	m.LogProb(logr, ys, theta)
}

// Independent has the Independent of its parts.
func (m *mixture[Y]) Independent() Proposal[Y] {
	of := &mixture[Y]{Mixture: m.Mixture, share: m.share, logShare: m.logShare, logits: m.logits, teacher: m.teacher}
	for _, part := range m.parts {
		if part.proposal = independentDraws(part.proposal); part.proposal != nil {
			part.density, _ = part.proposal.(DensityProposal[Y])
		}
		of.parts = append(of.parts, part)
	}
	return of
}

// LogProb costs as much as all parts together.
func (m *mixture[Y]) LogProb(dst []float64, ys []Y, theta Theta) {
	s := m.scratch()
	defer m.idle.Put(s)
	s.part = numeric.Grow(s.part, len(ys))
	at := 0
	for i := range dst {
		dst[i] = math.Inf(-1)
	}
	for k := range m.parts {
		var own Theta
		own, at = m.of(theta, k, at)
		m.parts[k].logProb(s.part, ys, own)
		for i, l := range s.part {
			dst[i] = numeric.LogAddExp(dst[i], m.logShare[k]+l)
		}
	}
}

// AddGradLogProb gives each part its responsibility c_k r_k/r.
func (m *mixture[Y]) AddGradLogProb(grad []float64, theta Theta, ys []Y, weights []float64) {
	s := m.scratch()
	defer m.idle.Put(s)
	n := len(ys)
	s.part, s.sum, s.weights = numeric.Grow(s.part, n), numeric.Grow(s.sum, n), numeric.Grow(s.weights, n)
	m.LogProb(s.sum, ys, theta)
	at := 0
	for k := range m.parts {
		from := at
		var own Theta
		own, at = m.of(theta, k, at)
		l := m.parts[k].learner
		if l == nil {
			continue
		}
		l.LogProb(s.part, ys, own)
		for i, logr := range s.part {
			s.weights[i] = 0
			if weights[i] != 0 && !math.IsInf(logr, -1) {
				s.weights[i] = weights[i] * math.Exp(m.logShare[k]+logr-s.sum[i])
			}
		}
		l.AddGradLogProb(grad[from:at], own, ys, s.weights)
	}
}
