package sets

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Conformal predicts sets of label sets that hold the true one with a given
// probability (split conformal prediction: Vovk, Gammerman, Shafer 2005; Lei,
// G'Sell, Rinaldo, Tibshirani, Wasserman 2018). With the score s(x, y) = -log
// p(y|x) of a model and the threshold s* below,
//
//	C(x) = { y : s(x, y) <= s* },   P( y in C(x) ) >= 1 - Alpha
//
// whatever the model and the error of its normaliser, as long as calibration
// rows and new ones are exchangeable and the model was not trained on them. The
// probability is over both; given the calibration rows it varies around 1 - Alpha
// by about sqrt(Alpha (1-Alpha) / n). It is immutable and safe for concurrent use.
type Conformal struct {
	// Alpha is the probability to miss the true set that is allowed.
	Alpha float64
	// Threshold is s*, in nats: the ceil((n+1)(1-Alpha))-th smallest score of
	// the n calibration rows, +Inf where there are too few.
	Threshold float64

	model *Model
}

// Calibrate returns conformal prediction by a model, for alpha in (0, 1), from
// rows that it was not trained on. Rows of weight 0 are left out; other weights
// than 1, and partly observed rows, are errors, for they are not exchangeable
// with new ones. O(n log n) and the scores.
func (m *Model) Calibrate(ctx context.Context, d Data, alpha float64) (*Conformal, error) {
	if !(alpha > 0 && alpha < 1) {
		return nil, &ArgumentError{Name: "alpha", Value: alpha, Want: "a number between 0 and 1"}
	}
	for i, w := range d.Weights {
		if w != 0 && w != 1 {
			return nil, &WeightError{Row: i, Value: w}
		}
	}
	scores, err := m.scores(ctx, d)
	if err != nil {
		return nil, err
	}
	kept := scores[:0]
	for i, s := range scores {
		if d.Weights == nil || d.Weights[i] > 0 {
			kept = append(kept, s)
		}
	}
	slices.Sort(kept)
	c := &Conformal{Alpha: alpha, Threshold: math.Inf(1), model: m}
	// (n+1) alpha is often a whole number, which floats miss by a little.
	if at := len(kept) + 1 - int(math.Floor(float64(len(kept)+1)*alpha+1e-9)); at <= len(kept) {
		c.Threshold = kept[at-1]
	}
	return c, nil
}

// scores are -log p(y|x).
func (m *Model) scores(ctx context.Context, d Data) ([]float64, error) {
	s, err := d.Structured()
	if err != nil {
		return nil, err
	}
	for i, e := range s.Evidence {
		if e != nil && (d.Weights == nil || d.Weights[i] > 0) {
			return nil, &structured.DataError{What: "Observed", Row: i, Column: -1, Err: structured.ErrPartial}
		}
	}
	lps, err := m.Model.LogProbs(ctx, &s)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(lps))
	for i, lp := range lps {
		out[i] = -lp.Value
	}
	return out, nil
}

// Contains reports for each row whether its set is in C(x).
func (c *Conformal) Contains(ctx context.Context, d Data) ([]bool, error) {
	scores, err := c.model.scores(ctx, d)
	if err != nil {
		return nil, err
	}
	in := make([]bool, len(scores))
	for i, s := range scores {
		in[i] = s <= c.Threshold
	}
	return in, nil
}

// Region is C(x) as a list.
type Region struct {
	// Candidates are in C(x), the most probable first.
	Candidates []structured.Candidate[Set]
	// Complete says that there are no others.
	Complete bool
}

// Common returns the labels that are in all candidates, and those that are in
// some: where the region is complete, all of the former and nothing but the
// latter are in the true set with probability 1 - Alpha at least. Without a
// candidate they are no labels.
func (r Region) Common() (inner, outer Set) {
	for i, c := range r.Candidates {
		if i == 0 {
			inner, outer = c.Y.Clone(), c.Y.Clone()
			continue
		}
		inner.IntersectWith(c.Y)
		outer.UnionWith(c.Y)
	}
	return inner, outer
}

// Regions lists C(x) for each row of X, but no more than limit candidates each.
// It needs a model that lists its most probable sets, see
// structured.Model.TopKs.
func (c *Conformal) Regions(ctx context.Context, X mat.Matrix, limit int) ([]Region, error) {
	if limit < 1 {
		return nil, fmt.Errorf("sets: at most %d candidates: want at least 1", limit)
	}
	n, err := rows(X)
	if err != nil {
		return nil, err
	}
	out := make([]Region, n)
	// Lists add scores up in another order than Contains does.
	last := c.Threshold + 1e-9*(1+math.Abs(c.Threshold))
	possible := c.model.Likelihood() || !math.IsInf(last, 1) // sets of probability 0 are not listed
	open := make([]int, n)
	for i := range open {
		open[i] = i
	}
	for size := 8; len(open) > 0; size *= 4 {
		size = min(size, limit+1) // one more shows whether there are others
		top, err := c.model.TopKs(ctx, selectRows(X, open), size)
		if err != nil {
			return nil, err
		}
		still := open[:0]
		for at, i := range open {
			list := top[at]
			inside := slices.IndexFunc(list, func(y structured.Candidate[Set]) bool { return -y.LogProb.Value > last })
			if inside < 0 {
				inside = len(list)
			}
			out[i] = Region{list[:min(inside, limit)], possible && (inside < len(list) || len(list) < size)}
			if !out[i].Complete && size <= limit {
				still = append(still, i)
			}
		}
		open = still
	}
	return out, nil
}

// selectRows are some rows of X, which may be nil.
func selectRows(X mat.Matrix, at []int) mat.Matrix {
	if X == nil {
		return nil
	}
	if n, _ := X.Dims(); n == len(at) {
		return X
	}
	_, d := X.Dims()
	out := mat.NewDense(len(at), d, nil)
	for i, r := range at {
		for j := range d {
			out.Set(i, j, X.At(r, j))
		}
	}
	return out
}
