package datasets

import (
	"fmt"
	"strings"
)

// UnknownError reports a name that is not in the catalog.
type UnknownError struct {
	Name  string
	Known []string // the names that are
}

func (e *UnknownError) Error() string {
	return fmt.Sprintf("datasets: no data set named %q; there are %s (OpenFile reads a file of your own)", e.Name, strings.Join(e.Known, ", "))
}

// TaskError reports a data set of another task than the one asked for.
type TaskError struct {
	Name      string
	Got, Want Task
}

func (e *TaskError) Error() string {
	by := ""
	switch e.Got {
	case MultilabelTask:
		by = ": Open opens it"
	case RankingTask:
		by = ": OpenRanking opens it"
	case RegressionTask:
		by = ": OpenRegression opens it"
	case DensityTask:
		by = ": OpenDensity opens it"
	case SetTask:
		by = ": OpenSets opens it"
	}
	return fmt.Sprintf("datasets: %s is a %v data set, not a %v one%s", e.Name, e.Got, e.Want, by)
}

// ChecksumError reports a file that is not the one the catalog pins: it was
// cut, changed or replaced.
type ChecksumError struct {
	Source              string // the path or address that was read
	GotSHA256           string // empty where the size alone was wrong
	WantSHA256          string
	GotBytes, WantBytes int64 // GotBytes is WantBytes+1 for anything longer
}

func (e *ChecksumError) Error() string {
	switch {
	case e.GotBytes > e.WantBytes:
		return fmt.Sprintf("datasets: %s has more than the %d bytes of the pinned file", e.Source, e.WantBytes)
	case e.GotBytes < e.WantBytes:
		return fmt.Sprintf("datasets: %s has %d of the %d bytes of the pinned file", e.Source, e.GotBytes, e.WantBytes)
	}
	return fmt.Sprintf("datasets: %s has sha256 %s, the pinned file %s", e.Source, e.GotSHA256, e.WantSHA256)
}

// DownloadError reports a file that was neither on the machine nor to be had
// from its address. Its message says how to provide the file by hand.
type DownloadError struct {
	Name      string // the data set
	File      File
	URL       string // the address that was tried
	CachePath string // where the file would have been kept, and may be put
	Err       error  // what went wrong
}

func (e *DownloadError) Error() string {
	return fmt.Sprintf(`datasets: %s: cannot download %s: %v
To provide it by hand, get %s
(%d bytes, sha256 %s) and put it at
%s
or set GIBBS_DATA to a directory that holds it as %s`,
		e.Name, e.URL, e.Err, e.File.URL, e.File.Bytes, e.File.SHA256, e.CachePath, e.File.Path)
}

func (e *DownloadError) Unwrap() error { return e.Err }

// CacheError reports that a downloaded file could not be kept in the cache
// directory. Another directory, Opener.CacheDir, or GIBBS_DATA helps.
type CacheError struct {
	Path string // where the file should have been kept; empty if no directory is known
	Err  error
}

func (e *CacheError) Error() string {
	return fmt.Sprintf("datasets: cannot keep a downloaded file at %q: %v; choose another directory (Opener.CacheDir) or provide the files (GIBBS_DATA)", e.Path, e.Err)
}

func (e *CacheError) Unwrap() error { return e.Err }
