package datasets

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gibbs-ebm/gibbs/internal/atomicfile"
)

// file returns the verified content of a pinned file, from the first place
// that has it: see Opener.
func (o *Opener) file(ctx context.Context, name string, f *File) ([]byte, error) {
	dir := o.Dir
	if dir == "" {
		dir = os.Getenv("GIBBS_DATA")
	}
	if dir != "" {
		content, err := readPinned(filepath.Join(dir, filepath.FromSlash(f.Path)), f)
		if !errors.Is(err, fs.ErrNotExist) {
			return content, err
		}
	}
	cached, err := o.cachePath(f)
	if err != nil {
		return nil, &CacheError{Err: err}
	}
	if err := downloads.acquire(ctx, cached); err != nil {
		return nil, err
	}
	defer downloads.release(cached)
	content, err := readPinned(cached, f)
	if err == nil {
		return content, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return o.download(ctx, name, f, cached, err)
}

// cachePath is where the cache keeps the file: below its checksum, so that two
// versions of a file do not meet.
func (o *Opener) cachePath(f *File) (string, error) {
	dir := o.CacheDir
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(user, "gibbs")
	}
	return filepath.Join(dir, f.SHA256[:16], path.Base(f.Path)), nil
}

// readPinned reads and verifies a file on this machine.
func readPinned(path string, f *File) ([]byte, error) {
	r, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return verify(r, path, f)
}

// verify reads f.Bytes bytes, and one more to see that there are none, and
// returns them if they have the pinned checksum.
func verify(r io.Reader, source string, f *File) ([]byte, error) {
	content := make([]byte, f.Bytes+1)
	n, err := io.ReadFull(r, content)
	if err != nil && err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	content = content[:n]
	if int64(n) != f.Bytes {
		return nil, &ChecksumError{Source: source, WantSHA256: f.SHA256, GotBytes: int64(n), WantBytes: f.Bytes}
	}
	sum := sha256.Sum256(content)
	if got := hex.EncodeToString(sum[:]); got != f.SHA256 {
		return nil, &ChecksumError{Source: source, GotSHA256: got, WantSHA256: f.SHA256, GotBytes: f.Bytes, WantBytes: f.Bytes}
	}
	return content, nil
}

// download gets the file from its address, verifies it and keeps it at cached.
// What was wrong with the file there, if anything, is reported only if the
// download fails too.
func (o *Opener) download(ctx context.Context, name string, f *File, cached string, damage error) ([]byte, error) {
	address := f.URL
	if o.BaseURL != "" {
		address = strings.TrimRight(o.BaseURL, "/") + "/" + f.Path
	}
	// Whether the file can be kept shows before the network is bothered.
	err := os.MkdirAll(filepath.Dir(cached), 0o755)
	var content []byte
	var failed error // of the download, not of the cache
	if err == nil {
		err = atomicfile.Write(cached, 0o644, func(w io.Writer) error {
			if content, failed = o.get(ctx, name, f, address); failed != nil {
				return failed
			}
			_, err := w.Write(content)
			return err
		})
	}
	if failed != nil {
		return nil, &DownloadError{Name: name, File: *f, URL: address, CachePath: cached, Err: errors.Join(failed, damage)}
	}
	if err != nil {
		return nil, &CacheError{Path: cached, Err: err}
	}
	return content, nil
}

func (o *Opener) get(ctx context.Context, name string, f *File, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	client := o.Client
	if client == nil {
		client = defaultClient()
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answered %s", response.Status)
	}
	var body io.Reader = response.Body
	if o.Progress != nil {
		body = &progressReader{r: body, report: o.Progress, p: Progress{Name: name, File: *f, Total: f.Bytes}}
	}
	return verify(body, address, f)
}

var defaultClient = sync.OnceValue(func() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = 30 * time.Second
	return &http.Client{Transport: transport, Timeout: 10 * time.Minute}
})

// progressReader reports what has passed through it.
type progressReader struct {
	r      io.Reader
	report func(Progress)
	p      Progress
}

func (r *progressReader) Read(b []byte) (int, error) {
	n, err := r.r.Read(b)
	if n > 0 {
		r.p.Done += int64(n)
		r.report(r.p)
	}
	return n, err
}

// keyedLock is a set of locks that a cancelled context need not wait for.
type keyedLock struct {
	mu   sync.Mutex
	held map[string]chan struct{} // closed on release
}

// downloads holds the cache path of each file that is being fetched.
var downloads = keyedLock{held: map[string]chan struct{}{}}

func (l *keyedLock) acquire(ctx context.Context, key string) error {
	for {
		l.mu.Lock()
		busy, held := l.held[key]
		if !held {
			l.held[key] = make(chan struct{})
			l.mu.Unlock()
			return nil
		}
		l.mu.Unlock()
		select {
		case <-busy:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (l *keyedLock) release(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.held[key])
	delete(l.held, key)
}
