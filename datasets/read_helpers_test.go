package datasets

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// cells returns X row-major.
func cells(m *Multilabel) []float64 {
	if m.X == nil {
		return nil
	}
	return mat.DenseCopyOf(m.X).RawMatrix().Data
}

// labelSets returns the label sets as text, a missing label j as ?j.
func labelSets(m *Multilabel) []string {
	var out []string
	for i, y := range m.Y {
		s := y.String()
		if m.Observed != nil {
			for j := range m.Observed[i].Complement().Labels() {
				s += "?" + string(rune('0'+j))
			}
		}
		out = append(out, s)
	}
	return out
}

// sameData compares bit for bit.
func sameData(t *testing.T, want, got *Multilabel) {
	t.Helper()
	assert.Equal(t, want.Name, got.Name, "name")
	require.Equal(t, []int{want.Len(), want.D(), want.K()}, []int{got.Len(), got.D(), got.K()}, "rows, features, labels")
	require.IsType(t, want.X, got.X)
	if x, ok := want.X.(*nn.CSR); ok {
		y := got.X.(*nn.CSR)
		assert.Equal(t, x.Offsets, y.Offsets)
		assert.Equal(t, x.Columns, y.Columns)
		almost.Same(t, x.Values, y.Values, "features")
	} else {
		almost.Same(t, cells(want), cells(got), "features")
	}
	assert.Equal(t, want.Y, got.Y, "labels")
	assert.Equal(t, want.Observed, got.Observed, "observed")
	assert.Equal(t, want.Features, got.Features, "names of features")
	assert.Equal(t, want.Labels, got.Labels, "names of labels")
}

// format is a reader with options for a small valid file and a name for tests
// that treat all formats alike.
type format struct {
	name, input string
	read        func(io.Reader, Limits) (*Multilabel, error)
}

func formats() []format {
	return []format{
		{"arff", "@relation 'r: -C -1'\n@attribute a numeric\n@attribute y {0,1}\n@data\n1.5,1\n-2,?\n",
			func(r io.Reader, l Limits) (*Multilabel, error) { return ReadARFF(r, ARFFOptions{Limits: l}) }},
		{"sparse arff", "@relation 'r: -C -2'\n@attribute a numeric\n@attribute y {0,1}\n@attribute z {0,1}\n@data\n{0 1.5, 1 1}\n{}\n",
			func(r io.Reader, l Limits) (*Multilabel, error) { return ReadARFF(r, ARFFOptions{Limits: l}) }},
		{"libsvm", "1,2 1:0.5 3:-1e-3\n 2:1\n",
			func(r io.Reader, l Limits) (*Multilabel, error) { return ReadLIBSVM(r, LIBSVMOptions{Limits: l}) }},
		{"csv", "a,b,\"y\"\r\n1,2,0\r\n3,4,1\r\n",
			func(r io.Reader, l Limits) (*Multilabel, error) {
				return ReadCSV(r, CSVOptions{LabelCount: -1, Limits: l})
			}},
		{"csv with categories", "a,b,y\n1,red,0\n3,green,1\n",
			func(r io.Reader, l Limits) (*Multilabel, error) {
				return ReadCSV(r, CSVOptions{LabelCount: -1, Categorical: CategoricalOneHot, Limits: l})
			}},
		{"xml", "<labels>\n<label name=\"y\"><label name=\"z\"/></label>\n</labels>\n",
			func(r io.Reader, l Limits) (*Multilabel, error) {
				list, err := ReadMulanXML(r, MulanOptions{Limits: l})
				if err != nil {
					return nil, err
				}
				return &Multilabel{Labels: list.Names}, nil
			}},
	}
}

func TestReadersTakeAnyReader(t *testing.T) {
	for _, f := range formats() {
		t.Run(f.name, func(t *testing.T) {
			want, err := f.read(strings.NewReader(f.input), Limits{})
			require.NoError(t, err)
			for name, wrap := range map[string]func(io.Reader) io.Reader{
				"one byte": iotest.OneByteReader, "half": iotest.HalfReader, "data and error": iotest.DataErrReader,
			} {
				got, err := f.read(wrap(strings.NewReader(f.input)), Limits{})
				require.NoError(t, err, name)
				sameData(t, want, got)
			}
			got, err := f.read(strings.NewReader("\ufeff"+f.input), Limits{})
			require.NoError(t, err, "byte order mark")
			sameData(t, want, got)
			got, err = f.read(strings.NewReader(strings.ReplaceAll(strings.ReplaceAll(f.input, "\r", ""), "\n", "\r\n")), Limits{})
			require.NoError(t, err, "CRLF")
			sameData(t, want, got)
			got, err = f.read(strings.NewReader(strings.TrimRight(f.input, "\r\n")), Limits{})
			require.NoError(t, err, "no line end at the end")
			sameData(t, want, got)
		})
	}
}

func TestReadersPassReadErrorsOn(t *testing.T) {
	broken := errors.New("broken")
	for _, f := range formats() {
		for cut := range len(f.input) {
			r := io.MultiReader(strings.NewReader(f.input[:cut]), iotest.ErrReader(broken))
			_, err := f.read(r, Limits{})
			require.ErrorIs(t, err, broken, "%s cut at %d", f.name, cut)
			var parse *ParseError
			require.ErrorAs(t, err, &parse, "%s cut at %d", f.name, cut)
			assert.Equal(t, strings.Fields(strings.TrimPrefix(f.name, "sparse "))[0], parse.File)
		}
	}
}

func TestUTF16(t *testing.T) {
	for _, f := range formats() {
		for _, start := range []string{"\xff\xfe", "\xfe\xff"} {
			_, err := f.read(strings.NewReader(start+f.input), Limits{})
			assert.ErrorIs(t, err, ErrEncoding, f.name)
		}
	}
}

// wantParseError is where and what an error must be.
func wantParseError(t *testing.T, err error, kind error, line, column int, msg ...any) {
	t.Helper()
	require.ErrorIs(t, err, kind, msg...)
	var parse *ParseError
	require.ErrorAs(t, err, &parse, msg...)
	assert.Equal(t, [2]int{line, column}, [2]int{parse.Line, parse.Column}, msg...)
}

// dataFile is a file of the benchmark data, of which there is a copy only on
// some machines.
func dataFile(t *testing.T, path string) string {
	t.Helper()
	dir := os.Getenv("GIBBS_DATA")
	if dir == "" {
		t.Skip("GIBBS_DATA is not set: it names the directory of the benchmark data")
	}
	path = filepath.Join(dir, filepath.FromSlash(path))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no benchmark data: %v", err)
	}
	return path
}
