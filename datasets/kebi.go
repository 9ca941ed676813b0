package datasets

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/gibbs-ebm/gibbs/permutations"
)

// KEBIOptions say how to read a label-ranking file of the KEBI collection.
type KEBIOptions struct {
	// File is the name that errors mention; "kebi" if empty.
	File string
	// Limits bound what is accepted.
	Limits Limits
}

// Validate reports the first option that makes no sense, if any.
func (o KEBIOptions) Validate() error { return o.Limits.Validate() }

// ReadKEBI reads the label-ranking benchmarks that Cheng, Huehn and
// Huellermeier published (ICML 2009; named after their group, Knowledge
// Engineering and Bioinformatics), in the three dialects in which they are
// passed on. Which one it is shows in the first line:
//
//	-0.55,0.25,L1>L2>L3           no header, the ranking last
//	A1,A2,ranking,a,b,c           a header with a column called ranking, and
//	0.91,0.02,b>c>a,2.0,0.0,1.0     behind it the rank of each label, from 0
//	V1,V2,ranking                 a header, the ranking last, nominal features,
//	winter,8.1,b>g>ac>def           and ties: a and c, then d, e and f
//
// The columns behind the ranking are the target once more and never become
// features: they are left out, after a check that each is named as a label and,
// in rows that rank all labels without ties, has its rank (ErrPosition).
//
// In a ranking, letters together are labels of one letter that are tied, unless
// there is a digit in them: a label is a letter, or ends in a number like L12;
// = ties others, as in a=b. Labels are numbered as the columns behind the
// ranking, or sorted, L2 before L10. Those that a row does not list are
// unranked. A feature that is not all numbers becomes one column for each of
// its values.
//
// Errors in the file are *ParseError; see the lists at ErrSyntax and
// ErrPosition.
func ReadKEBI(r io.Reader, o KEBIOptions) (*LabelRanking, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	options := CSVOptions{Categorical: CategoricalOneHot, File: o.File, Limits: o.Limits}.withDefaults("kebi")
	p := &kebiParser{rankingCSVParser{
		csvParser: newCSVParser(r, options), split: splitKEBI, unlisted: permutations.UnlistedAnywhere,
	}}
	p.begin, p.check = p.detect, p.checkPositions
	m, err := p.read()
	if err != nil {
		return nil, err
	}
	for label, i := range p.ranks {
		if !p.rows.everListed(label) {
			return nil, failFile(p.File, because(ErrPosition, "column %q behind the ranking is not the rank of a label: no row ranks it", cut(p.names[i])))
		}
	}
	return m, nil
}

func (o KEBIOptions) read(r io.Reader, file string) (*LabelRanking, error) {
	o.File = file
	return ReadKEBI(r, o)
}

type kebiParser struct{ rankingCSVParser }

// detect tells the dialects apart by the first record.
func (p *kebiParser) detect(first []string) (at map[string]int, err error) {
	last := len(first) - 1
	p.labels = &labelNames{number: map[string]int{}}
	if p.order = last; strings.Contains(first[last], ">") {
		p.Header = HeaderNone
	} else {
		for p.order = 0; p.order <= last && !strings.EqualFold(strings.TrimSpace(first[p.order]), "ranking"); p.order++ {
		}
		if p.order > last {
			return nil, p.fail(last, because(ErrNoLabels, "no ranking: the first line neither ends with an order such as L1>L2 nor has a column called ranking"))
		}
	}
	if at, err = p.readNames(first); err != nil {
		return nil, err
	}
	for i := p.order; i <= last; i++ {
		p.isLabel[i] = true
	}
	if p.order < last {
		names := slices.Clone(first[p.order+1:])
		for i, name := range names {
			names[i] = strings.TrimSpace(name)
		}
		if p.labels, err = knownLabels(names); err != nil {
			return nil, p.fail(p.order+1, err)
		}
	}
	return at, nil
}

// checkPositions compares the columns behind the ranking of a row with it.
func (p *kebiParser) checkPositions(record []string) error {
	row := p.rows.len() - 1
	if len(p.ranks) == 0 || !p.rows.isComplete(row, len(p.ranks)) {
		return nil
	}
	for rank, label := range p.rows.listed[p.rows.start(row):] {
		i := p.ranks[label]
		if got, err := p.number(record[i]); err != nil || got != float64(rank) {
			return p.fail(i, because(cmp.Or(err, ErrPosition), "column %q has %q, but the label is at rank %d, counted from 0", cut(p.names[i]), cut(record[i]), rank))
		}
	}
	return nil
}

// splitKEBI is splitOrder with letters together for ties.
func splitKEBI(order string, yield func(name string, tied bool) error) error {
	return splitOrder(order, func(name string, tied bool) error {
		if strings.ContainsFunc(name, func(c rune) bool { return c|0x20 < 'a' || c|0x20 > 'z' }) {
			return yield(name, tied)
		}
		for i := range len(name) {
			if err := yield(name[i:i+1], tied || i > 0); err != nil {
				return err
			}
		}
		return nil
	})
}
