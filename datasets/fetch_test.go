package datasets

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pinned makes the table's line of a file with this content.
func pinned(path, content string) *File {
	sum := sha256.Sum256([]byte(content))
	return &File{
		Path: path, Bytes: int64(len(content)), SHA256: hex.EncodeToString(sum[:]),
		URL: "https://example.invalid/" + path, // never asked: BaseURL replaces it
	}
}

var letters = strings.Repeat("abcdefghij", 20_000)

// server answers with handle and counts requests. The opener has no files.
func server(t *testing.T, handle http.HandlerFunc) (*Opener, *atomic.Int32) {
	t.Setenv("GIBBS_DATA", "")
	requests := new(atomic.Int32)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		handle(w, r)
	}))
	t.Cleanup(s.Close)
	return &Opener{BaseURL: s.URL + "/", CacheDir: t.TempDir()}, requests
}

func serve(content string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, content) }
}

// files lists the names of all files below dir.
func files(t *testing.T, dir string) []string {
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, filepath.Base(path))
		}
		return err
	})
	require.NoError(t, err)
	return out
}

func TestDownload(t *testing.T) {
	o, requests := server(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/multilabel/a/a.arff", r.URL.Path)
		io.WriteString(w, letters)
	})
	var reports []Progress
	o.Progress = func(p Progress) { reports = append(reports, p) }
	f := pinned("multilabel/a/a.arff", letters)
	for range 2 { // from the server, then from the cache
		content, err := o.file(context.Background(), "a", f)
		require.NoError(t, err)
		require.Equal(t, letters, string(content))
	}
	assert.EqualValues(t, 1, requests.Load())
	cached := filepath.Join(o.CacheDir, f.SHA256[:16], "a.arff")
	content, err := os.ReadFile(cached)
	require.NoError(t, err)
	assert.Equal(t, letters, string(content))
	assert.Equal(t, []string{"a.arff"}, files(t, o.CacheDir))
	info, err := os.Stat(cached)
	require.NoError(t, err)
	assert.Equal(t, fs.FileMode(0o644), info.Mode().Perm())

	require.NotEmpty(t, reports)
	last := reports[len(reports)-1]
	assert.Equal(t, Progress{Name: "a", File: *f, Done: 200_000, Total: 200_000}, last)
	for i := 1; i < len(reports); i++ {
		assert.Greater(t, reports[i].Done, reports[i-1].Done)
	}
}

func TestDownloadFailures(t *testing.T) {
	hijack := func(w http.ResponseWriter, _ *http.Request) { // promises more than it sends
		w.Header().Set("Content-Length", "200000")
		io.WriteString(w, letters[:1000])
	}
	checksum := func(got int64) func(*testing.T, error) {
		return func(t *testing.T, err error) {
			var e *ChecksumError
			require.ErrorAs(t, err, &e)
			assert.Equal(t, []int64{got, 200_000}, []int64{e.GotBytes, e.WantBytes})
		}
	}
	for name, c := range map[string]struct {
		handle http.HandlerFunc
		check  func(*testing.T, error)
		says   string
	}{
		"changed":   {serve(strings.Replace(letters, "j", "k", 1)), checksum(200_000), "the pinned file " + pinned("", letters).SHA256},
		"short":     {serve(letters[1:]), checksum(199_999), "199999 of the 200000 bytes"},
		"long":      {serve(letters + "!!"), checksum(200_001), "more than the 200000 bytes"},
		"empty":     {serve(""), checksum(0), "0 of the 200000 bytes"},
		"truncated": {hijack, checksum(1000), "1000 of the 200000 bytes"},
		"not found": {http.NotFound, nil, "404 Not Found"},
		"error":     {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, letters, 500) }, nil, "500"},
	} {
		t.Run(name, func(t *testing.T) {
			o, requests := server(t, c.handle)
			f := pinned("multilabel/a/a.arff", letters)
			_, err := o.file(context.Background(), "a", f)
			var download *DownloadError
			require.ErrorAs(t, err, &download)
			assert.ErrorContains(t, err, c.says)
			if c.check != nil {
				c.check(t, err)
			}
			assert.Empty(t, files(t, o.CacheDir), "nothing is left behind")

			// All that is needed to provide the file by hand is in the message.
			for _, part := range []string{f.URL, f.SHA256, "200000 bytes", download.CachePath, "GIBBS_DATA", f.Path} {
				assert.ErrorContains(t, err, part)
			}
			require.NoError(t, os.WriteFile(download.CachePath, []byte(letters), 0o644))
			content, err := o.file(context.Background(), "a", f)
			require.NoError(t, err)
			assert.Equal(t, letters, string(content))
			assert.EqualValues(t, 1, requests.Load())
		})
	}
}

func TestDownloadOffline(t *testing.T) {
	o, _ := server(t, nil)
	s := httptest.NewServer(nil)
	o.BaseURL = s.URL
	s.Close() // nobody listens
	_, err := o.file(context.Background(), "a", pinned("multilabel/a/a.arff", letters))
	var download *DownloadError
	require.ErrorAs(t, err, &download)
	assert.Equal(t, s.URL+"/multilabel/a/a.arff", download.URL)
	assert.Equal(t, "a", download.Name)
	o.BaseURL = "no://such scheme"
	_, err = o.file(context.Background(), "a", pinned("multilabel/a/a.arff", letters))
	require.ErrorAs(t, err, &download)
	o.BaseURL, o.Client = "", &http.Client{Transport: refuse{}}
	_, err = o.file(context.Background(), "a", pinned("multilabel/a/a.arff", letters))
	require.ErrorAs(t, err, &download)
	assert.ErrorIs(t, err, errRefused)
	assert.Equal(t, "https://example.invalid/multilabel/a/a.arff", download.URL, "the pinned address")
}

var errRefused = errors.New("refused")

type refuse struct{}

func (refuse) RoundTrip(*http.Request) (*http.Response, error) { return nil, errRefused }

func TestDownloadCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o, _ := server(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, letters[:1000])
		w.(http.Flusher).Flush()
		cancel()
		<-r.Context().Done()
	})
	f := pinned("multilabel/a/a.arff", letters)
	_, err := o.file(ctx, "a", f)
	require.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, files(t, o.CacheDir))
}

func TestDownloadWaitIsCancellable(t *testing.T) {
	arrived, done := make(chan struct{}), make(chan struct{})
	o, _ := server(t, func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-done
		io.WriteString(w, letters)
	})
	f := pinned("multilabel/a/a.arff", letters)
	first := make(chan error)
	go func() { _, err := o.file(context.Background(), "a", f); first <- err }()
	<-arrived
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	_, err := o.file(ctx, "a", f)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	close(done)
	assert.NoError(t, <-first)
}

func TestDownloadConcurrently(t *testing.T) {
	o, requests := server(t, serve(letters))
	f := pinned("multilabel/a/a.arff", letters)
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			content, err := o.file(context.Background(), "a", f)
			assert.NoError(t, err)
			assert.Equal(t, letters, string(content))
		})
	}
	group.Wait()
	assert.EqualValues(t, 1, requests.Load())
	assert.Equal(t, []string{"a.arff"}, files(t, o.CacheDir))
	assert.Empty(t, downloads.held)
}

func TestDownloadAfterAKilledWrite(t *testing.T) {
	o, requests := server(t, serve(letters))
	f := pinned("multilabel/a/a.arff", letters)
	dir := filepath.Join(o.CacheDir, f.SHA256[:16])
	require.NoError(t, os.MkdirAll(dir, 0o755))
	for name, age := range map[string]time.Duration{"a.arff.tmp-1": 0, "a.arff.tmp-2": 48 * time.Hour, "b.arff.tmp-3": 48 * time.Hour} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(letters[:500]), 0o600))
		require.NoError(t, os.Chtimes(path, time.Time{}, time.Now().Add(-age)))
	}
	content, err := o.file(context.Background(), "a", f)
	require.NoError(t, err)
	assert.Equal(t, letters, string(content))
	// The recent one may be another process's at work; the old one is gone.
	assert.Equal(t, []string{"a.arff", "a.arff.tmp-1", "b.arff.tmp-3"}, files(t, dir))

	// A damaged file in the cache is replaced.
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.arff"), []byte(letters[:500]), 0o644))
	content, err = o.file(context.Background(), "a", f)
	require.NoError(t, err)
	assert.Equal(t, letters, string(content))
	assert.EqualValues(t, 2, requests.Load())

	// If it cannot be, the error tells of both.
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.arff"), []byte(letters[:500]), 0o644))
	o.Client = &http.Client{Transport: refuse{}}
	_, err = o.file(context.Background(), "a", f)
	assert.ErrorIs(t, err, errRefused)
	var checksum *ChecksumError
	assert.ErrorAs(t, err, &checksum)
}

func TestCacheThatCannotBeWritten(t *testing.T) {
	o, requests := server(t, serve(letters))
	f := pinned("multilabel/a/a.arff", letters)
	blocked := filepath.Join(o.CacheDir, "file")
	require.NoError(t, os.WriteFile(blocked, nil, 0o644))
	o.CacheDir = filepath.Join(blocked, "below") // no directory, whoever asks
	_, err := o.file(context.Background(), "a", f)
	var cache *CacheError
	require.ErrorAs(t, err, &cache)
	assert.Contains(t, cache.Path, blocked)
	assert.ErrorContains(t, err, "Opener.CacheDir")
	assert.Error(t, cache.Err)
	assert.Zero(t, requests.Load(), "the network is not bothered")

	t.Setenv("HOME", "")
	t.Setenv("XDG_CACHE_HOME", "")
	o.CacheDir = ""
	if _, noCache := os.UserCacheDir(); noCache != nil {
		_, err = o.file(context.Background(), "a", f)
		require.ErrorAs(t, err, &cache)
	}
}

func TestReadOnlyCache(t *testing.T) {
	o, _ := server(t, serve(letters))
	f := pinned("multilabel/a/a.arff", letters)
	_, err := o.file(context.Background(), "a", f)
	require.NoError(t, err)
	dir := filepath.Join(o.CacheDir, f.SHA256[:16])
	require.NoError(t, os.Chmod(dir, 0o555))
	defer os.Chmod(dir, 0o755)
	_, err = o.file(context.Background(), "a", f)
	assert.NoError(t, err, "what it has can be read")

	g := pinned("multilabel/a/g.arff", letters) // the same checksum: the same directory
	_, err = o.file(context.Background(), "a", g)
	if os.Geteuid() == 0 {
		t.Skip("root may write anywhere")
	}
	var cache *CacheError
	require.ErrorAs(t, err, &cache)
	assert.ErrorIs(t, err, fs.ErrPermission)
}

func TestDefaultCacheIsTheUsers(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	user, err := os.UserCacheDir()
	require.NoError(t, err)
	path, err := (&Opener{}).cachePath(pinned("multilabel/a/a.arff", ""))
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(user, "gibbs", "e3b0c44298fc1c14", "a.arff"), path)
}

func TestFilesByHand(t *testing.T) {
	o, requests := server(t, serve(letters))
	f := pinned("multilabel/a/a.arff", letters)
	byField, byEnv := t.TempDir(), t.TempDir()
	put := func(dir, content string) {
		path := filepath.Join(dir, "multilabel", "a", "a.arff")
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	}
	put(byField, letters)
	put(byEnv, letters[1:])

	o.Dir = byField
	t.Setenv("GIBBS_DATA", byEnv)
	content, err := o.file(context.Background(), "a", f)
	require.NoError(t, err)
	assert.Equal(t, letters, string(content))

	o.Dir = ""
	_, err = o.file(context.Background(), "a", f)
	var checksum *ChecksumError
	require.ErrorAs(t, err, &checksum)
	assert.Equal(t, filepath.Join(byEnv, "multilabel", "a", "a.arff"), checksum.Source)
	put(byEnv, strings.ToUpper(letters))
	_, err = o.file(context.Background(), "a", f)
	require.ErrorAs(t, err, &checksum)
	assert.NotEmpty(t, checksum.GotSHA256)
	assert.Zero(t, requests.Load())

	t.Setenv("GIBBS_DATA", t.TempDir()) // a directory without the file: go on
	_, err = o.file(context.Background(), "a", f)
	require.NoError(t, err)
	assert.EqualValues(t, 1, requests.Load())
}

func TestCachePathThatIsADirectory(t *testing.T) {
	o, requests := server(t, serve(letters))
	f := pinned("multilabel/a/a.arff", letters)
	path, err := o.cachePath(f)
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(path, 0o755))
	_, err = o.file(context.Background(), "a", f)
	var cache *CacheError
	require.ErrorAs(t, err, &cache)
	assert.Equal(t, path, cache.Path)
	assert.Zero(t, requests.Load(), "the network is not bothered")
	assert.Empty(t, files(t, o.CacheDir))
}
