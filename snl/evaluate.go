package snl

import (
	"context"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Report says how well a model over the line predicts.
type Report struct {
	Rows int // of positive weight

	// NLL is the mean of -log p(y|x), nats per unit of y; NLLError its
	// standard error over the rows, and NormalizerError the mean estimated
	// error of log Z in it.
	NLL, NLLError, NormalizerError float64
	// CRPS is the mean continuous ranked probability score; RMSE and MAE are
	// the errors of the mean and of the median, all in units of y.
	CRPS, RMSE, MAE float64
	// TauGap is the mean of |tau(x) - log Z(x)|, NaN-free: HasTau says
	// whether the model has a tau.
	TauGap float64
	HasTau bool
	// Coverage says how often central intervals hold the target.
	Coverage []Coverage
	// PIT has the transforms P(Y <= y|x) of the rows, in order, and
	// Calibration the test of whether they are uniform. With weights, which
	// a test cannot use, rows count once each.
	PIT         []float64
	Calibration UniformTest
}

// Coverage is the fraction of targets inside central intervals.
type Coverage struct {
	Level, Fraction float64
	Width           float64 // mean width of the intervals, in units of y
}

// coverageLevels are those of a Report.
var coverageLevels = [...]float64{0.5, 0.8, 0.9, 0.95, 0.99}

// rowReport is what a Report needs of one example.
type rowReport struct {
	used                 bool
	nll, normalizer      float64
	crps, square, median float64
	pit, tauGap          float64
	hasTau               bool
	inside, width        [len(coverageLevels)]float64
}

// Evaluate judges a model over the line on data.
func Evaluate(ctx context.Context, m *Model, d Data) (Report, error) {
	s := m.space()
	z, err := s.data(d, s.dim)
	if err != nil {
		return Report{}, err
	}
	rows := make([]rowReport, z.Len())
	err = eachExample(ctx, m.model, &z, func(i int, y float64, p *Predictive) error {
		if err := s.Check(z.Y[i]); err != nil {
			return &structured.DataError{What: "Y", Row: i, Column: -1, Err: err}
		}
		rows[i] = p.report(y)
		return nil
	})
	if err != nil {
		return Report{}, err
	}
	return summarise(rows, d.Weights), nil
}

// report is all a Report needs of an outcome y.
func (p *Predictive) report(y float64) rowReport {
	r := rowReport{
		used: true, nll: -p.LogPDF(y), normalizer: p.logZ.Error, crps: p.CRPS(y), pit: p.CDF(y),
		square: (y - p.Mean()) * (y - p.Mean()), median: math.Abs(y - p.quantile(0.5)), hasTau: p.hasTau,
	}
	if p.hasTau {
		r.tauGap = math.Abs(p.tau - p.LogZ().Value)
	}
	for k, level := range coverageLevels {
		in := Interval{p.quantile((1 - level) / 2), p.quantile((1 + level) / 2)}
		r.width[k] = in.Width()
		if in.Contains(y) {
			r.inside[k] = 1
		}
	}
	return r
}

func summarise(rows []rowReport, weights []float64) Report {
	out := Report{HasTau: true}
	var nll, normalizer, crps, square, median, gap weightedMean
	var inside, width [len(coverageLevels)]weightedMean
	for i, r := range rows {
		w := weight(weights, i)
		if !r.used {
			continue
		}
		out.Rows++
		nll.add(r.nll, w)
		normalizer.add(r.normalizer, w)
		crps.add(r.crps, w)
		square.add(r.square, w)
		median.add(r.median, w)
		gap.add(r.tauGap, w)
		out.HasTau = out.HasTau && r.hasTau
		out.PIT = append(out.PIT, r.pit)
		for k := range coverageLevels {
			inside[k].add(r.inside[k], w)
			width[k].add(r.width[k], w)
		}
	}
	out.NLL, out.NLLError, out.NormalizerError = nll.value(), nll.standardError(), normalizer.value()
	out.CRPS, out.RMSE, out.MAE = crps.value(), math.Sqrt(square.value()), median.value()
	out.TauGap = gap.value()
	for k, level := range coverageLevels {
		out.Coverage = append(out.Coverage, Coverage{level, inside[k].value(), width[k].value()})
	}
	out.Calibration = TestUniform(out.PIT)
	return out
}

// Histogram counts the PIT in equal bins from 0 to 1.
func (r Report) Histogram(bins int) []int {
	counts := make([]int, max(bins, 1))
	for _, u := range r.PIT {
		counts[min(int(u*float64(len(counts))), len(counts)-1)]++
	}
	return counts
}

// String is the report as an aligned table.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows\n", r.Rows)
	line := func(name string, v float64) { fmt.Fprintf(&b, "%-22s %10.4f\n", name, v) }
	fmt.Fprintf(&b, "%-22s %10.4f  standard error %.4f, of log Z %.1e\n", "NLL (nats)", r.NLL, r.NLLError, r.NormalizerError)
	line("CRPS", r.CRPS)
	line("RMSE of the mean", r.RMSE)
	line("MAE of the median", r.MAE)
	if r.HasTau {
		line("mean |tau - log Z|", r.TauGap)
	}
	for _, c := range r.Coverage {
		fmt.Fprintf(&b, "%-22s %10.4f  mean width %.4f\n", fmt.Sprintf("inside central %g", c.Level), c.Fraction, c.Width)
	}
	fmt.Fprintf(&b, "%-22s %10.4f  p = %.3g\n", "PIT, Kolmogorov-Smirnov", r.Calibration.Statistic, r.Calibration.PValue)
	return b.String()
}

// Divergence is KL(truth || model) averaged over x, on a grid of y,
//
//	mean over x of  sum_j w_j t(y_j|x) log( t(y_j|x) / p(y_j|x) ),
//
// by the trapezoidal rule; truth writes log t(y|x) to dst for the row of X.
// grid is increasing and wide enough to hold the truth; the model is
// normalised over the whole line and not over the grid.
func Divergence(ctx context.Context, m *Model, X mat.Matrix, grid []float64, truth func(dst []float64, row int, ys []float64)) (float64, error) {
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
	err := eachPredictive(ctx, m.model, X, func(i int, p *Predictive) error {
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
