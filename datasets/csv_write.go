package datasets

import (
	"cmp"
	"io"
	"strings"
)

// CSVWriteOptions say how to write a CSV file.
type CSVWriteOptions struct {
	// Header is whether the first record has the names.
	Header CSVHeader
	// Comma separates the cells of a record; 0 is ','.
	Comma rune
	// Missing is written for a label that is not observed; "" is "?".
	Missing string
}

// Validate reports the first option that makes no sense, if any.
func (o CSVWriteOptions) Validate() error {
	return cmp.Or(o.Header.validate(), checkComma(o.Comma))
}

// WriteCSV writes m as comma-separated values, the features, then the labels.
// Reading it with the same Header and Comma and LabelCount -m.K() gives equal
// rows, and equal names with a header.
//
// The error is that of m.Validate, with a header ErrDuplicateAttribute for
// names that occur twice and ErrNotRepresentable for one that is empty or has
// a CRLF in it, or that of w.
func WriteCSV(w io.Writer, m *Multilabel, o CSVWriteOptions) error {
	if err := o.Validate(); err != nil {
		return err
	}
	if err := m.Validate(); err != nil {
		return err
	}
	out := csvWriter{textWriter: newTextWriter(w), comma: cmp.Or(o.Comma, ',')}
	if o.Header == HeaderFirst {
		err := m.checkNames("CSV", func(name string) bool {
			return name != "" && !strings.Contains(name, "\r\n")
		})
		if err != nil {
			return err
		}
		for j := range m.D() {
			out.cell(m.FeatureName(j))
		}
		for j := range m.K() {
			out.cell(m.LabelName(j))
		}
		out.end()
	}
	missing := cmp.Or(o.Missing, "?")
	var scratch []float64
	for i := range m.Len() {
		columns, values := m.row(i, &scratch)
		at := 0
		for p, v := range values {
			for j := columnAt(columns, p); at < j; at++ {
				out.cell("0")
			}
			out.cell(formatNumber(v))
			at++
		}
		for ; at < m.D(); at++ {
			out.cell("0")
		}
		for j := range m.K() {
			out.cell(m.labelText(i, j, missing))
		}
		out.end()
	}
	return out.Flush()
}

// csvWriter writes records. Unlike that of encoding/csv it quotes whatever is
// not plain, so that blanks and a byte order mark in a name survive.
type csvWriter struct {
	textWriter
	comma rune
	some  bool // a cell of the record is written
}

func (w *csvWriter) cell(s string) {
	if w.some {
		w.WriteRune(w.comma)
	}
	w.some = true
	plain := !strings.ContainsRune(s, w.comma)
	for i := range len(s) {
		plain = plain && (isPlain(s[i]) || s[i] == '?')
	}
	if plain {
		w.WriteString(s)
	} else {
		w.WriteString(`"` + strings.ReplaceAll(s, `"`, `""`) + `"`)
	}
}

func (w *csvWriter) end() {
	w.WriteByte('\n')
	w.some = false
}
