package sets

import (
	"encoding"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math/bits"
	"strconv"
	"strings"
)

var (
	_ encoding.TextMarshaler   = Set{}
	_ encoding.TextAppender    = Set{}
	_ encoding.TextUnmarshaler = (*Set)(nil)
)

// MaxTextLabels is the largest number of labels of a set in text form, so that
// the memory a short text asks for is bounded: half a megabyte.
const MaxTextLabels = 1 << 22

// Reasons for a *SyntaxError, besides a *LabelError.
var (
	ErrSetSyntax     = errors.New(`want a set as in "{0, 3, 7}/14"`)
	ErrRepeatedLabel = errors.New("repeated label")
	ErrTooManyLabels = fmt.Errorf("more than %d labels", MaxTextLabels)
)

// A LabelError reports a label that does not exist.
type LabelError struct {
	Label int // the label asked for
	K     int // the number of labels there are
}

func (e *LabelError) Error() string {
	if e.K == 0 {
		return fmt.Sprintf("sets: label %d where there are no labels", e.Label)
	}
	return fmt.Sprintf("sets: label %d is outside 0..%d", e.Label, e.K-1)
}

// A SyntaxError reports what ParseSet could not read. It unwraps to
// ErrSetSyntax, ErrRepeatedLabel, ErrTooManyLabels or a *LabelError.
type SyntaxError struct {
	Offset int // the byte of the text, from 0, where reading failed
	Err    error
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("sets: at byte %d of a set: %s", e.Offset, strings.TrimPrefix(e.Err.Error(), "sets: "))
}

// Unwrap returns the reason.
func (e *SyntaxError) Unwrap() error { return e.Err }

// FromIndices returns the set over k labels that holds the given labels;
// repeats are allowed. A label outside 0..k-1 is a *LabelError.
func FromIndices(k int, labels []int) (Set, error) {
	if k < 0 {
		return Set{}, fmt.Errorf("sets: negative number of labels %d", k)
	}
	s := Set{words: make([]uint64, wordsFor(k)), k: k}
	for _, j := range labels {
		if j < 0 || j >= k {
			return Set{}, &LabelError{Label: j, K: k}
		}
		s.Add(j)
	}
	return s, nil
}

// Labels yields the labels in the set in increasing order.
func (s Set) Labels() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range s.words {
			for ; w != 0; w &= w - 1 {
				if !yield(i*wordBits + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

// AppendIndices appends the labels in the set to dst in increasing order.
func (s Set) AppendIndices(dst []int) []int {
	for j := range s.Labels() {
		dst = append(dst, j)
	}
	return dst
}

// Indices returns the labels in the set in increasing order.
func (s Set) Indices() []int { return s.AppendIndices(make([]int, 0, s.Count())) }

// FromBools returns the set over len(b) labels that holds label j where b[j].
func FromBools(b []bool) Set {
	s := New(len(b))
	for j, in := range b {
		if in {
			s.Add(j)
		}
	}
	return s
}

// Bools returns whether each of the k labels is in the set.
func (s Set) Bools() []bool {
	b := make([]bool, s.k)
	for j := range s.Labels() {
		b[j] = true
	}
	return b
}

// FromUint64 returns the set over k <= 64 labels whose bits are those of w.
// It panics if k > 64 or w has a bit at or beyond k.
func FromUint64(k int, w uint64) Set {
	s := New(k)
	if k > wordBits || w != 0 && (k == 0 || w&^lastMask(k) != 0) {
		panic("sets: FromUint64: bits beyond the labels")
	}
	if k > 0 {
		s.words[0] = w
	}
	return s
}

// Uint64 returns the bits of a set over k <= 64 labels, label 0 being the
// lowest. It panics if k > 64.
func (s Set) Uint64() uint64 {
	if s.k > wordBits {
		panic(fmt.Sprintf("sets: Uint64 of a set over %d labels", s.k))
	}
	if s.k == 0 {
		return 0
	}
	return s.words[0]
}

// Key returns a string that two sets share exactly if they are Equal, for use
// as a map key.
func (s Set) Key() string {
	var buf [128]byte // the only allocation, for few labels, is the string
	b := append(strconv.AppendInt(buf[:0], int64(s.k), 10), ':')
	for _, w := range s.words {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return string(b)
}

// String lists the labels, as in {0, 3, 7}.
func (s Set) String() string { return string(s.appendLabels(nil)) }

func (s Set) appendLabels(b []byte) []byte {
	b = append(b, '{')
	sep := ""
	for j := range s.Labels() {
		b = strconv.AppendInt(append(b, sep...), int64(j), 10)
		sep = ", "
	}
	return append(b, '}')
}

// AppendText appends the set with its number of labels, as in {0, 3, 7}/14.
// It fails with ErrTooManyLabels for more than MaxTextLabels labels.
func (s Set) AppendText(b []byte) ([]byte, error) {
	if s.k > MaxTextLabels {
		return b, fmt.Errorf("sets: a set over %d labels has no text form: %w", s.k, ErrTooManyLabels)
	}
	return strconv.AppendInt(append(s.appendLabels(b), '/'), int64(s.k), 10), nil
}

// MarshalText returns the set as AppendText writes it. In JSON a set is
// therefore a string, "{0, 3, 7}/14".
func (s Set) MarshalText() ([]byte, error) { return s.AppendText(nil) }

// UnmarshalText makes s the set that the text describes, in words of its own;
// it does not change s where it fails. See ParseSet.
func (s *Set) UnmarshalText(text []byte) error {
	t, err := ParseSet(string(text))
	if err == nil {
		*s = t
	}
	return err
}

// ParseSet reads the form that MarshalText writes: the labels in braces, apart
// by commas, a slash and the number of labels, as in "{0, 3, 7}/14". Labels may
// come in any order, with spaces around them, but only once. Everything else
// is a *SyntaxError.
func ParseSet(text string) (Set, error) {
	if !strings.HasPrefix(text, "{") {
		return Set{}, &SyntaxError{Offset: 0, Err: ErrSetSyntax}
	}
	end := strings.LastIndex(text, "}/")
	if end < 0 {
		return Set{}, &SyntaxError{Offset: len(text), Err: ErrSetSyntax}
	}
	k, ok := parseDigits(text[end+2:])
	if !ok {
		return Set{}, &SyntaxError{Offset: end + 2, Err: ErrSetSyntax}
	}
	if k > MaxTextLabels {
		return Set{}, &SyntaxError{Offset: end + 2, Err: ErrTooManyLabels}
	}
	s := New(k)
	if strings.Trim(text[1:end], " ") == "" {
		return s, nil
	}
	at := 1
	for field := range strings.SplitSeq(text[1:end], ",") {
		digits := strings.TrimLeft(field, " ")
		start := at + len(field) - len(digits)
		j, ok := parseDigits(strings.TrimRight(digits, " "))
		switch {
		case !ok:
			return Set{}, &SyntaxError{Offset: start, Err: ErrSetSyntax}
		case j >= k:
			return Set{}, &SyntaxError{Offset: start, Err: &LabelError{Label: j, K: k}}
		case s.Has(j):
			return Set{}, &SyntaxError{Offset: start, Err: ErrRepeatedLabel}
		}
		s.Add(j)
		at += len(field) + 1
	}
	return s, nil
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
