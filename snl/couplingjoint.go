package snl

import (
	"sync"

	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// joint is a Joint for a dimension.
type joint struct {
	features fourier
	logits   int
	net      nn.Network
	order    int
	idle     sync.Pool // of *jointScratch
}

var (
	_ Smooth                     = (*joint)(nil)
	_ structured.Recorder[Point] = (*joint)(nil)
)

// jointRows is how many points go through the network at a time: few enough
// that a layer stays in the cache.
const jointRows = 256

// jointScratch is the memory of one call.
type jointScratch struct {
	tape       nn.JetTape
	d0, d1, d2 []float64 // of the features
	shared     []float64 // derivative with respect to the logits
	ones, back []float64
}

func (j *joint) Dim() int       { return j.features.dim }
func (j *joint) MaxOrder() int  { return j.order }
func (j *joint) NumLogits() int { return j.logits }
func (j *joint) NumOwn() int    { return j.net.NumParams() }

func (j *joint) InitOwn(own []float64, key uint64) { j.net.Init(own, stream.New(key)) }

// forward evaluates points, along vs where order is not 0.
func (j *joint) forward(s *jointScratch, theta structured.Theta, ys, vs []Point, order int) nn.Jet {
	n, p := len(ys), j.features.len()
	s.d0 = numeric.Grow(s.d0, n*p)
	in := nn.Jet{Rows: n, Shared: theta.Logits, Value: s.d0}
	if order >= 1 {
		s.d1 = numeric.Grow(s.d1, n*p)
		in.First = s.d1
	}
	if j.features.identity() {
		flatten(in.Value, ys, p)
		if order >= 1 {
			flatten(in.First, vs, p)
		}
		return s.tape.ForwardJet(theta.Own, in, order)
	}
	if order >= 2 {
		s.d2 = numeric.Grow(s.d2, n*p)
		in.Second = s.d2
	}
	for m, y := range ys {
		var v Point
		var d1, d2 []float64
		if order >= 1 {
			v, d1 = vs[m], in.First[m*p:(m+1)*p]
		}
		if order >= 2 {
			d2 = in.Second[m*p : (m+1)*p]
		}
		j.features.jet(in.Value[m*p:(m+1)*p], d1, d2, y, v)
	}
	return s.tape.ForwardJet(theta.Own, in, order)
}

// backward adds the derivative of a loss to grad, given that with respect to
// the results of forward.
func (j *joint) backward(s *jointScratch, grad, theta structured.Theta, d nn.Jet) {
	var dIn nn.Jet
	if j.logits > 0 {
		s.shared = numeric.Grow(s.shared, j.logits)
		dIn.Shared = s.shared
	}
	s.tape.BackwardJet(theta.Own, grad.Own, d, dIn)
	if j.logits > 0 {
		floats.Add(grad.Logits, s.shared)
	}
}

// piece is the part [lo, hi) of a slice that may be nil.
func piece[T any](v []T, lo, hi int) []T {
	if v == nil {
		return nil
	}
	return v[lo:hi]
}

// NewRecord makes the coupling a structured.Recorder.
func (j *joint) NewRecord() structured.Record[Point] { return &jointRecord{of: j} }

// jointRecord keeps the tapes of all points.
type jointRecord struct {
	of    *joint
	theta structured.Theta
	ys    []Point
	tapes []*jointScratch // for each jointRows points
}

func (r *jointRecord) Score(dst []float64, theta structured.Theta, ys []Point) {
	r.theta, r.ys = theta, ys
	for k, lo := 0, 0; lo < len(ys); k, lo = k+1, lo+jointRows {
		if k == len(r.tapes) {
			r.tapes = append(r.tapes, r.of.idle.New().(*jointScratch))
		}
		hi := min(lo+jointRows, len(ys))
		copy(dst[lo:hi], r.of.forward(r.tapes[k], theta, ys[lo:hi], nil, 0).Value)
	}
}

func (r *jointRecord) AddGrad(grad structured.Theta, weights []float64) {
	for k, lo := 0, 0; lo < len(r.ys); k, lo = k+1, lo+jointRows {
		r.of.backward(r.tapes[k], grad, r.theta, nn.Jet{Value: weights[lo:min(lo+jointRows, len(r.ys))]})
	}
}

func (j *joint) Score(dst []float64, theta structured.Theta, ys []Point) {
	s := j.idle.Get().(*jointScratch)
	defer j.idle.Put(s)
	for lo := 0; lo < len(ys); lo += jointRows {
		hi := min(lo+jointRows, len(ys))
		copy(dst[lo:hi], j.forward(s, theta, ys[lo:hi], nil, 0).Value)
	}
}

func (j *joint) AddGrad(grad, theta structured.Theta, ys []Point, weights []float64) {
	j.AddGradJet(grad, theta, ys, nil, weights, nil, nil)
}

func (j *joint) GradY(dst []float64, theta structured.Theta, ys []Point) {
	j.scoreGradY(nil, dst, theta, ys)
}

// scoreGradY is Score, where score is not nil, and GradY in one pass.
func (j *joint) scoreGradY(score, dst []float64, theta structured.Theta, ys []Point) {
	s := j.idle.Get().(*jointScratch)
	defer j.idle.Put(s)
	d, p := j.features.dim, j.features.len()
	for lo := 0; lo < len(ys); lo += jointRows {
		hi := min(lo+jointRows, len(ys))
		n := hi - lo
		out := j.forward(s, theta, ys[lo:hi], nil, 0)
		if score != nil {
			copy(score[lo:hi], out.Value)
		}
		for len(s.ones) < n {
			s.ones = append(s.ones, 1)
		}
		into := dst[lo*d : hi*d]
		if j.features.identity() {
			s.tape.BackwardJet(theta.Own, nil, nn.Jet{Value: s.ones[:n]}, nn.Jet{Value: into})
			continue
		}
		s.back = numeric.Grow(s.back, n*p)
		s.tape.BackwardJet(theta.Own, nil, nn.Jet{Value: s.ones[:n]}, nn.Jet{Value: s.back})
		clear(into)
		for m, y := range ys[lo:hi] {
			j.features.addGradY(into[m*d:(m+1)*d], s.back[m*p:(m+1)*p], y)
		}
	}
}

func (j *joint) Jet(value, d1, d2 []float64, theta structured.Theta, ys, vs []Point) {
	s := j.idle.Get().(*jointScratch)
	defer j.idle.Put(s)
	order := jetOrder(d1, d2)
	for lo := 0; lo < len(ys); lo += jointRows {
		hi := min(lo+jointRows, len(ys))
		out := j.forward(s, theta, ys[lo:hi], piece(vs, lo, hi), order)
		if value != nil {
			copy(value[lo:hi], out.Value)
		}
		if d1 != nil {
			copy(d1[lo:hi], out.First)
		}
		if d2 != nil {
			copy(d2[lo:hi], out.Second)
		}
	}
}

func (j *joint) AddGradJet(grad, theta structured.Theta, ys, vs []Point, w0, w1, w2 []float64) {
	s := j.idle.Get().(*jointScratch)
	defer j.idle.Put(s)
	order := jetOrder(w1, w2)
	for lo := 0; lo < len(ys); lo += jointRows {
		hi := min(lo+jointRows, len(ys))
		j.forward(s, theta, ys[lo:hi], piece(vs, lo, hi), order)
		j.backward(s, grad, theta, nn.Jet{Value: piece(w0, lo, hi), First: piece(w1, lo, hi), Second: piece(w2, lo, hi)})
	}
}

// jetOrder is the order of derivative that slices for the first and the second
// ask for.
func jetOrder(first, second []float64) int {
	switch {
	case second != nil:
		return 2
	case first != nil:
		return 1
	}
	return 0
}
