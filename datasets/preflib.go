package datasets

import (
	"cmp"
	"fmt"
	"io"

	"github.com/gibbs-ebm/gibbs/permutations"
)

// PrefLibOptions say how to read a PrefLib file. The zero value says no more
// of a vote than the file does.
type PrefLibOptions struct {
	// Unlisted is what is known of the alternatives that a vote does not
	// list: for a ballot that was cut short, UnlistedBelow.
	Unlisted permutations.Unlisted
	// File is the name that errors mention; "preflib" if empty.
	File string
	// Limits bound what is accepted.
	Limits Limits
}

// Validate reports the first option that makes no sense, if any.
func (o PrefLibOptions) Validate() error {
	if o.Unlisted < permutations.UnlistedAnywhere || o.Unlisted > permutations.UnlistedBelow {
		return fmt.Errorf("datasets: Unlisted is %d, not UnlistedAnywhere or UnlistedBelow", o.Unlisted)
	}
	return o.Limits.Validate()
}

// ReadPrefLib reads votes, rankings without features, in the formats .soc,
// .soi, .toc and .toi of PrefLib (Mattei and Walsh 2013): strict orders or
// orders with ties, complete or incomplete. The header is the one of today or
// that of the files up to 2022, and the first line tells which:
//
//	# DATA TYPE: toi                 3
//	# NUMBER ALTERNATIVES: 3         1,Ann
//	# NUMBER VOTERS: 5               2,Bob
//	# NUMBER UNIQUE ORDERS: 2        3,Cat
//	# ALTERNATIVE NAME 1: Ann        5,5,2
//	# ALTERNATIVE NAME 2: Bob        4,3,{1,2}
//	# ALTERNATIVE NAME 3: Cat        1,2
//	4: 3,{1,2}
//	1: 2
//
// A line is a row, and how often it was cast its weight; Weights is nil if all
// are 1. Ties, in braces, and votes that do not list all alternatives are a
// Partial, unless only one ordering agrees with it. Labels are the names of the
// alternatives in the order of their numbers.
//
// A file whose votes are not as many as its header says is ErrCount, one that
// does not name all alternatives ErrSyntax, and a vote that is not of the
// declared type ErrKind. Errors in the file are *ParseError; see the lists at
// ErrSyntax and ErrPosition.
func ReadPrefLib(r io.Reader, o PrefLibOptions) (*LabelRanking, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	limits := o.Limits.withDefaults()
	p := &prefLibParser{
		lineReader: newLineReader(r, cmp.Or(o.File, "preflib"), limits),
		limits:     limits, voters: -1, orders: -1, alternatives: -1,
	}
	line, err := p.readHeader()
	for ; err == nil; line, err = p.next() {
		if skipBlanks(line, 0) < len(line) {
			if err := p.readVote(line); err != nil {
				return nil, err
			}
		}
	}
	if err != io.EOF {
		return nil, err
	}
	m := &LabelRanking{Name: p.title, Labels: p.labels()}
	if err = p.checkCounts(); err == nil {
		m.Y, m.Partial, err = p.rows.build(len(m.Labels), 0, nil, o.Unlisted, limits)
	}
	if err != nil {
		return nil, failFile(p.file, err)
	}
	for _, w := range p.weights {
		if w != 1 {
			m.Weights = p.weights
			break
		}
	}
	return m, nil
}

func (o PrefLibOptions) read(r io.Reader, file string) (*LabelRanking, error) {
	o.File = file
	return ReadPrefLib(r, o)
}

type prefLibParser struct {
	*lineReader
	limits Limits

	title        string
	alternatives int            // -1 before the header says
	names        map[int]string // of the alternatives, from 1
	oldHeader    bool
	strict, full bool // what the data type demands of a vote
	voters       int  // sum of the counts and number of votes that the
	orders       int  // header declares, or -1

	rows    rankingRows
	weights []float64
	sum     int
}

// labels are the names in the order of the numbers; the header has all.
func (p *prefLibParser) labels() []string {
	out := make([]string, p.alternatives)
	for i := range out {
		out[i] = p.names[i+1]
	}
	return out
}

// checkCounts compares the header with the votes.
func (p *prefLibParser) checkCounts() error {
	switch {
	case p.rows.len() == 0:
		return ErrEmpty
	case p.orders >= 0 && p.orders != p.rows.len():
		return because(ErrCount, "the header declares %d different votes, but there are %d", p.orders, p.rows.len())
	case p.voters >= 0 && p.voters != p.sum:
		return because(ErrCount, "the header declares %d voters, but the counts sum to %d", p.voters, p.sum)
	}
	return nil
}
