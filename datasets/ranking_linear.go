package datasets

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/permutations"
)

// RankingConfig says how to draw the coefficients of a synthetic model of
// rankings at random. The zero value gives 5 labels without features. The
// coefficients are normal with mean 0 and these standard deviations, for which
// 0 means the default and a negative number none of the kind:
//
//	Bias      default 1
//	Weight    default 1 / sqrt(d)
type RankingConfig struct {
	Labels   int // k; 0 means 5
	Features int // d; 0 means no features: one distribution over orderings

	Bias, Weight float64

	Seed uint64 // of the coefficients
}

// Validate reports the first field that makes no sense, if any.
func (c RankingConfig) Validate() error {
	if c.Labels < 0 || c.Features < 0 {
		return fmt.Errorf("datasets: ranking model of %d labels and %d features", c.Labels, c.Features)
	}
	for _, f := range []struct {
		name string
		sd   float64
	}{{"Bias", c.Bias}, {"Weight", c.Weight}} {
		if math.IsNaN(f.sd) || math.IsInf(f.sd, 0) {
			return fmt.Errorf("datasets: RankingConfig.%s is %g", f.name, f.sd)
		}
	}
	return nil
}

// labels is the number of labels that the configuration asks for.
func (c RankingConfig) labels() int {
	if c.Labels == 0 {
		return 5
	}
	return c.Labels
}

// draw returns the coefficients of as many outputs; stream tells apart the
// models that have the same seed.
func (c RankingConfig) draw(outputs int, stream uint64) (bias, weight []float64) {
	rng := rand.New(rand.NewPCG(c.Seed, stream))
	normal := func(n int, sd, byDefault float64) []float64 {
		if sd == 0 {
			sd = byDefault
		}
		out := make([]float64, n)
		for i := range out {
			out[i] = max(sd, 0) * rng.NormFloat64()
		}
		return out
	}
	bias = normal(outputs, c.Bias, 1)
	return bias, normal(c.Features*outputs, c.Weight, 1/math.Sqrt(float64(max(c.Features, 1))))
}

// linearScores are linear functions of d features, the core of the models:
// bias + x' weight, with weight d x outputs, row-major.
type linearScores struct {
	model        string // for errors
	d, outputs   int
	bias, weight []float64
}

// validate checks sizes, and that the coefficients are finite.
func (l linearScores) validate() error {
	if l.outputs < 1 || l.d < 0 {
		return fmt.Errorf("datasets: %s: no labels or %d features", l.model, l.d)
	}
	for _, f := range []struct {
		name string
		got  []float64
		want int
	}{{"Bias", l.bias, l.outputs}, {"Weight", l.weight, l.d * l.outputs}} {
		if len(f.got) != f.want {
			return fmt.Errorf("datasets: %s: %s has %d coefficients, not %d: %w", l.model, f.name, len(f.got), f.want, ErrRagged)
		}
		for i, v := range f.got {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("datasets: %s: %s[%d] is %g: %w", l.model, f.name, i, v, ErrNotFinite)
			}
		}
	}
	return nil
}

// at overwrites dst with the outputs at x.
func (l linearScores) at(dst, x []float64) error {
	if len(x) != l.d {
		return fmt.Errorf("datasets: %s: %d features, not %d: %w", l.model, len(x), l.d, ErrRagged)
	}
	copy(dst, l.bias)
	for f, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("datasets: %s: feature %d is %g: %w", l.model, f, v, ErrNotFinite)
		}
		floats.AddScaled(dst, v, l.weight[f*l.outputs:(f+1)*l.outputs])
	}
	if bound := floats.Norm(dst, 1); math.IsNaN(bound) || math.IsInf(bound, 0) {
		return fmt.Errorf("datasets: %s: the scores overflow at this x: %w", l.model, ErrNotFinite)
	}
	return nil
}

// sample draws n rows of k labels: x from N(0, I), then y by draw, which gets
// the outputs at x. Each row has a random stream of its own.
func (l linearScores) sample(ctx context.Context, n, k int, seed uint64, draw func(y permutations.Ordering, scores []float64, rng *rand.Rand)) (*LabelRanking, error) {
	if n < 1 {
		return nil, fmt.Errorf("datasets: %s: %d rows: %w", l.model, n, ErrEmpty)
	}
	out := &LabelRanking{Name: l.model, Y: permutations.Make(n, k)}
	x := make([]float64, n*l.d)
	if l.d > 0 {
		out.X = mat.NewDense(n, l.d, x)
	}
	scores := make([]float64, l.outputs)
	var stream rand.PCG
	rng := rand.New(&stream)
	for i := range n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		seedRow(&stream, seed, i)
		row := x[i*l.d : (i+1)*l.d]
		for f := range row {
			row[f] = rng.NormFloat64()
		}
		if err := l.at(scores, row); err != nil {
			return nil, fmt.Errorf("%w (row %d)", err, i)
		}
		draw(out.Y[i], scores, rng)
	}
	return out, nil
}

// sortByScore overwrites y with the labels by decreasing scores, equal ones in
// increasing order.
func sortByScore(y permutations.Ordering, scores []float64) {
	for j := range y {
		y[j] = j
	}
	slices.SortStableFunc(y, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
}

// checkOrdering wants an ordering of k labels.
func checkOrdering(model string, y permutations.Ordering, k int) error {
	if len(y) != k {
		return fmt.Errorf("datasets: %s: ordering of %d labels, not %d: %w", model, len(y), k, ErrRagged)
	}
	if err := y.Validate(); err != nil {
		return fmt.Errorf("datasets: %s: %w", model, err)
	}
	return nil
}
