package snl

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Ensemble is the mixture of the densities of several models of one target on
// the line, all with equal weight,
//
//	p(y|x) = (1/K) sum_k p_k(y|x),
//
// as of networks that were trained from different starts or on different parts
// of the data (Lakshminarayanan, Pritzel, Blundell 2017). Its log-density is at
// least the mean of theirs. Members may have coordinates, bases and couplings of
// their own; they are normalised one by one.
type Ensemble struct{ Members []*Model }

// ErrNoMembers is returned for an ensemble, or a pool, of nothing.
var ErrNoMembers = errors.New("snl: an ensemble without members")

// Predictives pools the predictive densities of the members for each row of X,
// nil for models without features: see Pool.
func (e Ensemble) Predictives(ctx context.Context, X mat.Matrix) ([]*Predictive, error) {
	n := 1
	if X != nil {
		n, _ = X.Dims()
	}
	out := make([]*Predictive, n)
	err := e.each(ctx, X, func(i int, p *Predictive) error {
		out[i] = p
		return nil
	})
	return out, err
}

// each calls do for each row, concurrently and in no order.
func (e Ensemble) each(ctx context.Context, X mat.Matrix, do func(row int, p *Predictive) error) error {
	switch len(e.Members) {
	case 0:
		return ErrNoMembers
	case 1:
		return eachPredictive(ctx, e.Members[0].model, X, do)
	}
	rest := make([][]*Predictive, len(e.Members)-1)
	for k, m := range e.Members[1:] {
		ps, err := m.Predictives(ctx, X)
		if err != nil {
			return fmt.Errorf("member %d: %w", k+1, err)
		}
		rest[k] = ps
	}
	return eachPredictive(ctx, e.Members[0].model, X, func(i int, first *Predictive) error {
		ps := make([]*Predictive, 1, len(e.Members))
		ps[0] = first
		for _, of := range rest {
			ps = append(ps, of[i])
			of[i] = nil // one at a time is kept
		}
		p, err := Pool(ps, nil)
		if err != nil {
			return fmt.Errorf("row %d: %w", i, err)
		}
		return do(i, p)
	})
}

// Evaluate judges the mixture on data, as [Evaluate] does a model. NormalizerError
// is that of the quadrature over the mixture, and there is no tau.
func (e Ensemble) Evaluate(ctx context.Context, d Data) (Report, error) {
	if dim, err := checkPoints(d.Y, d.Weights); err != nil {
		return Report{}, err
	} else if dim != 1 {
		return Report{}, ErrNotOnLine
	}
	rows := make([]rowReport, d.Len())
	err := e.each(ctx, d.X, func(i int, p *Predictive) error {
		if d.X != nil {
			if weight(d.Weights, i) > 0 {
				rows[i] = p.report(d.Y[i][0])
			}
			return nil
		}
		for i := range rows {
			if weight(d.Weights, i) > 0 {
				rows[i] = p.report(d.Y[i][0])
			}
		}
		return nil
	})
	if err != nil {
		return Report{}, err
	}
	return summarise(rows, d.Weights, true), nil
}

// Divergence is KL(truth || mixture) averaged over x, as [Divergence] is of a
// model.
func (e Ensemble) Divergence(ctx context.Context, X mat.Matrix, grid []float64, truth func(dst []float64, row int, ys []float64)) (float64, error) {
	return divergence(X, grid, truth, func(do func(int, *Predictive) error) error { return e.each(ctx, X, do) })
}

// pool is a mixture of densities on the line.
type pool struct {
	of      []*Predictive
	weights []float64 // of sum 1
	logs    []float64 // of the weights
	scratch sync.Pool // of *[]float64
}

// Pool returns the mixture of predictive densities with the weights, which are
// in proportion; nil stands for equal ones (the linear pool of Stone 1961). It is
// a density of the same kind, with everything that one can tell. LogPDF is exact
// given those of the parts, and the table of the rest is made of their tables,
// without another quadrature. LogZ is 0, with the mean of their errors, and
// there is no Tau.
func Pool(of []*Predictive, weights []float64) (*Predictive, error) {
	if len(of) == 0 {
		return nil, ErrNoMembers
	}
	if weights != nil && len(weights) != len(of) {
		return nil, fmt.Errorf("snl: %d weights for a pool of %d", len(weights), len(of))
	}
	total := 0.0
	for i := range of {
		w := weight(weights, i)
		if !(w >= 0) || math.IsInf(w, 1) {
			return nil, fmt.Errorf("snl: weight %d of a pool is %g", i, w)
		}
		total += w
	}
	if !(total > 0) || math.IsInf(total, 1) {
		return nil, fmt.Errorf("snl: the weights of a pool sum to %g", total)
	}
	m := &pool{}
	p := &Predictive{pooled: m}
	lost := 0.0
	for i, q := range of {
		w := weight(weights, i) / total
		if w == 0 {
			continue
		}
		m.of, m.weights, m.logs = append(m.of, q), append(m.weights, w), append(m.logs, math.Log(w))
		lost += w * q.logZ.Error
		// Coordinates in which the parts are of order 1.
		p.shift += w * q.shift
		p.scale += w * q.scale
	}
	p.table = m.table(p.shift, p.scale)
	p.logZ = structured.EstimatedWithin(0, lost)
	return p, nil
}

// table has the knots of all parts, in the coordinates (y - shift)/scale.
func (m *pool) table(shift, scale float64) *piecewise {
	out := &piecewise{}
	for _, q := range m.of {
		for _, t := range q.table.t {
			out.t = append(out.t, (q.shift+q.scale*t-shift)/scale)
		}
	}
	slices.Sort(out.t)
	out.t = slices.Compact(out.t)
	n := len(out.t)
	out.f, out.cdf = make([]float64, n), make([]float64, n)
	second := 0.0 // moment about the shift
	for k, q := range m.of {
		w := m.weights[k]
		for i, t := range out.t {
			z := (shift + scale*t - q.shift) / q.scale
			out.f[i] += w * q.table.density(z) * scale / q.scale
			out.cdf[i] += w * q.table.at(z)
		}
		mean, sd := (q.Mean()-shift)/scale, q.scale/scale
		out.mean += w * mean
		second += w * (sd*sd*q.table.variance + mean*mean)
	}
	out.variance = second - out.mean*out.mean
	out.cdf[0], out.cdf[n-1] = 0, 1 // but for rounding
	for i := 1; i < n; i++ {
		out.cdf[i] = min(max(out.cdf[i], out.cdf[i-1]), 1)
	}
	out.limit()
	for i := range n - 1 {
		c := out.piece(i)
		for _, g := range gauss4 {
			if f := c.slope(g[0]); f > 0 {
				out.entropy -= c.h * g[1] * f * math.Log(f)
			}
		}
	}
	return out
}

func (m *pool) grow(n int) *[]float64 {
	s, ok := m.scratch.Get().(*[]float64)
	if !ok {
		s = new([]float64)
	}
	*s = numeric.Grow(*s, n)
	return s
}

// logPDFs writes the log of the mixture to dst, in nats per unit of the user's y.
func (m *pool) logPDFs(dst, ys []float64) {
	s := m.grow(len(ys))
	part := *s
	for k, q := range m.of {
		q.LogPDFs(part, ys)
		for i, v := range part[:len(ys)] {
			if v += m.logs[k]; k == 0 {
				dst[i] = v
			} else {
				dst[i] = numeric.LogAddExp(dst[i], v)
			}
		}
	}
	m.scratch.Put(s)
}
