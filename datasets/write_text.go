package datasets

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
)

// textWriter writes data as text. Its errors stay until Flush.
type textWriter struct{ *bufio.Writer }

func newTextWriter(w io.Writer) textWriter { return textWriter{bufio.NewWriterSize(w, 1<<16)} }

// number writes the shortest decimal that reads back as v.
func (w textWriter) number(v float64) {
	w.Write(strconv.AppendFloat(w.AvailableBuffer(), v, 'g', -1, 64))
}

func (w textWriter) integer(n int) {
	w.Write(strconv.AppendInt(w.AvailableBuffer(), int64(n), 10))
}

// labelText is 1, 0 or, where the label is not observed, missing.
func (m *Multilabel) labelText(row, j int, missing string) string {
	switch {
	case m.Observed != nil && !m.Observed[row].Has(j):
		return missing
	case m.Y[row].Has(j):
		return "1"
	}
	return "0"
}

// checkNames reports two columns of one name, or a name that the format, which
// representable knows, cannot express.
func (m *Multilabel) checkNames(format string, representable func(name string) bool) error {
	seen := make(map[string]bool, m.D()+m.K())
	check := func(name string) error {
		switch {
		case !representable(name):
			return fmt.Errorf("datasets: %w: %s and the name %q", ErrNotRepresentable, format, cut(name))
		case seen[name]:
			return fmt.Errorf("datasets: %w: %q", ErrDuplicateAttribute, cut(name))
		}
		seen[name] = true
		return nil
	}
	for j := range m.D() {
		if err := check(m.FeatureName(j)); err != nil {
			return err
		}
	}
	for j := range m.K() {
		if err := check(m.LabelName(j)); err != nil {
			return err
		}
	}
	return nil
}
