package datasets

import (
	"bytes"
	"errors"
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

func writers() map[string]func(io.Writer, *Multilabel) error {
	return map[string]func(io.Writer, *Multilabel) error{
		"arff":   func(w io.Writer, m *Multilabel) error { return WriteARFF(w, m, ARFFWriteOptions{}) },
		"libsvm": func(w io.Writer, m *Multilabel) error { return WriteLIBSVM(w, m, LIBSVMWriteOptions{}) },
		"csv":    func(w io.Writer, m *Multilabel) error { return WriteCSV(w, m, CSVWriteOptions{}) },
		"xml":    func(w io.Writer, m *Multilabel) error { return WriteMulanXML(w, &MulanLabels{Names: m.Labels}) },
	}
}

// fullDisk takes n bytes.
type fullDisk struct{ n int }

var errFull = errors.New("disk full")

func (f *fullDisk) Write(p []byte) (int, error) {
	if len(p) > f.n {
		n := f.n
		f.n = 0
		return n, errFull
	}
	f.n -= len(p)
	return len(p), nil
}

func TestWriteErrors(t *testing.T) {
	for name, write := range writers() {
		m := awkward()
		m.Labels = []string{"a", "b", "c"}
		var out bytes.Buffer
		require.NoError(t, write(&out, m))
		for n := range out.Len() {
			require.ErrorIs(t, write(&fullDisk{n}, m), errFull, "%s, %d bytes", name, n)
		}
		require.NoError(t, write(&fullDisk{out.Len()}, m))

		if name == "xml" {
			continue
		}
		m.X.(*mat.Dense).Set(1, 2, math.Inf(-1))
		require.ErrorIs(t, write(io.Discard, m), ErrNotFinite, name)
	}
}

func TestWriteNotRepresentable(t *testing.T) {
	write := writers()
	m := withMissing(awkward())
	assert.ErrorIs(t, write["libsvm"](io.Discard, m), ErrNotRepresentable)
	m.Observed = nil
	m.X, m.Features = nil, nil
	assert.ErrorIs(t, write["libsvm"](io.Discard, m), ErrNotRepresentable, "an empty row, and no features")

	for _, c := range []struct {
		name  string
		kinds map[string]error
	}{
		{"", map[string]error{"arff": ErrNotRepresentable, "csv": ErrNotRepresentable}},
		{"a\r\nb", map[string]error{"csv": ErrNotRepresentable}},
		{"plain", map[string]error{"arff": ErrDuplicateAttribute, "csv": ErrDuplicateAttribute}},
	} {
		m := awkward()
		m.Labels[1] = c.name
		for format, kind := range c.kinds {
			assert.ErrorIs(t, write[format](io.Discard, m), kind, "%s, %q", format, c.name)
		}
		m = awkward()
		m.Features[2] = c.name
		for format, kind := range c.kinds {
			assert.ErrorIs(t, write[format](io.Discard, m), kind, "%s, %q", format, c.name)
		}
	}
	m = awkward()
	assert.Error(t, WriteARFF(io.Discard, m, ARFFWriteOptions{Header: 2}))
	assert.Error(t, WriteLIBSVM(io.Discard, m, LIBSVMWriteOptions{LabelBase: 3}))
	assert.Error(t, WriteLIBSVM(io.Discard, m, LIBSVMWriteOptions{FeatureBase: -1}))
	assert.Error(t, WriteCSV(io.Discard, m, CSVWriteOptions{Header: 2}))
	assert.Error(t, WriteCSV(io.Discard, m, CSVWriteOptions{Comma: '"'}))
}

func TestWriteDoesNotChangeTheData(t *testing.T) {
	for name, write := range writers() {
		m, want := awkward(), awkward()
		require.NoError(t, write(io.Discard, m), name)
		sameData(t, want, m)
	}
}
