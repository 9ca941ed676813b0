package datasets

import (
	"cmp"
	"errors"
	"fmt"
	"io"

	"github.com/gibbs-ebm/gibbs/permutations"
)

// RankingCSVOptions say how to read rankings from a CSV file. One of Ranks,
// RankCount, Order and OrderColumn is needed.
type RankingCSVOptions struct {
	// Header is whether the first record has the names.
	Header CSVHeader
	// Comma separates the cells of a record; 0 is ','.
	Comma rune
	// Ranks names the columns with the rank of one label each, whose name is
	// that of the column. They can be in any order: labels are numbered in
	// the order of the file. It needs a header.
	Ranks []string
	// RankCount n > 0 makes the first n columns ranks and n < 0 the last -n.
	RankCount int
	// Order names the column that lists the labels from the best to the
	// worst, as in a>b=c with = between tied labels. It needs a header.
	Order string
	// OrderColumn is the place of that column: n > 0 is the n-th, n < 0 the
	// -n-th from the end.
	OrderColumn int
	// Labels are the labels that an order column can have, numbered in this
	// order; nil takes those that occur, sorted, L2 before L10.
	Labels []string
	// Unlisted is what is known of the labels that a row does not list or
	// gives no rank.
	Unlisted permutations.Unlisted
	// Ignore names columns to leave out, such as an identifier. It needs a
	// header.
	Ignore []string
	// Missing are the cells that mean a missing value, blanks around them
	// aside; nil is DefaultMissing.
	Missing []string
	// MissingFeature is what a missing feature does.
	MissingFeature MissingFeature
	// Categorical is what a feature does that is not all numbers. To tell,
	// CategoricalOneHot holds the text of the file until it is read.
	Categorical Categorical
	// File is the name that errors mention; "csv" if empty.
	File string
	// Limits bound what is accepted; MaxLineBytes bounds a record.
	Limits Limits
}

// Validate reports the first option that makes no sense, if any.
func (o RankingCSVOptions) Validate() error {
	given := 0
	for _, set := range []bool{len(o.Ranks) > 0, o.RankCount != 0, o.Order != "", o.OrderColumn != 0} {
		if set {
			given++
		}
	}
	var err error
	switch {
	case given > 1:
		err = errors.New("datasets: more than one of Ranks, RankCount, Order and OrderColumn is given")
	case len(o.Labels) > 0 && o.Order == "" && o.OrderColumn == 0:
		err = errors.New("datasets: Labels are those of an order column; with rank columns they are these")
	case o.Header == HeaderNone && (len(o.Ranks) > 0 || o.Order != ""):
		err = errors.New("datasets: Ranks and Order name columns, but Header is HeaderNone: use RankCount or OrderColumn")
	case o.Unlisted < permutations.UnlistedAnywhere || o.Unlisted > permutations.UnlistedBelow:
		err = fmt.Errorf("datasets: Unlisted is %d, not UnlistedAnywhere or UnlistedBelow", o.Unlisted)
	}
	return cmp.Or(err, o.csv().Validate())
}

// csv are the options for all but the rankings.
func (o RankingCSVOptions) csv() CSVOptions {
	return CSVOptions{
		Header: o.Header, Comma: o.Comma, Ignore: o.Ignore, Missing: o.Missing,
		MissingFeature: o.MissingFeature, Categorical: o.Categorical, File: o.File, Limits: o.Limits,
	}.withDefaults("csv")
}

// ReadRankingCSV reads label-ranking data from comma-separated values: see
// ReadCSV for records and features. The ranking of a row is in one of two
// forms:
//
//	a>b=c      one cell: labels from the best to the worst, = between tied ones
//	1,2.5,2.5  a cell for each label: finite numbers, the best has the least,
//	           equal ones are tied
//
// In the first form a name has no > or = in it and blanks around it count for
// nothing. A label that is not listed, or whose rank is missing, is Unlisted.
// A row with ties or unlisted labels has a Partial, unless only one ordering
// agrees with it. A row that ranks no label is ErrMissingValue.
//
// A file takes time linear in its size and that of the result. Errors in the
// file are *ParseError with the column at which the cell begins; see the lists
// at ErrSyntax and ErrPosition.
func ReadRankingCSV(r io.Reader, o RankingCSVOptions) (*LabelRanking, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	p := &rankingCSVParser{csvParser: newCSVParser(r, o.csv()), split: splitOrder, unlisted: o.Unlisted}
	p.begin = func(first []string) (map[string]int, error) {
		at, err := p.readNames(first)
		if err != nil {
			return nil, err
		}
		return at, p.findRanking(&o, at)
	}
	return p.read()
}

func (o RankingCSVOptions) read(r io.Reader, file string) (*LabelRanking, error) {
	o.File = file
	return ReadRankingCSV(r, o)
}
