package datasets

import (
	"cmp"
	"errors"
	"io"
	"math"
)

// RegressionCSVOptions say how to read regression data from a CSV file. The
// zero value takes the last column of a file with a header for the target.
type RegressionCSVOptions struct {
	// Header is whether the first record has the names.
	Header CSVHeader
	// Comma separates the cells of a record; 0 is ','.
	Comma rune
	// Targets names the target columns; they keep this order. It needs a
	// header.
	Targets []string
	// TargetCount n > 0 makes the first n columns targets and n < 0 the last
	// -n. Without Targets, 0 is -1.
	TargetCount int
	// Ignore names columns to leave out, such as an identifier. It needs a
	// header.
	Ignore []string
	// Missing are the cells that mean a missing value, blanks around them
	// aside; nil is DefaultMissing. A target cannot be missing.
	Missing []string
	// MissingFeature is what a missing feature does.
	MissingFeature MissingFeature
	// Categorical is what a feature does that is not all numbers. To tell,
	// CategoricalOneHot holds the text of the file until it is read.
	Categorical Categorical
	// File is the name that errors mention; "csv" if empty.
	File string
	// Limits bound what is accepted; MaxLineBytes bounds a record, and
	// MaxLabels the targets.
	Limits Limits
}

// Validate reports the first option that makes no sense, if any.
func (o RegressionCSVOptions) Validate() error {
	var err error
	switch {
	case len(o.Targets) > 0 && o.TargetCount != 0:
		err = errors.New("datasets: both Targets and TargetCount are given")
	case len(o.Targets) > 0 && o.Header == HeaderNone:
		err = errors.New("datasets: Targets names columns, but Header is HeaderNone: use TargetCount")
	}
	return cmp.Or(err, o.csv().Validate())
}

// csv are the options for all but the targets.
func (o RegressionCSVOptions) csv() CSVOptions {
	return CSVOptions{
		Header: o.Header, Comma: o.Comma, Ignore: o.Ignore, Missing: o.Missing,
		MissingFeature: o.MissingFeature, Categorical: o.Categorical, File: o.File, Limits: o.Limits,
	}.withDefaults("csv")
}

// ReadRegressionCSV reads regression data from comma-separated values: see
// ReadCSV for records and features. Targets are finite decimal numbers; one
// that is missing is ErrMissingValue. A file without features gives a nil X:
// data for density estimation, for which [Regression.Joint] makes targets of
// all columns.
//
// A file takes time linear in its size. Errors in the file are *ParseError
// with the column at which the cell begins; see the lists at ErrSyntax and
// ErrNoTargets.
func ReadRegressionCSV(r io.Reader, o RegressionCSVOptions) (*Regression, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	p := &regressionCSVParser{csvParser: newCSVParser(r, o.csv()), options: o}
	for first := true; ; first = false {
		record, err := p.record()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if first {
			if err := p.readHeader(record); err != nil {
				return nil, err
			}
			if p.Header == HeaderFirst {
				continue
			}
		}
		if err := p.readRow(record); err != nil {
			return nil, err
		}
		if err := p.readTargets(record); err != nil {
			return nil, err
		}
	}
	m, err := p.finish()
	if err != nil {
		return nil, failFile(p.File, err)
	}
	return m, nil
}

func (o RegressionCSVOptions) read(r io.Reader, file string) (*Regression, error) {
	o.File = file
	return ReadRegressionCSV(r, o)
}

// regressionCSVParser reads the features of a CSV file as csvParser does, and
// the targets.
type regressionCSVParser struct {
	*csvParser
	options     RegressionCSVOptions
	targets     []int // their columns
	targetNames []string
	y           []float64
}

// readHeader finds out what each column is; the targets are left out of the
// table.
func (p *regressionCSVParser) readHeader(record []string) error {
	at, err := p.readNames(record)
	if err != nil {
		return err
	}
	if err := cmp.Or(p.findTargets(at), p.Limits.checkLabels(len(p.targets))); err != nil {
		return failFile(p.File, err)
	}
	for _, i := range p.targets {
		p.isLabel[i] = true
	}
	if err := p.checkIgnored(at); err != nil {
		return err
	}
	for _, i := range p.targets {
		p.ignored[i] = true
		p.targetNames = append(p.targetNames, p.names[i])
	}
	p.table, err = p.makeTable(nil)
	return err
}

func (p *regressionCSVParser) findTargets(at map[string]int) error {
	columns := len(p.isLabel)
	seen := map[int]bool{}
	for _, name := range p.options.Targets {
		i, ok := at[name]
		if !ok {
			return because(ErrUnknownAttribute, "there is no column %q, which is one of the targets asked for", cut(name))
		}
		if seen[i] {
			return because(ErrDuplicateAttribute, "the column %q is listed twice among the targets", cut(name))
		}
		seen[i] = true
		p.targets = append(p.targets, i)
	}
	if len(p.targets) > 0 {
		return nil
	}
	n, from := p.options.TargetCount, 0
	if n == 0 {
		n = -1
	}
	if n > columns || n < -columns {
		return because(ErrNoTargets, "target count %d, but only %d columns", n, columns)
	}
	if n < 0 {
		n, from = -n, columns+n
	}
	for i := range n {
		p.targets = append(p.targets, from+i)
	}
	return nil
}

func (p *regressionCSVParser) readTargets(record []string) error {
	if err := p.Limits.checkCells([2]int{p.table.row.len(), len(p.targets)}); err != nil {
		return p.fail(-1, err)
	}
	for t, i := range p.targets {
		v, err := p.number(record[i])
		switch {
		case err != nil:
			return p.fail(i, &ValueError{Attribute: p.targetNames[t], Value: cut(record[i]), Err: err})
		case math.IsNaN(v):
			return p.fail(i, because(ErrMissingValue, "the target %q has no value here", cut(p.targetNames[t])))
		}
		p.y = append(p.y, v)
	}
	return nil
}

// finish makes the data set, after the last row.
func (p *regressionCSVParser) finish() (*Regression, error) {
	features, err := p.build()
	if err != nil {
		return nil, err
	}
	n, k := features.Len(), len(p.targets)
	if err := p.Limits.checkCells([2]int{n, features.D()}, [2]int{n, k}); err != nil {
		return nil, err
	}
	isTarget := make(map[string]bool, k)
	for _, name := range p.targetNames {
		isTarget[name] = true
	}
	for _, name := range features.Features { // a feature a of value b, and a target a=b
		if isTarget[name] {
			return nil, because(ErrDuplicateAttribute, "two columns would have the name %q", cut(name))
		}
	}
	return &Regression{X: features.X, Y: cutTargets(p.y, n, k), Features: features.Features, Targets: p.targetNames}, nil
}
