package datasets

import (
	"bufio"
	"bytes"
	"io"
	"math"
	"strconv"
	"strings"
)

// lineReader yields the lines of a text file without their ends, LF or CRLF,
// and without a byte order mark. It holds one line.
type lineReader struct {
	file string
	r    *bufio.Reader
	max  int    // MaxLineBytes
	line int    // number of the line last returned, from 1
	long []byte // a line that did not fit into r's buffer
}

func newLineReader(r io.Reader, file string, limits Limits) *lineReader {
	return &lineReader{file: file, r: bufio.NewReaderSize(r, 1<<16), max: limits.MaxLineBytes}
}

// next returns the next line, valid until the next call, or io.EOF after the
// last. All other errors are *ParseError.
func (l *lineReader) next() ([]byte, error) {
	l.line++
	text, err := l.r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		l.long = l.long[:0]
		for err == bufio.ErrBufferFull && len(l.long) <= l.max {
			l.long = append(l.long, text...)
			text, err = l.r.ReadSlice('\n')
		}
		l.long = append(l.long, text...)
		text = l.long
	}
	if err == io.EOF && len(text) == 0 {
		return nil, io.EOF
	}
	if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
		return nil, l.fail(-1, err)
	}
	text = bytes.TrimSuffix(text, []byte("\n"))
	text = bytes.TrimSuffix(text, []byte("\r"))
	if l.line == 1 {
		if isUTF16(text) {
			return nil, l.fail(0, errUTF16)
		}
		text = bytes.TrimPrefix(text, []byte("\ufeff"))
	}
	if len(text) > l.max {
		return nil, l.fail(l.max, &LimitError{Limit: "MaxLineBytes", Max: l.max})
	}
	if i := bytes.IndexByte(text, 0); i >= 0 {
		return nil, l.fail(i, because(ErrEncoding, "%v: there is a NUL byte", ErrEncoding))
	}
	return text, nil
}

var errUTF16 = because(ErrEncoding, "%v: it begins as UTF-16 does", ErrEncoding)

// isUTF16 reports whether a file begins with the byte order mark of UTF-16.
func isUTF16(start []byte) bool {
	return bytes.HasPrefix(start, []byte("\xff\xfe")) || bytes.HasPrefix(start, []byte("\xfe\xff"))
}

// fail makes a ParseError at the byte at of the current line, from 0; a
// negative at stands for the whole line.
func (l *lineReader) fail(at int, err error) *ParseError {
	return &ParseError{File: l.file, Line: l.line, Column: at + 1, Err: err}
}

// failFile makes a ParseError about the file as a whole.
func failFile(file string, err error) *ParseError { return &ParseError{File: file, Err: err} }

// skipBlanks returns the position of the first byte of s at or after i that is
// no space or tab.
func skipBlanks(s []byte, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	return i
}

// parseNumber reads a finite decimal number. The errors are ErrNotNumber and
// ErrNotFinite, the latter for nan, inf and what overflows.
func parseNumber[T string | []byte](s T) (float64, error) {
	if len(s) == 1 && s[0]-'0' < 10 {
		return float64(s[0] - '0'), nil
	}
	for i := range len(s) {
		if c := s[i]; c-'0' >= 10 && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, notDecimal(string(s))
		}
	}
	v, err := strconv.ParseFloat(string(s), 64)
	if err != nil {
		if e, ok := err.(*strconv.NumError); ok && e.Err == strconv.ErrRange {
			return 0, ErrNotFinite
		}
		return 0, ErrNotNumber
	}
	return v, nil
}

// parseIndex reads a whole number from 0 to 2^31-2, so that one more is an
// int32 still. The errors are ErrSyntax, and ErrIndexRange for other numbers.
func parseIndex(s []byte) (int, error) {
	digits := s
	if len(s) > 0 && (s[0] == '+' || s[0] == '-') {
		digits = s[1:]
	}
	if len(digits) == 0 {
		return 0, ErrSyntax
	}
	n, inRange := 0, s[0] != '-'
	for _, c := range digits {
		d := int(c - '0') // a byte, so that what is below '0' is large
		if d >= 10 {
			return 0, ErrSyntax
		}
		if n > (math.MaxInt32-1-d)/10 {
			inRange = false
		} else {
			n = 10*n + d
		}
	}
	if !inRange {
		return 0, ErrIndexRange
	}
	return n, nil
}

// notDecimal tells nan and inf, in the spellings that strconv knows, from what
// is no number; hexadecimal numbers and underscores are none.
func notDecimal(s string) error {
	switch strings.ToLower(strings.TrimLeft(s, "+-")) {
	case "nan", "inf", "infinity":
		return ErrNotFinite
	}
	return ErrNotNumber
}
