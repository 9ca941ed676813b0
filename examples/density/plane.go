package main

import (
	"context"
	"errors"
	"math"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/gibbs-ebm/gibbs/snl"
	"github.com/gibbs-ebm/gibbs/structured"
)

// energies of points of the plane, in the coordinates of a model: minus the log
// of its density without the normaliser.
type surface struct{ model *structured.Model[snl.Point] }

// logs writes g + log q to dst.
func (s surface) logs(ctx context.Context, dst []float64, zs []snl.Point) error {
	return s.model.EachTheta(ctx, nil, func(_ int, theta structured.Theta) error {
		scores := make([]float64, len(zs))
		s.model.Coupling().Score(scores, theta, zs)
		s.model.Space().LogProb(dst, zs)
		for i, v := range scores {
			dst[i] += v
		}
		return nil
	})
}

// nodes is the number of nodes of a panel, in each direction.
const nodes = 8

var errNoExtent = errors.New("the base does not say where it lies")

// logZ is the log of the integral over the extent of the base, made wider by a
// factor where the base goes on, by the product of composite Gauss-Legendre
// rules.
func (s surface) logZ(ctx context.Context, panels int, wider float64) (float64, error) {
	base, ok := s.model.Space().(*snl.Space).Base().(snl.Extended)
	if !ok {
		return 0, errNoExtent
	}
	low, high := make(snl.Point, 2), make(snl.Point, 2)
	whole := base.Extent(low, high)
	var at, weight [2][]float64
	for j := range 2 {
		a, b := low[j], high[j]
		if !whole {
			a, b = a-(wider-1)/2*(b-a), b+(wider-1)/2*(b-a)
		}
		at[j], weight[j] = rule(a, b, panels)
	}
	n := len(at[0])
	zs, logs := make([]snl.Point, n*n), make([]float64, n*n)
	for i := range zs {
		zs[i] = snl.Point{at[0][i/n], at[1][i%n]}
	}
	if err := s.logs(ctx, logs, zs); err != nil {
		return 0, err
	}
	most := math.Inf(-1)
	for _, v := range logs {
		if math.IsNaN(v) {
			return 0, errors.New("an energy is not a number")
		}
		most = max(most, v)
	}
	sum := 0.0
	for i, v := range logs {
		sum += weight[0][i/n] * weight[1][i%n] * math.Exp(v-most)
	}
	return most + math.Log(sum), nil
}

// rule is the composite Gauss-Legendre rule.
func rule(low, high float64, panels int) (at, weight []float64) {
	at, weight = make([]float64, nodes*panels), make([]float64, nodes*panels)
	for p := range panels {
		a, b := low+(high-low)*float64(p)/float64(panels), low+(high-low)*float64(p+1)/float64(panels)
		quad.Legendre{}.FixedLocations(at[p*nodes:(p+1)*nodes], weight[p*nodes:(p+1)*nodes], a, b)
	}
	return at, weight
}

// normaliser is log Z and its estimated error: what twice as many panels, and a
// wider box, change.
func (s surface) normaliser(ctx context.Context) (logZ, estimated float64, err error) {
	var z [3]float64
	for i, c := range []struct {
		panels int
		wider  float64
	}{{40, 1}, {60, 1}, {80, 1.5}} {
		if z[i], err = s.logZ(ctx, c.panels, c.wider); err != nil {
			return 0, 0, err
		}
	}
	return z[2], math.Abs(z[2]-z[1]) + math.Abs(z[1]-z[0]), nil
}

// planeNLL is the mean of -log p, normalised by quadrature: what picks the
// epoch, the same for all objectives.
type planeNLL struct{}

func (planeNLL) String() string { return "nll" }

func (planeNLL) Maximize() bool { return false }

func (planeNLL) Evaluate(ctx context.Context, m *structured.Model[snl.Point], d *structured.Data[snl.Point]) (float64, error) {
	s := surface{m}
	logZ, err := s.logZ(ctx, 16, 1)
	if err != nil {
		return 0, err
	}
	logs := make([]float64, len(d.Y))
	if err := s.logs(ctx, logs, d.Y); err != nil {
		return 0, err
	}
	sum := 0.0
	for _, v := range logs {
		sum += logZ - v
	}
	return sum / float64(len(logs)), nil
}
