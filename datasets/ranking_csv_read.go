package datasets

import (
	"cmp"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/gibbs-ebm/gibbs/permutations"
)

// rankingCSVParser reads the features of a CSV file as csvParser does, and the
// rankings.
type rankingCSVParser struct {
	*csvParser
	// begin reads the names of the columns from the first record, returns
	// where they are, and finds those of the ranking: isLabel, order, labels.
	begin    func(first []string) (at map[string]int, err error)
	split    func(order string, yield func(name string, tied bool) error) error
	check    func(record []string) error // of a row that is read, or nil
	unlisted permutations.Unlisted

	order  int         // the column with an order, or -1
	ranks  []int       // the columns with the rank of one label each
	labels *labelNames // nil for those of the columns in ranks
	rows   rankingRows
	ranked []rankedLabel // of the current row
}

type rankedLabel struct {
	rank  float64
	label int
}

func (p *rankingCSVParser) read() (*LabelRanking, error) {
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
		if err := p.readRanking(record); err != nil {
			return nil, err
		}
	}
	m, err := p.finish()
	if err != nil {
		return nil, failFile(p.File, err)
	}
	return m, nil
}

// readHeader finds out what each column is; those of the ranking are left out
// of the table.
func (p *rankingCSVParser) readHeader(record []string) error {
	at, err := p.begin(record)
	if err != nil {
		return err
	}
	if err := p.checkIgnored(at); err != nil {
		return err
	}
	var names []string
	for i, isRanking := range p.isLabel {
		if !isRanking {
			continue
		}
		p.ignored[i] = true
		if i != p.order {
			p.ranks, names = append(p.ranks, i), append(names, p.names[i])
		}
	}
	if p.labels == nil {
		p.labels, err = knownLabels(names)
	}
	if err := cmp.Or(err, p.Limits.checkLabels(len(p.labels.names))); err != nil {
		return failFile(p.File, err)
	}
	p.table, err = p.makeTable(nil)
	return err
}

// findRanking finds the columns of the ranking by the options.
func (p *rankingCSVParser) findRanking(o *RankingCSVOptions, at map[string]int) error {
	n := len(p.isLabel)
	var err error
	p.order = -1
	switch i, ok := at[o.Order]; {
	case len(o.Ranks) > 0:
		err = byName(p.isLabel, at, o.Ranks)
	case o.RankCount != 0:
		err = byCount(p.isLabel, o.RankCount)
	case o.Order != "" && !ok:
		err = because(ErrNoLabels, "there is no column %q, which the option Order names", cut(o.Order))
	case o.Order != "":
		p.order = i
	case o.OrderColumn > n || o.OrderColumn < -n:
		err = because(ErrNoLabels, "OrderColumn is %d, but there are only %d columns", o.OrderColumn, n)
	case o.OrderColumn > 0:
		p.order = o.OrderColumn - 1
	case o.OrderColumn < 0:
		p.order = n + o.OrderColumn
	default:
		err = because(ErrNoLabels, "no ranking: set Ranks, RankCount, Order or OrderColumn in RankingCSVOptions")
	}
	if err == nil && p.order >= 0 {
		p.isLabel[p.order] = true
		p.labels = &labelNames{number: map[string]int{}}
		if len(o.Labels) > 0 {
			p.labels, err = knownLabels(o.Labels)
		}
	}
	if err != nil {
		return failFile(p.File, err)
	}
	return nil
}

// readRanking reads the ranking of a record.
func (p *rankingCSVParser) readRanking(record []string) error {
	var err error
	if p.order < 0 {
		err = p.readRanks(record)
	} else {
		err = p.fail(p.order, p.readOrder(record))
	}
	if err != nil {
		return err
	}
	p.rows.endRow()
	if p.check != nil {
		return p.check(record)
	}
	return nil
}

// readRanks reads one cell for each label.
func (p *rankingCSVParser) readRanks(record []string) error {
	p.ranked = p.ranked[:0]
	for label, i := range p.ranks {
		rank, err := p.number(record[i])
		if err != nil {
			return p.fail(i, &ValueError{Attribute: p.names[i], Value: cut(record[i]), Err: err})
		}
		if !math.IsNaN(rank) {
			p.ranked = append(p.ranked, rankedLabel{rank, label})
		}
	}
	if len(p.ranked) == 0 {
		return p.fail(-1, because(ErrMissingValue, "the row ranks no label"))
	}
	slices.SortStableFunc(p.ranked, func(a, b rankedLabel) int { return cmp.Compare(a.rank, b.rank) })
	for i, r := range p.ranked {
		p.rows.add(r.label, i > 0 && p.ranked[i-1].rank == r.rank)
	}
	return nil
}

// readOrder reads one cell with the labels in order.
func (p *rankingCSVParser) readOrder(record []string) error {
	cell := strings.Trim(record[p.order], " \t")
	if p.missing[cell] {
		return because(ErrMissingValue, "the row ranks no label")
	}
	return p.split(cell, func(name string, tied bool) error {
		label, err := p.labels.find(name, p.Limits)
		if err == nil && !p.rows.add(label, tied) {
			err = repeated(name)
		}
		return err
	})
}

// splitOrder yields the labels of an order such as a>b=c. An error of yield
// ends it.
func splitOrder(order string, yield func(name string, tied bool) error) error {
	for group := range strings.SplitSeq(order, ">") {
		tied := false
		for name := range strings.SplitSeq(group, "=") {
			name = strings.Trim(name, " \t")
			if name == "" {
				return because(ErrSyntax, "%q is no order such as a>b=c: a name is missing", cut(order))
			}
			if err := yield(name, tied); err != nil {
				return err
			}
			tied = true
		}
	}
	return nil
}

// finish makes the data set, after the last row.
func (p *rankingCSVParser) finish() (*LabelRanking, error) {
	features, err := p.build()
	if err != nil {
		return nil, err
	}
	m := &LabelRanking{X: features.X, Features: features.Features}
	names, number := p.labels.sorted()
	m.Labels = names
	m.Y, m.Partial, err = p.rows.build(len(names), features.D(), number, p.unlisted, p.Limits)
	if err != nil {
		return nil, err
	}
	return m, nil
}
