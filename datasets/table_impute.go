package datasets

import "math"

// impute replaces the missing cells of each feature that is one column by the
// mean of its known cells, or 0 where none is known. Missing cells of one-hot
// features stay: they are 0 in all their columns.
func (t *table) impute() {
	known := make([]int, len(t.kept)) // cells with a value
	inRow := make([]int, len(t.kept)) // cells that are not omitted
	t.cells(func(at int, v *float64) {
		inRow[at]++
		if !math.IsNaN(*v) {
			known[at]++
		}
	})
	mean := make([]float64, len(t.kept))
	for at := range mean {
		omitted := t.row.len() - inRow[at]
		known[at] += omitted
		mean[at] = t.omitted(at) * (float64(omitted) / float64(max(known[at], 1)))
	}
	t.cells(func(at int, v *float64) {
		if !math.IsNaN(*v) {
			mean[at] += *v / float64(known[at]) // the sum of all could overflow
		}
	})
	t.cells(func(at int, v *float64) {
		if math.IsNaN(*v) && t.columns[t.kept[at]].kind != oneHotColumn {
			*v = mean[at]
		}
	})
}

// cells visits the cells that were set, with their positions in kept.
func (t *table) cells(visit func(at int, v *float64)) {
	for p := range t.value {
		visit(int(t.index[p]), &t.value[p])
	}
	for p := range t.dense {
		visit(p%len(t.kept), &t.dense[p])
	}
}
