package experiment

import (
	"io"
	"path/filepath"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// Open calls open with an opener that shows the progress of downloads on
// stderr.
func Open[T any](stderr io.Writer, open func(*datasets.Opener) (T, error)) (T, error) {
	progress := report.NewProgress(stderr, 1000)
	defer progress.Close()
	return open(&datasets.Opener{Progress: func(p datasets.Progress) {
		progress.Doing("downloading %s", filepath.Base(p.File.Path))
		progress.Set(int(999 * p.Done / max(p.Total, 1)))
	}})
}
