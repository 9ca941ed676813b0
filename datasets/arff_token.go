package datasets

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// tokenStops are the bytes that end an unquoted token.
type tokenStops [256]bool

func newTokenStops(bytes string) *tokenStops {
	var s tokenStops
	for i := range len(bytes) {
		s[bytes[i]] = true
	}
	return &s
}

var (
	nameStops = newTokenStops(" \t{")  // the name of an attribute
	wordStops = newTokenStops(" \t")   // its type
	cellStops = newTokenStops(" \t,")  // a value in a dense row
	itemStops = newTokenStops(" \t,}") // a value in a sparse row or a nominal list
)

// tokenizer takes tokens from a line of an ARFF file. Its errors are made by
// the lineReader.
type tokenizer struct {
	lines   *lineReader
	text    []byte
	scratch []byte // the last quoted token that had escapes
}

// token reads the token at i, quoted or up to one of stops, and returns it
// and the position after it. It is valid until the next token. An unquoted one
// is literal, quotes and backslashes after its first byte included.
func (t *tokenizer) token(i int, stops *tokenStops) (tok []byte, quoted bool, next int, err error) {
	if i < len(t.text) && (t.text[i] == '\'' || t.text[i] == '"') {
		tok, next, err = t.quoted(i)
		if err == nil && next < len(t.text) && !stops[t.text[next]] {
			err = t.lines.fail(next, because(ErrSyntax, "text directly after a closing quote"))
		}
		return tok, true, next, err
	}
	next = i
	for next < len(t.text) && !stops[t.text[next]] {
		next++
	}
	return t.text[i:next], false, next, nil
}

// quoted reads the quoted token at i.
func (t *tokenizer) quoted(i int) (tok []byte, next int, err error) {
	quote, start := t.text[i], i+1
	for j := start; j < len(t.text); j++ {
		switch t.text[j] {
		case quote:
			return t.text[start:j], j + 1, nil
		case '\\':
			return t.escaped(i, j)
		}
	}
	return nil, 0, t.lines.fail(i, because(ErrUnterminated, "a quote is not closed on its line"))
}

// escaped reads the quoted token at i whose first backslash is at j.
func (t *tokenizer) escaped(i, j int) (tok []byte, next int, err error) {
	quote := t.text[i]
	out := append(t.scratch[:0], t.text[i+1:j]...)
	defer func() { t.scratch = out }()
	for j < len(t.text) {
		switch c := t.text[j]; c {
		case quote:
			return out, j + 1, nil
		case '\\':
			r, n := unescape(t.text[j:])
			if n == 0 {
				return nil, 0, t.lines.fail(j, because(ErrEscape, "unknown escape %q", cut(t.text[j:min(j+6, len(t.text))])))
			}
			out = utf8.AppendRune(out, r)
			j += n
		default:
			out = append(out, c)
			j++
		}
	}
	return nil, 0, t.lines.fail(i, because(ErrUnterminated, "a quote is not closed on its line"))
}

// unescape reads the escape at the start of s: a backslash and one of
// \'"%,{}?~ or blank for itself, one of abfnrtv as in C, u and four hexadecimal
// digits (two such for a surrogate pair), or one to three octal digits for a
// code point up to 255. n is its length, 0 if it is none of these.
func unescape(s []byte) (r rune, n int) {
	if len(s) < 2 {
		return 0, 0
	}
	switch c := s[1]; c {
	case '\\', '\'', '"', '%', ',', '{', '}', '?', '~', ' ':
		return rune(c), 2
	case 'a':
		return '\a', 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'v':
		return '\v', 2
	case 'u':
		return unescapeUnicode(s)
	}
	for n = 1; n < len(s) && n < 4 && '0' <= s[n] && s[n] <= '7'; n++ {
		r = 8*r + rune(s[n]-'0')
	}
	if n == 1 || r > 0xff {
		return 0, 0
	}
	return r, n
}

func unescapeUnicode(s []byte) (r rune, n int) {
	hex := func(s []byte) rune {
		if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
			return -1
		}
		v, err := strconv.ParseUint(string(s[2:6]), 16, 16)
		if err != nil {
			return -1
		}
		return rune(v)
	}
	r = hex(s)
	if r < 0 {
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if r = utf16.DecodeRune(r, hex(s[6:])); r == utf8.RuneError {
		return 0, 0
	}
	return r, 12
}

// rest reports an error unless only blanks or a comment are left at i.
func (t *tokenizer) rest(i int) error {
	if i = skipBlanks(t.text, i); i < len(t.text) && t.text[i] != '%' {
		return t.lines.fail(i, because(ErrSyntax, "unexpected %q", cut(t.text[i:])))
	}
	return nil
}
