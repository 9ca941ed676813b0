package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Table is text in columns: the names in the leftmost ones are aligned left,
// the numbers after them right.
type Table struct {
	Titles []string
	Names  int // how many columns are names
	rows   [][]string
}

// Add appends a row. It panics if there are not as many cells as titles.
func (t *Table) Add(cells ...string) {
	if len(cells) != len(t.Titles) {
		panic(fmt.Sprintf("report: a row of %d cells for %d columns", len(cells), len(t.Titles)))
	}
	t.rows = append(t.rows, cells)
}

// String is the table with a line per row, each ended by a newline and without
// blanks at its end. A column of which every cell is - is left out.
func (t *Table) String() string {
	all := append([][]string{t.Titles}, t.rows...)
	width := make([]int, len(t.Titles))
	for j := range width {
		said := len(t.rows) == 0
		for i, row := range all {
			width[j] = max(width[j], utf8.RuneCountInString(row[j]))
			said = said || i > 0 && row[j] != "-"
		}
		if !said {
			width[j] = 0
		}
	}
	var b strings.Builder
	for _, row := range all {
		var line strings.Builder
		for j, cell := range row {
			if width[j] == 0 {
				continue
			}
			if line.Len() > 0 {
				line.WriteString("  ")
			}
			pad := strings.Repeat(" ", width[j]-utf8.RuneCountInString(cell))
			if j < t.Names {
				line.WriteString(cell + pad)
			} else {
				line.WriteString(pad + cell)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

// WriteTo writes the table to w.
func (t *Table) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, t.String())
	return int64(n), err
}
