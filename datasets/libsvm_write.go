package datasets

import (
	"cmp"
	"fmt"
	"io"
)

// LIBSVMWriteOptions say how to write a LIBSVM file.
type LIBSVMWriteOptions struct {
	// LabelBase and FeatureBase are the numbers of the first of each.
	// AutoBase is OneBased here, which AutoBase always recognises in reading.
	LabelBase, FeatureBase IndexBase
}

// Validate reports the first option that makes no sense, if any.
func (o LIBSVMWriteOptions) Validate() error {
	return cmp.Or(o.LabelBase.validate("LabelBase"), o.FeatureBase.validate("FeatureBase"))
}

// WriteLIBSVM writes m in the format of ReadLIBSVM, without zeros and without
// names. Reading it with the numbers of labels and features and the same bases
// gives equal rows. A row with neither labels nor features gets an explicit
// zero.
//
// The error is that of m.Validate, ErrNotRepresentable where a label is not
// observed or where a row is empty and there are no features to put a zero in,
// or that of w.
func WriteLIBSVM(w io.Writer, m *Multilabel, o LIBSVMWriteOptions) error {
	if err := o.Validate(); err != nil {
		return err
	}
	if err := m.Validate(); err != nil {
		return err
	}
	out := newTextWriter(w)
	first := func(b IndexBase) int {
		if b == ZeroBased {
			return 0
		}
		return 1
	}
	label, feature := first(o.LabelBase), first(o.FeatureBase)
	var scratch []float64
	for i, y := range m.Y {
		if m.Observed != nil && m.Observed[i].Count() < m.K() {
			return fmt.Errorf("datasets: %w: LIBSVM and a missing label, %q in row %d", ErrNotRepresentable,
				m.LabelName(m.Observed[i].Complement().Indices()[0]), i)
		}
		written := 0
		for j := range y.Labels() {
			if written > 0 {
				out.WriteByte(',')
			}
			out.integer(label + j)
			written++
		}
		columns, values := m.row(i, &scratch)
		for p, v := range values {
			if v != 0 {
				out.feature(feature+columnAt(columns, p), v)
				written++
			}
		}
		if written == 0 {
			if m.D() == 0 {
				return fmt.Errorf("datasets: %w: LIBSVM and row %d, which has no label and no feature", ErrNotRepresentable, i)
			}
			out.feature(feature, 0)
		}
		out.WriteByte('\n')
	}
	return out.Flush()
}

func (w textWriter) feature(index int, v float64) {
	w.WriteByte(' ')
	w.integer(index)
	w.WriteByte(':')
	w.number(v)
}
