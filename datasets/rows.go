package datasets

import (
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// Dims returns the numbers of rows, features and labels, n, d and k.
func (m *Multilabel) Dims() (n, d, k int) { return m.Len(), m.D(), m.K() }

// Rows returns the data set of the given rows, in their order; a row may be
// given more than once. It shares no numbers and no sets with m, only the
// names. It panics if a row is not in 0..n-1.
//
// X stays dense or sparse as it was, and nil if it was nil; no rows of a dense
// X are an empty matrix without columns, for gonum has no 0 x d matrix. O of
// the size of the result.
func (m *Multilabel) Rows(idx []int) *Multilabel {
	out := &Multilabel{
		Name: m.Name, X: matrixRows(m.X, idx), Y: setRows(m.Y, m.K(), idx),
		Features: m.Features, Labels: m.Labels,
	}
	if m.Observed != nil {
		out.Observed = setRows(m.Observed, m.K(), idx)
	}
	return out
}

func setRows(y []sets.Set, k int, idx []int) []sets.Set {
	out := sets.Make(len(idx), k)
	for r, i := range idx {
		out[r].CopyFrom(y[i])
	}
	return out
}

func matrixRows(x mat.Matrix, idx []int) mat.Matrix {
	switch x := x.(type) {
	case nil:
		return nil
	case *nn.CSR:
		out, err := x.Take(idx)
		if err != nil {
			panic(err) // a row that does not exist
		}
		return out
	}
	if len(idx) == 0 {
		return &mat.Dense{}
	}
	_, d := x.Dims()
	out := mat.NewDense(len(idx), d, nil)
	for r, i := range idx {
		mat.Row(out.RawRowView(r), i, x)
	}
	return out
}

// Data returns the data set in the form that sets.Fit takes. It shares memory
// with the data set.
func (m *Multilabel) Data() sets.Data {
	return sets.Data{X: m.X, Y: m.Y, Observed: m.Observed}
}
