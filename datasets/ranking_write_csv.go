package datasets

import (
	"cmp"
	"fmt"
	"io"
	"strings"
)

// RankingCSVWriteOptions say how to write rankings as a CSV file.
type RankingCSVWriteOptions struct {
	// Header is whether the first record has the names.
	Header CSVHeader
	// Comma separates the cells of a record; 0 is ','.
	Comma rune
	// Missing is written for a label that is not ranked; "" is "?".
	Missing string
}

// Validate reports the first option that makes no sense, if any.
func (o RankingCSVWriteOptions) Validate() error {
	return cmp.Or(o.Header.validate(), checkComma(o.Comma))
}

// WriteRankingCSV writes m as comma-separated values: the features, then the
// rank of each label, from 1 for the best, equal for tied labels. Reading it with
// the same Header and Comma and RankCount -m.K() gives equal rows, and equal
// names with a header; a Partial that only one ordering agrees with comes back
// as that ordering. (Labels below the listed ones of a top-m ranking are its
// last tied group.)
//
// The error is that of m.Validate; ErrNotRepresentable for weights, a row that
// ranks no label, and with a header a name that is empty or has a CRLF in it;
// ErrDuplicateAttribute for names in a header that occur twice; or that of w.
func WriteRankingCSV(w io.Writer, m *LabelRanking, o RankingCSVWriteOptions) error {
	if err := o.Validate(); err != nil {
		return err
	}
	if err := m.Validate(); err != nil {
		return err
	}
	if m.Weights != nil {
		return fmt.Errorf("datasets: %w: CSV and weights", ErrNotRepresentable)
	}
	features := Multilabel{X: m.X}
	out := csvWriter{textWriter: newTextWriter(w), comma: cmp.Or(o.Comma, ',')}
	if o.Header == HeaderFirst {
		if err := m.writeHeader(&out); err != nil {
			return err
		}
	}
	missing := cmp.Or(o.Missing, "?")
	var scratch []float64
	rank := make([]int, m.K())
	for i := range m.Len() {
		if err := m.ranksTo(rank, i); err != nil {
			return err
		}
		if d := m.D(); d > 0 {
			columns, values := features.row(i, &scratch)
			at := 0
			for p, v := range values {
				for j := columnAt(columns, p); at < j; at++ {
					out.cell("0")
				}
				out.cell(formatNumber(v))
				at++
			}
			for ; at < d; at++ {
				out.cell("0")
			}
		}
		for _, r := range rank {
			if r == 0 {
				out.cell(missing)
			} else {
				out.cell(fmt.Sprint(r))
			}
		}
		out.end()
	}
	return out.Flush()
}

// writeHeader writes the names of features and labels.
func (m *LabelRanking) writeHeader(out *csvWriter) error {
	names := make([]string, 0, m.D()+m.K())
	for j := range m.D() {
		names = append(names, m.FeatureName(j))
	}
	for j := range m.K() {
		names = append(names, m.LabelName(j))
	}
	seen := make(map[string]bool, len(names))
	for _, name := range names {
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

// ranksTo overwrites rank with the rank of each label of a row, from 1, equal
// for tied labels, and 0 for unranked ones.
func (m *LabelRanking) ranksTo(rank []int, row int) error {
	if !m.isPartial(row) {
		for r, j := range m.Y[row] {
			rank[j] = r + 1
		}
		return nil
	}
	clear(rank)
	p, next := m.Partial[row], 1
	for g := range p.Groups() {
		for _, j := range p.Group(g) {
			rank[j] = next
		}
		next += len(p.Group(g))
	}
	if next == 1 {
		return fmt.Errorf("datasets: row %d: %w: CSV and a ranking of no labels", row, ErrNotRepresentable)
	}
	return nil
}
