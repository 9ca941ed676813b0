package datasets

import (
	"bytes"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// awkward has numbers and names that are hard to write.
func awkward() *Multilabel {
	x := mat.NewDense(3, 4, []float64{
		0.1, -1e-300, math.MaxFloat64, 3,
		0, 5e-324, -0.5, 1. / 3,
		1e21, 0, 123456789, -7,
	})
	return &Multilabel{
		Name:     "it's \\ a: \"name\", 100%",
		X:        x,
		Y:        []sets.Set{sets.New(3, 0, 2), sets.New(3), sets.New(3, 1)},
		Features: []string{"plain", " blanks, commas ", "{brace} % \"quote\" 'quote'", "line\nends\r\t\x01\\n"},
		Labels:   []string{"?", "caf\u00e9", "\ufeffmark"},
	}
}

func withMissing(m *Multilabel) *Multilabel {
	m.Observed = []sets.Set{sets.All(3), sets.New(3, 0, 2), sets.New(3, 1)}
	return m
}

func sparse(t *testing.T, m *Multilabel) *Multilabel {
	n, d := m.X.Dims()
	var columns []int32
	var values []float64
	offsets := []int{0}
	for i := range n {
		for j := range d {
			if v := m.X.At(i, j); v != 0 {
				columns, values = append(columns, int32(j)), append(values, v)
			}
		}
		offsets = append(offsets, len(values))
	}
	x, err := nn.NewCSR(n, d, offsets, columns, values)
	require.NoError(t, err)
	m.X = x
	return m
}

func TestARFFRoundTrip(t *testing.T) {
	for _, header := range []LabelHeader{MulanHeader, MEKAHeader} {
		for _, m := range []*Multilabel{
			awkward(), withMissing(awkward()), sparse(t, awkward()), sparse(t, withMissing(awkward())),
		} {
			var out bytes.Buffer
			require.NoError(t, WriteARFF(&out, m, ARFFWriteOptions{Header: header}))
			var o ARFFOptions
			if header == MulanHeader {
				o.Labels = m.Labels
			}
			got, err := ReadARFF(&out, o)
			require.NoError(t, err)
			sameData(t, m, got)
		}
	}
}

func TestCSVRoundTrip(t *testing.T) {
	for _, comma := range []rune{0, ';', '\t', '.', '1', '\u00e9', ' '} {
		for _, header := range []CSVHeader{HeaderFirst, HeaderNone} {
			m := withMissing(awkward())
			var out bytes.Buffer
			require.NoError(t, WriteCSV(&out, m, CSVWriteOptions{Comma: comma, Header: header, Missing: "n/a, here"}))
			got, err := ReadCSV(&out, CSVOptions{LabelCount: -3, Comma: comma, Header: header, Missing: []string{"n/a, here"}})
			require.NoError(t, err, "%q", comma)
			m.Name = "" // which the format does not have
			if header == HeaderNone {
				m.Features, m.Labels = []string{"x1", "x2", "x3", "x4"}, []string{"y1", "y2", "y3"}
			}
			sameData(t, m, got)
		}
	}
}

func TestCSVOfSparse(t *testing.T) {
	var dense, out bytes.Buffer
	m := awkward()
	m.X.(*mat.Dense).Set(1, 3, 0)
	require.NoError(t, WriteCSV(&dense, m, CSVWriteOptions{}))
	require.NoError(t, WriteCSV(&out, sparse(t, m), CSVWriteOptions{}))
	assert.Equal(t, dense.String(), out.String())
}

func TestLIBSVMRoundTrip(t *testing.T) {
	for _, base := range []IndexBase{AutoBase, ZeroBased, OneBased} {
		m := sparse(t, awkward())
		m.X, _ = nn.NewCSR(3, 4, []int{0, 2, 2, 3}, []int32{1, 3, 0}, []float64{0.1, -1e-300, 5e-324}) // an empty row
		var out bytes.Buffer
		require.NoError(t, WriteLIBSVM(&out, m, LIBSVMWriteOptions{LabelBase: base, FeatureBase: base}))
		got, err := ReadLIBSVM(&out, LIBSVMOptions{Labels: 3, Features: 4, LabelBase: base, FeatureBase: base})
		require.NoError(t, err)
		m.Name, m.Features, m.Labels = "", nil, nil // which the format does not have
		sameData(t, m, got)
	}
}

func TestWriteGolden(t *testing.T) {
	m := withMissing(awkward())
	m.X = mat.NewDense(3, 1, []float64{0.1, 0, -2})
	m.Features, m.Labels = nil, []string{"a b", "b", "c"}
	for _, c := range []struct {
		want  string
		write func(io.Writer) error
	}{
		{"@relation 'it\\'s \\\\ a: \"name\", 100%: -C -3'\n\n@attribute x1 numeric\n@attribute 'a b' {0,1}\n@attribute b {0,1}\n@attribute c {0,1}\n\n@data\n0.1,1,0,1\n0,0,?,0\n-2,?,1,?\n",
			func(w io.Writer) error { return WriteARFF(w, m, ARFFWriteOptions{Header: MEKAHeader}) }},
		{"x1,\"a b\",b,c\n0.1,1,0,1\n0,0,?,0\n-2,?,1,?\n",
			func(w io.Writer) error { return WriteCSV(w, m, CSVWriteOptions{}) }},
		{"1,3 1:0.1\n 1:0\n2 1:-2\n", func(w io.Writer) error {
			n := *m
			n.Observed = nil
			return WriteLIBSVM(w, &n, LIBSVMWriteOptions{})
		}},
		{"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<labels xmlns=\"http://mulan.sourceforge.net/labels\">\n<label name=\"a&amp;b\"></label>\n<label name=\"c\"></label>\n</labels>\n",
			func(w io.Writer) error { return WriteMulanXML(w, &MulanLabels{Names: []string{"a&b", "c"}}) }},
	} {
		var out strings.Builder
		require.NoError(t, c.write(&out))
		assert.Equal(t, c.want, out.String())
	}
	var out strings.Builder
	require.NoError(t, WriteLIBSVM(&out, &Multilabel{X: mat.NewDense(1, 3, []float64{0, 5, 0}), Y: []sets.Set{sets.New(2, 1)}}, LIBSVMWriteOptions{}))
	assert.Equal(t, "2 2:5\n", out.String())
	out.Reset()
	require.NoError(t, WriteARFF(&out, &Multilabel{Y: []sets.Set{sets.New(1)}}, ARFFWriteOptions{}))
	assert.Equal(t, "@relation ''\n\n@attribute y1 {0,1}\n\n@data\n0\n", out.String())
	out.Reset()
	x, err := nn.NewCSR(1, 2, []int{0, 2}, []int32{0, 1}, []float64{0, 5})
	require.NoError(t, err)
	require.NoError(t, WriteARFF(&out, &Multilabel{X: x, Y: []sets.Set{sets.New(1)}}, ARFFWriteOptions{}))
	assert.True(t, strings.HasSuffix(out.String(), "@data\n{1 5}\n"), out.String())
	out.Reset()
	require.NoError(t, WriteARFF(&out, sparse(t, m), ARFFWriteOptions{}))
	assert.True(t, strings.HasSuffix(out.String(), "@data\n{0 0.1,1 1,3 1}\n{2 ?}\n{0 -2,1 ?,2 1,3 ?}\n"), out.String())
}

// other is a matrix of a kind that the writers do not know.
type other struct{ mat.Matrix }

func TestWriteOtherMatrix(t *testing.T) {
	m := awkward()
	m.X = other{m.X}
	var out bytes.Buffer
	require.NoError(t, WriteARFF(&out, m, ARFFWriteOptions{Header: MEKAHeader}))
	got, err := ReadARFF(&out, ARFFOptions{})
	require.NoError(t, err)
	almost.Same(t, cells(m), cells(got))
}
