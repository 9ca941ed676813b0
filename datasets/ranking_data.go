package datasets

import "github.com/gibbs-ebm/gibbs/permutations"

// Rows returns the data set of the given rows, in their order; a row may be
// given more than once. It shares no numbers and no orderings with m, only the
// names and the partial rankings, which do not change. It panics if a row is
// not in 0..n-1.
//
// X stays dense or sparse as it was, and nil if it was nil; no rows of a dense
// X are an empty matrix without columns, for gonum has no 0 x d matrix. O of
// the size of the result.
func (m *LabelRanking) Rows(idx []int) *LabelRanking {
	out := &LabelRanking{
		Name: m.Name, X: matrixRows(m.X, idx), Y: make([]permutations.Ordering, len(idx)),
		Features: m.Features, Labels: m.Labels,
	}
	complete := 0
	for _, i := range idx {
		if m.Y[i] != nil {
			complete++
		}
	}
	ys := permutations.Make(complete, m.K())
	for r, i := range idx {
		if m.Y[i] != nil {
			out.Y[r], ys = ys[0], ys[1:]
			copy(out.Y[r], m.Y[i])
		}
	}
	if m.Partial != nil {
		out.Partial = make([]permutations.Partial, len(idx))
		for r, i := range idx {
			out.Partial[r] = m.Partial[i]
		}
	}
	if m.Weights != nil {
		out.Weights = make([]float64, len(idx))
		for r, i := range idx {
			out.Weights[r] = m.Weights[i]
		}
	}
	return out
}

// Data returns the data set in the form that permutations.Fit takes. It shares
// memory with the data set.
func (m *LabelRanking) Data() permutations.Data {
	return permutations.Data{X: m.X, Y: m.Y, Partial: m.Partial, Weights: m.Weights}
}
