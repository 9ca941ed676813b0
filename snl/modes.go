package snl

import (
	"cmp"
	"math"
	"slices"
)

// Mode is a local maximum of a density.
type Mode struct {
	Y       float64
	Density float64 // p(Y|x), per unit of y
}

// modeFloor is the part of the highest density below which a maximum is not
// listed.
const modeFloor = 1e-6

// Modes lists the local maxima of p(y|x), the highest first: those seen from
// the knots of the table, made exact by golden sections of the density itself.
// Maxima below a millionth of the highest are left out.
func (p *Predictive) Modes() []Mode {
	t := p.table
	high := slices.Max(t.f)
	var out []Mode
	for i := range t.t {
		if t.f[i] < modeFloor*high || i > 0 && t.f[i-1] >= t.f[i] {
			continue
		}
		last := i // of a plateau
		for last+1 < len(t.f) && t.f[last+1] == t.f[i] {
			last++
		}
		if last+1 < len(t.f) && t.f[last+1] > t.f[i] {
			continue
		}
		lo, hi := t.t[max(i-1, 0)], t.t[min(last+1, len(t.t)-1)]
		z, logp := goldenSections(func(z float64) float64 { return p.LogPDF(p.shift + p.scale*z) }, lo, hi)
		out = append(out, Mode{p.shift + p.scale*z, math.Exp(logp)})
	}
	slices.SortStableFunc(out, func(a, b Mode) int { return cmp.Compare(b.Density, a.Density) })
	return out
}

// Mode climbs from the best of the draws, by a pattern search over coordinates
// (Hooke and Jeeves 1961), to a local maximum of p(y|x). No draw is higher; that
// no point is, is not proven.
func (p *Multivariate) Mode() (y Point, density float64) {
	best := 0
	for i, l := range p.logp {
		if l > p.logp[best] {
			best = i
		}
	}
	g := &integrand{space: p.space, coupling: p.c, theta: p.theta}
	z := make(Point, p.space.dim)
	p.space.standardise(z, p.points[best])
	steps, cov := make([]float64, len(z)), p.Covariance()
	for j := range steps {
		steps[j] = math.Sqrt(cov.At(j, j))
	}
	if !p.space.identity() {
		steps = p.space.lengths(steps)
	}
	tries, values := makePoints(2*len(z), len(z)), make([]float64, 2*len(z))
	at := p.logp[best]
	for range 400 {
		for j := range z {
			for k, sign := range []float64{-1, 1} {
				copy(tries[2*j+k], z)
				tries[2*j+k][j] += sign * steps[j]
			}
		}
		g.log(values, tries)
		next := 0
		for k, v := range values {
			if v > values[next] {
				next = k
			}
		}
		if values[next] > at {
			at = values[next]
			copy(z, tries[next])
			continue
		}
		small := true
		for j := range steps {
			steps[j] /= 2
			small = small && steps[j] < 1e-8
		}
		if small {
			break
		}
	}
	p.space.restore(z, z)
	return z, math.Exp(at - p.logZ.Value - p.space.logVolume())
}
