package datasets

import (
	"encoding/csv"
	"errors"
	"io"
	"math"
	"strings"
	"unicode"
)

type csvParser struct {
	CSVOptions
	missing map[string]bool
	input   *budgetReader
	csv     *csv.Reader

	names   []string
	isLabel []bool
	ignored []bool
	table   *table
	text    *csvText // the features, where any may turn out to be categorical
}

func newCSVParser(r io.Reader, o CSVOptions) *csvParser {
	p := &csvParser{CSVOptions: o, missing: map[string]bool{}, input: newBudgetReader(r, o.Limits)}
	for _, m := range o.Missing {
		p.missing[m] = true
	}
	p.csv = csv.NewReader(p.input)
	p.csv.Comma = o.Comma
	p.csv.FieldsPerRecord = -1 // checked here, to say where
	p.csv.ReuseRecord = true
	p.csv.TrimLeadingSpace = !unicode.IsSpace(o.Comma) // it would take the comma too
	if o.Categorical == CategoricalOneHot {
		p.text = &csvText{categorical: map[int]bool{}}
	}
	return p
}

// readAll reads the header and all rows.
func (p *csvParser) readAll() error {
	for first := true; ; first = false {
		record, err := p.record()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if first {
			if err := p.readHeader(record); err != nil {
				return err
			}
			if p.Header == HeaderFirst {
				continue
			}
		}
		if err := p.readRow(record); err != nil {
			return err
		}
	}
}

// record returns the next record, valid until the next call.
func (p *csvParser) record() ([]string, error) {
	p.input.refill()
	start := p.csv.InputOffset()
	record, err := p.csv.Read()
	if err == io.EOF {
		return nil, io.EOF
	}
	if p.input.err != nil { // encoding/csv takes it for the end of the file
		return nil, failFile(p.File, p.input.err)
	}
	if err != nil {
		return nil, p.syntaxError(err)
	}
	return record, p.fail(-1, over("MaxLineBytes", int(p.csv.InputOffset()-start), p.Limits.MaxLineBytes))
}

func (p *csvParser) syntaxError(err error) error {
	var syntax *csv.ParseError
	if !errors.As(err, &syntax) {
		return failFile(p.File, err)
	}
	if syntax.Err != csv.ErrQuote {
		return &ParseError{File: p.File, Line: syntax.Line, Column: syntax.Column,
			Err: because(ErrSyntax, "a quote inside a cell that is not quoted")}
	}
	e := &ParseError{File: p.File, Line: syntax.Line, Column: syntax.Column,
		Err: because(ErrUnterminated, "a quoted cell is not closed, or has text after it")}
	if syntax.StartLine < syntax.Line { // what was swallowed says nothing about where
		e.Line, e.Column = syntax.StartLine, 0
	}
	return e
}

// fail makes a ParseError at a cell of the current record, or in its line if
// the cell is negative, and returns nil for a nil error.
func (p *csvParser) fail(cell int, err error) error {
	if err == nil {
		return nil
	}
	line, column := p.csv.FieldPos(max(cell, 0))
	if cell < 0 {
		column = 0
	}
	return &ParseError{File: p.File, Line: line, Column: column, Err: err}
}

// readRow reads a record into the table.
func (p *csvParser) readRow(record []string) error {
	if len(record) != len(p.names) {
		return p.fail(-1, because(ErrRagged, "%d cells, where the first record has %d", len(record), len(p.names)))
	}
	if err := p.table.beginRow(false); err != nil {
		return p.fail(-1, err)
	}
	for i, cell := range record {
		if p.ignored[i] {
			continue
		}
		if p.text != nil && !p.isLabel[i] {
			p.text.add(cell)
		}
		v, err := p.number(cell)
		if err == ErrNotNumber && p.text != nil && !p.isLabel[i] && isCategory(cell) {
			p.text.categorical[i], err = true, nil
		}
		if err != nil {
			err = &ValueError{Attribute: p.names[i], Value: cut(cell), Err: err}
		} else {
			err = p.table.set(i, p.names[i], v)
		}
		if err != nil {
			return p.fail(i, err)
		}
	}
	p.table.endRow()
	return nil
}

// number is the number in a cell, NaN where it is missing.
func (p *csvParser) number(cell string) (float64, error) {
	cell = strings.Trim(cell, " \t")
	if p.missing[cell] {
		return math.NaN(), nil
	}
	return parseNumber(cell)
}

// isCategory reports whether a cell that is no number can be a category. A
// number with a decimal comma must not become one unseen, and encoding/csv
// cannot read back a CRLF.
func isCategory(cell string) bool {
	_, err := parseNumber(strings.Replace(strings.Trim(cell, " \t"), ",", ".", 1))
	return err != nil && !strings.Contains(cell, "\r\n")
}
