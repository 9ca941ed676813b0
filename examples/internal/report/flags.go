package report

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// UsageError reports a flag that was not understood.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }
func (e *UsageError) Unwrap() error { return e.Err }

// Misuse returns a *UsageError with the message.
func Misuse(format string, args ...any) error { return &UsageError{fmt.Errorf(format, args...)} }

// Flags is a flag.FlagSet whose errors fit one line and whose help gives every
// default.
type Flags struct {
	*flag.FlagSet
	about string
}

// NewFlags returns no flags yet for the program of the given name; about is
// the text at the top of its help.
func NewFlags(name, about string) *Flags {
	f := &Flags{flag.NewFlagSet(name, flag.ContinueOnError), about}
	f.SetOutput(io.Discard) // Parse prints nothing itself
	f.Usage = func() {}
	return f
}

// Parse reads the arguments. The error is a *UsageError, or flag.ErrHelp after
// -h has written the help to stdout. Arguments that are no flags are an error.
func (f *Flags) Parse(args []string, stdout io.Writer) error {
	err := f.FlagSet.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		if _, err := io.WriteString(stdout, f.Help()); err != nil {
			return err
		}
		return flag.ErrHelp
	case err != nil:
		return &UsageError{err}
	case f.NArg() > 0:
		return Misuse("unexpected argument %q: all settings are flags", f.Arg(0))
	}
	return nil
}

// Given reports whether the flag was set on the command line.
func (f *Flags) Given(name string) bool {
	given := false
	f.Visit(func(g *flag.Flag) { given = given || g.Name == name })
	return given
}

// Help is the text of -h.
func (f *Flags) Help() string {
	var b strings.Builder
	b.WriteString(strings.TrimSpace(f.about) + "\n\nFlags, with their defaults:\n\n")
	f.VisitAll(func(g *flag.Flag) {
		fmt.Fprintf(&b, "  -%s=%s\n", g.Name, g.DefValue)
		for line := range strings.Lines(g.Usage) {
			b.WriteString("        " + strings.TrimSpace(line) + "\n")
		}
	})
	return b.String()
}

// value is a flag.Value made of functions.
type value struct {
	get func() string
	set func(string) error
}

func (v value) String() string {
	if v.get == nil { // a zero value, as package flag makes them
		return ""
	}
	return v.get()
}
func (v value) Set(s string) error { return v.set(s) }

// Int adds a flag for a whole number of at least min, with *p as its default.
func (f *Flags) Int(p *int, name string, min int, usage string) {
	f.Var(value{func() string { return strconv.Itoa(*p) }, func(s string) error {
		v, err := strconv.Atoi(s)
		if err != nil || v < min {
			return fmt.Errorf("want a whole number of at least %d", min)
		}
		*p = v
		return nil
	}}, name, usage)
}

// Float adds a flag for a number that ok accepts, want saying which those are.
func (f *Flags) Float(p *float64, name string, ok func(float64) bool, want, usage string) {
	f.Var(value{func() string { return strconv.FormatFloat(*p, 'g', -1, 64) }, func(s string) error {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil || !ok(v) { // ok must not accept NaN
			return errors.New("want " + want)
		}
		*p = v
		return nil
	}}, name, usage)
}

// Ints adds a flag for a comma-separated list of whole numbers of at least
// min.
func (f *Flags) Ints(p *[]int, name string, min int, usage string) {
	f.Var(value{func() string { return join(*p) }, func(s string) error {
		var list []int
		for _, part := range strings.Split(s, ",") {
			v, err := strconv.Atoi(strings.TrimSpace(part))
			if err != nil || v < min {
				return fmt.Errorf("want whole numbers of at least %d with commas between them", min)
			}
			list = append(list, v)
		}
		*p = list
		return nil
	}}, name, usage)
}

// Choice adds a flag for one of several things, chosen by what they print as.
func Choice[T fmt.Stringer](f *Flags, p *T, name, usage string, of ...T) {
	f.Var(value{func() string { return (*p).String() }, func(s string) error {
		v, err := choose(s, of)
		if err == nil {
			*p = v
		}
		return err
	}}, name, usage)
}

// Choices adds a flag for a comma-separated list of several things, with *p as
// its default; an empty list means all of them. They keep the order of of.
func Choices[T interface {
	comparable
	fmt.Stringer
}](f *Flags, p *[]T, name, usage string, of ...T) {
	standard := join(*p)
	if len(*p) == 0 {
		*p = of
	}
	f.Var(value{func() string { return standard }, func(s string) error {
		if strings.TrimSpace(s) == "" {
			*p = of
			return nil
		}
		var picked []T
		for _, part := range strings.Split(s, ",") {
			v, err := choose(strings.TrimSpace(part), of)
			if err != nil {
				return err
			}
			picked = append(picked, v)
		}
		*p = nil
		for _, v := range of {
			if slices.Contains(picked, v) {
				*p = append(*p, v)
			}
		}
		return nil
	}}, name, usage)
}

func choose[T fmt.Stringer](s string, of []T) (none T, err error) {
	for _, v := range of {
		if v.String() == s {
			return v, nil
		}
	}
	return none, fmt.Errorf("want one of %s", join(of))
}

// join is the list with commas in between.
func join[T any](list []T) string {
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = fmt.Sprint(v)
	}
	return strings.Join(parts, ",")
}
