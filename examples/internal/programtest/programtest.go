// Package programtest is what the tests of the example programs share: running
// one in a directory of its own, and looking at what it wrote.
package programtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"image"
	"image/png"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// Program is what an example does, as a test sees it.
type Program report.Run

// Invoke runs the program in a new directory, where it leaves the test.
func (run Program) Invoke(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	t.Chdir(t.TempDir())
	var out, log bytes.Buffer
	err = run(context.Background(), args, &out, &log)
	return out.String(), log.String(), err
}

// Helps tests that -h names every one of the flags, separated by spaces, and
// returns the text.
func (run Program) Helps(t *testing.T, flags string) string {
	t.Helper()
	stdout, stderr, err := run.Invoke(t, "-h")
	assert.ErrorIs(t, err, flag.ErrHelp)
	assert.Empty(t, stderr)
	for _, name := range strings.Fields(flags) {
		assert.Contains(t, stdout, "\n  -"+name+"=")
	}
	return stdout
}

// Refuses tests that arguments, separated by spaces, are usage errors of one
// line that says what is wanted, before anything is done.
func (run Program) Refuses(t *testing.T, wants map[string]string) {
	t.Helper()
	for args, want := range wants {
		stdout, stderr, err := run.Invoke(t, strings.Fields(args)...)
		var usage *report.UsageError
		require.ErrorAs(t, err, &usage, args)
		assert.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "\n")
		assert.Empty(t, stdout+stderr)
	}
}

// Interrupt runs the program with a context that is cancelled as soon as it
// writes to stderr, which it does after the first training, and returns what it
// wrote to stdout. It tests that the program says that it was interrupted, and that
// it does nothing when that was so from the start.
func (run Program) Interrupt(t *testing.T, name string, args ...string) string {
	t.Helper()
	t.Chdir(t.TempDir())
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var stdout, again bytes.Buffer
	err := run(ctx, args, &stdout, cancelWriter(cancel))
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, report.ExitInterrupted, report.Exit(name, err, io.Discard))

	assert.ErrorIs(t, run(ctx, args, &again, io.Discard), context.Canceled)
	assert.Empty(t, again.String())
	return stdout.String()
}

// cancelWriter cancels when something is written to it.
type cancelWriter context.CancelFunc

func (cancel cancelWriter) Write(b []byte) (int, error) { cancel(); return len(b), nil }

// ReportsBrokenOutput tests that a result that cannot be written is an error.
func (run Program) ReportsBrokenOutput(t *testing.T, args ...string) {
	t.Helper()
	t.Chdir(t.TempDir())
	full := errors.New("disk full")
	assert.ErrorIs(t, run(context.Background(), args, brokenWriter{full}, io.Discard), full)
}

type brokenWriter struct{ error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.error }

// Records reads the records of a file, which must all be valid and flat.
func Records(t *testing.T, path string) []report.Record {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	var flat []map[string]any
	require.NoError(t, json.Unmarshal(content, &flat))
	var records []report.Record
	require.NoError(t, json.Unmarshal(content, &records))
	for i, r := range records {
		require.NoError(t, r.Validate())
		assert.Len(t, flat[i], 10)
	}
	return records
}

// Picture reads a PNG file.
func Picture(t *testing.T, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	m, err := png.Decode(f)
	require.NoError(t, err)
	return m
}
