package snl

import (
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// GaussianNoise perturbs a point by a mixture of isotropic Gaussians around it,
//
//	c(y'|y) = sum_k w_k N(y'; y, (s_k scale)^2 I),
//
// where scale is 1 in the coordinates of the space: a standard deviation of
// the targets, unless the targets are raw. With structured.Around it is the
// proposal of Gustafsson, Danelljan, Bhat and Schön (2020), who take a narrow
// and a wide part; it is symmetric, c(y'|y) = c(y|y').
type GaussianNoise struct {
	// Deviations are the s_k; nil stands for 0.1 and 1.
	Deviations []float64
	// Weights are positive, in proportion; nil stands for equal ones.
	Weights []float64
}

// Bind wants a *Space whose base is positive everywhere near the data: draws
// outside it are lost.
func (g GaussianNoise) Bind(p structured.Problem[Point]) (structured.BoundPerturbation[Point], error) {
	s, ok := p.Space.(*Space)
	if !ok {
		return nil, unknownSpace("GaussianNoise", p.Space)
	}
	deviations := g.Deviations
	if deviations == nil {
		deviations = []float64{0.1, 1}
	}
	if len(deviations) == 0 || g.Weights != nil && len(g.Weights) != len(deviations) {
		return nil, &structured.DimensionError{What: "GaussianNoise.Weights", Want: len(deviations), Got: len(g.Weights)}
	}
	b := &gaussianNoise{}
	total := 0.0
	for k, d := range deviations {
		w := weight(g.Weights, k)
		if !(d > 0) || !finite(d) || !(w > 0) || !finite(w) {
			return nil, fmt.Errorf("snl: GaussianNoise: deviation %g and weight %g of part %d", d, w, k)
		}
		total += w
		b.cumulative = append(b.cumulative, total)
		b.parts = append(b.parts, noisePart{d, -0.5 / (d * d), math.Log(w) - float64(s.dim)*(math.Log(d)+0.5*logTwoPi)})
	}
	for k := range b.parts {
		b.parts[k].constant -= math.Log(total)
	}
	return b, nil
}

type gaussianNoise struct {
	parts      []noisePart
	cumulative []float64
}

type noisePart struct{ deviation, curvature, constant float64 }

func (g *gaussianNoise) Sample(ys []Point, from Point, key uint64) {
	rng := stream.New(key)
	total := g.cumulative[len(g.cumulative)-1]
	for _, y := range ys {
		s := g.parts[searchCumulative(g.cumulative, total*rng.Float64())].deviation
		for j, v := range from {
			y[j] = v + s*rng.NormFloat64()
		}
	}
}

// LogProb is the same in both directions.
func (g *gaussianNoise) LogProb(there, back []float64, ys []Point, from Point) {
	for i, y := range ys {
		square := 0.0
		for j, v := range from {
			square += (y[j] - v) * (y[j] - v)
		}
		l := math.Inf(-1)
		for _, p := range g.parts {
			l = numeric.LogAddExp(l, p.constant+p.curvature*square)
		}
		if there != nil {
			there[i] = l
		}
		if back != nil {
			back[i] = l
		}
	}
}
