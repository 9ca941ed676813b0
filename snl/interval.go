package snl

import (
	"fmt"
	"math"
	"slices"
)

// Interval is Low <= y <= High.
type Interval struct{ Low, High float64 }

// Width is High - Low.
func (i Interval) Width() float64 { return i.High - i.Low }

// Contains reports whether y is inside.
func (i Interval) Contains(y float64) bool { return y >= i.Low && y <= i.High }

// IntervalKind says which of the intervals of a given probability.
type IntervalKind int

const (
	// Central leaves out equal probability on both sides.
	Central IntervalKind = iota
	// Shortest is the shortest single interval: where there is one mode, the
	// highest-density interval.
	Shortest
)

// String names the kind.
func (k IntervalKind) String() string {
	switch k {
	case Central:
		return "central"
	case Shortest:
		return "shortest"
	}
	return fmt.Sprintf("IntervalKind(%d)", int(k))
}

// checkLevel wants a probability strictly between 0 and 1.
func checkLevel(level float64) error {
	if !(level > 0 && level < 1) {
		return fmt.Errorf("snl: level %g of an interval is not in (0, 1)", level)
	}
	return nil
}

// Interval returns the interval of that kind and probability, 0 < level < 1.
func (p *Predictive) Interval(level float64, kind IntervalKind) (Interval, error) {
	if err := checkLevel(level); err != nil {
		return Interval{}, err
	}
	var low, high float64
	switch kind {
	case Central:
		low, high = p.table.quantile((1-level)/2), p.table.quantile((1+level)/2)
	case Shortest:
		low, high = p.table.shortest(level)
	default:
		return Interval{}, fmt.Errorf("snl: unknown %v", kind)
	}
	return p.interval(low, high), nil
}

func (p *Predictive) interval(low, high float64) Interval {
	return Interval{p.shift + p.scale*low, p.shift + p.scale*high}
}

// Region returns the highest-density region of that probability, 0 < level < 1:
// the smallest set {y: p(y|x) >= c}, which is one interval around every mode
// high enough, from left to right.
func (p *Predictive) Region(level float64) ([]Interval, error) {
	if err := checkLevel(level); err != nil {
		return nil, err
	}
	edges := p.table.region(level)
	out := make([]Interval, 0, len(edges)/2)
	for i := 0; i+1 < len(edges); i += 2 {
		out = append(out, p.interval(edges[i], edges[i+1]))
	}
	return out, nil
}

// shortest finds the level-interval of least width: the best start among the
// knots, then the place where the densities at both ends are equal.
func (p *piecewise) shortest(level float64) (low, high float64) {
	width := func(start float64) float64 { return p.quantile(start+level) - p.quantile(start) }
	starts := []float64{0, 1 - level}
	for _, c := range p.cdf {
		for _, s := range []float64{c, c - level} {
			if s > 0 && s < 1-level {
				starts = append(starts, s)
			}
		}
	}
	slices.Sort(starts)
	best := 0
	least := math.Inf(1)
	for i, s := range starts {
		if w := width(s); w < least {
			least, best = w, i
		}
	}
	lo, hi := starts[max(best-1, 0)], starts[min(best+1, len(starts)-1)]
	// d width/d start = 1/f(high) - 1/f(low): negative before the minimum,
	// where the density at the low end is the smaller one.
	falling := func(s float64) bool { return p.density(p.quantile(s)) < p.density(p.quantile(s+level)) }
	for range 100 {
		mid := 0.5 * (lo + hi)
		if mid <= lo || mid >= hi {
			break
		}
		if falling(mid) {
			lo = mid
		} else {
			hi = mid
		}
	}
	start := starts[best]
	if s := 0.5 * (lo + hi); width(s) <= least {
		start = s
	}
	return p.quantile(start), p.quantile(start + level)
}

// region returns the ends of the intervals where the density is above the
// level's threshold, which is found by bisection.
func (p *piecewise) region(level float64) []float64 {
	lo, hi := math.Log(math.SmallestNonzeroFloat64), math.Inf(-1)
	for i := range p.t {
		hi = max(hi, math.Log(p.f[i])+1)
	}
	var edges []float64
	for range 200 {
		mid := 0.5 * (lo + hi)
		if mid <= lo || mid >= hi {
			break
		}
		edges = p.superlevel(edges[:0], math.Exp(mid))
		mass := 0.0
		for i := 0; i+1 < len(edges); i += 2 {
			mass += p.at(edges[i+1]) - p.at(edges[i])
		}
		if mass >= level {
			lo = mid
		} else {
			hi = mid
		}
	}
	return p.superlevel(edges[:0], math.Exp(lo))
}

// superlevel appends the ends of the intervals where the density is at least c.
func (p *piecewise) superlevel(edges []float64, c float64) []float64 {
	inside := p.f[0] >= c
	if inside {
		edges = append(edges, p.t[0])
	}
	for i := range len(p.t) - 1 {
		if next := p.f[i+1] >= c; next != inside {
			edges = append(edges, p.crossing(i, c, next))
			inside = next
		}
	}
	if inside {
		edges = append(edges, p.t[len(p.t)-1])
	}
	return edges
}

// crossing is where the density of piece i passes c.
func (p *piecewise) crossing(i int, c float64, rising bool) float64 {
	q := p.piece(i)
	lo, hi := 0.0, 1.0
	for range 60 {
		mid := 0.5 * (lo + hi)
		if (q.slope(mid) >= c) == rising {
			hi = mid
		} else {
			lo = mid
		}
	}
	return q.t + q.h*0.5*(lo+hi)
}
