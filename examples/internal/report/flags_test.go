package report

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type fruit int

func (f fruit) String() string { return [...]string{"apple", "pear", "plum"}[f] }

// settings are one of each kind of flag.
type settings struct {
	n     int
	list  []int
	x     float64
	one   fruit
	some  []fruit
	flags *Flags
}

func newSettings() *settings {
	s := &settings{n: 3, list: []int{4, 5}, x: 0.5, one: 1}
	s.flags = NewFlags("test", "\nWhat it does.\n")
	s.flags.Int(&s.n, "n", 1, "a number")
	s.flags.Ints(&s.list, "list", 0, "some numbers")
	s.flags.Float(&s.x, "x", func(v float64) bool { return v >= 0 && v < 1 }, "a number in [0, 1)", "a fraction")
	Choice(s.flags, &s.one, "one", "a fruit,\nany fruit", 0, 1)
	Choices(s.flags, &s.some, "some", "fruits", 0, 1, 2)
	return s
}

func TestFlagsAreRead(t *testing.T) {
	s := newSettings()
	require.NoError(t, s.flags.Parse(nil, io.Discard))
	assert.Equal(t, []fruit{0, 1, 2}, s.some, "all by default")
	assert.False(t, s.flags.Given("n"))

	s = newSettings()
	args := strings.Fields("-n 7 -list=1,0 -x 0.25 -one apple -some plum,apple,plum")
	require.NoError(t, s.flags.Parse(args, io.Discard))
	assert.Equal(t, 7, s.n)
	assert.Equal(t, []int{1, 0}, s.list)
	assert.Equal(t, 0.25, s.x)
	assert.Equal(t, fruit(0), s.one)
	assert.Equal(t, []fruit{0, 2}, s.some, "in the given order of all, once each")
	assert.True(t, s.flags.Given("n"))
	assert.False(t, s.flags.Given("unknown"))

	s = newSettings()
	require.NoError(t, s.flags.Parse([]string{"-some", " "}, io.Discard))
	assert.Equal(t, []fruit{0, 1, 2}, s.some)

	few := []fruit{2, 1}
	f := NewFlags("shop", "")
	Choices(f, &few, "few", "fruits", 0, 1, 2)
	assert.Contains(t, f.Help(), "-few="+fruit(2).String()+","+fruit(1).String())
	require.NoError(t, f.Parse(nil, io.Discard))
	assert.Equal(t, []fruit{2, 1}, few, "the default")
	require.NoError(t, f.Parse([]string{"-few="}, io.Discard))
	assert.Equal(t, []fruit{0, 1, 2}, few, "all")
}

func TestABadFlagIsOneLine(t *testing.T) {
	for args, want := range map[string]string{
		"-n 0":           `"0" for flag -n: want a whole number of at least 1`,
		"-n x":           "at least 1",
		"-n 1.5":         "at least 1",
		"-list 1,,2":     "whole numbers of at least 0",
		"-list -1":       "whole numbers of at least 0",
		"-x 1":           "want a number in [0, 1)",
		"-x NaN":         "want a number in [0, 1)",
		"-one plum":      "want one of apple,pear",
		"-some pear,fig": "want one of apple,pear,plum",
		"-bogus":         "-bogus",
		"-n":             "needs an argument",
		"stray":          `unexpected argument "stray"`,
	} {
		s := newSettings()
		err := s.flags.Parse(strings.Fields(args), io.Discard)
		var usage *UsageError
		require.ErrorAs(t, err, &usage, args)
		assert.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "\n")
	}
}

func TestHelpGivesEveryDefault(t *testing.T) {
	var out bytes.Buffer
	assert.ErrorIs(t, newSettings().flags.Parse([]string{"-h"}, &out), flag.ErrHelp)
	assert.Equal(t, `What it does.

Flags, with their defaults:

  -list=4,5
        some numbers
  -n=3
        a number
  -one=pear
        a fruit,
        any fruit
  -some=
        fruits
  -x=0.5
        a fraction
`, out.String())
	assert.ErrorIs(t, newSettings().flags.Parse([]string{"-h"}, brokenWriter{}), io.ErrClosedPipe)
	assert.Empty(t, value{}.String())
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		err  error
		code int
		want string
	}{
		{nil, 0, ""},
		{flag.ErrHelp, 0, ""},
		{errors.New("file.csv:3:1: bad"), 1, "name: file.csv:3:1: bad\n"},
		{fmt.Errorf("wrapped: %w", Misuse("-n %d", 5)), 2, "name: wrapped: -n 5 (-h lists the flags)\n"},
		{fmt.Errorf("training: %w", context.Canceled), 130, "name: interrupted: training: context canceled\n"},
	} {
		var stderr bytes.Buffer
		assert.Equal(t, c.code, Exit("name", c.err, &stderr))
		assert.Equal(t, c.want, stderr.String())
	}
}

func TestMainRunsToTheExitCode(t *testing.T) {
	args := os.Args
	defer func() { os.Args = args }()
	os.Args = []string{"program", "-a"}
	code := Main("test", func(ctx context.Context, args []string, stdout, stderr io.Writer) error {
		assert.NoError(t, ctx.Err())
		assert.Equal(t, []string{"-a"}, args)
		return nil
	})
	assert.Equal(t, ExitOK, code)
}
