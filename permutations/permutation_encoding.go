package permutations

import (
	"encoding"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

var (
	_ encoding.TextAppender    = Ordering{}
	_ encoding.TextMarshaler   = Ordering{}
	_ encoding.TextUnmarshaler = (*Ordering)(nil)
	_ encoding.TextAppender    = Ranking{}
	_ encoding.TextMarshaler   = Ranking{}
	_ encoding.TextUnmarshaler = (*Ranking)(nil)
)

// Reasons of a *SyntaxError, besides a *PermutationError or *PartialError.
var (
	ErrOrderingSyntax = errors.New(`want an ordering as in "2>0>1"`)
	ErrRankingSyntax  = errors.New(`want a ranking as in "#2 #3 #1"`)
)

// A SyntaxError reports text that is not an ordering, a ranking or a partial
// ranking.
type SyntaxError struct {
	Offset int // the byte of the text, from 0, where reading failed
	Err    error
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("permutations: at byte %d: %s", e.Offset, strings.TrimPrefix(e.Err.Error(), "permutations: "))
}

// Unwrap returns the reason.
func (e *SyntaxError) Unwrap() error { return e.Err }

// String lists the labels from the best to the worst, as in 2>0>1.
func (o Ordering) String() string { return string(o.append(nil)) }

func (o Ordering) append(b []byte) []byte {
	for r, j := range o {
		if r > 0 {
			b = append(b, '>')
		}
		b = strconv.AppendInt(b, int64(j), 10)
	}
	return b
}

// String gives the rank of each label, from 1 for the best, as in #2 #3 #1.
func (r Ranking) String() string { return string(r.append(nil)) }

func (r Ranking) append(b []byte) []byte {
	for j, rank := range r {
		if j > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendInt(append(b, '#'), int64(rank)+1, 10)
	}
	return b
}

// AppendText appends the text of String. An ordering that is not valid has
// none and is a *PermutationError.
func (o Ordering) AppendText(b []byte) ([]byte, error) {
	if err := o.Validate(); err != nil {
		return b, err
	}
	return o.append(b), nil
}

// AppendText appends the text of String. A ranking that is not valid has none
// and is a *PermutationError.
func (r Ranking) AppendText(b []byte) ([]byte, error) {
	if err := r.Validate(); err != nil {
		return b, err
	}
	return r.append(b), nil
}

// MarshalText returns the text of AppendText. In JSON an ordering is therefore
// a string, "2>0>1", which no ranking can be mistaken for.
func (o Ordering) MarshalText() ([]byte, error) { return o.AppendText(nil) }

// MarshalText returns the text of AppendText. In JSON a ranking is therefore a
// string, "#2 #3 #1", which no ordering can be mistaken for.
func (r Ranking) MarshalText() ([]byte, error) { return r.AppendText(nil) }

// UnmarshalText makes o the ordering that the text lists, in numbers of its
// own; it does not change o where it fails. See ParseOrdering.
func (o *Ordering) UnmarshalText(text []byte) error {
	p, err := ParseOrdering(string(text))
	if err == nil {
		*o = p
	}
	return err
}

// UnmarshalText makes r the ranking that the text lists, in numbers of its
// own; it does not change r where it fails. See ParseRanking.
func (r *Ranking) UnmarshalText(text []byte) error {
	p, err := ParseRanking(string(text))
	if err == nil {
		*r = p
	}
	return err
}

// ParseOrdering reads the labels from the best to the worst, with > between
// them and spaces where you like, as in "2 > 0 > 1". Everything else is a
// *SyntaxError, with a *PermutationError as its reason where a label is
// repeated or out of range.
func ParseOrdering(text string) (Ordering, error) {
	if strings.Trim(text, " ") == "" {
		return Ordering{}, nil
	}
	o := Ordering{}
	var at []int
	offset := 0
	for field := range strings.SplitSeq(text, ">") {
		j, start, ok := parseField(field)
		if !ok {
			return nil, &SyntaxError{Offset: offset + start, Err: ErrOrderingSyntax}
		}
		o, at = append(o, j), append(at, offset+start)
		offset += len(field) + 1
	}
	if err := o.Validate(); err != nil {
		return nil, syntax(err, at)
	}
	return o, nil
}

// ParseRanking reads the rank of each label, from 1 for the best, as in
// "#2 #3 #1". Everything else is a *SyntaxError, with a *PermutationError as
// its reason where a rank is repeated or out of range.
func ParseRanking(text string) (Ranking, error) {
	r := Ranking{}
	var at []int
	for offset := 0; offset < len(text); {
		if text[offset] == ' ' {
			offset++
			continue
		}
		field, _, _ := strings.Cut(text[offset:], " ")
		digits, marked := strings.CutPrefix(field, "#")
		rank, ok := parseDigits(digits)
		if !marked || !ok {
			return nil, &SyntaxError{Offset: offset, Err: ErrRankingSyntax}
		}
		r, at = append(r, rank-1), append(at, offset)
		offset += len(field)
	}
	if err := r.Validate(); err != nil {
		return nil, syntax(err, at)
	}
	return r, nil
}

// syntax places the *PermutationError of a permutation in its text.
func syntax(err error, at []int) error {
	var p *PermutationError
	errors.As(err, &p)
	return &SyntaxError{Offset: at[p.Position], Err: err}
}

// parseField reads digits with spaces around them and tells where they start.
func parseField(field string) (n, start int, ok bool) {
	digits := strings.TrimLeft(field, " ")
	n, ok = parseDigits(strings.TrimRight(digits, " "))
	return n, len(field) - len(digits), ok
}

// parseDigits reads a number of decimal digits only; one too large for an int
// becomes the largest.
func parseDigits(s string) (int, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, _ := strconv.Atoi(s)
	return n, true
}
