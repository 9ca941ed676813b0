package atomicfile

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadOnlyDirectory(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "model")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o666))
	if os.Geteuid() == 0 {
		// Root may write anywhere, so this thread becomes another user, as
		// far as files go. The test's directories must let that user in.
		for d := dir; d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
			require.NoError(t, os.Chmod(d, 0o755))
		}
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		const nobody = 65534
		require.NoError(t, syscall.Setfsuid(nobody))
		defer syscall.Setfsuid(0)
	} else {
		require.NoError(t, os.Chmod(dir, 0o555))
		defer os.Chmod(dir, 0o755)
	}
	err := Write(path, 0o600, text("new"))
	assert.ErrorIs(t, err, fs.ErrPermission)
	assert.Equal(t, "old", content(t, path))
	assert.Equal(t, []string{"model"}, names(t, dir))
}

func TestDirectoryThatCannotBeSynced(t *testing.T) {
	assert.NoError(t, syncDir(os.DevNull)) // EINVAL, as from some file systems
}
