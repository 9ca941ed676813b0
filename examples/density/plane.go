package main

import (
	"context"
	"errors"
	"math"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/gibbs-ebm/gibbs/snl"
	"github.com/gibbs-ebm/gibbs/structured"
)

// surface is the log-density of a model over the plane without its normaliser,
// minus its energy, in the coordinates in which the model works.
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

// box is a part of the plane.
type box struct{ low, high [2]float64 }

// extent is where the base lies, and half as much again where it goes on.
func (s surface) extent() (box, error) {
	base, ok := s.model.Space().(*snl.Space).Base().(snl.Extended)
	if !ok {
		return box{}, errNoExtent
	}
	var b box
	whole := base.Extent(b.low[:], b.high[:])
	for j := range 2 {
		if !whole {
			margin := (b.high[j] - b.low[j]) / 4
			b.low[j], b.high[j] = b.low[j]-margin, b.high[j]+margin
		}
	}
	return b, nil
}

// negligible is the part of the whole that a panel may have and be left out.
const negligible = 1e-10

// integrate is the log of the integral over a box by the product of composite
// Gauss-Legendre rules, and the box of the panels that are not negligible, with
// a panel more on each side.
func (s surface) integrate(ctx context.Context, b box, panels int) (logZ float64, where box, err error) {
	var at, weight [2][]float64
	for j := range 2 {
		at[j], weight[j] = rule(b.low[j], b.high[j], panels)
	}
	n := nodes * panels
	zs, logs := make([]snl.Point, n*n), make([]float64, n*n)
	for i := range zs {
		zs[i] = snl.Point{at[0][i/n], at[1][i%n]}
	}
	if err := s.logs(ctx, logs, zs); err != nil {
		return 0, box{}, err
	}
	most := math.Inf(-1)
	for _, v := range logs {
		if math.IsNaN(v) {
			return 0, box{}, errors.New("an energy is not a number")
		}
		most = max(most, v)
	}
	mass, sum := make([]float64, panels*panels), 0.0
	for i, v := range logs {
		m := weight[0][i/n] * weight[1][i%n] * math.Exp(v-most)
		mass[i/n/nodes*panels+i%n/nodes] += m
		sum += m
	}
	first, last := [2]int{panels, panels}, [2]int{-1, -1}
	for i, m := range mass {
		if m < negligible*sum {
			continue
		}
		for j, k := range [2]int{i / panels, i % panels} {
			first[j], last[j] = min(first[j], k), max(last[j], k)
		}
	}
	for j := range 2 {
		width := (b.high[j] - b.low[j]) / float64(panels)
		where.low[j] = b.low[j] + width*float64(max(first[j]-1, 0))
		where.high[j] = b.low[j] + width*float64(min(last[j]+2, panels))
	}
	return most + math.Log(sum), where, nil
}

// The numbers of panels, each way, to look for the mass and to integrate it.
const (
	searchPanels = 24
	finePanels   = 48
)

// normaliser is log Z and its estimated error: what half as many panels again
// change, over where the mass is.
func (s surface) normaliser(ctx context.Context) (logZ, estimated float64, err error) {
	b, err := s.extent()
	if err != nil {
		return 0, 0, err
	}
	if _, b, err = s.integrate(ctx, b, searchPanels); err != nil {
		return 0, 0, err
	}
	coarse, _, err := s.integrate(ctx, b, finePanels)
	if err != nil {
		return 0, 0, err
	}
	logZ, _, err = s.integrate(ctx, b, finePanels*3/2)
	return logZ, math.Abs(logZ - coarse), err
}

// quick is log Z by fewer panels.
func (s surface) quick(ctx context.Context) (float64, error) {
	b, err := s.extent()
	if err != nil {
		return 0, err
	}
	if _, b, err = s.integrate(ctx, b, searchPanels/2); err != nil {
		return 0, err
	}
	logZ, _, err := s.integrate(ctx, b, searchPanels)
	return logZ, err
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

// planeNLL is the mean of -log p, normalised by quadrature: what picks the
// epoch, the same for all objectives.
type planeNLL struct{}

func (planeNLL) String() string { return "nll" }

func (planeNLL) Maximize() bool { return false }

func (planeNLL) Evaluate(ctx context.Context, m *structured.Model[snl.Point], d *structured.Data[snl.Point]) (float64, error) {
	s := surface{m}
	logZ, err := s.quick(ctx)
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
