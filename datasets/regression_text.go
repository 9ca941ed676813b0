package datasets

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// RegressionTextOptions say how to read regression data from a table of
// numbers. The zero value takes the last column for the target.
type RegressionTextOptions struct {
	// Features and Targets are columns, counted from 0 or, if negative, back
	// from the end, -1 for the last. No Targets are the last column, no
	// Features all that are not targets.
	Features, Targets []int
	// File is the name that errors mention; "text" if empty.
	File string
	// Limits bound what is accepted; MaxFeatures bounds the columns and
	// MaxLabels the targets.
	Limits Limits
}

// Validate reports the first option that makes no sense, if any.
func (o RegressionTextOptions) Validate() error {
	for _, columns := range [][]int{o.Features, o.Targets} {
		for i, c := range columns {
			if slices.Contains(columns[:i], c) {
				return fmt.Errorf("datasets: column %d is listed twice", c)
			}
		}
	}
	for _, c := range o.Targets {
		if slices.Contains(o.Features, c) {
			return fmt.Errorf("datasets: column %d is a feature and a target", c)
		}
	}
	return o.Limits.Validate()
}

// ReadRegressionText reads regression data from a table of numbers, a row on a
// line, with blanks or tabs between them and no header, as data.txt of the UCI
// benchmarks. Lines that are blank are skipped; all others have as many
// numbers as the first. There are no names.
//
// A file takes time linear in its size. Errors in the file are *ParseError;
// see the lists at ErrSyntax and ErrNoTargets.
func ReadRegressionText(r io.Reader, o RegressionTextOptions) (*Regression, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	o.Limits = o.Limits.withDefaults()
	o.File = cmp.Or(o.File, "text")
	t, err := readNumberTable(r, o.File, o.Limits)
	if err != nil {
		return nil, err
	}
	m, err := t.regression(o)
	if err != nil {
		return nil, failFile(o.File, err)
	}
	return m, nil
}

func (o RegressionTextOptions) read(r io.Reader, file string) (*Regression, error) {
	o.File = file
	return ReadRegressionText(r, o)
}

// numberTable is a table of numbers, row-major.
type numberTable struct {
	columns int
	values  []float64
}

func readNumberTable(r io.Reader, file string, limits Limits) (*numberTable, error) {
	lines := newLineReader(r, file, limits)
	t := &numberTable{}
	for rows := 0; ; {
		line, err := lines.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		n := 0
		for at := skipBlanks(line, 0); at < len(line); at = skipBlanks(line, at) {
			end := at
			for end < len(line) && line[end] != ' ' && line[end] != '\t' {
				end++
			}
			if n++; rows > 0 && n > t.columns {
				return nil, lines.fail(at, because(ErrRagged, "more than %d numbers, which the first row has", t.columns))
			}
			if err := cmp.Or(limits.checkFeatures(n), limits.checkCells([2]int{len(t.values) + 1, 1})); err != nil {
				return nil, lines.fail(at, err)
			}
			v, err := parseNumber(line[at:end])
			if err != nil {
				return nil, lines.fail(at, &ValueError{Attribute: fmt.Sprintf("column %d", n), Value: cut(string(line[at:end])), Err: err})
			}
			t.values = append(t.values, v)
			at = end
		}
		if n == 0 {
			continue
		}
		if rows == 0 {
			t.columns = n
		}
		if n < t.columns {
			return nil, lines.fail(-1, because(ErrRagged, "%d numbers, where the first row has %d", n, t.columns))
		}
		if rows++; rows > limits.MaxRows {
			return nil, lines.fail(-1, limits.checkRows(rows))
		}
	}
	if t.columns == 0 {
		return nil, failFile(file, ErrEmpty)
	}
	return t, nil
}

// regression takes the columns of the options.
func (t *numberTable) regression(o RegressionTextOptions) (*Regression, error) {
	targets, err := t.resolve(o.Targets)
	if err != nil {
		return nil, err
	}
	if len(targets) == 0 {
		targets = []int{t.columns - 1}
	}
	features, err := t.resolve(o.Features)
	if err != nil {
		return nil, err
	}
	if o.Features == nil {
		isTarget := make([]bool, t.columns)
		for _, c := range targets {
			isTarget[c] = true
		}
		for c, yes := range isTarget {
			if !yes {
				features = append(features, c)
			}
		}
	}
	for _, c := range targets {
		if slices.Contains(features, c) {
			return nil, because(ErrDuplicateAttribute, "column %d is a feature and a target", c)
		}
	}
	if err := o.Limits.checkLabels(len(targets)); err != nil {
		return nil, err
	}
	n := len(t.values) / t.columns
	m := &Regression{Y: cutTargets(t.take(targets), n, len(targets))}
	if len(features) > 0 {
		m.X = mat.NewDense(n, len(features), t.take(features))
	}
	return m, nil
}

// resolve counts columns from 0.
func (t *numberTable) resolve(columns []int) ([]int, error) {
	out := make([]int, len(columns))
	for i, c := range columns {
		if c < -t.columns || c >= t.columns {
			return nil, because(ErrIndexRange, "there is no column %d in a file of %d columns", c, t.columns)
		}
		if out[i] = c; c < 0 {
			out[i] = c + t.columns
		}
		if slices.Contains(out[:i], out[i]) {
			return nil, because(ErrDuplicateAttribute, "column %d is listed twice", out[i])
		}
	}
	return out, nil
}

// take returns the columns, row-major.
func (t *numberTable) take(columns []int) []float64 {
	out := make([]float64, 0, len(t.values)/t.columns*len(columns))
	for at := 0; at < len(t.values); at += t.columns {
		for _, c := range columns {
			out = append(out, t.values[at+c])
		}
	}
	return out
}
