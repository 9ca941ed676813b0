package datasets

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// CSVHeader is whether the first record of a CSV file has the column names.
type CSVHeader int

const (
	// HeaderFirst has the names in the first record.
	HeaderFirst CSVHeader = iota
	// HeaderNone has none: features are x1, x2, ..., labels y1, y2, ...
	HeaderNone
)

func (h CSVHeader) validate() error {
	if h < HeaderFirst || h > HeaderNone {
		return fmt.Errorf("datasets: Header is %d, not HeaderFirst or HeaderNone", h)
	}
	return nil
}

// Categorical is what a reader does with a column that is not all numbers.
type Categorical int

const (
	// CategoricalError stops with ErrNotNumber.
	CategoricalError Categorical = iota
	// CategoricalOneHot makes one column, name=value, of each value that
	// occurs, in the order of their bytes. Files in which different values
	// occur get different columns.
	CategoricalOneHot
)

// CSVOptions say how to read a CSV file. One of Labels and LabelCount is
// needed.
type CSVOptions struct {
	// Header is whether the first record has the names.
	Header CSVHeader
	// Comma separates the cells of a record; 0 is ','.
	Comma rune
	// Labels names the label columns, in any order: labels are numbered in
	// the order of the file. It needs a header.
	Labels []string
	// LabelCount n > 0 makes the first n columns labels and n < 0 the last
	// -n. It excludes Labels.
	LabelCount int
	// Ignore names columns to leave out, such as an identifier. It needs a
	// header.
	Ignore []string
	// Missing are the cells that mean a missing value, blanks around them
	// aside; nil is DefaultMissing.
	Missing []string
	// MissingFeature is what a missing feature does. A missing label is
	// unobserved.
	MissingFeature MissingFeature
	// Categorical is what a feature does that is not all numbers. To tell,
	// CategoricalOneHot holds the text of the file until it is read.
	Categorical Categorical
	// File is the name that errors mention; "csv" if empty.
	File string
	// Limits bound what is accepted; MaxLineBytes bounds a record.
	Limits Limits
}

// DefaultMissing returns the cells that mean a missing value in a CSV file
// unless CSVOptions.Missing says otherwise.
func DefaultMissing() []string {
	return []string{"", "?", "NA", "N/A", "NaN", "nan", "NULL", "null"}
}

// Validate reports the first option that makes no sense, if any.
func (o CSVOptions) Validate() error {
	var err error
	if o.Header == HeaderNone && (len(o.Labels) > 0 || len(o.Ignore) > 0) {
		err = errors.New("datasets: Labels and Ignore name columns, but Header is HeaderNone: use LabelCount")
	}
	if o.Categorical < CategoricalError || o.Categorical > CategoricalOneHot {
		err = fmt.Errorf("datasets: Categorical is %d, not CategoricalError or CategoricalOneHot", o.Categorical)
	}
	return cmp.Or(err, o.Header.validate(), checkComma(o.Comma), checkLabelOptions(o.Labels, o.LabelCount),
		o.MissingFeature.validate(), o.Limits.Validate())
}

// checkComma rejects what encoding/csv does.
func checkComma(comma rune) error {
	if comma == '"' || comma == '\r' || comma == '\n' || comma == utf8.RuneError || !utf8.ValidRune(comma) {
		return fmt.Errorf("datasets: Comma is %q, which cannot separate cells", comma)
	}
	return nil
}

// ReadCSV reads multilabel data from comma-separated values, as in RFC 4180:
// one record per row, cells quoted with " where they have commas, quotes or
// line ends in them, with " doubled inside. Blanks before a cell and blank
// lines are skipped. All records have as many cells as the first.
//
// Labels are 0 or 1. Features are decimal numbers with a point; a number with
// a decimal comma, nan where it does not mean missing, and inf are errors, also
// among categories. X is a *mat.Dense.
//
// A file takes time linear in its size. Errors in the file are *ParseError;
// see the list at ErrSyntax. encoding/csv does not tell a quote that is never
// closed from one with text after it: both are ErrUnterminated.
func ReadCSV(r io.Reader, o CSVOptions) (*Multilabel, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	o = o.withDefaults("csv")
	p := newCSVParser(r, o)
	if err := p.readAll(); err != nil {
		return nil, err
	}
	m, err := p.build()
	if err != nil {
		return nil, failFile(o.File, err)
	}
	return m, nil
}

// withDefaults fills in the defaults.
func (o CSVOptions) withDefaults(file string) CSVOptions {
	o.Limits = o.Limits.withDefaults()
	o.File = cmp.Or(o.File, file)
	o.Comma = cmp.Or(o.Comma, ',')
	if o.Missing == nil {
		o.Missing = DefaultMissing()
	}
	return o
}

func (o CSVOptions) read(r io.Reader, file string) (*Multilabel, error) {
	o.File = file
	return ReadCSV(r, o)
}
