package datasets

import (
	"fmt"
	"io"

	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// LabelHeader is how an ARFF file says which of its attributes are labels.
type LabelHeader int

const (
	// MulanHeader leaves it to an XML file beside; see WriteMulanXML.
	MulanHeader LabelHeader = iota
	// MEKAHeader adds -C -k to the relation name: the last k are labels.
	MEKAHeader
)

// ARFFWriteOptions say how to write an ARFF file.
type ARFFWriteOptions struct {
	// Header is how the file says which attributes are labels.
	Header LabelHeader
}

// Validate reports the first option that makes no sense, if any.
func (o ARFFWriteOptions) Validate() error {
	if o.Header < MulanHeader || o.Header > MEKAHeader {
		return fmt.Errorf("datasets: Header is %d, not MulanHeader or MEKAHeader", o.Header)
	}
	return nil
}

// WriteARFF writes m as ARFF: the features, all numeric, then the labels, all
// {0,1}, with sparse rows if X is a *nn.CSR and dense ones otherwise. Labels
// that are not observed become ?. What ReadARFF makes of the file, with the
// labels of m.Labels or by MEKAHeader, equals m bit for bit: rows, names and
// the relation, which is m.Name; a sparse X without the zeros it stored.
//
// The error is that of m.Validate, ErrDuplicateAttribute for names that occur
// twice, ErrNotRepresentable for an empty name, or that of w.
func WriteARFF(w io.Writer, m *Multilabel, o ARFFWriteOptions) error {
	if err := o.Validate(); err != nil {
		return err
	}
	if err := m.Validate(); err != nil {
		return err
	}
	if err := m.checkNames("ARFF", func(name string) bool { return name != "" }); err != nil {
		return err
	}
	out := newTextWriter(w)
	relation := m.Name
	if o.Header == MEKAHeader {
		relation = formatMEKA(relation, m.K())
	}
	out.WriteString("@relation " + quoteARFF(relation) + "\n\n")
	for j := range m.D() {
		out.WriteString("@attribute " + quoteARFF(m.FeatureName(j)) + " numeric\n")
	}
	for j := range m.K() {
		out.WriteString("@attribute " + quoteARFF(m.LabelName(j)) + " {0,1}\n")
	}
	out.WriteString("\n@data\n")
	_, sparse := m.X.(*nn.CSR)
	var scratch []float64
	for i := range m.Len() {
		columns, values := m.row(i, &scratch)
		if sparse {
			out.sparseARFF(m, i, columns, values)
		} else {
			out.denseARFF(m, i, values)
		}
	}
	return out.Flush()
}

func (w textWriter) denseARFF(m *Multilabel, i int, values []float64) {
	for _, v := range values {
		w.number(v)
		w.WriteByte(',')
	}
	for j := range m.K() {
		if j > 0 {
			w.WriteByte(',')
		}
		w.WriteString(m.labelText(i, j, "?"))
	}
	w.WriteByte('\n')
}

func (w textWriter) sparseARFF(m *Multilabel, i int, columns []int32, values []float64) {
	separator := byte('{')
	index := func(n int) {
		w.WriteByte(separator)
		w.integer(n)
		w.WriteByte(' ')
		separator = ','
	}
	for p, v := range values {
		if v != 0 {
			index(int(columns[p]))
			w.number(v)
		}
	}
	known := m.Y[i]
	if m.Observed != nil { // the missing ones are to be written too
		known = known.Union(m.Observed[i].Complement())
	}
	for j := range known.Labels() {
		index(m.D() + j)
		w.WriteString(m.labelText(i, j, "?"))
	}
	if separator == '{' {
		w.WriteByte('{')
	}
	w.WriteString("}\n")
}

// quoteARFF returns s, quoted unless it is plain.
func quoteARFF(s string) string {
	plain := s != ""
	for i := range len(s) {
		plain = plain && isPlain(s[i])
	}
	if plain {
		return s
	}
	out := []byte{'\''}
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\'' || c == '\\':
			out = append(out, '\\', c)
		case c == '\n':
			out = append(out, `\n`...)
		case c == '\r':
			out = append(out, `\r`...)
		case c == '\t':
			out = append(out, `\t`...)
		case c < ' ':
			out = fmt.Appendf(out, `\u%04x`, c)
		default:
			out = append(out, c)
		}
	}
	return string(append(out, '\''))
}

// isPlain reports whether a byte needs no quotes in any text format.
func isPlain(c byte) bool {
	switch {
	case '0' <= c && c <= '9', 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z':
		return true
	}
	return c == '_' || c == '.' || c == '-' || c == '+' || c == '/' || c == '=' || c == ':'
}
