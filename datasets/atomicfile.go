package datasets

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// atomicFile replaces a file as a whole: whoever opens path sees the old
// content or the new one, even if the process is killed or the machine stops.
// The content goes to a temporary file in the same directory, which is synced
// and then renamed; syncing the directory makes the rename last. Windows
// cannot sync a directory, and does without.
type atomicFile struct {
	path string
	tmp  *os.File
	done bool
}

// staleAfter is when a temporary file is taken to be that of a killed process.
const staleAfter = 24 * time.Hour

// createAtomic makes the directory of path if need be, and the temporary file.
func createAtomic(path string) (*atomicFile, error) {
	dir, base := filepath.Split(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	removeStale(dir, base)
	tmp, err := os.CreateTemp(dir, base+".tmp-*")
	if err != nil {
		return nil, err
	}
	return &atomicFile{path: path, tmp: tmp}, nil
}

// commit writes the content and puts the file in place.
func (a *atomicFile) commit(content []byte) error {
	_, err := a.tmp.Write(content)
	if err == nil {
		err = a.tmp.Chmod(0o644) // CreateTemp makes it the owner's alone
	}
	if err == nil {
		err = a.tmp.Sync()
	}
	if closeErr := a.tmp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(a.tmp.Name(), a.path)
	}
	if err != nil {
		return err
	}
	a.done = true
	return syncDir(filepath.Dir(a.path))
}

// abort removes the temporary file, unless commit has put it in place.
func (a *atomicFile) abort() {
	if !a.done {
		a.tmp.Close() // a second time if commit failed
		os.Remove(a.tmp.Name())
	}
}

func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if closeErr := d.Close(); err == nil {
		err = closeErr
	}
	return err
}

// removeStale removes what killed processes left behind, as far as it can.
func removeStale(dir, base string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && strings.HasPrefix(e.Name(), base+".tmp-") && time.Since(info.ModTime()) > staleAfter {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}
