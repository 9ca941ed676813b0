package datasets

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func gzipped(t *testing.T, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(content))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

const (
	plainARFF = "@relation r\n@attribute a numeric\n@attribute y {0,1}\n@attribute z {0,1}\n@data\n1,1,0\n"
	mekaARFF  = "@relation ': -C -1'\n@attribute a numeric\n@attribute y {0,1}\n@attribute z {0,1}\n@data\n1,1,0\n"
	listXML   = "<labels><label name=\"y\"/><label name=\"z\"/></labels>"
)

func testFS(t *testing.T) fstest.MapFS {
	return fstest.MapFS{
		"d/mulan.arff":    {Data: []byte(plainARFF)},
		"d/mulan.xml":     {Data: []byte(listXML)},
		"d/zip.ARFF.gz":   {Data: gzipped(t, plainARFF)},
		"d/zip.xml":       {Data: []byte(listXML)},
		"d/meka.arff":     {Data: []byte(mekaARFF)},
		"d/both.arff":     {Data: []byte(mekaARFF)},
		"d/both.xml":      {Data: []byte(listXML)},
		"d/bad.arff":      {Data: []byte(mekaARFF)},
		"d/bad.xml":       {Data: []byte("<labels>")},
		"d/none.arff":     {Data: []byte(plainARFF)},
		"d/wrong.arff":    {Data: []byte("@relation r\n1,1")},
		"d/cut.arff.gz":   {Data: gzipped(t, mekaARFF)[:40]},
		"d/plain.svm.gz":  {Data: []byte("1 1:5")},
		"d/a.b.libsvm":    {Data: []byte("1 1:5\n")},
		"d/a.svm.gz":      {Data: gzipped(t, "1 1:5\n")},
		"d/a.txt":         {Data: []byte("2 1:5\n")},
		"d/a.csv":         {Data: []byte("a,y\n1,1\n")},
		"d/a.csv.gz":      {Data: gzipped(t, "a,y\n1,1\n")},
		"d/a.data":        {Data: []byte("a,y\n1,1\n")},
		"d/directory.csv": {Mode: fs.ModeDir},
		"noextension":     {Data: []byte("1 1:5\n")},
	}
}

func TestOpenFS(t *testing.T) {
	fsys := testFS(t)
	for _, c := range []struct {
		file string
		o    FileOptions
		name string
		d, k int
	}{
		{"d/mulan.arff", nil, "r", 1, 2},
		{"d/mulan.arff", ARFFOptions{LabelCount: -1}, "r", 2, 1},
		{"d/mulan.arff", ARFFOptions{Labels: []string{"y"}}, "r", 2, 1},
		{"d/mulan.arff", &ARFFOptions{}, "r", 1, 2},
		{"d/zip.ARFF.gz", nil, "r", 1, 2},
		{"d/meka.arff", nil, "meka", 2, 1},
		{"d/both.arff", nil, ": -C -1", 1, 2},
		{"d/a.b.libsvm", nil, "a.b", 1, 1},
		{"d/a.svm.gz", nil, "a", 1, 1},
		{"d/a.txt", nil, "a", 1, 2},
		{"d/a.txt", LIBSVMOptions{Labels: 7}, "a", 1, 7},
		{"d/a.csv", CSVOptions{LabelCount: -1}, "a", 1, 1},
		{"d/a.csv.gz", &CSVOptions{LabelCount: -1}, "a", 1, 1},
		{"d/a.data", CSVOptions{Labels: []string{"y"}}, "a", 1, 1},
		{"noextension", LIBSVMOptions{}, "noextension", 1, 1},
	} {
		m, err := OpenFS(fsys, c.file, c.o)
		require.NoError(t, err, c.file)
		assert.Equal(t, c.name, m.Name, c.file)
		assert.Equal(t, []int{c.d, c.k}, []int{m.D(), m.K()}, c.file)
	}
}

func TestOpenFSErrors(t *testing.T) {
	fsys := testFS(t)
	for _, c := range []struct {
		file    string
		o       FileOptions
		kind    error
		message string
	}{
		{"d/nothing.arff", nil, fs.ErrNotExist, "nothing.arff"},
		{"d/none.arff", nil, ErrNoLabels, "d/none.arff: no labels: set Labels"},
		{"d/bad.arff", nil, ErrUnterminated, "d/bad.xml:1:9: "},
		{"d/wrong.arff", nil, ErrSyntax, "d/wrong.arff:2:1: "},
		{"d/a.csv", nil, ErrNoLabels, "d/a.csv: no labels: set Labels"},
		{"d/a.data", nil, ErrUnknownFormat, `d/a.data: the extension ".data"`},
		{"noextension", nil, ErrUnknownFormat, "noextension: "},
		{"d/cut.arff.gz", nil, io.ErrUnexpectedEOF, "d/cut.arff.gz"},
		{"d/plain.svm.gz", nil, io.ErrUnexpectedEOF, "d/plain.svm.gz"},
		{"d/directory.csv", CSVOptions{LabelCount: 1}, fs.ErrInvalid, "d/directory.csv"},
	} {
		m, err := OpenFS(fsys, c.file, c.o)
		assert.Nil(t, m, c.file)
		require.ErrorIs(t, err, c.kind, c.file)
		assert.ErrorContains(t, err, c.message)
	}
	_, err := OpenFS(fsys, "d/a.txt", LIBSVMOptions{Labels: -1})
	assert.ErrorContains(t, err, "Labels is -1")
}

func TestOpenFile(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"own.arff": plainARFF, "own.xml": listXML} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	m, err := OpenFile(filepath.Join(dir, "own.arff"), nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"y", "z"}, m.Labels)
	_, err = OpenFile(filepath.Join(dir, "other.arff"), nil)
	assert.ErrorIs(t, err, fs.ErrNotExist)
}
