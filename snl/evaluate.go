package snl

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Report says how well a model predicts. In more than one dimension CRPS is
// the energy score, RMSE is of Euclidean distances, and there is no MAE, PIT
// or Coverage.
type Report struct {
	Rows int // of positive weight

	// NLL is the mean of -log p(y|x), nats per unit of y; NLLError its
	// standard error over the rows, and NormalizerError the mean estimated
	// error of log Z in it.
	NLL, NLLError, NormalizerError float64
	// CRPS is the mean continuous ranked probability score; RMSE and MAE are
	// the errors of the mean and of the median, all in units of y.
	CRPS, RMSE, MAE float64
	// TauGap is the mean of |tau(x) - log Z(x)| where the model has a tau for
	// x, as HasTau says.
	TauGap float64
	HasTau bool
	// ESS is the least effective sample size behind a row, in more than one
	// dimension.
	ESS float64
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
	pit, tauGap, ess     float64
	hasTau               bool
	inside, width        [len(coverageLevels)]float64
}

// Evaluate judges a model on data: by quadrature on the line, and otherwise by
// an importance sample per row, as Multivariate takes it.
func Evaluate(ctx context.Context, m *Model, d Data) (Report, error) {
	s := m.space()
	z, err := s.data(d, s.dim)
	if err != nil {
		return Report{}, err
	}
	for i, y := range z.Y {
		if weight(z.Weights, i) == 0 {
			continue
		}
		if err := s.Check(y); err != nil {
			return Report{}, &structured.DataError{What: "Y", Row: i, Column: -1, Err: err}
		}
	}
	rows := make([]rowReport, z.Len())
	if s.dim == 1 {
		err = eachExample(ctx, m.model, &z, func(i int, y float64, p *Predictive) error {
			rows[i] = p.report(y)
			return nil
		})
	} else {
		err = m.multivariateReports(ctx, d, rows)
	}
	if err != nil {
		return Report{}, err
	}
	return summarise(rows, d.Weights, s.dim == 1), nil
}

// multivariateReports fills rows from importance samples.
func (m *Model) multivariateReports(ctx context.Context, d Data, rows []rowReport) error {
	one := func(i int, p *Multivariate) (err error) {
		if weight(d.Weights, i) > 0 {
			rows[i], err = p.report(d.Y[i])
		}
		return err
	}
	if d.X != nil {
		return eachMultivariate(ctx, m.model, d.X, Importance{}, one)
	}
	return eachMultivariate(ctx, m.model, nil, Importance{}, func(_ int, p *Multivariate) error {
		for i := range rows {
			if err := one(i, p); err != nil {
				return err
			}
		}
		return nil
	})
}

// report is what a Report needs of an outcome y.
func (p *Multivariate) report(y Point) (rowReport, error) {
	logp, err := p.LogPDF(y)
	if err != nil {
		return rowReport{}, err
	}
	score, err := p.EnergyScore(y)
	distance := euclidean(y, p.Mean())
	r := rowReport{used: true, nll: -logp, normalizer: p.logZ.Error, crps: score, square: distance * distance, hasTau: p.hasTau, ess: p.ess}
	if p.hasTau {
		r.tauGap = math.Abs(p.tau - p.LogZ().Value)
	}
	return r, err
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

func summarise(rows []rowReport, weights []float64, onLine bool) Report {
	out := Report{HasTau: true, ESS: math.Inf(1)}
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
		out.ESS = min(out.ESS, r.ess)
		if !onLine {
			continue
		}
		out.PIT = append(out.PIT, r.pit)
		for k := range coverageLevels {
			inside[k].add(r.inside[k], w)
			width[k].add(r.width[k], w)
		}
	}
	out.NLL, out.NLLError, out.NormalizerError = nll.value(), nll.standardError(), normalizer.value()
	out.CRPS, out.RMSE, out.MAE = crps.value(), math.Sqrt(square.value()), median.value()
	out.TauGap = gap.value()
	if !onLine {
		return out
	}
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
	if r.PIT == nil {
		line("energy score", r.CRPS)
	} else {
		line("CRPS", r.CRPS)
	}
	line("RMSE of the mean", r.RMSE)
	if r.HasTau {
		line("mean |tau - log Z|", r.TauGap)
	}
	if r.PIT == nil {
		line("least ESS", r.ESS)
		return b.String()
	}
	line("MAE of the median", r.MAE)
	for _, c := range r.Coverage {
		fmt.Fprintf(&b, "%-22s %10.4f  mean width %.4f\n", fmt.Sprintf("inside central %g", c.Level), c.Fraction, c.Width)
	}
	fmt.Fprintf(&b, "%-22s %10.4f  p = %.3g\n", "PIT, Kolmogorov-Smirnov", r.Calibration.Statistic, r.Calibration.PValue)
	return b.String()
}
