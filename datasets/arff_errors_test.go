package datasets

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestARFFErrorMessage(t *testing.T) {
	const file = "@relation r\n@attribute size numeric\n@attribute colour {red, green}\n@attribute y {0,1}\n@data\n1,red,0\n2,  purple,1\n"
	_, err := ReadARFF(strings.NewReader(file), ARFFOptions{LabelCount: -1, File: "own.arff"})
	assert.EqualError(t, err, `own.arff:7:5: "purple" is not one of the values {red, green} of attribute "colour"`)
	var value *ValueError
	require.ErrorAs(t, err, &value)
	assert.Equal(t, &ValueError{Attribute: "colour", Value: "purple", Values: []string{"red", "green"}, Err: ErrUndeclaredValue}, value)
}

func TestARFFHeaderErrors(t *testing.T) {
	for _, c := range []struct {
		line         string // the second one
		kind         error
		line0, bytes int
	}{
		{"1,0", ErrSyntax, 2, 1},
		{"@attributes a numeric", ErrSyntax, 2, 1},
		{"  @foo", ErrSyntax, 2, 3},
		{"'@data", ErrUnterminated, 2, 1},
		{"@attribute", ErrSyntax, 2, 11},
		{"@attribute  % a comment", ErrSyntax, 2, 13},
		{"@attribute '' numeric", ErrSyntax, 2, 12},
		{"@attribute b", ErrSyntax, 2, 13},
		{"@attribute b c numeric", ErrAttributeType, 2, 14},
		{"@attribute b relational", ErrAttributeType, 2, 14},
		{"@attribute b NUMERICAL", ErrAttributeType, 2, 14},
		{"@attribute b numeric 5", ErrSyntax, 2, 22},
		{"@attribute b 'numeric", ErrUnterminated, 2, 14},
		{"@attribute b date 'yyyy", ErrUnterminated, 2, 19},
		{"@attribute b date yyyy x", ErrSyntax, 2, 24},
		{"@attribute 'b numeric", ErrUnterminated, 2, 12},
		{`@attribute "b' numeric`, ErrUnterminated, 2, 12},
		{`@attribute 'b\' numeric`, ErrUnterminated, 2, 12},
		{`@attribute 'b\`, ErrEscape, 2, 14},
		{"@attribute 'b'c numeric", ErrSyntax, 2, 15},
		{`@attribute 'b\x' numeric`, ErrEscape, 2, 14},
		{`@attribute 'b\u12' numeric`, ErrEscape, 2, 14},
		{`@attribute 'b\u12g4' numeric`, ErrEscape, 2, 14},
		{`@attribute 'b\ud83d' numeric`, ErrEscape, 2, 14},
		{`@attribute 'b\ud83d\u0041' numeric`, ErrEscape, 2, 14},
		{`@attribute 'b\777' numeric`, ErrEscape, 2, 14},
		{`@attribute 'b\8' numeric`, ErrEscape, 2, 14},
		{"@attribute a{b numeric", ErrSyntax, 2, 16},
		{"@attribute b {}", ErrSyntax, 2, 15},
		{"@attribute b { }", ErrSyntax, 2, 16},
		{"@attribute b {x,}", ErrSyntax, 2, 17},
		{"@attribute b {x,,y}", ErrSyntax, 2, 17},
		{"@attribute b {,x}", ErrSyntax, 2, 15},
		{"@attribute b {x y}", ErrSyntax, 2, 17},
		{"@attribute b {x,y", ErrUnterminated, 2, 14},
		{"@attribute b {x,", ErrUnterminated, 2, 14},
		{"@attribute b {", ErrUnterminated, 2, 14},
		{"@attribute b {x,'y}", ErrUnterminated, 2, 17},
		{"@attribute b {x,'y'z}", ErrSyntax, 2, 20},
		{"@attribute b {x,y,'x'}", ErrSyntax, 2, 19},
		{"@attribute b {x} y", ErrSyntax, 2, 18},
		{"@attribute 'a' numeric", ErrDuplicateAttribute, 4, 12},
		{"@relation 'q", ErrUnterminated, 2, 11},
		{"@relation 'q' r", ErrSyntax, 2, 15},
		{"@data rows", ErrSyntax, 2, 7},
		{"@attr\x00ibute b numeric", ErrEncoding, 2, 6},
	} {
		file := "@relation r\n" + c.line + "\n% a comment\n@attribute a numeric\n@attribute y {0,1}\n@data\n0,0,0\n"
		_, err := ReadARFF(strings.NewReader(file), ARFFOptions{LabelCount: -1})
		wantParseError(t, err, c.kind, c.line0, c.bytes, c.line)
	}
}

func TestARFFRowErrors(t *testing.T) {
	const header = "@relation r\n@attribute a numeric\n@attribute c {red, 'dark green', 'C,D'}\n@attribute y {0,1}\n@attribute z numeric\n@data\n"
	for _, c := range []struct {
		row   string // line 8
		kind  error
		bytes int
	}{
		{"1,red,0", ErrRagged, 8},
		{"1", ErrRagged, 2},
		{"1,red,0,1,5", ErrRagged, 11},
		{"1,red,0,1,", ErrRagged, 11},
		{"1,red,0,", ErrSyntax, 9},
		{"1,,0,1", ErrSyntax, 3},
		{",red,0,1", ErrSyntax, 1},
		{"1,%,0,1", ErrSyntax, 3},
		{"1,red green,0,1", ErrSyntax, 7},
		{"1,dark green,0,1", ErrUndeclaredValue, 3},
		{"1 red 0 1", ErrSyntax, 3},
		{"1,'red',0,1 1", ErrSyntax, 13},
		{"1,purple,0,1", ErrUndeclaredValue, 3},
		{"1,Red,0,1", ErrUndeclaredValue, 3},
		{"1,'red ',0,1", ErrUndeclaredValue, 3},
		{"1,'?',0,1", ErrUndeclaredValue, 3},
		{"1,'red,0,1", ErrUnterminated, 3},
		{"1,'red\\',0,1", ErrUnterminated, 3},
		{"1,'red'x,0,1", ErrSyntax, 8},
		{"x,red,0,1", ErrNotNumber, 1},
		{"1.5.2,red,0,1", ErrNotNumber, 1},
		{"0x10,red,0,1", ErrNotNumber, 1},
		{"1_000,red,0,1", ErrNotNumber, 1},
		{"'',red,0,1", ErrNotNumber, 1},
		{"e5,red,0,1", ErrNotNumber, 1},
		{"nan,red,0,1", ErrNotFinite, 1},
		{"-Inf,red,0,1", ErrNotFinite, 1},
		{"+Infinity,red,0,1", ErrNotFinite, 1},
		{"1e999,red,0,1", ErrNotFinite, 1},
		{"?,red,0,1", ErrMissingValue, 1},
		{"1,?,0,1", ErrMissingValue, 3},
		{"1,red,2,1", ErrUndeclaredValue, 7},
		{"1,red,0,0.5", ErrNotBinary, 9},
		{"1,red,0,-1", ErrNotBinary, 9},
		{"{0 1", ErrUnterminated, 1},
		{"{", ErrUnterminated, 2},
		{"{0 1,", ErrUnterminated, 6},
		{"{0 1,1 'C,D}", ErrUnterminated, 8},
		{"{0 1 1 red}", ErrSyntax, 6},
		{"{0 1,}", ErrSyntax, 6},
		{"{,0 1}", ErrSyntax, 2},
		{"{0}", ErrSyntax, 3},
		{"{0,1}", ErrSyntax, 3},
		{"{a 1}", ErrSyntax, 2},
		{"{+1 purple}", ErrUndeclaredValue, 5},
		{"{- 1}", ErrSyntax, 2},
		{"{1.0 red}", ErrSyntax, 2},
		{"{'x' red}", ErrSyntax, 2},
		{"{'0 5}", ErrUnterminated, 2},
		{"{'' red}", ErrSyntax, 2},
		{"{-1 5}", ErrIndexRange, 2},
		{"{0 1,4 1}", ErrIndexRange, 6},
		{"{99999999999999999999 1}", ErrIndexRange, 2},
		{"{1 red,0 1}", ErrIndexOrder, 8},
		{"{0 1,0 1}", ErrIndexOrder, 6},
		{"{1 purple}", ErrUndeclaredValue, 4},
		{"{0 ?}", ErrMissingValue, 4},
		{"{3 2}", ErrNotBinary, 4},
		{"{0 1} 5", ErrSyntax, 7},
		{"{0 1}, {0.5}", ErrSyntax, 6},
		{"1,red,0,1\x00", ErrEncoding, 10},
	} {
		_, err := ReadARFF(strings.NewReader(header+"2,red,1,1\n"+c.row+"\n1,red,0,1\n"), ARFFOptions{LabelCount: -2})
		wantParseError(t, err, c.kind, 8, c.bytes, c.row)
	}
}

func TestARFFFileErrors(t *testing.T) {
	const header = "@relation r\n@attribute a numeric\n@attribute y {0,1}\n"
	for _, c := range []struct {
		file         string
		o            ARFFOptions
		kind         error
		line, column int
	}{
		{"", ARFFOptions{}, ErrEmpty, 0, 0},
		{"% nothing\n\n", ARFFOptions{}, ErrEmpty, 0, 0},
		{header, ARFFOptions{LabelCount: 1}, ErrEmpty, 0, 0},
		{header + "@data\n", ARFFOptions{LabelCount: 1}, ErrEmpty, 0, 0},
		{header + "@data\n1,1\n", ARFFOptions{}, ErrNoLabels, 0, 0},
		{header + "@data\n1,1\n", ARFFOptions{LabelCount: 3}, ErrNoLabels, 0, 0},
		{header + "@data\n1,1\n", ARFFOptions{LabelCount: -3}, ErrNoLabels, 0, 0},
		{"@relation 'r: -C 0'" + header[len("@relation r"):] + "@data\n1,1\n", ARFFOptions{}, ErrNoLabels, 0, 0},
		{"@relation r: -C -5" + header[len("@relation r"):] + "@data\n1,1\n", ARFFOptions{}, ErrNoLabels, 0, 0},
		{header + "@data\n1,1\n", ARFFOptions{Labels: []string{"Y"}}, ErrUnknownLabel, 0, 0},
		{header + "@attribute c {a,b}\n@attribute c=a numeric\n@data\n", ARFFOptions{LabelCount: 1}, ErrDuplicateAttribute, 0, 0},
		{header + "@attribute c {a,b}\n@data\n", ARFFOptions{LabelCount: -1}, ErrNotBinary, 4, 12},
		{header + "@attribute c {0}\n@data\n", ARFFOptions{LabelCount: -1}, ErrNotBinary, 4, 12},
		{header + "@attribute c string\n@data\n", ARFFOptions{LabelCount: -1}, ErrAttributeType, 4, 12},
		{header + "@attribute c {1,0}\n@data\n1,1,1\n{2 0}\n", ARFFOptions{LabelCount: -1}, ErrNotBinary, 7, 1},
	} {
		_, err := ReadARFF(strings.NewReader(c.file), c.o)
		wantParseError(t, err, c.kind, c.line, c.column, c.file)
	}
}

func TestARFFEscapes(t *testing.T) {
	const file = "@relation r\n" +
		`@attribute 'a\' \\ \n \t \r \a\b\f\v \u123a \ud83d\ude00 \0111 \0 \7x \377 \" \% \, \{ \} \? \~ \ b' numeric` + "\n" +
		`@attribute 'it"s' numeric` + "\n" + // the other quote stands for itself
		`@attribute m\'us"ica{0,1}` + "\n" + // as all does in an unquoted name
		"@attribute 100% {0,1}\n@attribute caf\xe9 {0,1}\n@data\n0,0,0,0,0\n"
	m, err := ReadARFF(strings.NewReader(file), ARFFOptions{LabelCount: -3})
	require.NoError(t, err)
	assert.Equal(t, []string{"a' \\ \n \t \r \a\b\f\v \u123a \U0001f600 \t1 \x00 \ax \u00ff \" % , { } ? ~  b", `it"s`}, m.Features)
	assert.Equal(t, []string{`m\'us"ica`, "100%", "caf\xe9"}, m.Labels)
}

// The reader neither copies nor scans a line more than a few times: a quadratic
// one would allocate, or take, more than a test has. Regular expressions for
// this format have failed on the first of these.
func TestARFFLongLines(t *testing.T) {
	const n = 1 << 20
	header := "@relation r\n@attribute y {0,1}\n@attribute a {x,y}\n"
	for name, file := range map[string]string{
		"quotes and commas":    header + "@data\n0," + strings.Repeat("',", n) + "\n",
		"unterminated values":  header + "@attribute b {" + strings.Repeat("'x,", n) + "\n",
		"escapes":              header + "@attribute '" + strings.Repeat(`\\`, n) + "\n",
		"blanks":               header + "@data\n0,x" + strings.Repeat(" ", 2*n) + "1\n",
		"many values":          header + "@data\n" + strings.Repeat("0,", n) + "\n",
		"sparse":               header + "@data\n{0 0" + strings.Repeat(",", 2*n) + "\n",
		"an unterminated line": header + "@data\n" + strings.Repeat("0", 2*n),
	} {
		allocated := allocatedBytes(func() {
			_, err := ReadARFF(strings.NewReader(file), ARFFOptions{LabelCount: 1})
			require.Error(t, err, name)
		})
		assert.Less(t, allocated, uint64(8*len(file)), name)
	}
}

func TestARFFManyAttributes(t *testing.T) {
	const n = 100_000
	var file strings.Builder
	file.WriteString("@relation 'r: -C 1'\n@attribute y {0,1}\n")
	for j := range n {
		fmt.Fprintf(&file, "@attribute a%d numeric\n", j)
	}
	fmt.Fprintf(&file, "@data\n{0 1,%d 2.5}\n{%d 1}\n", n, n/2)
	m, err := ReadARFF(strings.NewReader(file.String()), ARFFOptions{})
	require.NoError(t, err)
	require.Equal(t, n, m.D())
	assert.Equal(t, fmt.Sprintf("a%d", n-1), m.Features[n-1])
	columns, values := m.row(0, nil)
	assert.Equal(t, []int32{n - 1}, columns)
	assert.Equal(t, []float64{2.5}, values)
}

// allocatedBytes is how much memory f allocates in all, freed or not.
func allocatedBytes(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
