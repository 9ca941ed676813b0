package sets

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Thresholds turn scores of labels, such as marginals, into sets: label j is
// predicted where its score is at least its threshold. There is one threshold
// per label, or a single one for all.
type Thresholds []float64

// at is the threshold of label j.
func (t Thresholds) at(j int) float64 {
	if len(t) == 1 {
		return t[0]
	}
	return t[j]
}

// Sets predicts a set for each row of the scores, n x k. The error is a
// *LengthError for another number of thresholds.
func (t Thresholds) Sets(scores *mat.Dense) ([]Set, error) {
	n, k := scores.Dims()
	if len(t) != 1 && len(t) != k {
		return nil, &LengthError{Field: "Thresholds", Len: len(t), Want: k}
	}
	ys := Make(n, k)
	for i, y := range ys {
		for j, s := range scores.RawRowView(i)[:k] {
			y.Set(j, s >= t.at(j))
		}
	}
	return ys, nil
}

// Tuning says what thresholds are tuned for.
type Tuning struct {
	// Beta of the F-measure; 0 stands for 1.
	Beta float64
	// Average is Samples for the mean F of the rows, Micro for the F of all
	// counts together, Macro for the mean F of the labels. Macro has a threshold
	// per label, the others a single one.
	Average Average
	// ZeroDivision is what F is of a row without labels of which none is
	// predicted, for Samples.
	ZeroDivision ZeroDivision
}

func (t Tuning) validate() error {
	if t.Average < Samples || t.Average > Macro {
		return fmt.Errorf("sets: thresholds are tuned for samples, micro or macro, not for %v", t.Average)
	}
	return FBeta{t.Beta, t.ZeroDivision}.Validate()
}

// squared is beta^2.
func (t Tuning) squared() float64 { b := FBeta{Beta: t.Beta}.beta(); return b * b }

// cut is a place to cut a list that is sorted by score.
type cut struct {
	score, gain float64 // of one cell; gain is what it adds to the numerator
	row         int
}

// TuneThresholds returns the thresholds with the largest F-measure on rows whose
// true sets are known, trying every cut between two scores, and that F-measure.
// Rows are those of the scores, n x k; labels that were not observed count
// nowhere, rows by their weights. A threshold lies halfway between two scores;
// it is +Inf, and the label is never predicted, where nothing is better than
// that. O(n k log(n k)).
//
// For micro-F with marginals that are right the best threshold is half of the
// best F (Ye, Chai, Lee, Chieu 2012; Lipton, Elkan, Naryanaswamy 2014): see
// ExpectedThresholds, which takes no truth.
func TuneThresholds(scores *mat.Dense, truth Data, t Tuning) (Thresholds, float64, error) {
	if err := t.validate(); err != nil {
		return nil, 0, err
	}
	r, err := newRows(truth.Y, truth.Observed, truth.Weights)
	if err != nil {
		return nil, 0, err
	}
	n, k := scores.Dims()
	if n != len(truth.Y) {
		return nil, 0, &LengthError{Field: "scores", Len: n, Want: len(truth.Y)}
	}
	if k != r.k {
		return nil, 0, &LabelCountError{Field: "scores", K: k, Want: r.k}
	}
	labels := 1
	if t.Average == Macro {
		labels = k
	}
	cells, positive := make([][]cut, labels), make([]float64, labels)
	known := New(k) // those that were observed
	for i, y := range truth.Y {
		w, _, _ := r.row(i)
		if w == 0 {
			continue
		}
		for j, s := range scores.RawRowView(i)[:k] {
			switch {
			case math.IsNaN(s):
				return nil, 0, &ScoreError{Row: i, Column: j, Value: s}
			case truth.Observed != nil && !truth.Observed[i].Has(j):
				continue
			}
			at := j % labels
			known.Add(at)
			c := cut{score: s, row: i}
			if y.Has(j) {
				c.gain = 1
				positive[at] += w
			}
			cells[at] = append(cells[at], c)
		}
	}
	weight := func(row int) float64 { w, _, _ := r.row(row); return w }
	out, sum := make(Thresholds, labels), 0.0
	for at, list := range cells {
		var f float64
		if t.Average == Samples {
			out[at], f = t.tuneSamples(list, r)
		} else {
			out[at], f = bestCut(list, weight, positive[at], t.squared())
		}
		sum += f
	}
	return out, sum / float64(max(1, known.Count())), nil
}

// bestCut returns the threshold of the largest (1+b) sum gain / (count + b
// positive) over the cells from it on, by weight, and the value.
func bestCut(list []cut, weight func(row int) float64, positive, b float64) (threshold, f float64) {
	descendCuts(list)
	threshold = math.Inf(1)
	gain, count := 0.0, 0.0
	for i, c := range list {
		w := weight(c.row)
		gain += w * c.gain
		count += w
		if !boundary(list, i) {
			continue
		}
		if v := (1 + b) * gain / (count + b*positive); v > f {
			threshold, f = between(list, i), v
		}
	}
	return threshold, f
}

// tuneSamples is bestCut for the mean F of rows.
func (t Tuning) tuneSamples(list []cut, r metricRows) (threshold, f float64) {
	descendCuts(list)
	b := t.squared()
	n := len(r.truth)
	gain, count, positive, value := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	total, sum := 0.0, 0.0
	for _, c := range list {
		positive[c.row] += c.gain
	}
	for i := range r.truth {
		w, _, _ := r.row(i)
		total += w
		if positive[i] == 0 {
			value[i] = t.ZeroDivision.bothEmpty()
		}
		sum += w * value[i]
	}
	threshold, f = math.Inf(1), sum/total
	for i, c := range list {
		w, _, _ := r.row(c.row)
		gain[c.row] += c.gain
		count[c.row]++
		v := (1 + b) * gain[c.row] / (count[c.row] + b*positive[c.row])
		sum += w * (v - value[c.row])
		value[c.row] = v
		if boundary(list, i) && sum/total > f {
			threshold, f = between(list, i), sum/total
		}
	}
	return threshold, f
}

// descendCuts sorts by score, the largest first.
func descendCuts(list []cut) {
	slices.SortStableFunc(list, func(a, b cut) int { return cmp.Compare(b.score, a.score) })
}

// boundary reports whether a threshold can be put behind place i.
func boundary(list []cut, i int) bool { return i+1 == len(list) || list[i+1].score < list[i].score }

// between is a threshold behind place i: halfway to the next score, or the score
// itself where there is none below or nothing in between.
func between(list []cut, i int) float64 {
	s := list[i].score
	if i+1 == len(list) {
		return s
	}
	if half := list[i+1].score + (s-list[i+1].score)/2; half > list[i+1].score {
		return half
	}
	return s
}

// ExpectedThresholds returns the thresholds with the largest F-measure of
// expected counts,
//
//	(1 + beta^2) sum of the predicted p / (number predicted + beta^2 sum of all p),
//
// for the marginals p themselves, n x k, without any truth, and that value F*.
// As n grows it is the expected micro-F (one threshold), or macro-F (Macro; one
// per label), and the threshold is F*/(1 + beta^2): half the optimal F for beta 1.
// A p outside [0, 1] is a *ProbabilityError; Samples is an error, for which
// Model.Decide takes each row on its own.
func ExpectedThresholds(marginals *mat.Dense, t Tuning) (Thresholds, float64, error) {
	if err := t.validate(); err != nil {
		return nil, 0, err
	}
	if t.Average == Samples {
		return nil, 0, fmt.Errorf("sets: thresholds are expected for micro or macro, not for %v", t.Average)
	}
	n, k := marginals.Dims()
	labels := 1
	if t.Average == Macro {
		labels = k
	}
	cells, positive := make([][]cut, labels), make([]float64, labels)
	for i := range n {
		for j, p := range marginals.RawRowView(i)[:k] {
			if !(p >= 0 && p <= 1) {
				return nil, 0, &ProbabilityError{Row: i, Column: j, Value: p}
			}
			cells[j%labels] = append(cells[j%labels], cut{p, p, i})
			positive[j%labels] += p
		}
	}
	out, sum := make(Thresholds, labels), 0.0
	for at, list := range cells {
		_, f := bestCut(list, func(int) float64 { return 1 }, positive[at], t.squared())
		if out[at] = f / (1 + t.squared()); f == 0 {
			out[at] = math.Inf(1) // nothing can be found
		}
		sum += f
	}
	return out, sum / float64(labels), nil
}
