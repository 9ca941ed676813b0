package datasets

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMulanFlat(t *testing.T) {
	const file = `<?xml version="1.0" encoding="utf-8"?>
<!-- a comment -->
<labels xmlns="http://mulan.sourceforge.net/labels">
<label name="b &amp; &lt;c&gt; &#65;"></label>
<label  name='a"b' other="x" />
</labels>
`
	l, err := ReadMulanXML(strings.NewReader(file), MulanOptions{})
	require.NoError(t, err)
	assert.Equal(t, &MulanLabels{Names: []string{"b & <c> A", `a"b`}}, l)
}

func TestMulanHierarchy(t *testing.T) {
	const file = `<labels><label name="a"><label name="b"><label name="c"/></label><label name="d"/></label><label name="e"/></labels>`
	l, err := ReadMulanXML(strings.NewReader(file), MulanOptions{})
	require.NoError(t, err)
	want := &MulanLabels{Names: []string{"a", "b", "c", "d", "e"}, Parents: []int{-1, 0, 1, 0, -1}}
	assert.Equal(t, want, l)
	var out bytes.Buffer
	require.NoError(t, WriteMulanXML(&out, want))
	l, err = ReadMulanXML(&out, MulanOptions{})
	require.NoError(t, err)
	assert.Equal(t, want, l)
}

func TestMulanErrors(t *testing.T) {
	for _, c := range []struct {
		file         string
		kind         error
		line, column int
	}{
		{"", ErrUnterminated, 1, 1},
		{"<labels>\n</labels>", ErrNoLabels, 0, 0},
		{"<labels><label name='a'/>", ErrUnterminated, 1, 26},
		{"<labels><label name='a'", ErrUnterminated, 1, 24},
		{"<labels>\n <label/></labels>", ErrSyntax, 2, 2},
		{"<labels>\n <label name=''/></labels>", ErrSyntax, 2, 2},
		{"<labels>\n <label name='a' name='b'/></labels>", ErrSyntax, 2, 2},
		{"<labels>\n<label name='a'/><label name='b'/> <label name='a'/></labels>", ErrDuplicateAttribute, 2, 36},
		{"<labels>\n<item name='a'/></labels>", ErrSyntax, 2, 1},
		{"<label name='a'/>", ErrSyntax, 1, 1},
		{"<labels><labels></labels></labels>", ErrSyntax, 1, 9},
		{"<labels>text</labels>", ErrSyntax, 1, 9},
		{"<labels><label name='a'/></labels><label name='b'/>", ErrSyntax, 1, 35},
		{"<labels><label name='a'></labels>", ErrSyntax, 1, 25},
		{"</labels>", ErrSyntax, 1, 1},
		{"<labels><label name='a&b;'/></labels>", ErrSyntax, 1, 26},
		{"<labels><label name=a/></labels>", ErrSyntax, 1, 22},
		{"<labels><label name='\xff'/></labels>", ErrEncoding, 1, 24},
		{`<?xml version="1.0" encoding="ISO-8859-1"?><labels><label name='a'/></labels>`, ErrEncoding, 1, 1},
		{"<!DOCTYPE labels [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><labels><label name='&b;'/></labels>", ErrSyntax, 1, 1},
		{"<labels><label name='&b;'/></labels>", ErrSyntax, 1, 25},
	} {
		_, err := ReadMulanXML(strings.NewReader(c.file), MulanOptions{})
		wantParseError(t, err, c.kind, c.line, c.column, c.file)
	}
	_, err := ReadMulanXML(strings.NewReader(""), MulanOptions{Limits: Limits{MaxLabels: -1}})
	assert.ErrorContains(t, err, "MaxLabels")
}

func TestMulanLimits(t *testing.T) {
	limits := Limits{MaxLabels: 2, MaxLineBytes: 100}
	read := func(file string) error {
		_, err := ReadMulanXML(strings.NewReader(file), MulanOptions{Limits: limits})
		return err
	}
	require.NoError(t, read("<labels><label name='a'/><label name='b'/></labels>"))
	wantParseError(t, read("<labels><label name='a'/><label name='b'/><label name='c'/></labels>"), ErrLimit, 1, 43)
	fits := "<label name='" + strings.Repeat("x", 100-len("<label name=''/>")) + "'/>"
	require.NoError(t, read("<labels>"+fits+"</labels>"))
	wantParseError(t, read("<labels>"+strings.Replace(fits, "x", "xx", 1)+"</labels>"), ErrLimit, 1, 9)

	long := "<labels><label name='" + strings.Repeat("x", 1<<22)
	allocated := allocatedBytes(func() { wantParseError(t, read(long), ErrLimit, 1, 9) })
	assert.Less(t, allocated, uint64(1<<18), "a tag is not read beyond the limit")
}

func TestMulanWriteErrors(t *testing.T) {
	for _, c := range []struct {
		l    MulanLabels
		kind error
	}{
		{MulanLabels{}, ErrNoLabels},
		{MulanLabels{Names: []string{"a", ""}}, ErrNotRepresentable},
		{MulanLabels{Names: []string{"a\x01"}}, ErrNotRepresentable},
		{MulanLabels{Names: []string{"a\xff"}}, ErrNotRepresentable},
		{MulanLabels{Names: []string{"\uffff"}}, ErrNotRepresentable},
		{MulanLabels{Names: []string{"a", "a"}}, ErrDuplicateAttribute},
		{MulanLabels{Names: []string{"a"}, Parents: []int{-1, 0}}, ErrRagged},
		{MulanLabels{Names: []string{"a"}, Parents: []int{0}}, ErrIndexOrder},
		{MulanLabels{Names: []string{"a", "b", "c"}, Parents: []int{-1, -1, 0}}, ErrIndexOrder},
		{MulanLabels{Names: []string{"a", "b"}, Parents: []int{-1, -2}}, ErrIndexOrder},
		{MulanLabels{Names: []string{"a", "b"}, Parents: []int{-1, 7}}, ErrIndexOrder},
	} {
		var out bytes.Buffer
		assert.ErrorIs(t, WriteMulanXML(&out, &c.l), c.kind, "%+v", c.l)
	}
}
