package snl

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// SteinTest is a test of whether points were drawn from a model without
// features, p(y), by the kernel Stein discrepancy: it sees scores alone, and
// needs neither a normaliser nor samples of the model (Liu, Lee, Jordan 2016;
// Chwialkowski, Strathmann, Gretton 2016). Distances are in the coordinates in
// which the model works.
//
// The law of the statistic under the model is that of the wild bootstrap,
//
//	1/(n(n-1)) sum_{i != j} e_i e_j u(y_i, y_j),   e random signs,
//
// which makes the level of the test the nominal one as n grows. The points must
// be independent of each other and of how the model was fitted.
type SteinTest struct {
	// Kernel is k; nil stands for InverseMultiquadric with the median distance
	// of the points for its Scale.
	Kernel SteinKernel
	// Resamples is the number of draws of the signs; 0 stands for 500. The
	// p-value is at least 1/(Resamples + 1).
	Resamples int
	// MaxPoints bounds the n used, drawn without replacement from more; 0
	// stands for 1000. Time is O(n^2 (d + Resamples)) and memory O(n^2).
	MaxPoints int
	// Key is where the signs and the choice of points come from.
	Key uint64
}

// SteinResult is the outcome of a SteinTest.
type SteinResult struct {
	Points int
	// Discrepancy is the mean of u over pairs of points, unbiased for the
	// squared discrepancy, so that it may be negative; Error is its standard
	// error where the model is wrong, and above it where the model is right.
	Discrepancy, Error float64
	// PValue is the chance of a discrepancy as large under the model.
	PValue float64
}

// Streams of the test.
const (
	streamSteinPoints = iota + 0x6b736400
	streamSteinSigns
)

// Validate reports the first setting that makes no sense, if any.
func (o SteinTest) Validate() error {
	if o.Resamples < 0 || o.MaxPoints < 0 || o.MaxPoints == 1 {
		return fmt.Errorf("snl: SteinTest: %d resamples and at most %d points", o.Resamples, o.MaxPoints)
	}
	if o.Kernel != nil {
		return o.Kernel.Validate()
	}
	return nil
}

// Run tests points, which are in the user's units: ErrConditional for a model
// with features, and an error for fewer than two points and for a model without
// scores.
func (o SteinTest) Run(ctx context.Context, m *Model, ys []Point) (SteinResult, error) {
	if err := o.Validate(); err != nil {
		return SteinResult{}, err
	}
	z, err := m.space().data(Data{Y: ys}, m.Dim())
	if err != nil {
		return SteinResult{}, err
	}
	rng, used := stream.New(stream.Key(o.Key, streamSteinPoints)), z.Y
	if limit := orDefault(o.MaxPoints, 1000); len(used) > limit {
		used = make([]Point, limit)
		for i, at := range rng.Perm(len(ys))[:limit] {
			used[i] = z.Y[at]
		}
	}
	u, err := steinMatrix(ctx, m.model, used, o.Kernel)
	if err != nil {
		return SteinResult{}, err
	}
	n := len(used)
	pairs := float64(n) * float64(n-1)
	var rows weightedMean
	for i := range n {
		mean := 0.0
		for _, v := range u.RawRowView(i) {
			mean += v / float64(n-1)
		}
		rows.add(mean, 1)
	}
	out := SteinResult{Points: n, Discrepancy: rows.value(), Error: 2 * rows.standardError()}
	draws := orDefault(o.Resamples, 500)
	signs, images := mat.NewDense(n, draws, nil), mat.NewDense(n, draws, nil)
	rng = stream.New(stream.Key(o.Key, streamSteinSigns))
	for i := range n {
		Rademacher.draw([]Point{signs.RawRowView(i)}, rng)
	}
	images.Mul(u, signs)
	images.MulElem(images, signs)
	sums := make([]float64, draws)
	for i := range n {
		for r, v := range images.RawRowView(i) {
			sums[r] += v / pairs
		}
	}
	above := 1.0
	for _, v := range sums {
		if v >= out.Discrepancy {
			above++
		}
	}
	out.PValue = above / float64(draws+1)
	return out, nil
}

// steinMatrix has u of each pair of points, with zeros on the diagonal. The
// points are in the coordinates of the space.
func steinMatrix(ctx context.Context, m *structured.Model[Point], ys []Point, kernel SteinKernel) (*mat.Dense, error) {
	n := len(ys)
	if n < 2 {
		return nil, errors.New("snl: a kernel Stein discrepancy needs at least 2 points")
	}
	if m.Features() > 0 {
		return nil, ErrConditional
	}
	if kernel == nil {
		kernel = InverseMultiquadric{Scale: medianDistance(ys)}
	}
	f, err := bindScores(structured.Problem[Point]{Space: m.Space(), Coupling: m.Coupling()}, "the kernel Stein discrepancy", 1)
	if err != nil {
		return nil, err
	}
	if err := f.unbounded(); err != nil {
		return nil, err
	}
	var scores []float64
	err = m.EachTheta(ctx, nil, func(_ int, theta structured.Theta) error {
		scores = f.evaluate(new(scoreScratch), theta, ys)
		return nil
	})
	if err != nil {
		return nil, err
	}
	u, d := mat.NewDense(n, n, nil), f.dim
	for i := range n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for j := range i {
			v, _, _ := steinPair(kernel, ys[i], ys[j], scores[i*d:(i+1)*d], scores[j*d:(j+1)*d])
			if !finite(v) {
				return nil, fmt.Errorf("snl: the kernel Stein discrepancy: %w", structured.ErrNotFinite)
			}
			u.Set(i, j, v)
			u.Set(j, i, v)
		}
	}
	return u, nil
}

// medianDistance is the median of the distances of the first points, 1 where
// that is 0.
func medianDistance(ys []Point) float64 {
	ys = ys[:min(len(ys), 500)]
	var distances []float64
	for i, y := range ys {
		for _, z := range ys[:i] {
			distances = append(distances, euclidean(y, z))
		}
	}
	slices.Sort(distances)
	if median := distances[len(distances)/2]; median > 0 && !math.IsInf(median, 1) {
		return median
	}
	return 1
}

// KernelSteinDiscrepancy is a metric of models without features: the mean of u
// over pairs of examples, each with the product of their weights, O(n^2 d). See
// [KernelStein].
type KernelSteinDiscrepancy struct {
	// Kernel is as for SteinTest. Models compare under the same kernel.
	Kernel SteinKernel
}

var _ structured.Metric[Point] = KernelSteinDiscrepancy{}

// String is ksd.
func (KernelSteinDiscrepancy) String() string { return "ksd" }

// Maximize is false.
func (KernelSteinDiscrepancy) Maximize() bool { return false }

// Evaluate returns the errors of SteinTest.Run.
func (k KernelSteinDiscrepancy) Evaluate(ctx context.Context, m *structured.Model[Point], d *structured.Data[Point]) (float64, error) {
	if k.Kernel != nil {
		if err := k.Kernel.Validate(); err != nil {
			return 0, err
		}
	}
	var ys []Point
	var weights []float64
	for i, y := range d.Y {
		if w := weight(d.Weights, i); w > 0 {
			ys, weights = append(ys, y), append(weights, w)
		}
	}
	u, err := steinMatrix(ctx, m, ys, k.Kernel)
	if err != nil {
		return 0, err
	}
	var mean weightedMean
	for i, w := range weights {
		for j, v := range weights[:i] {
			mean.add(u.At(i, j), w*v)
		}
	}
	return mean.value(), nil
}
