package datasets

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// manifestRow is a line of the benchmarks' MANIFEST.tsv.
type manifestRow struct {
	path, file, note       string
	rows, features, labels int
}

func multilabelManifest(t *testing.T) []manifestRow {
	t.Helper()
	manifest := dataFile(t, "MANIFEST.tsv")
	content, err := os.ReadFile(manifest)
	require.NoError(t, err)
	var out []manifestRow
	for _, line := range strings.Split(string(content), "\n") {
		f := strings.Split(line, "\t")
		if len(f) < 14 || f[1] != "multilabel" || !strings.HasSuffix(f[2], ".arff") && !strings.HasSuffix(f[2], ".xml") {
			continue
		}
		path := filepath.Join(filepath.Dir(manifest), filepath.FromSlash(f[2]))
		if _, err := os.Stat(path); err != nil {
			t.Logf("not there: %s", f[2])
			continue
		}
		number := func(s string) int { n, _ := strconv.Atoi(s); return n }
		out = append(out, manifestRow{path: path, file: f[2], note: f[13], rows: number(f[3]), features: number(f[4]), labels: number(f[5])})
	}
	require.NotEmpty(t, out)
	return out
}

// Every published file has the rows, attributes and labels that it should.
func TestBenchmarkFiles(t *testing.T) {
	rows := multilabelManifest(t)
	labels := map[string][]string{} // by directory
	for _, r := range rows {
		if filepath.Ext(r.path) == ".xml" {
			f, err := os.Open(r.path)
			require.NoError(t, err)
			l, err := ReadMulanXML(f, MulanOptions{File: r.file})
			f.Close()
			require.NoError(t, err)
			assert.Len(t, l.Names, r.labels, r.file)
			labels[filepath.Dir(r.path)] = l.Names
		}
	}
	for _, r := range rows {
		if filepath.Ext(r.path) != ".arff" {
			continue
		}
		t.Run(r.file, func(t *testing.T) {
			content, err := os.ReadFile(r.path)
			require.NoError(t, err)
			f, err := openARFF(bytes.NewReader(content), r.file, Limits{}.withDefaults())
			require.NoError(t, err)
			assert.Len(t, f.attributes, r.features+r.labels, "attributes, before nominal ones become one-hot")
			var row arffRow
			n := 0
			for err = f.nextRow(&row); err == nil; err = f.nextRow(&row) {
				n++
			}
			require.ErrorIs(t, err, io.EOF)
			assert.Equal(t, r.rows, n, "rows")

			m, err := ReadARFF(bytes.NewReader(content), ARFFOptions{Labels: labels[filepath.Dir(r.path)], File: r.file})
			if strings.Contains(r.note, "nominal multi-valued labels") {
				require.ErrorIs(t, err, ErrNotBinary)
				return
			}
			require.NoError(t, err)
			require.NoError(t, m.Validate())
			assert.Equal(t, []int{r.rows, r.labels}, []int{m.Len(), m.K()}, "rows, labels")
			d := 0
			for i := range f.attributes {
				if w := len(f.attributes[i].values); w > 0 && binaryCodes(f.attributes[i].values) == nil {
					d += w
				} else {
					d++
				}
			}
			assert.Equal(t, d-r.labels, m.D(), "columns")
			for _, header := range []LabelHeader{MulanHeader, MEKAHeader} {
				var out bytes.Buffer
				require.NoError(t, WriteARFF(&out, m, ARFFWriteOptions{Header: header}))
				o := ARFFOptions{}
				if header == MulanHeader {
					o.Labels = m.Labels
				}
				again, err := ReadARFF(&out, o)
				require.NoError(t, err)
				sameData(t, m, again)
			}
		})
	}
}

// Values and labels that were read off the files by eye.
func TestBenchmarkValues(t *testing.T) {
	m, err := OpenFile(dataFile(t, "multilabel/yeast/yeast-train.arff"), ARFFOptions{LabelCount: -14})
	require.NoError(t, err)
	assert.Equal(t, "MultiLabelData", m.Name)
	assert.Equal(t, []float64{0.0937, 0.139771}, []float64{m.X.At(0, 0), m.X.At(0, 1)})
	assert.Equal(t, []string{"Class1", "Class14"}, []string{m.Labels[0], m.Labels[13]})

	m, err = OpenFile(dataFile(t, "multilabel/emotions/emotions-test.arff"), ARFFOptions{LabelCount: -6})
	require.NoError(t, err)
	meka, err := OpenFile(dataFile(t, "multilabel/meka_format/emotions-test.arff"), nil)
	require.NoError(t, err)
	sameData(t, m, meka)

	m, err = OpenFile(dataFile(t, "multilabel/scene/scene.xml"), nil)
	assert.ErrorIs(t, err, ErrUnknownFormat)
	assert.Nil(t, m)
}

func BenchmarkReadARFF(b *testing.B) {
	dir := os.Getenv("GIBBS_DATA")
	for name, labels := range map[string]int{"scene/scene-train": -6, "tmc2007/tmc2007-500-train": -22} {
		b.Run(filepath.Base(name), func(b *testing.B) {
			content, err := os.ReadFile(filepath.Join(dir, "multilabel", filepath.FromSlash(name)+".arff"))
			if err != nil {
				b.Skip(err)
			}
			b.SetBytes(int64(len(content)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ReadARFF(bytes.NewReader(content), ARFFOptions{LabelCount: labels}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
