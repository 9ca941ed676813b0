package snl

import (
	"fmt"
	"math"
)

// Bandwidth is a rule for the width of kernels.
type Bandwidth int

const (
	// Scott is h_j = s_j n^(-1/(d+4)) with the standard deviation s_j and the
	// effective number of points n (Scott 1992): best for Gaussian data, too
	// wide for several modes.
	Scott Bandwidth = iota
	// Silverman is Scott times (4/(d+2))^(1/(d+4)) (Silverman 1986), which is
	// narrower for d > 2 and the same for d = 2.
	Silverman
	// CrossValidated maximises the likelihood of each point under the kernels
	// of the others over a common factor of Scott's widths, O(n^2 d) per
	// factor tried (Habbema, Hermans, van den Broek 1974).
	CrossValidated
)

// String names the rule.
func (b Bandwidth) String() string {
	switch b {
	case Scott:
		return "scott"
	case Silverman:
		return "silverman"
	case CrossValidated:
		return "cross-validated"
	}
	return fmt.Sprintf("Bandwidth(%d)", int(b))
}

// rule returns the bandwidths chosen for the points.
func (k KernelDensity) rule(dim int) []float64 {
	_, h := moments(k.Points, k.Weights, dim)
	squares, sum := 0.0, 0.0
	for i := range k.Points {
		w := weight(k.Weights, i)
		sum += w
		squares += w * w
	}
	n, d := sum*sum/squares, float64(dim)
	factor := math.Pow(n, -1/(d+4))
	if k.Bandwidth == Silverman {
		factor *= math.Pow(4/(d+2), 1/(d+4))
	}
	for j := range h {
		h[j] *= factor
	}
	if k.Bandwidth == CrossValidated && len(k.Points) > 1 {
		best, widths := math.Inf(-1), h
		// Factors from 1/50 to 3 in steps of 7 %, then the best.
		for f := 0.02; f < 3; f *= 1.07 {
			try := make([]float64, dim)
			for j := range try {
				try[j] = f * h[j]
			}
			if l := k.leaveOneOut(try); l > best {
				best, widths = l, try
			}
		}
		return widths
	}
	return h
}

// leaveOneOut is sum_i w_i log of the density of the other points at point i.
func (k KernelDensity) leaveOneOut(h []float64) float64 {
	inverse, base := make([]float64, len(h)), 0.0
	for j, v := range h {
		inverse[j] = 1 / v
		base -= math.Log(v)
	}
	n := len(k.Points)
	sums := make([]float64, n)
	weightOf := func(i int) float64 {
		if k.Weights == nil {
			return 1 / float64(n)
		}
		return k.Weights[i]
	}
	for i := range n {
		for l := range i {
			e := math.Exp(-0.5 * squaredDistance(k.Points[i], k.Points[l], inverse))
			sums[i] += e * weightOf(l)
			sums[l] += e * weightOf(i)
		}
	}
	total := 0.0
	for i, s := range sums {
		// Repeated points would drive h to 0: the log is of a density with a
		// trace of the floor.
		total += weightOf(i) * (base + math.Log(s/(1-weightOf(i))+1e-300))
	}
	return total
}

func squaredDistance(a, b, inverse []float64) float64 {
	sum := 0.0
	for j, s := range inverse {
		z := (a[j] - b[j]) * s
		sum += z * z
	}
	return sum
}
