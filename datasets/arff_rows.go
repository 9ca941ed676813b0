package datasets

import (
	"math"
)

// arffRow is a row of an ARFF file: the values of all attributes in order, or
// those that a sparse row has. A nominal value is its position among the
// declared ones, a missing value is NaN, a string or a date is 0.
type arffRow struct {
	sparse bool
	index  []int // of the attributes, increasing, where sparse
	value  []float64
	at     []int // where in the line each value is, from 0
}

// attribute is the number of the attribute that value[p] is of.
func (r *arffRow) attribute(p int) int {
	if r.sparse {
		return r.index[p]
	}
	return p
}

// nextRow reads the next row into row; io.EOF after the last.
func (f *arffFile) nextRow(row *arffRow) error {
	for {
		var err error
		if f.text, err = f.lines.next(); err != nil {
			return err
		}
		i := skipBlanks(f.text, 0)
		if i == len(f.text) || f.text[i] == '%' {
			continue
		}
		row.index, row.value, row.at = row.index[:0], row.value[:0], row.at[:0]
		if row.sparse = f.text[i] == '{'; row.sparse {
			return f.sparseRow(i, row)
		}
		return f.denseRow(i, row)
	}
}

// denseRow reads values with commas, or else tabs, between them.
func (f *arffFile) denseRow(i int, row *arffRow) error {
	for {
		a := len(row.value)
		if a == len(f.attributes) {
			return f.lines.fail(i, because(ErrRagged, "more than %d values, the number of attributes", a))
		}
		next, err := f.cell(i, cellStops, &f.attributes[a], row)
		if err != nil {
			return err
		}
		i = skipBlanks(f.text, next)
		if i == len(f.text) || f.text[i] == '%' {
			break
		}
		if f.text[i] == ',' {
			i = skipBlanks(f.text, i+1)
		} else if !hasTab(f.text[next:i]) {
			return f.lines.fail(i, because(ErrSyntax, "no comma before %q; quote a value that has blanks in it", cut(f.text[i:])))
		}
	}
	if n := len(row.value); n < len(f.attributes) {
		return f.lines.fail(i, because(ErrRagged, "%d values for %d attributes", n, len(f.attributes)))
	}
	return nil
}

func hasTab(blanks []byte) bool {
	for _, c := range blanks {
		if c == '\t' {
			return true
		}
	}
	return false
}

// sparseRow reads {index value, index value, ...}, the brace being at open.
func (f *arffFile) sparseRow(open int, row *arffRow) error {
	i := skipBlanks(f.text, open+1)
	if i < len(f.text) && f.text[i] == '}' {
		return f.endSparse(i + 1)
	}
	for ; ; i = skipBlanks(f.text, i+1) {
		next, err := f.sparseIndex(i, row)
		if err != nil {
			return err
		}
		i = skipBlanks(f.text, next)
		next, err = f.cell(i, itemStops, &f.attributes[row.index[len(row.index)-1]], row)
		if err != nil {
			return err
		}
		switch i = skipBlanks(f.text, next); {
		case i == len(f.text):
			return f.lines.fail(open, because(ErrUnterminated, "a brace is not closed on its line"))
		case f.text[i] == '}':
			return f.endSparse(i + 1)
		case f.text[i] != ',':
			return f.lines.fail(i, because(ErrSyntax, "no comma before %q; quote a value that has blanks in it", cut(f.text[i:])))
		}
	}
}

func (f *arffFile) endSparse(i int) error {
	if j := skipBlanks(f.text, i); j < len(f.text) && f.text[j] == ',' {
		return f.lines.fail(j, because(ErrSyntax, "instance weights are not supported"))
	}
	return f.rest(i)
}

// sparseIndex reads the index of an attribute, from 0, larger than the last.
func (f *arffFile) sparseIndex(i int, row *arffRow) (next int, err error) {
	if i == len(f.text) {
		return 0, f.lines.fail(i, because(ErrUnterminated, "a brace is not closed on its line"))
	}
	word, _, next, err := f.token(i, itemStops)
	if err != nil {
		return 0, err
	}
	index, err := parseIndex(word)
	if err == ErrSyntax {
		return 0, f.lines.fail(i, because(ErrSyntax, "%q is not the index of an attribute", cut(word)))
	}
	if err != nil || index >= len(f.attributes) {
		return 0, f.lines.fail(i, because(ErrIndexRange, "index %s is outside 0..%d", cut(word), len(f.attributes)-1))
	}
	if n := len(row.index); n > 0 && index <= row.index[n-1] {
		return 0, f.lines.fail(i, because(ErrIndexOrder, "index %d comes after index %d", index, row.index[n-1]))
	}
	row.index = append(row.index, index)
	return next, nil
}

// cell reads a value of an attribute at i and appends it to the row.
func (f *arffFile) cell(i int, stops *tokenStops, a *arffAttribute, row *arffRow) (next int, err error) {
	tok, quoted, next, err := f.token(i, stops)
	if err != nil {
		return 0, err
	}
	if !quoted && (len(tok) == 0 || tok[0] == '%') {
		return 0, f.lines.fail(i, because(ErrSyntax, "attribute %q has an empty value; a missing one is written ?", cut(a.name)))
	}
	v := 0.0
	switch {
	case len(tok) == 1 && tok[0] == '?' && !quoted:
		v = math.NaN()
	case a.kind == arffNumeric:
		if v, err = parseNumber(tok); err != nil {
			err = &ValueError{Attribute: a.name, Value: cut(tok), Err: err}
		}
	case a.kind == arffNominal:
		p := a.find(tok)
		if v = float64(p); p < 0 {
			err = &ValueError{Attribute: a.name, Value: cut(tok), Values: a.values, Err: ErrUndeclaredValue}
		}
	}
	if err != nil {
		return 0, f.lines.fail(i, err)
	}
	row.value = append(row.value, v)
	row.at = append(row.at, i)
	return next, nil
}

// find returns the position of a declared value, -1 if it is not declared.
func (a *arffAttribute) find(value []byte) int {
	if a.position != nil {
		if p, ok := a.position[string(value)]; ok {
			return p
		}
		return -1
	}
	for p, v := range a.values {
		if v == string(value) {
			return p
		}
	}
	return -1
}
