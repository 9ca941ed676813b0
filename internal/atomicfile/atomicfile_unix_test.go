//go:build unix

package atomicfile

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPermissions(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o027))
	path := filepath.Join(t.TempDir(), "model")
	for _, c := range []struct{ perm, want fs.FileMode }{{0o666, 0o640}, {0o644, 0o640}, {0o600, 0o600}, {0o444, 0o440}} {
		require.NoError(t, Write(path, c.perm, text("new")))
		info, err := os.Stat(path)
		require.NoError(t, err)
		assert.Equal(t, c.want, info.Mode().Perm())
	}
}

func TestSymbolicLinks(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "a"), 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "b"), 0o755))
	file, link := filepath.Join(dir, "a", "model-7"), filepath.Join(dir, "b", "latest")
	require.NoError(t, os.WriteFile(file, []byte("old"), 0o600))
	require.NoError(t, os.Symlink(filepath.Join("..", "a", "model-7"), link))
	calls := &script{}
	require.NoError(t, calls.calls().write(link, 0o600, text("new")))
	assert.Equal(t, "a", filepath.Base(calls.dir))
	assert.Equal(t, "new", content(t, file))
	info, err := os.Lstat(link)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&fs.ModeSymlink)
	assert.Equal(t, []string{"model-7"}, names(t, filepath.Dir(file)))
	assert.Equal(t, []string{"latest"}, names(t, filepath.Dir(link)))

	nowhere := filepath.Join(dir, "b", "nowhere")
	require.NoError(t, os.Symlink("none", nowhere))
	called := func(io.Writer) error { t.Error("write was called"); return nil }
	assert.ErrorIs(t, Write(nowhere, 0o600, called), fs.ErrNotExist)
	folder := filepath.Join(dir, "b", "folder")
	require.NoError(t, os.Symlink("../a", folder))
	assert.ErrorIs(t, Write(folder, 0o600, called), errNotRegular)
}

// Renaming over a device would take it away.
func TestPipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	assert.ErrorIs(t, Write(pipe, 0o600, text("new")), errNotRegular)
	assert.Equal(t, []string{"pipe"}, names(t, filepath.Dir(pipe)))
}
