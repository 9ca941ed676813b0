package snl

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// KernelDensity is the density of Gaussian kernels at the targets,
//
//	q(y) = sum_i w_i prod_j N(y_j; p_ij, h_j^2),
//
// O(n d) per point. Its tails are as light as those of its outermost kernel:
// as a proposal, mix it with something wide.
type KernelDensity struct {
	// Bandwidth chooses h where Bandwidths is nil; the zero value is Scott.
	Bandwidth Bandwidth
	// MaxPoints bounds the number of kernels: of more targets, as many are
	// drawn at random, by weight. 0 stands for 2000.
	MaxPoints int

	// Points, Weights (nil: equal; sum 1) and Bandwidths (one per coordinate)
	// are the density; nil Points are the targets.
	Points     [][]float64
	Weights    []float64
	Bandwidths []float64
}

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

// Fit takes the points and chooses the bandwidths.
func (k KernelDensity) Fit(ys []Point, weights []float64, key uint64) (Form, error) {
	if k.Points != nil && k.Bandwidths != nil {
		return k, nil
	}
	if k.Bandwidth < Scott || k.Bandwidth > CrossValidated {
		return nil, fmt.Errorf("snl: unknown %v", k.Bandwidth)
	}
	if k.MaxPoints < 0 {
		return nil, fmt.Errorf("snl: KernelDensity.MaxPoints %d is negative", k.MaxPoints)
	}
	if k.Points == nil {
		if _, err := checkPoints(ys, weights); err != nil {
			return nil, err
		}
		k.Points, k.Weights = kernelPoints(ys, weights, orDefault(k.MaxPoints, 2000), stream.New(key))
	}
	dim, err := checkPoints(k.Points, k.Weights)
	if err != nil {
		return nil, err
	}
	if k.Bandwidths == nil {
		k.Bandwidths = k.rule(dim)
	}
	k.MaxPoints = 0
	return k, nil
}

// kernelPoints returns the points with a positive weight, or a sample of at
// most limit of them, with weights of sum 1.
func kernelPoints(ys []Point, weights []float64, limit int, rng *rand.Rand) (points [][]float64, w []float64) {
	total, positive := 0.0, 0
	for i := range ys {
		if v := weight(weights, i); v > 0 {
			total += v
			positive++
		}
	}
	if positive <= limit {
		for i, y := range ys {
			if v := weight(weights, i); v > 0 {
				points = append(points, clonePoint(y))
				w = append(w, v/total)
			}
		}
	} else {
		// Systematic resampling of a random order keeps the weights equal.
		at, sum := rng.Float64()*total/float64(limit), 0.0
		for _, i := range rng.Perm(len(ys)) {
			sum += weight(weights, i)
			for at < sum && len(points) < limit {
				points = append(points, clonePoint(ys[i]))
				at += total / float64(limit)
			}
		}
		weights = nil
	}
	if weights == nil {
		return points, nil
	}
	return points, w
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

// Bind wants points, positive bandwidths, and weights of sum 1 where there are
// any.
func (k KernelDensity) Bind(dim int) (Density, error) {
	if k.Points == nil || k.Bandwidths == nil {
		return nil, fmt.Errorf("snl: KernelDensity: %w", ErrNotFitted)
	}
	got, err := checkPoints(k.Points, k.Weights)
	if err != nil {
		return nil, fmt.Errorf("snl: KernelDensity: %w", err)
	}
	if got != dim {
		return nil, &structured.DimensionError{What: "coordinates of KernelDensity", Want: dim, Got: got}
	}
	if err := checkLocationScale("KernelDensity", dim, make([]float64, dim), k.Bandwidths); err != nil {
		return nil, err
	}
	d := &kernelDensity{dim: dim, width: clonePoint(k.Bandwidths), inverse: make([]float64, dim)}
	base := -0.5 * float64(dim) * logTwoPi
	for j, h := range d.width {
		d.inverse[j] = 1 / h
		base -= math.Log(h)
	}
	sum := 0.0
	for i, p := range k.Points {
		w := weight(k.Weights, i)
		if k.Weights == nil {
			w = 1 / float64(len(k.Points))
		}
		if w == 0 {
			continue
		}
		sum += w
		d.points = append(d.points, p...)
		d.logWeights = append(d.logWeights, base+math.Log(w))
		d.cumulative = append(d.cumulative, sum)
	}
	if math.Abs(sum-1) > weightTolerance {
		return nil, errors.New("snl: KernelDensity: the weights do not sum to 1")
	}
	return d, nil
}

type kernelDensity struct {
	dim            int
	points         []float64 // n x d
	width, inverse []float64
	logWeights     []float64 // with the constant of the kernel
	cumulative     []float64
}

var (
	_ GradDensity = (*kernelDensity)(nil)
	_ Extended    = (*kernelDensity)(nil)
)

func (k *kernelDensity) Dim() int { return k.dim }

func (k *kernelDensity) in(c coordinates) Density {
	out := *k
	out.width, out.inverse = c.lengths(k.width), make([]float64, k.dim)
	for j, h := range out.width {
		out.inverse[j] = 1 / h
	}
	out.points = clonePoint(k.points)
	for i := 0; i < len(out.points); i += k.dim {
		c.standardise(out.points[i:i+k.dim], out.points[i:i+k.dim])
	}
	out.logWeights = clonePoint(k.logWeights)
	for i := range out.logWeights {
		out.logWeights[i] += c.logVolume()
	}
	return &out
}

// terms overwrites dst with log w_i N(y; p_i, h).
func (k *kernelDensity) terms(dst []float64, y Point) {
	for i := range dst {
		dst[i] = k.logWeights[i] - 0.5*squaredDistance(y, k.points[i*k.dim:(i+1)*k.dim], k.inverse)
	}
}

func (k *kernelDensity) LogDensity(dst []float64, ys []Point) {
	s := getScratch()
	terms := s.vector(len(k.logWeights))
	for i, y := range ys {
		k.terms(terms, y)
		dst[i] = numeric.LogSumExp(terms)
	}
	s.release()
}

func (k *kernelDensity) GradLogDensity(dst []float64, ys []Point) {
	s := getScratch()
	terms := s.vector(len(k.logWeights))
	for i, y := range ys {
		row := dst[i*k.dim : (i+1)*k.dim]
		clear(row)
		k.terms(terms, y)
		total := numeric.LogSumExp(terms)
		for n, l := range terms {
			r := math.Exp(l - total)
			for j := range row {
				row[j] += r * (k.points[n*k.dim+j] - y[j]) * k.inverse[j] * k.inverse[j]
			}
		}
	}
	s.release()
}

func (k *kernelDensity) Sample(ys []Point, rng *rand.Rand) {
	for _, y := range ys {
		at := searchCumulative(k.cumulative, rng.Float64()*k.cumulative[len(k.cumulative)-1])
		for j := range y {
			y[j] = k.points[at*k.dim+j] + k.width[j]*rng.NormFloat64()
		}
	}
}

// searchCumulative is the first i with u < cumulative[i], or the last.
func searchCumulative(cumulative []float64, u float64) int {
	lo, hi := 0, len(cumulative)-1
	for lo < hi {
		if mid := (lo + hi) / 2; u < cumulative[mid] {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

func (k *kernelDensity) Extent(low, high Point) bool {
	for j := range low {
		low[j], high[j] = math.Inf(1), math.Inf(-1)
		for i := range k.logWeights {
			p := k.points[i*k.dim+j]
			low[j], high[j] = min(low[j], p), max(high[j], p)
		}
		low[j], high[j] = low[j]-gaussianReach*k.width[j], high[j]+gaussianReach*k.width[j]
	}
	return false
}
