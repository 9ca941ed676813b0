package safetensors

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// metadataKey is the member of the header that is not a tensor.
const metadataKey = "__metadata__"

// parseHeader reads the JSON of a header. It is a reader of its own over the
// tokens of encoding/json, which by itself keeps the last of two members of
// one name and takes names for fields that differ in case.
func parseHeader(header []byte) (metadata map[string]string, entries []entry, err error) {
	if !utf8.Valid(header) {
		return nil, nil, failf("", ErrEncoding, "the header")
	}
	if len(header) == 0 || header[0] != '{' {
		return nil, nil, failf("", ErrSyntax, "the header does not begin with {")
	}
	if at := loneSurrogate(header); at >= 0 {
		return nil, nil, failf("", ErrEncoding, "half a surrogate pair at byte %d of the header", at)
	}
	p := &headerParser{dec: json.NewDecoder(bytes.NewReader(header))}
	p.dec.UseNumber()
	metadata = map[string]string{}
	err = p.members(func(name string) error {
		if name == metadataKey {
			return p.members(func(key string) (err error) {
				metadata[key], err = p.text()
				return err
			})
		}
		if name == "" {
			return failf("", ErrName, "a tensor without a name")
		}
		p.tensor = name
		e, err := p.entry(name)
		p.tensor = ""
		entries = append(entries, e)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if _, err := p.dec.Token(); err != io.EOF {
		return nil, nil, p.failf(ErrSyntax, "more than one value")
	}
	return metadata, entries, nil
}

type headerParser struct {
	dec    *json.Decoder
	tensor string // the one being read, for errors
}

func (p *headerParser) failf(kind error, format string, args ...any) error {
	return failf(p.tensor, kind, "byte %d of the header: "+format, append([]any{p.dec.InputOffset()}, args...)...)
}

func (p *headerParser) token() (json.Token, error) {
	t, err := p.dec.Token()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, p.failf(ErrSyntax, "%v", err)
	}
	return t, nil
}

func (p *headerParser) delim(want json.Delim) error {
	t, err := p.token()
	if err == nil && t != want {
		err = p.failf(ErrSyntax, "want %v", want)
	}
	return err
}

func (p *headerParser) text() (string, error) {
	t, err := p.token()
	if err != nil {
		return "", err
	}
	s, ok := t.(string)
	if !ok {
		return "", p.failf(ErrSyntax, "want a string")
	}
	return s, nil
}

// members reads an object: value reads that of each member.
func (p *headerParser) members(value func(name string) error) error {
	if err := p.delim('{'); err != nil {
		return err
	}
	seen := map[string]bool{}
	for p.dec.More() {
		name, err := p.text()
		if err != nil {
			return err
		}
		if seen[name] {
			return p.failf(ErrDuplicate, "%q", cut(name))
		}
		seen[name] = true
		if err := value(name); err != nil {
			return err
		}
	}
	return p.delim('}')
}

// entry reads the object of a tensor.
func (p *headerParser) entry(name string) (entry, error) {
	e := entry{name: name}
	fields := 0
	err := p.members(func(field string) (err error) {
		fields++
		switch field {
		case "dtype":
			e.dtype, err = p.dtype()
		case "shape":
			e.shape, err = numbers[int](p, strconv.IntSize-1, ErrShape)
		case "data_offsets":
			var offsets []int64
			offsets, err = numbers[int64](p, 63, ErrOffsets)
			if err == nil && len(offsets) != 2 {
				err = p.failf(ErrSyntax, "%d data_offsets, not 2", len(offsets))
			}
			if err == nil {
				e.begin, e.end = offsets[0], offsets[1]
			}
		default:
			err = p.failf(ErrSyntax, "unknown field %q", cut(field))
		}
		return err
	})
	if err == nil && fields != 3 { // of which no two are the same
		err = p.failf(ErrSyntax, "want dtype, shape and data_offsets")
	}
	return e, err
}

func (p *headerParser) dtype() (DType, error) {
	s, err := p.text()
	if err != nil {
		return 0, err
	}
	d, ok := parseDType(s)
	if !ok {
		return 0, p.failf(ErrDType, "%q is not F64, I64 or U64", cut(s))
	}
	return d, nil
}

// numbers reads an array of whole numbers below 2^bits; negative is the error
// for those below 0.
func numbers[T int | int64](p *headerParser, bits int, negative error) ([]T, error) {
	if err := p.delim('['); err != nil {
		return nil, err
	}
	values := []T{}
	for p.dec.More() {
		t, err := p.token()
		if err != nil {
			return nil, err
		}
		number, ok := t.(json.Number)
		if !ok {
			return nil, p.failf(ErrSyntax, "want a number")
		}
		n, err := strconv.ParseUint(string(number), 10, bits)
		switch {
		case number[0] == '-':
			return nil, p.failf(negative, "%s is negative", cut(string(number)))
		case errors.Is(err, strconv.ErrRange):
			return nil, p.failf(ErrOverflow, "%s", cut(string(number)))
		case err != nil:
			return nil, p.failf(ErrSyntax, "%s is not written as a whole number", cut(string(number)))
		}
		values = append(values, T(n))
	}
	return values, p.delim(']')
}

// loneSurrogate returns the place of the first escape that is half of a UTF-16
// surrogate pair without the other, or -1. encoding/json reads it as U+FFFD,
// so that different names would look the same. A backslash outside of strings
// is left for the parser to reject.
func loneSurrogate(b []byte) int {
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' {
			continue
		}
		high := escaped(b[i:])
		switch {
		case high < 0xd800 || high > 0xdfff:
			i++ // past what the backslash escapes
		case high < 0xdc00 && escaped(b[i+6:]) >= 0xdc00 && escaped(b[i+6:]) <= 0xdfff:
			i += 11
		default:
			return i
		}
	}
	return -1
}

// escaped is the number of an escape \uXXXX that b begins with, or -1.
func escaped(b []byte) int {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return int(n)
}
