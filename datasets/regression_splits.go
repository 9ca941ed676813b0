package datasets

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// RegressionBenchmark is a regression data set with its published splits.
type RegressionBenchmark struct {
	// Name is the name it was opened by.
	Name string
	// All has all rows.
	All *Regression
	// Splits are the published splits, nil where there are none: Split makes
	// one.
	Splits []RowSplit
}

// RowSplit is a split of rows, counted from 0. No row is listed twice.
type RowSplit struct{ Train, Test []int }

// Split returns the training and the test rows of split i. It panics if there
// is no such split.
func (b *RegressionBenchmark) Split(i int) (train, test *Regression) {
	return b.All.Rows(b.Splits[i].Train), b.All.Rows(b.Splits[i].Test)
}

// ReadRegressionSplits reads a regression data set in the layout in which the
// UCI benchmarks are passed on with their splits (Hernandez-Lobato and Adams
// 2015; Gal and Ghahramani 2016), from a directory such as
// os.DirFS("UCI_Datasets/yacht/data"):
//
//	data.txt            a table of numbers: see ReadRegressionText
//	index_features.txt  the columns of the features, counted from 0, one on a line
//	index_target.txt    those of the targets
//	n_splits.txt        the number of splits
//	index_train_0.txt   the training rows of split 0, counted from 0, one on a line
//	index_test_0.txt    its test rows, and so on
//
// Without n_splits.txt there are no splits. A row that is in a split twice is
// ErrDuplicateRow and one that is not in data.txt ErrIndexRange; the other
// errors are those of ReadRegressionText and, for a file that is not there,
// that of the file system.
func ReadRegressionSplits(dir fs.FS, limits Limits) (*RegressionBenchmark, error) {
	if err := limits.Validate(); err != nil {
		return nil, err
	}
	return readSplits(dir.Open, limits)
}

func readSplits(open func(name string) (fs.File, error), limits Limits) (*RegressionBenchmark, error) {
	limits = limits.withDefaults()
	t, err := readFile(open, "data.txt", func(r io.Reader) (*numberTable, error) {
		return readNumberTable(r, "data.txt", limits)
	})
	if err != nil {
		return nil, err
	}
	rows := len(t.values) / t.columns
	indices := func(name string, below int, seen []bool) ([]int, error) {
		return readFile(open, name, func(r io.Reader) ([]int, error) { return readIndices(r, name, below, seen, limits) })
	}
	isUsed := make([]bool, t.columns)
	features, err := indices("index_features.txt", t.columns, isUsed)
	if err != nil {
		return nil, err
	}
	targets, err := indices("index_target.txt", t.columns, isUsed)
	if err != nil {
		return nil, err
	}
	b := &RegressionBenchmark{}
	b.All, err = t.regression(RegressionTextOptions{Features: features, Targets: targets, Limits: limits})
	if err != nil {
		return nil, failFile("data.txt", err)
	}
	const most = 1 << 20 // splits, far beyond what there are files for
	count, err := indices("n_splits.txt", most, nil)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, err
	}
	if len(count) != 1 {
		return nil, failFile("n_splits.txt", because(ErrSyntax, "%d numbers, not one", len(count)))
	}
	for i := range count[0] {
		seen := make([]bool, rows)
		var split RowSplit
		var errTrain, errTest error
		split.Train, errTrain = indices(fmt.Sprintf("index_train_%d.txt", i), rows, seen)
		if errTrain == nil {
			split.Test, errTest = indices(fmt.Sprintf("index_test_%d.txt", i), rows, seen)
		}
		if err := cmp.Or(errTrain, errTest); err != nil {
			return nil, err
		}
		b.Splits = append(b.Splits, split)
	}
	return b, nil
}

// readIndices reads whole numbers from 0 to below-1 with blanks or line ends
// between them, at least one, and marks them in seen, unless that is nil.
func readIndices(r io.Reader, file string, below int, seen []bool, limits Limits) ([]int, error) {
	lines := newLineReader(r, file, limits)
	var out []int
	for {
		line, err := lines.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		for at := skipBlanks(line, 0); at < len(line); at = skipBlanks(line, at) {
			end := at
			for end < len(line) && line[end] != ' ' && line[end] != '\t' {
				end++
			}
			n, err := parseIndex(line[at:end])
			switch {
			case err == ErrSyntax:
				err = because(ErrSyntax, "%q is not a whole number", cut(line[at:end]))
			case err != nil || n >= below:
				err = because(ErrIndexRange, "%s is not in the range from 0 to %d", cut(line[at:end]), below-1)
			case seen != nil && seen[n]:
				err = because(ErrDuplicateRow, "%d is listed twice", n)
			}
			if err != nil {
				return nil, lines.fail(at, err)
			}
			if seen != nil {
				seen[n] = true
			}
			out = append(out, n)
			at = end
		}
	}
	if out == nil {
		return nil, failFile(file, ErrEmpty)
	}
	return out, nil
}
