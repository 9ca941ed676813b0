package datasets

import (
	"math"
	"slices"
)

// A table gathers rows of attributes, each a feature, a label or ignored, and
// makes a Multilabel of them. Its memory follows the cells it was given: a
// nominal cell is one number until the end, where it becomes one-hot.
type table struct {
	limits  Limits
	missing MissingFeature
	columns []column // by attribute

	kept             []int // the attributes that are features
	wide             []int // positions in kept that a sparse row cannot omit as zeros
	d                int   // columns of X
	features, labels []string
	flipped          string // a label whose first declared value is 1

	row      labelRows
	rowEnd   []int  // where a sparse row ends in index; for a dense one as before
	isSparse []bool // by row
	nSparse  int
	dense    []float64 // dense rows: len(kept) cells each
	index    []int32   // sparse rows: positions in kept, increasing
	value    []float64
	gaps     bool // a feature is missing somewhere
}

// column is what becomes of an attribute.
type column struct {
	kind columnKind
	at   int // position in kept, or number of the label
	x    int // first column of X
	// codes are the numbers that stand for the declared values, where the
	// cells are positions in the list of values. A one-hot feature has width
	// columns and no codes.
	codes []float64
	width int
}

type columnKind uint8

const (
	ignoredColumn columnKind = iota
	numberColumn             // one column of X
	oneHotColumn             // width columns of X
	labelColumn
)

func newTable(missing MissingFeature, limits Limits) *table {
	return &table{missing: missing, limits: limits}
}

func (t *table) addIgnored() { t.columns = append(t.columns, column{}) }

// addLabel adds a label; codes as in column, nil for a numeric attribute.
func (t *table) addLabel(name string, codes []float64) error {
	if codes != nil && codes[0] == 1 {
		t.flipped = name
	}
	t.columns = append(t.columns, column{kind: labelColumn, at: len(t.labels), codes: codes})
	t.labels = append(t.labels, name)
	return t.limits.checkLabels(len(t.labels))
}

// addNumber adds a feature of one column; codes as in column.
func (t *table) addNumber(name string, codes []float64) error {
	if codes != nil && codes[0] != 0 {
		t.wide = append(t.wide, len(t.kept))
	}
	t.addFeature(column{kind: numberColumn, codes: codes, width: 1})
	t.features = append(t.features, name)
	return t.limits.checkFeatures(t.d)
}

// addOneHot adds a nominal feature, one column per value.
func (t *table) addOneHot(name string, values []string) error {
	if err := t.limits.checkFeatures(t.d + len(values)); err != nil {
		return err
	}
	t.wide = append(t.wide, len(t.kept))
	t.addFeature(column{kind: oneHotColumn, width: len(values)})
	for _, v := range values {
		t.features = append(t.features, name+"="+v)
	}
	return nil
}

func (t *table) addFeature(c column) {
	c.at, c.x = len(t.kept), t.d
	t.kept = append(t.kept, len(t.columns))
	t.columns = append(t.columns, c)
	t.d += c.width
}

// addNominal adds a nominal feature: a number if its values are 0 and 1.
func (t *table) addNominal(name string, values []string) error {
	if codes := binaryCodes(values); codes != nil {
		return t.addNumber(name, codes)
	}
	return t.addOneHot(name, values)
}

// checkNames reports a column of X whose name is that of another, or of a
// label: an attribute a=b beside an attribute a with the value b.
func (t *table) checkNames() error {
	seen := make(map[string]bool, len(t.features)+len(t.labels))
	for _, names := range [][]string{t.features, t.labels} {
		for _, name := range names {
			if seen[name] {
				return because(ErrDuplicateAttribute, "two columns would have the name %q", cut(name))
			}
			seen[name] = true
		}
	}
	return nil
}

// binaryCodes returns the numbers of the values if they are 0 and 1 in either
// order, and nil otherwise.
func binaryCodes(values []string) []float64 {
	if slices.Equal(values, []string{"0", "1"}) {
		return []float64{0, 1}
	}
	if slices.Equal(values, []string{"1", "0"}) {
		return []float64{1, 0}
	}
	return nil
}

// beginRow starts a row. In a sparse one, attributes that are not set have
// their first declared value or 0, and the others are set in order; in a dense
// one all attributes are set in order.
func (t *table) beginRow(sparse bool) error {
	if sparse {
		if t.flipped != "" {
			return because(ErrNotBinary, "label %q is declared {1,0}, so that a sparse row without it would have it: declare it {0,1}", t.flipped)
		}
		t.nSparse++
	}
	t.isSparse = append(t.isSparse, sparse)
	return t.limits.checkRows(len(t.isSparse))
}

// set gives the row its cell of an attribute: a number, the position of a
// declared value, or NaN where it is missing. The error is a *ValueError.
func (t *table) set(attribute int, name string, v float64) error {
	c := &t.columns[attribute]
	missing := math.IsNaN(v)
	if c.codes != nil && !missing {
		v = c.codes[int(v)]
	}
	switch c.kind {
	case ignoredColumn:
		return nil
	case labelColumn:
		switch {
		case missing:
			t.row.addMissing(c.at)
		case v == 1:
			t.row.add(c.at)
		case v != 0:
			return &ValueError{Attribute: name, Value: formatNumber(v), Err: ErrNotBinary}
		}
		return nil
	}
	if missing {
		if t.missing == MissingError {
			return &ValueError{Attribute: name, Value: "?", Err: ErrMissingValue}
		}
		t.gaps = true
	}
	if t.isSparse[len(t.isSparse)-1] {
		t.index = append(t.index, int32(c.at))
		t.value = append(t.value, v)
	} else {
		t.dense = append(t.dense, v)
	}
	return nil
}

func (t *table) endRow() {
	t.row.endRow()
	t.rowEnd = append(t.rowEnd, len(t.index))
}
