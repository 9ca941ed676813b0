package datasets

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParseErrorMessage(t *testing.T) {
	cause := errors.New("cause")
	for want, e := range map[string]*ParseError{
		"f:3:4: cause": {File: "f", Line: 3, Column: 4, Err: cause},
		"f:3: cause":   {File: "f", Line: 3, Err: cause},
		"f: cause":     {File: "f", Err: cause},
	} {
		assert.EqualError(t, e, want)
		assert.ErrorIs(t, e, cause)
	}
}

func TestValueErrorMessage(t *testing.T) {
	for want, e := range map[string]*ValueError{
		`"x" is not one of the values {a, b} of attribute "c"`:           {Err: ErrUndeclaredValue, Value: "x", Attribute: "c", Values: []string{"a", "b"}},
		`"x" is not a number, which attribute "c" wants`:                 {Err: ErrNotNumber, Value: "x", Attribute: "c"},
		`"inf" is not a finite number, which attribute "c" wants`:        {Err: ErrNotFinite, Value: "inf", Attribute: "c"},
		`"2" is not 0 or 1, as label "c" wants`:                          {Err: ErrNotBinary, Value: "2", Attribute: "c"},
		`attribute "c" has no value here; see the option MissingFeature`: {Err: ErrMissingValue, Value: "?", Attribute: "c"},
		`"x" of attribute "c": indices do not increase`:                  {Err: ErrIndexOrder, Value: "x", Attribute: "c"},
	} {
		assert.EqualError(t, e, want)
		assert.ErrorIs(t, e, e.Err)
	}
}

func TestMessagesQuoteLittle(t *testing.T) {
	long := strings.Repeat("x", 1000)
	_, err := ReadARFF(strings.NewReader("@relation r\n@attribute a {"+long+"}\n@attribute y {0,1}\n@data\n"+long+"y,0\n"), ARFFOptions{LabelCount: -1})
	assert.ErrorIs(t, err, ErrUndeclaredValue)
	assert.Less(t, len(err.Error()), 250)
	_, err = ReadARFF(strings.NewReader("@relation r\n@attribute "+long+" numeric\n@attribute y {0,1}\n@data\n"+long+",0\n"), ARFFOptions{LabelCount: -1})
	assert.ErrorIs(t, err, ErrNotNumber)
	assert.Less(t, len(err.Error()), 250)
}
