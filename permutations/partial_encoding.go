package permutations

import (
	"encoding"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

var (
	_ encoding.TextAppender    = Partial{}
	_ encoding.TextMarshaler   = Partial{}
	_ encoding.TextUnmarshaler = (*Partial)(nil)
)

// MaxTextLabels is the largest number of labels of a partial ranking in text
// form, so that the memory a short text asks for is bounded.
const MaxTextLabels = 1 << 20

// Further reasons of a *SyntaxError.
var (
	ErrPartialSyntax = errors.New(`want a partial ranking as in "3>0=1/5"`)
	ErrTooManyLabels = fmt.Errorf("more than %d labels", MaxTextLabels)
)

// String lists the groups from the best to the worst, with = between tied
// labels, and the number of labels, as in 3>0=1/5. Labels that are not listed
// are unranked.
func (p Partial) String() string {
	var b []byte
	for g := range p.Groups() {
		for i, j := range p.Group(g) {
			switch {
			case i > 0:
				b = append(b, '=')
			case g > 0:
				b = append(b, '>')
			}
			b = strconv.AppendInt(b, int64(j), 10)
		}
	}
	return string(strconv.AppendInt(append(b, '/'), int64(p.K()), 10))
}

// AppendText appends the text of String. It fails with ErrTooManyLabels above
// MaxTextLabels.
func (p Partial) AppendText(b []byte) ([]byte, error) {
	if p.K() > MaxTextLabels {
		return b, fmt.Errorf("permutations: a partial ranking of %d labels has no text form: %w", p.K(), ErrTooManyLabels)
	}
	return append(b, p.String()...), nil
}

// MarshalText returns the text of AppendText. In JSON a partial ranking is
// therefore a string, "3>0=1/5".
func (p Partial) MarshalText() ([]byte, error) { return p.AppendText(nil) }

// UnmarshalText makes p the partial ranking that the text describes; it does
// not change p where it fails. See ParsePartial.
func (p *Partial) UnmarshalText(text []byte) error {
	q, err := ParsePartial(string(text))
	if err == nil {
		*p = q
	}
	return err
}

// ParsePartial reads the form that MarshalText writes: labels from the best to
// the worst with > or, where they are tied, = between them, a slash and the
// number of labels, as in "3 > 0 = 1 / 5", with spaces where you like. "/0" is
// the zero Partial. Everything else is a *SyntaxError, with a *PartialError as
// its reason where a label is repeated or out of range.
func ParsePartial(text string) (Partial, error) {
	list, count, ok := strings.Cut(text, "/")
	if !ok {
		return Partial{}, &SyntaxError{Offset: len(text), Err: ErrPartialSyntax}
	}
	k, start, ok := parseField(count)
	switch start += len(list) + 1; {
	case !ok:
		return Partial{}, &SyntaxError{Offset: start, Err: ErrPartialSyntax}
	case k > MaxTextLabels:
		return Partial{}, &SyntaxError{Offset: start, Err: ErrTooManyLabels}
	}
	var groups, at [][]int
	if offset := 0; strings.Trim(list, " ") != "" {
		for tied := range strings.SplitSeq(list, ">") {
			var group, places []int
			for field := range strings.SplitSeq(tied, "=") {
				j, start, ok := parseField(field)
				if !ok {
					return Partial{}, &SyntaxError{Offset: offset + start, Err: ErrPartialSyntax}
				}
				group, places = append(group, j), append(places, offset+start)
				offset += len(field) + 1
			}
			groups, at = append(groups, group), append(at, places)
		}
	}
	if k == 0 && len(groups) == 0 {
		return Partial{}, nil
	}
	p, err := NewPartial(k, groups, UnlistedAnywhere)
	var bad *PartialError
	switch {
	case errors.As(err, &bad):
		return Partial{}, &SyntaxError{Offset: at[bad.Group][bad.Position], Err: err}
	case err != nil:
		return Partial{}, &SyntaxError{Offset: start, Err: err}
	}
	return p, nil
}
