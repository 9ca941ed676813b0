package datasets

import (
	"compress/gzip"
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/permutations"
)

func rankingEntry(content string) *Entry {
	f := pinned("ranking/tiny/tiny.txt", content)
	f.Part = AllPart
	return &Entry{Name: "tiny", Task: RankingTask, Files: []File{*f}}
}

func TestOpenRankingDownloads(t *testing.T) {
	o, requests := server(t, serve(positionKEBI))
	for range 2 {
		m, err := o.ranking(context.Background(), rankingEntry(positionKEBI))
		require.NoError(t, err)
		assert.Equal(t, "tiny", m.Name)
		assert.Equal(t, []string{"b>c>a", "a>b>c"}, orders(m))
	}
	assert.EqualValues(t, 1, requests.Load(), "the second time it is in the cache")
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "ranking", "tiny"), 0o755))
	path := filepath.Join(dir, "ranking", "tiny", "tiny.txt")
	require.NoError(t, os.WriteFile(path, []byte(positionKEBI), 0o644))
	t.Setenv("GIBBS_DATA", dir)
	_, err := (&Opener{CacheDir: t.TempDir(), BaseURL: "http://127.0.0.1:0"}).ranking(context.Background(), rankingEntry(positionKEBI))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, []byte(strings.ToUpper(positionKEBI)), 0o644))
	_, err = OpenRankingFile(path, nil)
	require.NoError(t, err)
	var sum *ChecksumError
	_, err = (&Opener{}).ranking(context.Background(), rankingEntry(positionKEBI))
	assert.ErrorAs(t, err, &sum)
}

func TestOpenRankingErrors(t *testing.T) {
	ctx := context.Background()
	var unknown *UnknownError
	_, err := OpenRanking(ctx, "irises")
	require.ErrorAs(t, err, &unknown)
	assert.Contains(t, unknown.Known, "iris")

	var task *TaskError
	_, err = OpenRanking(ctx, "yeast")
	require.ErrorAs(t, err, &task)
	assert.EqualError(t, err, "datasets: yeast is a multilabel data set, not a ranking one: Open opens it")
	_, err = Open(ctx, "vowel")
	require.ErrorAs(t, err, &task)
	assert.EqualError(t, err, "datasets: vowel is a ranking data set, not a multilabel one: OpenRanking opens it")
	assert.EqualError(t, &TaskError{Name: "some", Got: 9, Want: RankingTask}, "datasets: some is a Task(9) data set, not a ranking one")

	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, err = OpenRanking(cancelled, "iris")
	assert.ErrorIs(t, err, context.Canceled)

	o, _ := server(t, http.NotFound)
	var download *DownloadError
	_, err = o.ranking(ctx, rankingEntry(positionKEBI))
	require.ErrorAs(t, err, &download)
	o, _ = server(t, serve("x,y\n1,2\n"))
	_, err = o.ranking(ctx, rankingEntry("x,y\n1,2\n"))
	wantParseError(t, err, ErrNoLabels, 1, 3)
	assert.ErrorContains(t, err, "tiny.txt:1:3: ")
}

// TestPinnedRankings opens every ranking of the catalog from the files at
// GIBBS_DATA and compares its sizes with the table.
func TestPinnedRankings(t *testing.T) {
	o := pinnedOpener(t)
	opened := 0
	for _, e := range Catalog() {
		if e.Task != RankingTask {
			continue
		}
		m, err := o.OpenRanking(context.Background(), e.Name)
		require.NoError(t, err, e.Name)
		require.NoError(t, m.Validate(), e.Name)
		assert.Equal(t, []int{e.Rows, e.Features, e.Labels}, []int{m.Len(), attributes(m.Features), m.K()}, e.Name)
		assert.Equal(t, e.Name, m.Name)
		assert.Equal(t, e.Name == "algae", m.Partial != nil, e.Name)
		opened++
	}
	assert.Equal(t, 19, opened)
}

func TestOpenRankingFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		f, err := os.Create(path)
		require.NoError(t, err)
		defer f.Close()
		if !strings.HasSuffix(name, ".gz") {
			_, err = f.WriteString(content)
			require.NoError(t, err)
			return path
		}
		z := gzip.NewWriter(f)
		_, err = z.Write([]byte(content))
		require.NoError(t, err)
		require.NoError(t, z.Close())
		return path
	}
	for name, content := range map[string]string{
		"v.soc": oldPrefLib, "v.SOI": oldPrefLib, "v.toc.gz": oldPrefLib, "v.toi": oldPrefLib, "v.csv": plainKEBI, "v.txt": positionKEBI, "v.csv.gz": nominalKEBI,
	} {
		m, err := OpenRankingFile(write(name, content), nil)
		require.NoError(t, err, name)
		require.NoError(t, m.Validate(), name)
		assert.Equal(t, "v", m.Name)
	}
	m, err := OpenRankingFile(write("town.toi", newPrefLib), PrefLibOptions{Unlisted: permutations.UnlistedBelow})
	require.NoError(t, err)
	assert.Equal(t, "Town", m.Name, "the file's own name")
	path := write("own.data", "x,r\n1,a>b\n")
	m, err = OpenRankingFile(path, RankingCSVOptions{Order: "r"})
	require.NoError(t, err)
	assert.Equal(t, "own", m.Name)
	_, err = OpenRankingFile(path, nil)
	wantParseError(t, err, ErrUnknownFormat, 0, 0)
	_, err = OpenRankingFile(path, KEBIOptions{})
	wantParseError(t, err, ErrNoLabels, 1, 3)
	assert.ErrorContains(t, err, path)
	_, err = OpenRankingFile(filepath.Join(dir, "none.soc"), nil)
	assert.ErrorIs(t, err, fs.ErrNotExist)

	files := fstest.MapFS{"a/v.soi": {Data: []byte(oldPrefLib)}}
	m, err = OpenRankingFS(files, "a/v.soi", nil)
	require.NoError(t, err)
	assert.Equal(t, "v", m.Name)
	_, err = OpenRankingFS(files, "a/v.soi", PrefLibOptions{Limits: Limits{MaxRows: -1}})
	assert.Error(t, err)
	var parse *ParseError
	assert.False(t, errors.As(err, &parse))
}
