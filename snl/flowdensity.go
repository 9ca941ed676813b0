package snl

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"

	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// FlowDensity is the density of what a [Flow] makes of noise in the time
// T = Steps StepSize. With L = g + log q and the path y(t) that ends at y,
//
//	log p_T(y) = log p_0(y(0)) - integral_0^T Laplacian L(y(t)) dt
//
// (the change of variables of continuous flows: Chen, Rubanova, Bettencourt,
// Duvenaud 2018, theorem 1). Path and integral are found together, back from y,
// by the classical method of Runge and Kutta with the steps of the Flow, and
// draws go forward in the same way: the errors are O(StepSize^4). The Euler
// steps of training are O(StepSize) away from that.
//
// Where no path from the noise leads, as beyond what a potential steeper than a
// parabola lets through, the density is 0. FlowDensity is a Density in the
// user's units, and immutable. A point costs 4 Steps passes of order 2 along d
// coordinates or along the probes of Trace.
type FlowDensity struct {
	flow  *flow
	trace Trace
	theta structured.Theta
	coordinates
	volume float64
	work   *sync.Pool // of *flowScratch
}

// Trace says how the divergence of a flow is found.
type Trace struct {
	// Probes is the number of random directions by which it is estimated, the
	// same for all points and times (Hutchinson 1990; Grathwohl et al. 2019):
	// log p_T is then unbiased over Key, and exp of it is not. 0 stands for the
	// exact sum of d second derivatives.
	Probes int
	// Key is where the directions come from.
	Key uint64
}

var _ Density = (*FlowDensity)(nil)

// errNoCurvature is returned where the divergence of a flow needs second
// derivatives of a base that does not know them.
var errNoCurvature = errors.New("snl: the density of a flow needs the second derivatives of the base density: see CurvedDensity")

// flowRows is how many points flow together.
const flowRows = 128

type flowScratch struct {
	scoreScratch
	points         scratch // of the caller, in the coordinates of the space
	now            scratch // where the field is wanted
	ys, vs         []Point
	d1, d2         []float64
	slope, sum     []float64 // of the path, n x d
	trace, total   []float64 // of the integral, n
	flow           *flow
	directions     []Point
	exact, forward bool
}

// NewFlowDensity returns the density of a flow under a model for the features x,
// nil where there are none.
func NewFlowDensity(m *Model, x []float64, of Flow, trace Trace) (*FlowDensity, error) {
	d, err := newFlowDensity(m.model, of, trace)
	if err != nil {
		return nil, err
	}
	err = m.model.EachTheta(context.Background(), rowMatrix(x), func(_ int, theta structured.Theta) error {
		d.theta = structured.Theta{Logits: clonePoint(theta.Logits), Own: clonePoint(theta.Own), Aux: clonePoint(theta.Aux)}
		return nil
	})
	return d, err
}

// newFlowDensity is all but the theta.
func newFlowDensity(m *structured.Model[Point], of Flow, trace Trace) (*FlowDensity, error) {
	if trace.Probes < 0 {
		return nil, fmt.Errorf("snl: Trace.Probes %d is negative", trace.Probes)
	}
	f, err := of.bind(structured.Problem[Point]{Space: m.Space(), Coupling: m.Coupling()}, "FlowDensity", 2)
	if err != nil {
		return nil, err
	}
	if f.field.base != nil && f.field.curved == nil {
		return nil, errNoCurvature
	}
	space := m.Space().(*Space)
	out := &FlowDensity{flow: f, trace: trace, coordinates: space.coordinates, volume: space.logVolume()}
	dim := f.field.dim
	directions := makePoints(max(dim, trace.Probes), dim)
	if trace.Probes > 0 {
		directions = directions[:trace.Probes]
		Rademacher.draw(directions, stream.New(trace.Key))
	} else {
		for j := range directions {
			directions[j][j] = 1
		}
	}
	out.work = &sync.Pool{New: func() any {
		return &flowScratch{flow: f, directions: directions, exact: trace.Probes == 0}
	}}
	return out, nil
}

// Dim is d.
func (d *FlowDensity) Dim() int { return d.flow.field.dim }

// LogDensity writes log p_T to dst, in nats per unit of the user's volume.
func (d *FlowDensity) LogDensity(dst []float64, ys []Point) {
	s := d.work.Get().(*flowScratch)
	for lo := 0; lo < len(ys); lo += flowRows {
		hi := min(lo+flowRows, len(ys))
		points := s.points.makePoints(hi-lo, d.Dim())
		for i, y := range ys[lo:hi] {
			d.standardise(points[i], y)
		}
		d.logDensity(dst[lo:hi], points, d.theta, s)
	}
	d.work.Put(s)
}

// logDensity moves points in the coordinates of the space back to where they
// come from, and writes their log-densities in the user's.
func (d *FlowDensity) logDensity(dst []float64, points []Point, theta structured.Theta, s *flowScratch) {
	s.forward = false
	s.integrate(points, theta)
	d.flow.noise.LogDensity(dst, points)
	for i := range dst {
		if dst[i] -= s.total[i] + d.volume; !finite(dst[i]) {
			dst[i] = math.Inf(-1)
		}
	}
}

// Sample overwrites ys with draws.
func (d *FlowDensity) Sample(ys []Point, rng *rand.Rand) {
	d.flow.noise.Sample(ys, rng)
	s := d.work.Get().(*flowScratch)
	s.forward = true
	for lo := 0; lo < len(ys); lo += flowRows {
		s.integrate(ys[lo:min(lo+flowRows, len(ys))], d.theta)
	}
	for _, y := range ys {
		d.restore(y, y)
	}
	d.work.Put(s)
}

// integrate moves points along the flow for its whole time, forward or back, and
// leaves the integrals of the Laplacian on the way back in s.total.
func (s *flowScratch) integrate(points []Point, theta structured.Theta) {
	n, d := len(points), s.flow.field.dim
	now := s.now.makePoints(n, d)
	s.slope, s.sum = numeric.Grow(s.slope, n*d), numeric.Grow(s.sum, n*d)
	s.trace, s.total = numeric.Grow(s.trace, n), numeric.Zeroed(s.total, n)
	h := s.flow.step
	if !s.forward {
		h = -h
	}
	for range s.flow.steps {
		clear(s.sum)
		for stage, at := range [4]float64{0, 0.5, 0.5, 1} {
			for i, y := range points {
				for j, v := range y {
					if now[i][j] = v; stage > 0 {
						now[i][j] += at * h * s.slope[i*d+j]
					}
				}
			}
			s.field(now, theta)
			weight := [4]float64{1, 2, 2, 1}[stage] / 6
			floats.AddScaled(s.sum, weight, s.slope)
			if !s.forward {
				floats.AddScaled(s.total, weight*s.flow.step, s.trace)
			}
		}
		for i, y := range points {
			for j := range y {
				y[j] += h * s.sum[i*d+j]
			}
		}
	}
}

// field fills s.slope, and on the way back s.trace, at points.
func (s *flowScratch) field(points []Point, theta structured.Theta) {
	f, n, d, k := &s.flow.field, len(points), s.flow.field.dim, len(s.directions)
	if s.forward {
		copy(s.slope, f.evaluate(&s.scoreScratch, theta, points))
		return
	}
	s.ys, s.vs = s.ys[:0], s.vs[:0]
	for _, y := range points {
		for _, v := range s.directions {
			s.ys, s.vs = append(s.ys, y), append(s.vs, v)
		}
	}
	s.d1, s.d2 = numeric.Grow(s.d1, n*k), numeric.Grow(s.d2, n*k)
	f.smooth.Jet(nil, s.d1, s.d2, theta, s.ys, s.vs)
	f.addCurvature(&s.scoreScratch, s.d2, s.ys, s.vs)
	scale := 1.0
	if s.exact { // the first derivatives are the gradient
		copy(s.slope, s.d1[:n*d])
		f.addBase(&s.scoreScratch, s.slope, points)
	} else {
		copy(s.slope, f.evaluate(&s.scoreScratch, theta, points))
		scale = 1 / float64(k)
	}
	for i := range points {
		s.trace[i] = scale * floats.Sum(s.d2[i*k:(i+1)*k])
	}
}
