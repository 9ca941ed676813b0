package snl

import (
	"math"
	"math/rand/v2"
)

// sample overwrites ys with independent draws, and logp, unless it is nil, with
// their log-densities.
func (g *gaussians) sample(ys []Point, logp, phi []float64, key uint64) {
	s := g.get(phi)
	rng := s.source.At(key)
	for _, y := range ys {
		k := pick(s.pi, rng)
		g.place(s, y, k, func(int) float64 { return rng.NormFloat64() })
	}
	g.put(s)
	if logp != nil {
		g.logDensity(logp, phi, ys)
	}
}

// spread is sample with draws that have the law of the mixture each but lie
// evenly, so that means over them vary less: a lattice of the unit cube, moved by
// a random vector modulo 1 (Cranley, Patterson 1976), is mapped to the mixture by
// its quantiles. The first coordinate, in equal steps, picks the component and,
// with what is left of it, the first coordinate of the point; the others have
// the steps of Roberts (2018). On the line the error of the mean of a smooth
// function falls like 1/n.
func (g *gaussians) spread(ys []Point, logp, phi []float64, key uint64) {
	s := g.get(phi)
	rng := s.source.At(key)
	if len(s.shift) != g.d {
		s.shift, s.unit = make([]float64, g.d), make([]float64, g.d)
	}
	for j := range s.shift {
		s.shift[j] = rng.Float64()
	}
	steps := g.steps
	for m, y := range ys {
		for j, shift := range s.shift {
			step := float64(m) / float64(len(ys))
			if j > 0 {
				step = float64(m) * steps[j-1]
			}
			_, s.unit[j] = math.Modf(shift + step)
		}
		k, u := 0, s.unit[0]
		for k < g.k-1 && u >= s.pi[k] {
			u -= s.pi[k]
			k++
		}
		s.unit[0] = u / s.pi[k]
		g.place(s, y, k, func(i int) float64 { return normalQuantile(s.unit[i]) })
	}
	g.put(s)
	if logp != nil {
		g.logDensity(logp, phi, ys)
	}
}

// place sets y to the image of a standard normal vector, whose coordinates are
// asked for in order, in component k.
func (g *gaussians) place(s *gaussiansScratch, y Point, k int, normal func(i int) float64) {
	off := s.off[k*g.pairs() : (k+1)*g.pairs()]
	at := 0
	for i := range g.d { // s.row is y - m
		v := normal(i) / s.inv[k*g.d+i]
		for j := 0; j < i && g.full; j++ {
			v -= off[at] * s.row[j]
			at++
		}
		s.row[i] = v
		y[i] = s.mean[k*g.d+i] + v
	}
}

// normalQuantile is that of the standard normal, of u no nearer to 0 and 1 than
// 2^-52.
func normalQuantile(u float64) float64 {
	return math.Sqrt2 * math.Erfinv(2*min(max(u, 0x1p-52), 1-0x1p-52)-1)
}

// pick draws an index with the given probabilities.
func pick(p []float64, rng *rand.Rand) int {
	if len(p) == 1 {
		return 0
	}
	u := rng.Float64()
	for k, v := range p {
		if u -= v; u < 0 {
			return k
		}
	}
	return len(p) - 1
}
