package snl

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Divergence is KL(truth || model) averaged over x, on a grid of y,
//
//	mean over x of  sum_j w_j t(y_j|x) log( t(y_j|x) / p(y_j|x) ),
//
// by the trapezoidal rule; truth writes log t(y|x) to dst for the row of X.
// grid is increasing and wide enough to hold the truth; the model is
// normalised over the whole line and not over the grid.
func Divergence(ctx context.Context, m *Model, X mat.Matrix, grid []float64, truth func(dst []float64, row int, ys []float64)) (float64, error) {
	return divergence(X, grid, truth, func(do func(int, *Predictive) error) error {
		return eachPredictive(ctx, m.model, X, do)
	})
}

// divergence is Divergence from the densities that each hands over.
func divergence(X mat.Matrix, grid []float64, truth func([]float64, int, []float64), each func(do func(int, *Predictive) error) error) (float64, error) {
	if len(grid) < 2 {
		return 0, fmt.Errorf("snl: a grid of %d points", len(grid))
	}
	for j := 1; j < len(grid); j++ {
		if !(grid[j] > grid[j-1]) || !finite(grid[j]) || !finite(grid[j-1]) {
			return 0, fmt.Errorf("snl: the grid does not increase at %d: %g after %g", j, grid[j], grid[j-1])
		}
	}
	n := 1
	if X != nil {
		n, _ = X.Dims()
	}
	out := make([]float64, n)
	err := each(func(i int, p *Predictive) error {
		logp, logt := make([]float64, len(grid)), make([]float64, len(grid))
		p.LogPDFs(logp, grid)
		truth(logt, i, grid)
		last := 0.0
		for j := range grid {
			v := 0.0
			if t := math.Exp(logt[j]); t > 0 {
				v = t * (logt[j] - logp[j])
			}
			if j > 0 {
				out[i] += 0.5 * (grid[j] - grid[j-1]) * (v + last)
			}
			last = v
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	mean := 0.0
	for _, v := range out {
		mean += v / float64(n)
	}
	return mean, nil
}
