package datasets

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// StackError reports data sets that cannot be stacked.
type StackError struct {
	Part   int    // the one that does not fit the first
	Reason string // how they differ
}

func (e *StackError) Error() string {
	return fmt.Sprintf("datasets: cannot stack: part %d and the first one differ: %s", e.Part, e.Reason)
}

// Stack returns the data set with the rows of all parts, one after the other.
// It shares nothing with the parts but the names, which are those of the first
// part that has them. The parts must have as many features and labels and, as
// far as they are named, the same names: a *StackError otherwise.
//
// X is sparse if it is so in all parts with rows, else dense. If Observed is nil in some
// parts only, all labels of these count as observed.
func Stack(parts ...*Multilabel) (*Multilabel, error) {
	if len(parts) == 0 {
		return &Multilabel{}, nil
	}
	out := &Multilabel{Name: parts[0].Name}
	n, d, k := 0, 0, parts[0].K()
	var matrices []mat.Matrix // of the parts with rows: without rows a dense X has lost its columns
	partial := false
	for i, m := range parts {
		if n == 0 {
			d = m.D()
		}
		if m.Len() > 0 {
			matrices = append(matrices, m.X)
		}
		if m.Len() > 0 && m.D() != d || m.K() != k {
			return nil, &StackError{Part: i, Reason: fmt.Sprintf("%d features and %d labels, against %d and %d", m.D(), m.K(), d, k)}
		}
		if reason := mergeNames(&out.Features, m.Features, "feature"); reason != "" {
			return nil, &StackError{Part: i, Reason: reason}
		}
		if reason := mergeNames(&out.Labels, m.Labels, "label"); reason != "" {
			return nil, &StackError{Part: i, Reason: reason}
		}
		n += m.Len()
		partial = partial || m.Observed != nil
	}
	out.Y = sets.Make(n, k)
	if partial {
		out.Observed = sets.Make(n, k)
	}
	all := sets.All(k)
	row := 0
	for _, m := range parts {
		for i := range m.Y {
			out.Y[row].CopyFrom(m.Y[i])
			switch {
			case m.Observed != nil:
				out.Observed[row].CopyFrom(m.Observed[i])
			case partial:
				out.Observed[row].CopyFrom(all)
			}
			row++
		}
	}
	if d > 0 && n > 0 {
		x, err := stackMatrices(matrices, n, d)
		if err != nil {
			return nil, err
		}
		out.X = x
	}
	return out, nil
}

// mergeNames puts the names into dst if it has none, or says how they differ.
func mergeNames(dst *[]string, names []string, what string) string {
	if names == nil || slices.Equal(*dst, names) {
		return ""
	}
	if *dst == nil {
		*dst = names
		return ""
	}
	for j, name := range names {
		if j >= len(*dst) || (*dst)[j] != name {
			return fmt.Sprintf("%s %d is %q", what, j, name)
		}
	}
	return fmt.Sprintf("there are %d %s names", len(names), what)
}

func stackMatrices(parts []mat.Matrix, n, d int) (mat.Matrix, error) {
	sparse := make([]*nn.CSR, 0, len(parts))
	for _, x := range parts {
		if csr, ok := x.(*nn.CSR); ok {
			sparse = append(sparse, csr)
		}
	}
	if len(sparse) == len(parts) {
		return stackSparse(sparse, n, d)
	}
	out := mat.NewDense(n, d, nil)
	row := 0
	for _, x := range parts {
		rows, _ := x.Dims()
		for i := range rows {
			mat.Row(out.RawRowView(row), i, x)
			row++
		}
	}
	return out, nil
}

func stackSparse(parts []*nn.CSR, n, d int) (mat.Matrix, error) {
	offsets := make([]int, 1, n+1)
	var columns []int32
	var values []float64
	for _, x := range parts {
		rows, _ := x.Dims()
		for i := range rows {
			offsets = append(offsets, len(values)+x.Offsets[i+1])
		}
		columns = append(columns, x.Columns...)
		values = append(values, x.Values...)
	}
	return nn.NewCSR(n, d, offsets, columns, values)
}
