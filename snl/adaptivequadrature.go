package snl

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// Quadrature says how carefully densities on the line are integrated. The zero
// value is ready to use.
type Quadrature struct {
	// Tolerance is the estimated relative error to reach; 0 stands for 1e-9.
	Tolerance float64
	// MaxEvaluations bounds the number of points at which the score is
	// computed; 0 stands for 100,000. Where it is reached the error is
	// reported as it is.
	MaxEvaluations int
}

// Validate reports the first setting that makes no sense, if any.
func (q Quadrature) Validate() error {
	if !(q.Tolerance >= 0 && q.Tolerance < 1) {
		return fmt.Errorf("snl: Quadrature.Tolerance %g is not in [0, 1)", q.Tolerance)
	}
	if q.MaxEvaluations < 0 {
		return fmt.Errorf("snl: Quadrature.MaxEvaluations %d is negative", q.MaxEvaluations)
	}
	return nil
}

func (q Quadrature) tolerance() float64 { return orDefault(q.Tolerance, 1e-9) }
func (q Quadrature) evaluations() int   { return orDefault(q.MaxEvaluations, 100_000) }

var (
	// ErrDiverges is returned for scores whose density has no finite
	// integral, as far as can be seen.
	ErrDiverges = errors.New("snl: the density does not seem to have a finite integral: the scores grow faster than the base falls")
	// ErrNoMass is returned where the density is 0 everywhere.
	ErrNoMass = errors.New("snl: the density is 0 at all points that were tried")
)

const (
	// firstPanels is the number of equal panels that the extent is cut into.
	firstPanels = 32
	// mostDoublings bounds how far tails are followed: 2^40 first panels.
	mostDoublings = 40
	// negligible is the log of a part of the whole that does not count.
	negligible = -41.5 // 1e-18
)

// line is the integral of exp logf over the line, in pieces.
type line struct {
	panels      []panel // in order, without gaps
	logZ        float64
	error       float64 // estimated, of logZ
	evaluations int
	logf        func(dst, ys []float64)
	ys, values  []float64
	beyond      float64 // relative error of what is beyond the ends
}

// integrateLine integrates exp logf by adaptive Gauss-Kronrod quadrature in the
// log domain, from [low, high] outward unless the density is 0 outside it
// (whole). All panels that need it are halved at once, so that logf, the
// expensive part, is asked for many values together.
//
// A panel is halved where its estimated error is a relevant part of the whole,
// and where a peak may hide between two of its nodes: where log f rises toward
// the gap from both sides so steeply that the meeting point of the tangents is
// more than a nat above the nodes, and would count. Peaks whose flanks are not
// seen from any node are missed, as by any rule.
func integrateLine(q Quadrature, low, high float64, whole bool, logf func(dst, ys []float64)) (*line, error) {
	if !finite(low) || !finite(high) || !(low < high) {
		return nil, fmt.Errorf("snl: the extent of the base is from %g to %g", low, high)
	}
	l := &line{logf: logf}
	first := make([]panel, firstPanels)
	for i := range first {
		first[i].a = low + (high-low)*float64(i)/firstPanels
		first[i].b = low + (high-low)*float64(i+1)/firstPanels
	}
	first[firstPanels-1].b = high
	if err := l.evaluate(first); err != nil {
		return nil, err
	}
	l.panels = first
	if !whole {
		if err := l.followTails(); err != nil {
			return nil, err
		}
	}
	for {
		l.total()
		if math.IsInf(l.logZ, -1) {
			return nil, ErrNoMass
		}
		split := l.unsettled(math.Log(q.tolerance()))
		if len(split) == 0 {
			return l, nil
		}
		if l.evaluations+2*kronrodNodes*len(split) > q.evaluations() {
			l.admit(math.Log(q.tolerance()))
			return l, nil
		}
		if err := l.halve(split); err != nil {
			return nil, err
		}
	}
}

// evaluate fills panels with values.
func (l *line) evaluate(panels []panel) error {
	n := kronrodNodes * len(panels)
	l.ys, l.values = numeric.Grow(l.ys, n), numeric.Grow(l.values, n)
	for i := range panels {
		for k := range kronrodNodes {
			l.ys[i*kronrodNodes+k] = panels[i].node(k)
		}
	}
	l.logf(l.values, l.ys)
	l.evaluations += n
	for i := range panels {
		copy(panels[i].logf[:], l.values[i*kronrodNodes:])
		for _, v := range panels[i].logf {
			if math.IsNaN(v) || math.IsInf(v, 1) {
				return fmt.Errorf("snl: the score of a point between %g and %g is not finite", panels[i].a, panels[i].b)
			}
		}
		panels[i].integrate()
	}
	return nil
}

// total sums the panels.
func (l *line) total() {
	mass, err := math.Inf(-1), math.Inf(-1)
	for i := range l.panels {
		mass = numeric.LogAddExp(mass, l.panels[i].logMass)
		err = numeric.LogAddExp(err, l.panels[i].logError)
	}
	l.logZ = mass
	l.error = math.Log1p(math.Exp(err-mass) + l.beyond)
}

// followTails adds panels at both ends, each twice as wide as the one before,
// until what is beyond is negligible; for tails like a power, until a geometric
// series says so.
func (l *line) followTails() error {
	for _, side := range []int{-1, 1} {
		last := math.Inf(1)
		for doubling := 0; ; doubling++ {
			l.total()
			edge := &l.panels[0]
			out, in := edge.logf[0], edge.logf[kronrodNodes-1]
			if side > 0 {
				edge = &l.panels[len(l.panels)-1]
				out, in = edge.logf[kronrodNodes-1], edge.logf[0]
			}
			width := edge.b - edge.a
			// Falling, and what a tail of this height could still add over
			// its own width does not count.
			if (out < in || math.IsInf(out, -1)) && out+math.Log(width) < l.logZ+negligible {
				break
			}
			ratio := math.Exp(edge.logMass - last)
			if rest := ratio / (1 - ratio) * math.Exp(edge.logMass-l.logZ); doubling > 2 && ratio < 0.95 && rest < 1e-12 {
				l.beyond += rest
				break
			}
			if doubling == mostDoublings {
				if doubling > 2 && ratio < 0.95 { // a slow tail, of known weight
					l.beyond += ratio / (1 - ratio) * math.Exp(edge.logMass-l.logZ)
					break
				}
				if math.IsInf(l.logZ, -1) {
					return ErrNoMass
				}
				return ErrDiverges
			}
			last = edge.logMass
			next := []panel{{a: edge.a - 2*width, b: edge.a}}
			if side > 0 {
				next[0].a, next[0].b = edge.b, edge.b+2*width
			}
			if !finite(next[0].a) || !finite(next[0].b) {
				return ErrDiverges
			}
			if err := l.evaluate(next); err != nil {
				return err
			}
			if side > 0 {
				l.panels = append(l.panels, next[0])
			} else {
				l.panels = slices.Insert(l.panels, 0, next[0])
			}
		}
	}
	return nil
}

// unsettled lists the panels to halve.
func (l *line) unsettled(logTolerance float64) []int {
	var split []int
	done := l.error <= math.Exp(logTolerance)
	// A panel below an equal share of the allowed error is left alone.
	share := l.logZ + logTolerance - math.Log(float64(2*len(l.panels)))
	for i := range l.panels {
		p := &l.panels[i]
		if (p.b - p.a) <= 1e-12*max(math.Abs(p.a), math.Abs(p.b)) {
			continue // rounding
		}
		if !done && p.logError > share || l.hides(i) > l.logZ+logTolerance {
			split = append(split, i)
		}
	}
	return split
}

// admit adds to the error what peaks may be hiding where there are no
// evaluations left to look.
func (l *line) admit(logTolerance float64) {
	hidden := math.Inf(-1)
	for i := range l.panels {
		if h := l.hides(i); h > l.logZ+logTolerance {
			hidden = numeric.LogAddExp(hidden, h)
		}
	}
	l.error += numeric.LogAddExp(0, hidden-l.logZ)
}

// hides returns the log of the mass of a peak that may be between nodes of
// panel i, or between it and the next panel; -Inf for none.
func (l *line) hides(i int) float64 {
	most := math.Inf(-1)
	p := &l.panels[i]
	var t, v [kronrodNodes + 3]float64 // with one node before and two after
	from, to := 1, kronrodNodes+1
	for k := range kronrodNodes {
		t[k+1], v[k+1] = p.node(k), p.logf[k]
	}
	if i > 0 {
		from = 0
		b := &l.panels[i-1]
		t[0], v[0] = b.node(kronrodNodes-1), b.logf[kronrodNodes-1]
	}
	if i+1 < len(l.panels) {
		to = kronrodNodes + 3
		n := &l.panels[i+1]
		t[to-2], v[to-2] = n.node(0), n.logf[0]
		t[to-1], v[to-1] = n.node(1), n.logf[1]
	}
	for k := from; k+3 < to; k++ {
		gap := t[k+2] - t[k+1]
		up := (v[k+1] - v[k]) / (t[k+1] - t[k])
		down := (v[k+3] - v[k+2]) / (t[k+3] - t[k+2])
		if !(up > 0 && down < 0) || math.IsInf(up, 0) || math.IsInf(down, 0) {
			continue
		}
		// The tangents meet at t[k+1] + x.
		x := (v[k+2] - v[k+1] - down*gap) / (up - down)
		x = min(max(x, 0), gap)
		top := min(v[k+1]+up*x, v[k+2]-down*(gap-x))
		if top > max(v[k+1], v[k+2])+1 {
			most = max(most, top+math.Log(gap))
		}
	}
	return most
}

// halve replaces the panels listed, in order, by their halves.
func (l *line) halve(split []int) error {
	halves := make([]panel, 0, 2*len(split))
	for _, i := range split {
		a, b := l.panels[i].a, l.panels[i].b
		mid := a + (b-a)/2
		halves = append(halves, panel{a: a, b: mid}, panel{a: mid, b: b})
	}
	if err := l.evaluate(halves); err != nil {
		return err
	}
	out := make([]panel, 0, len(l.panels)+len(split))
	for i := range l.panels {
		if len(split) > 0 && split[0] == i {
			out = append(out, halves[0], halves[1])
			split, halves = split[1:], halves[2:]
			continue
		}
		out = append(out, l.panels[i])
	}
	l.panels = out
	return nil
}
