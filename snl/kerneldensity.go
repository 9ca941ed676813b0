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
