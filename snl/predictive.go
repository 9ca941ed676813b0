package snl

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Predictive is p(y|x) for one x and y on the line, normalised by adaptive
// quadrature; see [Model.Predictive]. Densities are in nats per unit of the
// user's y. Distribution function, quantiles, samples and scores come from a
// table that agrees with the density to about the error of its normaliser. It
// is immutable and safe for concurrent use.
type Predictive struct {
	space   *Space
	shift   float64
	scale   float64
	table   *piecewise
	logZ    structured.Normalizer
	tau     float64
	hasTau  bool
	density sync.Pool // of *integrand
	theta   structured.Theta
	c       structured.Coupling[Point]
	pooled  *pool // instead of space, theta and c, for a mixture of others
}

var (
	// ErrNotOnLine is returned where a density on the line was asked for and
	// the points have more than one coordinate.
	ErrNotOnLine = errors.New("snl: the points have more than one coordinate: see Multivariate")
	// ErrNotSoftmax is returned for models fitted by a loss other than the
	// softmax, whose density is not q exp(g)/Z.
	ErrNotSoftmax = errors.New("snl: the model is not fitted by the softmax loss: it has no density of the form q exp(g)/Z")
)

// Predictive integrates p(y|x) for one x, nil for a model without features. It
// takes some hundreds to thousands of scores, in few batches.
func (m *Model) Predictive(ctx context.Context, x []float64) (*Predictive, error) {
	ps, err := m.Predictives(ctx, rowMatrix(x))
	if err != nil {
		return nil, err
	}
	return ps[0], nil
}

// Predictives is Predictive for each row of X, on all workers.
func (m *Model) Predictives(ctx context.Context, X mat.Matrix) ([]*Predictive, error) {
	return predictives(ctx, m.model, X)
}

func predictives(ctx context.Context, m *structured.Model[Point], X mat.Matrix) ([]*Predictive, error) {
	n := 1
	if X != nil {
		if n, _ = X.Dims(); n == 0 {
			return nil, structured.ErrNoExamples
		}
	}
	out := make([]*Predictive, n)
	err := eachPredictive(ctx, m, X, func(i int, p *Predictive) error {
		out[i] = p
		return nil
	})
	return out, err
}

// eachPredictive calls do for each row, concurrently and in no order. It needs
// less memory than to keep them all.
func eachPredictive(ctx context.Context, m *structured.Model[Point], X mat.Matrix, do func(row int, p *Predictive) error) error {
	s, err := likelihoodOnLine(m)
	if err != nil {
		return err
	}
	taus, err := m.Taus(ctx, X)
	if err != nil && !errors.Is(err, structured.ErrNoNormalizer) {
		return err
	}
	return m.EachTheta(ctx, X, func(i int, theta structured.Theta) error {
		p, err := newPredictive(s, m.Coupling(), theta)
		if err != nil {
			if X == nil {
				return err
			}
			return fmt.Errorf("row %d: %w", i, err)
		}
		if taus != nil {
			p.tau, p.hasTau = taus[i]+s.improperVolume(), true
		}
		return do(i, p)
	})
}

// likelihoodOnLine is the space of a model with densities on the line.
func likelihoodOnLine(m *structured.Model[Point]) (*Space, error) {
	s, ok := m.Space().(*Space)
	switch {
	case !ok:
		return nil, unknownSpace("Predictive", m.Space())
	case s.dim != 1:
		return nil, ErrNotOnLine
	case !m.Likelihood():
		return nil, ErrNotSoftmax
	}
	return s, nil
}

// newPredictive integrates for one theta, of which it keeps a copy.
func newPredictive(s *Space, c structured.Coupling[Point], theta structured.Theta) (*Predictive, error) {
	theta = structured.Theta{Logits: clonePoint(theta.Logits), Own: theta.Own}
	g := &integrand{space: s, coupling: c, theta: theta}
	l, err := g.integrate()
	if err != nil {
		return nil, err
	}
	p := &Predictive{space: s, scale: 1, table: newPiecewise(l), theta: theta, c: c}
	if !s.identity() {
		p.shift, p.scale = s.shift[0], s.scale[0]
	}
	p.logZ = structured.EstimatedWithin(l.logZ, l.error)
	p.density.Put(g)
	return p, nil
}

// improperVolume is what log Z in the user's units has more than in those of
// the space: 0 where it is relative to a probability.
func (s *Space) improperVolume() float64 {
	if s.Improper() {
		return s.logVolume()
	}
	return 0
}

// LogZ is log Z(x) by quadrature, relative to the base, with its estimated
// error.
func (p *Predictive) LogZ() structured.Normalizer {
	n := p.logZ
	if p.pooled != nil {
		return n
	}
	n.Value += p.space.improperVolume()
	return n
}

// Tau is the learned log-partition, which is free to evaluate, to compare with
// LogZ; ok is false where the model has none for this x.
func (p *Predictive) Tau() (tau float64, ok bool) { return p.tau, p.hasTau }

// LogPDFs writes log p(y|x) to dst, in nats per unit of y: -Inf outside the
// support, NaN for NaN.
func (p *Predictive) LogPDFs(dst, ys []float64) {
	if p.pooled != nil {
		p.pooled.logPDFs(dst[:len(ys)], ys)
		return
	}
	g, ok := p.density.Get().(*integrand)
	if !ok {
		g = &integrand{space: p.space, coupling: p.c, theta: p.theta}
	}
	g.flat = append(g.flat[:0], ys...)
	for i, y := range g.flat {
		g.flat[i] = (y - p.shift) / p.scale
	}
	g.onLine(dst[:len(ys)], g.flat)
	volume := math.Log(p.scale)
	for i := range ys {
		switch {
		case math.IsNaN(ys[i]):
			dst[i] = ys[i]
		case math.IsInf(ys[i], 0):
			dst[i] = math.Inf(-1)
		default:
			dst[i] -= p.logZ.Value + volume
		}
	}
	p.density.Put(g)
}

// LogPDF is log p(y|x) in nats per unit of y.
func (p *Predictive) LogPDF(y float64) float64 {
	var dst [1]float64
	p.LogPDFs(dst[:], []float64{y})
	return dst[0]
}

// PDF is p(y|x), per unit of y.
func (p *Predictive) PDF(y float64) float64 { return math.Exp(p.LogPDF(y)) }

// CDF is P(Y <= y|x); it never falls, and is 0 and 1 beyond what carries mass.
func (p *Predictive) CDF(y float64) float64 { return p.table.at((y - p.shift) / p.scale) }

// Quantile is the least y with P(Y <= y|x) >= prob, for prob in [0, 1]; for 0
// and 1 the ends of what carries mass, to 1e-18.
func (p *Predictive) Quantile(prob float64) (float64, error) {
	if !(prob >= 0 && prob <= 1) {
		return 0, fmt.Errorf("snl: quantile %g is not in [0, 1]", prob)
	}
	return p.quantile(prob), nil
}

func (p *Predictive) quantile(prob float64) float64 {
	return p.shift + p.scale*p.table.quantile(prob)
}

// Mean is E[Y|x]. Where tails are so heavy that it does not exist it is that of
// what carries mass; so is Variance.
func (p *Predictive) Mean() float64 { return p.shift + p.scale*p.table.mean }

// Variance is Var[Y|x].
func (p *Predictive) Variance() float64 { return p.scale * p.scale * p.table.variance }

// Entropy is -E[log p(Y|x)], in nats relative to the user's unit; it may be
// negative.
func (p *Predictive) Entropy() float64 { return p.table.entropy + math.Log(p.scale) }

// Sample overwrites ys with independent draws, by inversion.
func (p *Predictive) Sample(ys []float64, rng *rand.Rand) {
	for i := range ys {
		ys[i] = p.quantile(rng.Float64())
	}
}

// CRPS is the continuous ranked probability score of an outcome y,
//
//	E|Y - y| - E|Y - Y'|/2 = integral of (P(Y <= t|x) - 1{t >= y})^2 dt
//
// in units of y, smaller being better (Matheson and Winkler 1976).
func (p *Predictive) CRPS(y float64) float64 { return p.scale * p.table.crps((y-p.shift)/p.scale) }
