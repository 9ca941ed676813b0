package datasets

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

func splitFiles() map[string]string {
	return map[string]string{
		"data.txt": "1 2 3\n4 5 6\n7 8 9\n", "index_features.txt": "2\n0\n", "index_target.txt": "1\n", "n_splits.txt": "2\n",
		"index_train_0.txt": "2\n0\n", "index_test_0.txt": "1\n", "index_train_1.txt": "1 0\n", "index_test_1.txt": "2",
	}
}

func mapFS(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, content := range files {
		out[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return out
}

func TestReadRegressionSplits(t *testing.T) {
	b, err := ReadRegressionSplits(mapFS(splitFiles()), Limits{})
	require.NoError(t, err)
	sameRegression(t, &Regression{X: mat.NewDense(3, 2, []float64{3, 1, 6, 4, 9, 7}), Y: [][]float64{{2}, {5}, {8}}}, b.All)
	assert.Equal(t, []RowSplit{{Train: []int{2, 0}, Test: []int{1}}, {Train: []int{1, 0}, Test: []int{2}}}, b.Splits)
	train, test := b.Split(0)
	assert.Equal(t, [][]float64{{8}, {2}}, train.Y)
	assert.Equal(t, [][]float64{{5}}, test.Y)
	assert.Panics(t, func() { b.Split(2) })

	files := splitFiles()
	delete(files, "n_splits.txt")
	b, err = ReadRegressionSplits(mapFS(files), Limits{})
	require.NoError(t, err)
	assert.Nil(t, b.Splits)
}

func TestReadRegressionSplitsErrors(t *testing.T) {
	for _, c := range []struct {
		file, content string
		kind          error
		line, column  int
	}{
		{"data.txt", "1 2 3\n4 5\n", ErrRagged, 2, 0},
		{"data.txt", "", ErrEmpty, 0, 0},
		{"index_features.txt", "0\n3\n", ErrIndexRange, 2, 1},
		{"index_features.txt", "0\n1\n", ErrDuplicateRow, 1, 1}, // seen in the targets
		{"index_target.txt", "", ErrEmpty, 0, 0},
		{"n_splits.txt", "2 3", ErrSyntax, 0, 0},
		{"n_splits.txt", "99999999", ErrIndexRange, 1, 1},
		{"index_train_0.txt", "0\n 0\n", ErrDuplicateRow, 2, 2},
		{"index_test_0.txt", "2\n", ErrDuplicateRow, 1, 1},
		{"index_test_0.txt", "3\n", ErrIndexRange, 1, 1},
		{"index_test_0.txt", "-1\n", ErrIndexRange, 1, 1},
		{"index_test_0.txt", "1.5\n", ErrSyntax, 1, 1},
		{"index_test_1.txt", "\n \n", ErrEmpty, 0, 0},
	} {
		files := splitFiles()
		files[c.file] = c.content
		_, err := ReadRegressionSplits(mapFS(files), Limits{})
		wantParseError(t, err, c.kind, c.line, c.column, "%s %q", c.file, c.content)
		var parse *ParseError
		require.ErrorAs(t, err, &parse)
		if c.kind != ErrDuplicateRow || c.file != "index_features.txt" {
			assert.Equal(t, c.file, parse.File)
		}
	}
	for name := range splitFiles() {
		files := splitFiles()
		delete(files, name)
		_, err := ReadRegressionSplits(mapFS(files), Limits{})
		if name != "n_splits.txt" {
			assert.ErrorIs(t, err, fs.ErrNotExist, name)
		}
	}
	_, err := ReadRegressionSplits(mapFS(splitFiles()), Limits{MaxRows: -1})
	assert.ErrorContains(t, err, "MaxRows")
	_, err = ReadRegressionSplits(mapFS(splitFiles()), Limits{MaxRows: 2})
	wantParseError(t, err, ErrLimit, 3, 0)
}

func regressionEntry(files map[string]string) *Entry {
	e := &Entry{Name: "tiny", Task: RegressionTask}
	for name, content := range files {
		f := pinned("regression/tiny/"+name, content)
		f.Part = IndexPart
		e.Files = append(e.Files, *f)
	}
	return e
}

func TestOpenRegressionDownloads(t *testing.T) {
	files := splitFiles()
	o, requests := server(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, files[path.Base(r.URL.Path)]) })
	for range 2 {
		b, err := o.regression(context.Background(), regressionEntry(files))
		require.NoError(t, err)
		assert.Equal(t, []string{"tiny", "tiny"}, []string{b.Name, b.All.Name})
		assert.Len(t, b.Splits, 2)
	}
	assert.EqualValues(t, len(files), requests.Load(), "the second time they are in the cache")

	o, _ = server(t, func(w http.ResponseWriter, r *http.Request) {
		if path.Base(r.URL.Path) == "index_test_1.txt" {
			http.NotFound(w, r)
			return
		}
		io.WriteString(w, files[path.Base(r.URL.Path)])
	})
	_, err := o.regression(context.Background(), regressionEntry(files))
	var download *DownloadError
	require.ErrorAs(t, err, &download)
	assert.Equal(t, "regression/tiny/index_test_1.txt", download.File.Path)
	delete(files, "data.txt")
	_, err = o.regression(context.Background(), regressionEntry(files))
	assert.ErrorIs(t, err, fs.ErrNotExist)
}

func TestOpenRegressionErrors(t *testing.T) {
	ctx := context.Background()
	var unknown *UnknownError
	_, err := OpenRegression(ctx, "yachts")
	require.ErrorAs(t, err, &unknown)
	_, err = OpenDensity(ctx, "yachts")
	require.ErrorAs(t, err, &unknown)
	var task *TaskError
	_, err = OpenRegression(ctx, "galaxies")
	require.ErrorAs(t, err, &task)
	assert.EqualError(t, err, "datasets: galaxies is a density data set, not a regression one: OpenDensity opens it")
	_, err = OpenDensity(ctx, "zoo")
	require.ErrorAs(t, err, &task)
	_, err = Open(ctx, "faithful")
	assert.EqualError(t, err, "datasets: faithful is a regression data set, not a multilabel one: OpenRegression opens it")
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	for _, name := range []string{"faithful", "galaxies"} {
		_, err = OpenDensity(cancelled, name)
		assert.ErrorIs(t, err, context.Canceled)
	}
}

// First rows, as in R, and what is known of the data.
func TestEmbeddedRegressions(t *testing.T) {
	ctx := context.Background()
	mean := func(m *Regression) float64 {
		sum := 0.0
		for _, y := range m.Y {
			sum += y[0] / float64(m.Len())
		}
		return sum
	}
	for name, want := range map[string]struct {
		n, d int
		x    []float64
		y    float64
		mean float64
	}{
		"faithful": {272, 1, []float64{3.6}, 79, 70.8971},
		"mcycle":   {133, 1, []float64{2.4}, 0, -25.5459},
		"diabetes": {442, 10, []float64{59, 2, 32.1, 101, 157, 93.2, 38, 4, 4.8598, 87}, 151, 152.1335},
	} {
		b, err := OpenRegression(ctx, name)
		require.NoError(t, err)
		require.NoError(t, b.All.Validate())
		assert.Equal(t, []int{want.n, want.d, 1}, []int{b.All.Len(), b.All.D(), b.All.M()})
		almost.Slice(t, want.x, mat.Row(nil, 0, b.All.X), 0, 0, name)
		almost.Equal(t, want.y, b.All.Y[0][0], 0, 0, name)
		almost.Equal(t, want.mean, mean(b.All), 1e-4, 0, name)
		assert.Equal(t, []string{name, name}, []string{b.Name, b.All.Name})
		assert.Nil(t, b.Splits)
	}
	joint, err := OpenDensity(ctx, "faithful")
	require.NoError(t, err)
	assert.Equal(t, []string{"eruptions", "waiting"}, joint.Targets)
	assert.Equal(t, []float64{3.6, 79}, joint.Y[0])
	assert.Nil(t, joint.X)
	galaxies, err := OpenDensity(ctx, "galaxies")
	require.NoError(t, err)
	assert.Equal(t, []int{82, 0, 1}, []int{galaxies.Len(), galaxies.D(), galaxies.M()})
	almost.Equal(t, 26690, galaxies.Y[77][0], 0, 0)
	_, err = openEmbeddedRegression("no such")
	assert.Error(t, err)
}

// TestPinnedRegressions opens every UCI benchmark from the files at GIBBS_DATA
// and compares its sizes with the table and the splits with the literature: a
// tenth of the rows is for testing.
func TestPinnedRegressions(t *testing.T) {
	o := pinnedOpener(t)
	opened := 0
	for _, e := range Catalog() {
		if e.Task != RegressionTask || e.Embedded {
			continue
		}
		b, err := o.OpenRegression(context.Background(), e.Name)
		require.NoError(t, err, e.Name)
		require.NoError(t, b.All.Validate(), e.Name)
		assert.Equal(t, []int{e.Rows, e.Features, e.Labels}, []int{b.All.Len(), b.All.D(), b.All.M()}, e.Name)
		splits := 20
		if e.Name == "protein" {
			splits = 5
		}
		require.Len(t, b.Splits, splits, e.Name)
		for _, s := range b.Splits {
			assert.Equal(t, e.Rows, len(s.Train)+len(s.Test), e.Name)
			almost.Equal(t, 0.1, float64(len(s.Test))/float64(e.Rows), 0.5/float64(e.Rows)+1e-12, 0, e.Name)
		}
		joint, err := o.OpenDensity(context.Background(), e.Name)
		require.NoError(t, err)
		assert.Equal(t, e.Features+1, joint.M())
		opened++
	}
	assert.Equal(t, 7, opened)
}

func TestOpenRegressionFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
		return path
	}
	for name, content := range map[string]string{"v.csv": "x,y\n1,2\n", "v.txt": "1 2\n", "v.DATA": "1\t2\n", "v.dat": " 1 2"} {
		m, err := OpenRegressionFile(write(name, content), nil)
		require.NoError(t, err, name)
		assert.Equal(t, "v", m.Name)
		assert.Equal(t, [][]float64{{2}}, m.Y)
		almost.Equal(t, 1, m.X.At(0, 0), 0, 0)
	}
	own := write("own.tsv", "a\tb\n1\t2\n")
	m, err := OpenRegressionFile(own, RegressionCSVOptions{Comma: '\t', Targets: []string{"a"}})
	require.NoError(t, err)
	assert.Equal(t, []string{"own", "b"}, []string{m.Name, m.Features[0]})
	_, err = OpenRegressionFile(own, nil)
	wantParseError(t, err, ErrUnknownFormat, 0, 0)
	_, err = OpenRegressionFile(own, RegressionTextOptions{})
	wantParseError(t, err, ErrNotNumber, 1, 1)
	assert.ErrorContains(t, err, own)
	_, err = OpenRegressionFile(filepath.Join(dir, "none.csv"), nil)
	assert.ErrorIs(t, err, fs.ErrNotExist)
	m, err = OpenRegressionFS(mapFS(map[string]string{"a/v.csv": "x,y\n1,2\n"}), "a/v.csv", nil)
	require.NoError(t, err)
	assert.Equal(t, "v", m.Name)
	_, err = OpenRegressionFS(mapFS(map[string]string{"v.csv.gz": "x"}), "v.csv.gz", nil)
	var parse *ParseError
	assert.True(t, errors.As(err, &parse))
}
