package report

import (
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// Progress shows how far a program is: as a bar where w is a terminal, and
// otherwise, in a log or a pipe, as the lines of Note. Its methods do nothing
// on a nil *Progress.
type Progress struct {
	w         io.Writer
	container *mpb.Progress // nil where there is no terminal
	bar       *mpb.Bar
	doing     atomic.Value // string
}

// NewProgress starts a bar of total steps on w. Close has to be called.
func NewProgress(w io.Writer, total int) *Progress {
	f, ok := w.(*os.File)
	if ok {
		info, err := f.Stat()
		ok = err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
	}
	if !ok {
		return &Progress{w: w}
	}
	return newBar(w, total, mpb.WithOutput(w))
}

func newBar(w io.Writer, total int, options ...mpb.ContainerOption) *Progress {
	p := &Progress{w: w}
	p.doing.Store("")
	p.container = mpb.New(append(options, mpb.WithWidth(40), mpb.WithRefreshRate(100*time.Millisecond))...)
	p.bar = p.container.AddBar(int64(max(total, 1)),
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Percentage(decor.WC{W: 5})),
		mpb.AppendDecorators(
			decor.Elapsed(decor.ET_STYLE_GO),
			decor.Any(func(decor.Statistics) string { return "  " + p.doing.Load().(string) }),
		),
	)
	return p
}

// Doing says beside the bar what is being done.
func (p *Progress) Doing(format string, args ...any) {
	if p != nil && p.bar != nil {
		p.doing.Store(fmt.Sprintf(format, args...))
	}
}

// Set moves the bar to the given number of steps.
func (p *Progress) Set(steps int) {
	if p != nil && p.bar != nil {
		p.bar.SetCurrent(int64(steps))
	}
}

// Note writes a line where there is no bar, so that logs show life.
func (p *Progress) Note(format string, args ...any) {
	if p != nil && p.container == nil {
		fmt.Fprintf(p.w, format+"\n", args...)
	}
}

// Close removes the bar. What is printed next starts on a line of its own.
func (p *Progress) Close() {
	if p != nil && p.container != nil {
		p.bar.Abort(true) // no effect if it is complete
		p.container.Wait()
	}
}
