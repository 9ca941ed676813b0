package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	all := []string{}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(b)
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "model")
	for _, want := range []string{"one", "", strings.Repeat("long ", 100_000), "two"} {
		require.NoError(t, Write(path, 0o600, text(want)))
		assert.Equal(t, want, content(t, path))
		assert.Equal(t, []string{"model"}, names(t, dir))
	}
	t.Chdir(dir)
	require.NoError(t, Write("model", 0o600, text("by a relative name")))
	assert.Equal(t, "by a relative name", content(t, path))
}

func TestReadersSeeWholeFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model")
	whole := func(c byte) string { return strings.Repeat(string(rune(c)), 100_000) }
	require.NoError(t, Write(path, 0o600, text(whole('a'))))
	var writers sync.WaitGroup
	for i := range 4 {
		writers.Go(func() {
			for range 5 {
				assert.NoError(t, Write(path, 0o600, text(whole('a'+byte(i)))))
			}
		})
	}
	defer writers.Wait() // also if this fails
	done := make(chan struct{})
	go func() { writers.Wait(); close(done) }()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		b := content(t, path)
		require.NotEmpty(t, b)
		require.True(t, b == whole(b[0]), "%d bytes", len(b))
	}
	assert.Equal(t, []string{"model"}, names(t, filepath.Dir(path)))
}

// script is a system whose calls are recorded, and one of which fails.
type script struct {
	log  []string
	fail string // the call
	err  error
	room int    // bytes that can be written before "write" fails
	dir  string // the one that was synced
}

func (s *script) do(call string, really func() error) error {
	if n := len(s.log); n == 0 || s.log[n-1] != call {
		s.log = append(s.log, call)
	}
	if call == s.fail {
		return s.err
	}
	return really()
}

func (s *script) calls() calls {
	return calls{
		create: func(path string, perm fs.FileMode) (f file, err error) {
			err = s.do("create", func() error { f, err = system.create(path, perm); return err })
			return scriptFile{f, s}, err
		},
		rename: func(from, to string) error { return s.do("rename", func() error { return system.rename(from, to) }) },
		syncDir: func(dir string) error {
			s.dir = dir
			return s.do("syncDir", func() error { return system.syncDir(dir) })
		},
	}
}

type scriptFile struct {
	file
	s *script
}

func (f scriptFile) Write(p []byte) (n int, err error) {
	if f.s.fail == "write" && len(p) > f.s.room {
		n, _ = f.file.Write(p[:f.s.room])
		f.s.room = 0
		return n, f.s.err // nil for a short write
	}
	f.s.room -= len(p)
	err = f.s.do("write "+fmt.Sprint(len(p)), func() error { n, err = f.file.Write(p); return err })
	return n, err
}

func (f scriptFile) Sync() error { return f.s.do("sync", f.file.Sync) }

func (f scriptFile) Close() error {
	err := f.file.Close() // for good, whatever is said of it
	return f.s.do("close", func() error { return err })
}

func TestOrderOfCalls(t *testing.T) {
	s := &script{}
	require.NoError(t, s.calls().write(filepath.Join(t.TempDir(), "model"), 0o600, text("new")))
	assert.Equal(t, []string{"create", "write 3", "sync", "close", "rename", "syncDir"}, s.log)
}

func TestNameThatIsTaken(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "model")
	c, taken := system, []string{}
	c.create = func(path string, perm fs.FileMode) (file, error) {
		if len(taken) < 3 { // another process is first
			taken = append(taken, filepath.Base(path))
			require.NoError(t, os.WriteFile(path, []byte("other"), 0o600))
		}
		return system.create(path, perm)
	}
	require.NoError(t, c.write(path, 0o600, text("new")))
	assert.Equal(t, "new", content(t, path))
	assert.Equal(t, append([]string{"model"}, taken...), names(t, dir))
	for _, name := range taken {
		assert.Equal(t, "other", content(t, filepath.Join(dir, name)))
	}
}

func TestEveryCallThatFails(t *testing.T) {
	broken := errors.New("broken")
	for _, old := range []bool{false, true} {
		for _, call := range []string{"create", "sync", "close", "rename", "syncDir"} {
			dir := t.TempDir()
			path := filepath.Join(dir, "model")
			if old {
				require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
			}
			s := &script{fail: call, err: broken}
			err := s.calls().write(path, 0o600, text("new"))
			assert.ErrorIs(t, err, broken, call)
			assert.ErrorContains(t, err, "atomicfile: ", call)
			assert.Equal(t, call != "create", slices.Contains(s.log, "close"), call)
			var sync *SyncError
			assert.Equal(t, call == "syncDir", errors.As(err, &sync), call)
			switch {
			case call == "syncDir":
				assert.Equal(t, path, sync.Path)
				assert.ErrorContains(t, err, path)
				assert.Equal(t, "new", content(t, path))
			case old:
				assert.Equal(t, "old", content(t, path), call)
				assert.Equal(t, []string{"model"}, names(t, dir), call)
			default:
				assert.Empty(t, names(t, dir), call)
			}
		}
	}
}

func TestWriterFailsAtEveryByte(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "model")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
	full := errors.New("no space left")
	const size = 200
	for room := range size {
		for _, c := range []struct{ give, want error }{{full, full}, {nil, io.ErrShortWrite}} {
			for _, honest := range []bool{true, false} {
				s := &script{fail: "write", err: c.give, room: room}
				err := s.calls().write(path, 0o600, func(w io.Writer) error {
					err := text(strings.Repeat("x", size))(w)
					if honest {
						return err
					}
					return nil
				})
				require.ErrorIs(t, err, c.want)
				require.Contains(t, s.log, "close")
				require.Equal(t, "old", content(t, path))
			}
		}
	}
	assert.Equal(t, []string{"model"}, names(t, dir))

	// An error that write saw and dropped, long before the end.
	s := &script{fail: "write", err: full, room: 1000}
	err := s.calls().write(path, 0o600, func(w io.Writer) error {
		failed := false
		for range 100 {
			if text(strings.Repeat("x", 10_000))(w) != nil {
				failed = true
			}
		}
		assert.True(t, failed)
		return nil
	})
	assert.ErrorIs(t, err, full)
	assert.Equal(t, "old", content(t, path))
}

func TestContentThatFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "model")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
	broken := errors.New("broken")
	some := strings.Repeat("x", 1<<17) // more than is held back
	err := Write(path, 0o600, func(w io.Writer) error {
		assert.NoError(t, text(some)(w))
		assert.Len(t, names(t, dir), 2)
		return broken
	})
	assert.Equal(t, broken, err) // as it came
	assert.Equal(t, []string{"model"}, names(t, dir))

	assert.PanicsWithValue(t, "broken", func() {
		Write(path, 0o600, func(w io.Writer) error { text(some)(w); panic("broken") })
	})
	assert.Equal(t, []string{"model"}, names(t, dir))

	done := make(chan struct{})
	go func() {
		defer close(done)
		Write(path, 0o600, func(w io.Writer) error { text(some)(w); runtime.Goexit(); return nil })
	}()
	<-done
	assert.Equal(t, []string{"model"}, names(t, dir))
	assert.Equal(t, "old", content(t, path))
}

func TestPlacesThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	require.NoError(t, os.Mkdir("sub", 0o755))
	require.NoError(t, os.WriteFile("file", nil, 0o600))
	called := func(io.Writer) error { t.Error("write was called"); return nil }
	for path, want := range map[string]error{
		"none/model": fs.ErrNotExist, "none/": fs.ErrNotExist,
		"sub": errNotRegular, "sub/": errNotRegular, ".": errNotRegular, "file/model": nil,
	} {
		err := Write(path, 0o600, called)
		require.Error(t, err, path)
		if want != nil {
			assert.ErrorIs(t, err, want, path)
		}
	}
	assert.Error(t, Write("", 0o600, text("new")))
	assert.Equal(t, []string{"file", "sub"}, names(t, dir))
	assert.Empty(t, names(t, "sub"))
	assert.Error(t, syncDir("none"))
}

func TestStaleTemporaryFiles(t *testing.T) {
	dir := t.TempDir()
	for name, age := range map[string]time.Duration{
		"model.tmp-1":   2 * staleAfter,
		"model.tmp-22":  0, // perhaps another process's, at work
		"model.tmp-":    2 * staleAfter,
		"model.tmp-3x":  2 * staleAfter,
		"model.tmp-3-4": 2 * staleAfter,
		"other.tmp-5":   2 * staleAfter,
		"model.old":     2 * staleAfter,
	} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
		require.NoError(t, os.Chtimes(path, time.Time{}, time.Now().Add(-age)))
	}
	folder := filepath.Join(dir, "model.tmp-6")
	require.NoError(t, os.Mkdir(folder, 0o700))
	require.NoError(t, os.Chtimes(folder, time.Time{}, time.Now().Add(-2*staleAfter)))
	t.Chdir(dir)
	require.NoError(t, Write("model", 0o600, text("new")))
	assert.Equal(t, []string{"model", "model.old", "model.tmp-", "model.tmp-22", "model.tmp-3-4", "model.tmp-3x", "model.tmp-6", "other.tmp-5"}, names(t, dir))
}
