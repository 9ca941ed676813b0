package datasets

import (
	"maps"
	"math"
	"slices"
)

// csvText holds the text of the feature cells of a CSV file, row after row.
type csvText struct {
	categorical map[int]bool // the columns that are not all numbers
	bytes       []byte
	ends        []int
}

func (t *csvText) add(cell string) {
	t.bytes = append(t.bytes, cell...)
	t.ends = append(t.ends, len(t.bytes))
}

func (t *csvText) cell(p int) []byte {
	start := 0
	if p > 0 {
		start = t.ends[p-1]
	}
	return t.bytes[start:t.ends[p]]
}

// build makes the data set, after the last row.
func (p *csvParser) build() (*Multilabel, error) {
	if p.table == nil {
		return nil, ErrEmpty
	}
	if p.text != nil && len(p.text.categorical) > 0 {
		if err := p.encodeCategories(); err != nil {
			return nil, err
		}
	}
	if err := p.table.checkNames(); err != nil {
		return nil, err
	}
	return p.table.build("")
}

// encodeCategories replaces the cells of the categorical columns by the
// positions of their values in sorted order, and the table by one in which
// these columns are one-hot.
func (p *csvParser) encodeCategories() error {
	t := p.table
	oneHot := map[int][]string{}
	for at, i := range t.kept {
		if !p.text.categorical[i] {
			continue
		}
		position := map[string]int{}
		for c := at; c < len(t.dense); c += len(t.kept) {
			if math.IsNaN(t.dense[c]) {
				continue
			}
			if _, ok := position[string(p.text.cell(c))]; !ok { // a look-up does not allocate
				position[string(p.text.cell(c))] = 0
			}
		}
		values := slices.Sorted(maps.Keys(position))
		for v, value := range values {
			position[value] = v
		}
		for c := at; c < len(t.dense); c += len(t.kept) {
			if !math.IsNaN(t.dense[c]) {
				t.dense[c] = float64(position[string(p.text.cell(c))])
			}
		}
		oneHot[i] = values
	}
	next, err := p.makeTable(oneHot)
	if err != nil {
		return err
	}
	next.row, next.rowEnd, next.isSparse, next.dense, next.gaps = t.row, t.rowEnd, t.isSparse, t.dense, t.gaps
	p.table = next
	return nil
}
