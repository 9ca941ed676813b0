package permutations

import "math"

// An Evaluation compares predicted orderings with true ones, row by row, over
// k labels. Its methods are the usual metrics of label ranking.
//
// A true ranking may be partial. Then the prediction is restricted to the
// labels that the truth ranks, which are ranked among themselves, from 0 to
// m-1, and two labels are compared only if the truth orders them; each metric
// says what it does with tied labels. A row whose truth compares no two labels
// and a row of weight zero are left out. A weight of 2 equals the row twice.
//
// Every method checks the fields first and returns the error of Validate, so
// there is no need to call it. All cost O(n k), those of Kendall O(n k log k)
// above 64 labels or with ties; nothing is allocated per row up to 64 labels.
type Evaluation struct {
	Truth     []Ordering // the true orderings of the n rows
	Predicted []Ordering // the predicted orderings of the n rows
	// Partial has the rows of which only a partial ranking is known, whatever
	// Truth says; the zero Partial leaves a row to Truth, nil leaves all. Where
	// all rows are partial Truth may be nil.
	Partial []Partial
	Weights []float64 // one per row, finite and at least 0; nil: ones
}

// Validate reports the first thing that is wrong with the fields: ErrNoRows,
// ErrZeroWeights, a *LengthError, a *LabelCountError, a *WeightError, or a
// *RowError with a *PermutationError.
func (e Evaluation) Validate() error {
	_, err := e.check()
	return err
}

// check returns the largest weight.
func (e Evaluation) check() (largest float64, err error) {
	n := len(e.Predicted)
	switch {
	case n == 0:
		return 0, ErrNoRows
	case e.Partial != nil && len(e.Partial) != n:
		return 0, &LengthError{Field: "Partial", Len: len(e.Partial), Want: n}
	case len(e.Truth) != n && !(e.Truth == nil && e.Partial != nil):
		return 0, &LengthError{Field: "Truth", Len: len(e.Truth), Want: n}
	case e.Weights != nil && len(e.Weights) != n:
		return 0, &LengthError{Field: "Weights", Len: len(e.Weights), Want: n}
	}
	k := len(e.Predicted[0])
	for i, y := range e.Predicted {
		if err := checkRow("Predicted", i, y, k); err != nil {
			return 0, err
		}
		if e.Partial != nil && (!e.Partial[i].IsZero() || e.Truth == nil) {
			if got := e.Partial[i].K(); got != k {
				return 0, &LabelCountError{Field: "Partial", Row: i, K: got, Want: k}
			}
			continue
		}
		if err := checkRow("Truth", i, e.Truth[i], k); err != nil {
			return 0, err
		}
	}
	if e.Weights == nil {
		return 1, nil
	}
	for i, w := range e.Weights {
		if !(w >= 0) || math.IsInf(w, 1) {
			return 0, &WeightError{Row: i, Value: w}
		}
		largest = max(largest, w)
	}
	if largest == 0 {
		return 0, ErrZeroWeights
	}
	return largest, nil
}

func checkRow(field string, row int, y Ordering, k int) error {
	if len(y) != k {
		return &LabelCountError{Field: field, Row: row, K: len(y), Want: k}
	}
	if err := y.Validate(); err != nil {
		return &RowError{Field: field, Row: row, Err: err}
	}
	return nil
}

// comparison is one row, all that the metrics look at.
type comparison struct {
	// order has the true groups of the ranked labels, in the order of the
	// prediction; where nothing is tied these are their true ranks.
	order []int
	// size has the number of labels in each group.
	size []int

	group []int // of each label, -1 for unranked ones
	spare []int // may be overwritten, like order, by the metric
}

// set makes c the comparison of row i.
func (c *comparison) set(e *Evaluation, i int) {
	y := e.Predicted[i]
	c.order, c.size = c.order[:0], c.size[:0]
	group := c.group
	if e.Partial != nil && !e.Partial[i].IsZero() {
		p := e.Partial[i]
		group = p.group
		for g := range p.Groups() {
			c.size = append(c.size, p.start[g+1]-p.start[g])
		}
	} else {
		e.Truth[i].RankingTo(group)
		for range y {
			c.size = append(c.size, 1)
		}
	}
	for _, j := range y {
		if g := group[j]; g >= 0 {
			c.order = append(c.order, g)
		}
	}
}

// average is the weighted mean of a metric over the rows.
func (e Evaluation) average(metric func(c *comparison) float64) (float64, error) {
	largest, err := e.check()
	if err != nil {
		return 0, err
	}
	k := len(e.Predicted[0])
	c := comparison{order: make([]int, 0, k), size: make([]int, 0, k), group: make([]int, k), spare: make([]int, k)}
	sum, total := 0.0, 0.0
	for i := range e.Predicted {
		w := 1.0
		if e.Weights != nil {
			w = e.Weights[i] / largest // so that no sum overflows
		}
		if w == 0 {
			continue
		}
		if c.set(&e, i); len(c.size) < 2 {
			continue
		}
		sum += w * metric(&c)
		total += w
	}
	if total == 0 {
		return 0, ErrUndefined
	}
	return sum / total, nil
}

// checkTop wants m in 1..k.
func (e Evaluation) checkTop(m int) error {
	if len(e.Predicted) > 0 && (m < 1 || m > len(e.Predicted[0])) {
		return &ArgumentError{Name: "m", Value: m, Max: len(e.Predicted[0])}
	}
	return nil
}
