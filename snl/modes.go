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
