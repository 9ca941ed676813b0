package datasets

import (
	"cmp"
	"fmt"
	"io"
	"strings"
)

// WriteRegressionCSV writes m as comma-separated values, the features, then
// the targets; CSVWriteOptions.Missing is not used. ReadRegressionCSV with the
// same Header and Comma and TargetCount -m.M() gives equal rows, and equal
// names with a header.
//
// The error is that of m.Validate, with a header ErrDuplicateAttribute for
// names that occur twice and ErrNotRepresentable for one that is empty or has
// a CRLF in it, or that of w.
func WriteRegressionCSV(w io.Writer, m *Regression, o CSVWriteOptions) error {
	if err := cmp.Or(o.Validate(), m.Validate()); err != nil {
		return err
	}
	out := csvWriter{textWriter: newTextWriter(w), comma: cmp.Or(o.Comma, ',')}
	if o.Header == HeaderFirst {
		if err := m.writeHeader(&out); err != nil {
			return err
		}
	}
	features := Multilabel{X: m.X}
	scratch := make([]float64, m.D())
	for i, y := range m.Y {
		clear(scratch)
		var row []float64
		columns, values := features.row(i, &row)
		for p, v := range values {
			scratch[columnAt(columns, p)] = v
		}
		for _, v := range scratch {
			out.cell(formatNumber(v))
		}
		for _, v := range y {
			out.cell(formatNumber(v))
		}
		out.end()
	}
	return out.Flush()
}

func (m *Regression) writeHeader(out *csvWriter) error {
	seen := make(map[string]bool, m.D()+m.M())
	for j := range m.D() + m.M() {
		name := ""
		if j < m.D() {
			name = m.FeatureName(j)
		} else {
			name = m.TargetName(j - m.D())
		}
		switch {
		case name == "" || strings.Contains(name, "\r\n"):
			return fmt.Errorf("datasets: %w: CSV and the name %q", ErrNotRepresentable, cut(name))
		case seen[name]:
			return fmt.Errorf("datasets: %w: %q", ErrDuplicateAttribute, cut(name))
		}
		seen[name] = true
		out.cell(name)
	}
	out.end()
	return nil
}
