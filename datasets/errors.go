package datasets

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// What can be wrong with a file. Each is found with errors.Is in the
// *ParseError that a reader returns; ErrNotFinite, ErrRagged and the ones
// about names also come from writers and from Validate.
var (
	ErrSyntax             = errors.New("syntax error")
	ErrEncoding           = errors.New("not text in UTF-8 or another ASCII superset")
	ErrEmpty              = errors.New("no rows")
	ErrNoLabels           = errors.New("no labels")
	ErrUnterminated       = errors.New("not closed at the end of the line")
	ErrEscape             = errors.New("unknown escape")
	ErrAttributeType      = errors.New("unsupported attribute type")
	ErrDuplicateAttribute = errors.New("two attributes of one name")
	ErrUnknownLabel       = errors.New("unknown label")
	ErrUnknownAttribute   = errors.New("unknown attribute")
	ErrRagged             = errors.New("wrong number of values")
	ErrNotNumber          = errors.New("not a number")
	ErrNotFinite          = errors.New("not a finite number")
	ErrUndeclaredValue    = errors.New("undeclared nominal value")
	ErrNotBinary          = errors.New("not a label of values 0 and 1")
	ErrMissingValue       = errors.New("missing value")
	ErrIndexRange         = errors.New("index out of range")
	ErrIndexOrder         = errors.New("indices do not increase")
	ErrLimit              = errors.New("over a limit")
	ErrUnknownFormat      = errors.New("unknown file format")
	ErrNotRepresentable   = errors.New("the format cannot express it")
)

// ParseError says where in a file something is wrong, as in
//
//	own.arff:17:42: "purple" is not one of the values {red, green} of attribute "colour"
type ParseError struct {
	// File is the name of the file, or of the format where the reader was
	// given none.
	File string
	// Line and Column count from 1, columns in bytes; a byte order mark at
	// the start of the file counts as nothing. Both are 0 where the error is
	// in no single place, Column alone where it is in no single value.
	Line, Column int
	// Err says what is wrong: one of the errors of this package, perhaps in
	// a *ValueError, *LimitError or with more detail around it, or the error
	// of the underlying reader.
	Err error
}

func (e *ParseError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	for _, n := range []int{e.Line, e.Column} {
		if n > 0 {
			b.WriteString(":" + strconv.Itoa(n))
		}
	}
	return b.String() + ": " + e.Err.Error()
}

func (e *ParseError) Unwrap() error { return e.Err }

// ValueError reports a value that its attribute cannot have.
type ValueError struct {
	// Attribute is the name of the feature or label.
	Attribute string
	// Value is what the file has, cut after 64 bytes.
	Value string
	// Values are the declared ones, where Err is ErrUndeclaredValue.
	Values []string
	// Err is ErrUndeclaredValue, ErrNotNumber, ErrNotFinite, ErrNotBinary or
	// ErrMissingValue.
	Err error
}

func (e *ValueError) Error() string {
	switch e.Err {
	case ErrUndeclaredValue:
		return fmt.Sprintf("%q is not one of the values %s of attribute %q", e.Value, braces(e.Values), cut(e.Attribute))
	case ErrNotNumber, ErrNotFinite:
		return fmt.Sprintf("%q is %v, which attribute %q wants", e.Value, e.Err, cut(e.Attribute))
	case ErrNotBinary:
		return fmt.Sprintf("%q is not 0 or 1, as label %q wants", e.Value, cut(e.Attribute))
	case ErrMissingValue:
		return fmt.Sprintf("attribute %q has no value here; see the option MissingFeature", cut(e.Attribute))
	}
	return fmt.Sprintf("%q of attribute %q: %v", e.Value, cut(e.Attribute), e.Err)
}

func (e *ValueError) Unwrap() error { return e.Err }

// braces lists values as {a, b}, at most eight of them.
func braces(values []string) string {
	const most = 8
	tail := ""
	if len(values) > most {
		tail = fmt.Sprintf(", ... %d in all", len(values))
		values = values[:most]
	}
	short := make([]string, len(values))
	for i, v := range values {
		short[i] = cut(v)
	}
	return "{" + strings.Join(short, ", ") + tail + "}"
}

// LimitError reports a file that goes beyond one of the Limits. It is an
// ErrLimit.
type LimitError struct {
	Limit string // the name of the field of Limits
	Max   int    // its value
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("over the limit %s = %d", e.Limit, e.Max)
}

func (e *LimitError) Unwrap() error { return ErrLimit }

// detail is a sentinel with a message of its own.
type detail struct {
	msg  string
	kind error
}

func (e *detail) Error() string { return e.msg }
func (e *detail) Unwrap() error { return e.kind }

// because returns an error that is kind and says the formatted message.
func because(kind error, format string, args ...any) error {
	return &detail{msg: fmt.Sprintf(format, args...), kind: kind}
}

// cut shortens what a message quotes from a file.
func cut[T string | []byte](s T) string {
	const most = 64
	if len(s) > most {
		return string(s[:most]) + "..."
	}
	return string(s)
}
