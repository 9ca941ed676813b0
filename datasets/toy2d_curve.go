package datasets

import (
	"fmt"
	"math"
)

// smoothCurve is the density of c(u) + v + e, with u on a curve, v uniform in
// a box [0, w]^2 (w may be 0) and e ~ N(0, sd^2 I): the integral over the
// curve of the density of v + e around c(u), by Gauss-Legendre quadrature with
// 8 nodes for each piece of the curve of a length of at most sd. At distances
// of up to 10 sd from the curve the relative error is below 1e-8.
type smoothCurve struct {
	sd, w     float64   // w in units of sd
	x, y      []float64 // the nodes, in units of sd
	logWeight []float64
	heaviest  float64    // the greatest of them
	box       *boxNormal // nil where w is 0
}

// gauss8 are the nodes and weights of the Gauss-Legendre rule on [-1, 1].
var gauss8 = [8][2]float64{
	{-0.960289856497536231684, 0.101228536290376259153}, {-0.796666477413626739592, 0.222381034453374470544},
	{-0.525532409916328985818, 0.313706645877887287338}, {-0.183434642495649804939, 0.362683783378361982965},
	{0.183434642495649804939, 0.362683783378361982965}, {0.525532409916328985818, 0.313706645877887287338},
	{0.796666477413626739592, 0.222381034453374470544}, {0.960289856497536231684, 0.101228536290376259153},
}

// add adds the curve at(s), s in [from, to], with the weight density(s) ds.
// speed bounds the length of the curve per s.
func (c *smoothCurve) add(from, to, speed float64, at func(s float64) (x, y, density float64)) {
	pieces := int(math.Ceil((to - from) * speed / c.sd))
	half := (to - from) / float64(pieces) / 2
	for p := range pieces {
		middle := from + (2*float64(p)+1)*half
		for _, g := range gauss8 {
			x, y, density := at(middle + g[0]*half)
			c.x, c.y = append(c.x, x/c.sd), append(c.y, y/c.sd)
			c.logWeight = append(c.logWeight, math.Log(density*g[1]*half))
			if last := c.logWeight[len(c.logWeight)-1]; len(c.x) == 1 || last > c.heaviest {
				c.heaviest = last
			}
		}
	}
}

// logDensity takes O(pieces), and an exponential for each node that matters.
func (c *smoothCurve) logDensity(x, y float64) float64 {
	x, y = x/c.sd, y/c.sd
	// A bound on each term, by the distance from the box, says which matter.
	best := math.Inf(1)
	for i := 4; i < len(c.x); i += 8 { // a node near the middle of each piece
		if e := c.exponent(x-c.x[i], y-c.y[i]) - c.logWeight[i]; e < best {
			best = e
		}
	}
	const negligible = 32 // a bound below exp(-32) of the best; the box takes at most 8 more off a term
	// Nor does a term matter beyond this distance, even of the greatest weight;
	// a node is at most 0.6 from the one near the middle of its piece.
	reach := math.Sqrt(2*(best+negligible+c.heaviest)) + 0.6
	top, sum := math.Inf(-1), 0.0 // the sum of the terms so far is sum exp(top)
	for i := 0; i < len(c.x); i += 8 {
		if far := 2 * c.exponent(x-c.x[i+4], y-c.y[i+4]); far > reach*reach {
			continue
		}
		for k := i; k < i+8; k++ {
			dx, dy := x-c.x[k], y-c.y[k]
			e := c.exponent(dx, dy) - c.logWeight[k]
			if e > best+negligible {
				continue
			}
			if c.box != nil {
				e = -c.box.log(dx) - c.box.log(dy) - math.Log(2*math.Pi) - c.logWeight[k]
			}
			if -e > top { // far away it is much above that of the node in the middle
				sum, top = sum*math.Exp(top+e), -e
			}
			sum += math.Exp(-e - top)
		}
	}
	return math.Log(sum) + top - math.Log(2*math.Pi*c.sd*c.sd)
}

// exponent is half the squared distance of a point from the box at 0.
func (c *smoothCurve) exponent(dx, dy float64) float64 {
	dx, dy = max(-dx, dx-c.w, 0), max(-dy, dy-c.w, 0)
	return (dx*dx + dy*dy) / 2
}

// bounds is a box with all but 1e-15 of the mass.
func (c *smoothCurve) bounds() (low, high [2]float64) {
	low, high = [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for i := range c.x {
		for j, v := range [2]float64{c.x[i], c.y[i]} {
			low[j], high[j] = min(low[j], (v-8)*c.sd), max(high[j], (v+c.w+8)*c.sd)
		}
	}
	return low, high
}

func (c *smoothCurve) entropy() float64 {
	low, high := c.bounds()
	return gridEntropy(c.logDensity, low, high, c.sd)
}

// leastCurveNoise bounds the number of nodes on a curve, some 10^5.
const leastCurveNoise = 1e-3

func atLeast(toy string, sd float64) error {
	if sd < leastCurveNoise {
		return fmt.Errorf("datasets: %s: StdDev is %g, less than %g", toy, sd, leastCurveNoise)
	}
	return nil
}
