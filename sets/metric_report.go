package sets

import (
	"fmt"
	"strings"
)

// A Report holds the usual metrics of an Evaluation, the ratios under both
// conventions for 0/0: see ZeroDivision.
type Report struct {
	Rows   int // the rows that count
	Labels int // k

	SubsetAccuracy float64
	HammingLoss    float64
	// BothEmpty is the fraction, by weight, of rows with neither a true nor a
	// predicted label among the known ones: the difference that the
	// convention makes to the Samples average of F1 and Jaccard.
	BothEmpty float64

	Zero Ratios // where 0/0 counts 0
	One  Ratios // where 0/0 counts 1
}

// Ratios are the metrics that can be 0/0.
type Ratios struct{ Precision, Recall, F1, Jaccard Averages }

// Averages are the four averages of one metric.
type Averages struct{ Samples, Micro, Macro, Weighted float64 }

// Report computes all metrics in one pass. It shows both conventions for 0/0
// and does not use ZeroDivision.
func (e Evaluation) Report() (Report, error) {
	r, err := e.rows()
	if err != nil {
		return Report{}, err
	}
	ratios := [4]metricRatio{precisionRatio, recallRatio, f1Ratio, jaccardRatio}
	var subset, hamming, empty metricMean
	var zero, one [4]metricMean
	var total Confusion
	labels, anywhere := make([]Confusion, r.k), New(r.k)
	out := Report{Labels: r.k}
	for i := range e.Truth {
		w, known, n := r.row(i)
		if w == 0 {
			continue
		}
		out.Rows++
		t, p := e.Truth[i].words, e.Predicted[i].words
		c := rowConfusion(t, p, known)
		total.add(c, w)
		addLabelCounts(labels, t, p, known, anywhere, w, false)
		subset.add(zeroOne(c.FP+c.FN == 0), w)
		empty.add(zeroOne(c.TP+c.FP+c.FN == 0), w)
		hamming.add((c.FP+c.FN)/float64(n), w*float64(n))
		for m, f := range ratios {
			num, den := f(c)
			v, _ := ZeroDivisionZero.divide(num, den, 0)
			zero[m].add(v, w)
			v, _ = ZeroDivisionOne.divide(num, den, 0)
			one[m].add(v, w)
		}
	}
	out.SubsetAccuracy = subset.sum / subset.weight
	out.HammingLoss = hamming.sum / hamming.weight
	out.BothEmpty = empty.sum / empty.weight
	averages := func(m int, samples metricMean, z ZeroDivision) Averages {
		num, den := ratios[m](total)
		micro, _ := z.divide(num, den, 0)
		macro := averageLabels(labels, anywhere, Macro, ratios[m], z)
		weighted := averageLabels(labels, anywhere, Weighted, ratios[m], z)
		return Averages{
			Samples:  samples.sum / samples.weight,
			Micro:    micro,
			Macro:    macro.sum / macro.weight,
			Weighted: weighted.sum / weighted.weight,
		}
	}
	all := func(samples [4]metricMean, z ZeroDivision) Ratios {
		return Ratios{
			Precision: averages(0, samples[0], z),
			Recall:    averages(1, samples[1], z),
			F1:        averages(2, samples[2], z),
			Jaccard:   averages(3, samples[3], z),
		}
	}
	out.Zero, out.One = all(zero, ZeroDivisionZero), all(one, ZeroDivisionOne)
	return out, nil
}

func zeroOne(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// String is the report as an aligned table of fractions.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows, %d labels\n", r.Rows, r.Labels)
	fmt.Fprintf(&b, "%-16s %8.4f\n", "subset accuracy", r.SubsetAccuracy)
	fmt.Fprintf(&b, "%-16s %8.4f\n", "Hamming loss", r.HammingLoss)
	fmt.Fprintf(&b, "%-16s %8.4f\n", "both sets empty", r.BothEmpty)
	for _, c := range []struct {
		z ZeroDivision
		m Ratios
	}{{ZeroDivisionZero, r.Zero}, {ZeroDivisionOne, r.One}} {
		fmt.Fprintf(&b, "\n%-16s", c.z)
		for _, a := range []Average{Samples, Micro, Macro, Weighted} {
			fmt.Fprintf(&b, " %8s", a)
		}
		b.WriteByte('\n')
		row := func(name string, a Averages) {
			fmt.Fprintf(&b, "%-16s %8.4f %8.4f %8.4f %8.4f\n", name, a.Samples, a.Micro, a.Macro, a.Weighted)
		}
		row("precision", c.m.Precision)
		row("recall", c.m.Recall)
		row("F1", c.m.F1)
		row("Jaccard", c.m.Jaccard)
	}
	return b.String()
}
