package datasets

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParseIndex(t *testing.T) {
	for s, want := range map[string]int{"0": 0, "7": 7, "+12": 12, "0099": 99, "2147483646": math.MaxInt32 - 1} {
		n, err := parseIndex([]byte(s))
		assert.NoError(t, err, s)
		assert.Equal(t, want, n, s)
	}
	for s, kind := range map[string]error{
		"": ErrSyntax, "+": ErrSyntax, "-": ErrSyntax, "1 ": ErrSyntax, "1.0": ErrSyntax, "x": ErrSyntax, "/": ErrSyntax, "+-1": ErrSyntax,
		"99999999999999999999x": ErrSyntax,
		"-0":                    ErrIndexRange, "-5": ErrIndexRange, "2147483647": ErrIndexRange, "2147483650": ErrIndexRange,
		"4294967297": ErrIndexRange, "18446744073709551617": ErrIndexRange,
	} {
		_, err := parseIndex([]byte(s))
		assert.Equal(t, kind, err, s)
	}
}

func TestParseNumber(t *testing.T) {
	for s, want := range map[string]float64{"7": 7, "-1.5e-3": -0.0015, "+.5": 0.5, "5.": 5, "1e-999": 0, "1E2": 100} {
		v, err := parseNumber(s)
		assert.NoError(t, err, s)
		assert.Equal(t, want, v, s)
		v, err = parseNumber([]byte(s))
		assert.NoError(t, err, s)
		assert.Equal(t, want, v, s)
	}
	for s, kind := range map[string]error{
		"": ErrNotNumber, ".": ErrNotNumber, "1,5": ErrNotNumber, "0x1p3": ErrNotNumber, "1_0": ErrNotNumber, "--1": ErrNotNumber,
		" 1": ErrNotNumber, "1e": ErrNotNumber, "infinite": ErrNotNumber,
		"NaN": ErrNotFinite, "-inf": ErrNotFinite, "Infinity": ErrNotFinite, "1e309": ErrNotFinite, "-1e309": ErrNotFinite,
	} {
		_, err := parseNumber(s)
		assert.Equal(t, kind, err, s)
	}
}
