// Package atomicfile replaces a file as a whole: whoever opens it sees the old
// content or the new one, even if the process is killed or the machine stops.
package atomicfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// Write replaces the file at path by what write writes, or makes it. The
// content goes to a temporary file in the same directory, which is synced,
// closed and renamed to path; then the directory is synced, so that the rename
// lasts. While this goes on the disk holds both files.
//
// On an error path is as it was and the temporary file is gone, unless the
// error is a *SyncError: then path has the new content, but may have the old
// one again after a power failure. An error of write is found with errors.Is;
// one of the writer it is given comes back even if write drops it. A panic in
// write leaves path as it was too.
//
// The permissions of the file are perm less the umask, whatever the old file
// had. A symbolic link at path stays, and the file it leads to is replaced.
// What is at path must be a regular file or nothing: devices, pipes and
// directories are errors. Of two calls at the same time the last one to finish
// wins. Temporary files are named after path with ".tmp-" and a number; what
// killed processes left of them is removed once it is a day old.
//
// Windows cannot sync a directory, and neither can some file systems: there
// the rename lasts as soon as the system writes it, which is the best that can
// be done. Windows also refuses to replace a file while another process has
// it open, which is an error.
func Write(path string, perm fs.FileMode, write func(w io.Writer) error) error {
	return system.write(path, perm, write)
}

// SyncError reports a file that is in place, with its new content, in a
// directory that could not be synced.
type SyncError struct {
	Path string
	Err  error
}

func (e *SyncError) Error() string {
	return fmt.Sprintf("atomicfile: %s is written, but may be lost if the machine stops: %v", e.Path, e.Err)
}

func (e *SyncError) Unwrap() error { return e.Err }

// file is the part of *os.File used here.
type file interface {
	io.Writer
	Sync() error
	Close() error
}

// calls are what Write asks of the system; tests make them fail.
type calls struct {
	create  func(path string, perm fs.FileMode) (file, error)
	rename  func(from, to string) error
	syncDir func(dir string) error
}

var system = calls{
	create: func(path string, perm fs.FileMode) (file, error) {
		return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	},
	rename:  os.Rename,
	syncDir: syncDir,
}

func (c calls) write(path string, perm fs.FileMode, write func(w io.Writer) error) error {
	target, err := resolve(path)
	if err != nil {
		return fmt.Errorf("atomicfile: %w", err)
	}
	removeStale(target)
	f, tmp, err := c.createTemp(target, perm)
	if err != nil {
		return fmt.Errorf("atomicfile: %w", err)
	}
	closed := false
	defer func() { // in a panic of write too
		if !closed {
			f.Close()
		}
		os.Remove(tmp) // which is not there if it was renamed
	}()
	b := bufio.NewWriterSize(f, 1<<16) // whose Flush repeats an error that write dropped
	if err = write(b); err != nil {
		return err
	}
	if err = b.Flush(); err == nil {
		err = f.Sync()
	}
	closed = true
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = c.rename(tmp, target)
	}
	if err != nil {
		return fmt.Errorf("atomicfile: %w", err)
	}
	if err := c.syncDir(filepath.Dir(target)); err != nil {
		return &SyncError{Path: path, Err: err}
	}
	return nil
}

// resolve follows symbolic links to the file to replace.
func resolve(path string) (string, error) {
	info, err := os.Lstat(path)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			info, err = os.Lstat(path)
		}
		if err != nil { // a link to nowhere, too
			return "", err
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return path, nil
	}
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", &fs.PathError{Op: "replace", Path: path, Err: errNotRegular}
	}
	return path, nil
}

var errNotRegular = errors.New("not a regular file")

// infix is what the name of a temporary file has between that of its target
// and a number.
const infix = ".tmp-"

// createTemp makes a file of a new name. The name is numbered by the clock;
// the system tells if another process had the same thought.
func (c calls) createTemp(target string, perm fs.FileMode) (file, string, error) {
	for {
		tmp := target + infix + strconv.FormatInt(time.Now().UnixNano(), 10)
		f, err := c.create(tmp, perm)
		if !errors.Is(err, fs.ErrExist) {
			return f, tmp, err
		}
	}
}

// syncDir makes the names in a directory last, where the system can.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		err = nil // a file system that does not know how
	}
	if closeErr := d.Close(); err == nil {
		err = closeErr
	}
	return err
}
