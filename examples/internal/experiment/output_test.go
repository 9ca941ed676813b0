package experiment

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/structured"
)

var errDisk = errors.New("disk full")

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errDisk }

func outcomeOf(names ...string) Outcome {
	o := Outcome{
		Text:    "the table\n",
		Records: func() []report.Record { return nil },
		Figure: func(dataset string) [][]*report.Panel {
			if dataset == "empty" {
				return nil
			}
			return [][]*report.Panel{{{Title: dataset, Lines: []report.Line{{Name: "line", X: []float64{0, 1}, Y: []float64{0, 1}}}}}}
		},
	}
	for _, name := range names {
		o.Results = append(o.Results, &Result{Dataset: name, Model: "m"}, &Result{Dataset: name, Model: "n"})
	}
	return o
}

func TestOutputWritesTextAndFiles(t *testing.T) {
	dir := t.TempDir()
	out := Output{JSON: filepath.Join(dir, "o.json"), PNG: filepath.Join(dir, "o.png")}
	require.NoError(t, out.Check())
	var text bytes.Buffer
	require.NoError(t, out.Write(&text, outcomeOf("a")))
	assert.Equal(t, "the table\nresults: "+out.JSON+"\nlearning curves, and tau against the exact normaliser: "+out.PNG+"\n", text.String())
	assert.FileExists(t, out.JSON)
	assert.FileExists(t, out.PNG)

	require.NoError(t, out.Write(&text, outcomeOf("a", "empty", "b")))
	assert.FileExists(t, filepath.Join(dir, "o-a.png"))
	assert.FileExists(t, filepath.Join(dir, "o-b.png"))
	assert.NoFileExists(t, filepath.Join(dir, "o-empty.png"))

	text.Reset()
	require.NoError(t, Output{}.Write(&text, outcomeOf("a")))
	assert.Equal(t, "the table\n", text.String())

	assert.ErrorIs(t, out.Write(brokenWriter{}, outcomeOf("a")), errDisk)
	var usage *report.UsageError
	assert.ErrorAs(t, Output{JSON: filepath.Join(dir, "none", "o.json")}.Check(), &usage)
}

func TestOutputOfAnIncompleteRun(t *testing.T) {
	dir := t.TempDir()
	out := Output{JSON: filepath.Join(dir, "o.json"), PNG: filepath.Join(dir, "o.png")}
	done := outcomeOf("a")
	done.Err = structured.ErrIntractable
	var text bytes.Buffer
	err := out.Write(&text, done)
	assert.ErrorIs(t, err, structured.ErrIntractable)
	assert.ErrorContains(t, err, "incomplete")
	assert.Equal(t, "INCOMPLETE: what was finished; no JSON and no picture is written.\n\nthe table\n", text.String())
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, files)

	text.Reset()
	done.Results = nil
	assert.Equal(t, structured.ErrIntractable, out.Write(&text, done))
	assert.Empty(t, text.String())
}
