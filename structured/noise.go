package structured

import (
	"errors"
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// noise is what the objectives share that compare an observed structure with
// draws from a source: the observed one comes first, and log of p/r without
// the normaliser,
//
//	s(y) = g(x,y) + log q(y) - log r(y|x),
//
// is what they look at.
type noise[Y any] struct {
	source[Y]
	name     string
	n        int
	coupling Coupling[Y]
	jitter   BoundPerturbation[Y] // of the observed structure; nil for none
	data     dataTerm[Y]
}

// noiseSamples is what 0 Samples stand for.
const noiseSamples = 100

func validateNoise(name string, samples int) error {
	if samples < 0 {
		return fmt.Errorf("structured: %s.Samples %d is negative", name, samples)
	}
	return nil
}

func bindNoise[Y any](p Problem[Y], name string, samples int, from Proposal[Y], jitter Perturbation[Y]) (noise[Y], error) {
	c := noise[Y]{name: name, n: orDefault(samples, noiseSamples), coupling: p.Coupling, data: newDataTerm(p, fenchel.Softmax)}
	var err error
	if c.source, err = newSource(p, from); err != nil {
		return c, err
	}
	if jitter != nil {
		c.jitter, err = jitter.Bind(p)
	}
	return c, err
}

type noiseScratch[Y any] struct {
	data   dataScratch[Y]
	source sourceScratch[Y]
	list   listed[Y]
	ys     []Y       // the observed one, then the draws
	logw   []float64 // log q/r
	s      []float64 // as above
	weight []float64

	logc, logq []float64 // of the draws, for a Target
}

func (c *noise[Y]) NewScratch() Scratch {
	n := c.n + 1
	return &noiseScratch[Y]{
		list: newListed(c.coupling), ys: c.space.Make(n), logw: make([]float64, n), s: make([]float64, n), weight: make([]float64, n),
	}
}

// gather fills s.ys and s.s for example i.
func (c *noise[Y]) gather(b *Batch[Y], i int, s *noiseScratch[Y]) error {
	if b.partial(i) {
		return fmt.Errorf("objective %s: %w", c.name, ErrPartial)
	}
	if c.jitter != nil {
		c.jitter.Sample(s.ys[:1], b.Y[i], stream.Key(b.Key(i), streamJitter))
	} else {
		c.space.Copy(&s.ys[0], b.Y[i])
	}
	if err := c.draw(s.ys[1:], s.logw[1:], b, i, &s.source); err != nil {
		return err
	}
	c.weigh(s.logw[:1], s.ys[:1], b, i, &s.source)
	c.score(s.s, b, i, s.ys, s)
	for m, w := range s.logw {
		s.s[m] += w
	}
	if math.IsInf(s.logw[0], 1) {
		return fmt.Errorf("objective %s: %w", c.name, ErrUncovered)
	}
	return nil
}

// ErrUncovered is returned where the noise has no chance to be what was
// observed.
var ErrUncovered = errors.New("structured: an observed structure has probability 0 under the proposal")

// score writes g(x, y) of structures to dst, for pull.
func (c *noise[Y]) score(dst []float64, b *Batch[Y], i int, ys []Y, s *noiseScratch[Y]) {
	s.list.ys = ys
	s.list.Score(dst, b.Theta(i))
}

// pull adds the gradient of sum_m weight[m] g(x, y_m), times the example's
// scale, for the structures that were scored last.
func (c *noise[Y]) pull(b *Batch[Y], i int, weight []float64, s *noiseScratch[Y]) {
	for m := range weight {
		weight[m] *= b.Scale[i]
	}
	s.list.AddGrad(b.Grad(i), b.Theta(i), weight)
}

// learn is source.finish for draws of which logRatio is the log of p/r, up to a
// constant; it overwrites them.
func (c *noise[Y]) learn(b *Batch[Y], i int, ys []Y, logRatio []float64, s *noiseScratch[Y]) error {
	if l := numeric.LogSumExp(logRatio); l > math.Inf(-1) {
		for m := range logRatio {
			logRatio[m] = math.Exp(logRatio[m] - l)
		}
	} else {
		clear(logRatio)
	}
	return c.finish(b, i, ys, logRatio, &s.source, &c.data, &s.data)
}
