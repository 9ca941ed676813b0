package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/examples/internal/programtest"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/internal/almost"
)

var program = programtest.Program(run)

func TestWithoutPeers(t *testing.T) {
	stdout, stderr, err := program.Invoke(t, "-quick", "-seconds", "0.001", "-samples", "10", "-python", "", "-json", "out.json", "-png", "bars.png")
	require.NoError(t, err)
	assert.Equal(t, 8, strings.Count(stdout, " gibbs  "), stdout)
	assert.Equal(t, 4, strings.Count(stderr, "steps/s\n"))
	var names []string
	for _, r := range programtest.Records(t, "out.json") {
		assert.Equal(t, "gibbs", r.Model)
		assert.Equal(t, report.StepsPerSecond, r.Metric)
		assert.Greater(t, r.Value, 1.0)
		names = append(names, r.Dataset)
	}
	assert.Equal(t, []string{"k=14 samples=10 draw=shared", "k=174 samples=10 draw=shared", "k=14 samples=10 draw=example", "k=174 samples=10 draw=example"}, names)
	programtest.Picture(t, "bars.png")
}

// fakePython answers as the scripts do, with three steps a second.
const fakePython = `#!/bin/sh
case "$3" in
*torch*) echo "torch 1.2" ;;
*) echo "no jax here" >&2; exit 1 ;;
esac
while read -r command rest; do
	case "$command" in
	case) echo "$rest" >> cases; echo ok ;;
	run) echo "3 1.0 1.0" ;;
	esac
done
`

func TestWithAPeer(t *testing.T) {
	if _, err := exec.LookPath("/bin/sh"); err != nil {
		t.Skip("needs a shell")
	}
	python := filepath.Join(t.TempDir(), "python")
	require.NoError(t, os.WriteFile(python, []byte(fakePython), 0o755))
	stdout, _, err := program.Invoke(t, "-seconds", "0.001", "-repeats", "2", "-k", "3", "-samples", "5", "-draw", "example", "-python", python, "-json", "out.json", "-png", "")
	require.NoError(t, err)
	assert.Contains(t, stdout, "torch 1.2\n")
	assert.Contains(t, stdout, "without jax: "+python+": no jax here\n")
	assert.Contains(t, stdout, "k=3 samples=5 draw=example  torch    float32          3        3        3")
	content, err := os.ReadFile("cases")
	require.NoError(t, err)
	assert.Equal(t, "3 5 example float32 64 103 256\n3 5 example float64 64 103 256\n", string(content))

	records := programtest.Records(t, "out.json")
	require.Len(t, records, 2)
	assert.Equal(t, "torch", records[1].Model)
	almost.Equal(t, 3, records[1].Value, 0, 0)
}

func TestTheFasterPrecisionCounts(t *testing.T) {
	s := standard
	results := []*result{
		{shape: s, model: "gibbs", precision: float64s, rates: []float64{4, 6, 5, 10, 12, 11}},
		{shape: s, model: "torch", precision: float32s, rates: []float64{2, 2, 2}},
		{shape: s, model: "torch", precision: float64s, rates: []float64{3, 1, 3}},
	}
	kept := faster(results)
	require.Len(t, kept, 2)
	assert.Same(t, results[2], kept[1])
	almost.Equal(t, 2.5, ratio(results, float64s, results[1]), 0, 0) // of 4/2, 6/2, 5/2
	almost.Equal(t, 11.0/3, ratio(results, float64s, results[2]), 0, 1e-15)
	almost.Equal(t, 2, (pace{steps: 4, wall: 8, cpu: 2}).rate(1), 0, 0)
	almost.Equal(t, 0.5, (pace{steps: 4, wall: 8, cpu: 2}).rate(2), 0, 0)
	assert.Equal(t, "12.3", rate(12.345))
	assert.Equal(t, "1235", rate(1234.6))
}

func TestAPeerThatBreaks(t *testing.T) {
	if _, err := exec.LookPath("/bin/sh"); err != nil {
		t.Skip("needs a shell")
	}
	python := filepath.Join(t.TempDir(), "python")
	broken := strings.ReplaceAll(fakePython, `echo "3 1.0 1.0"`, `echo "out of memory" >&2; exit 1`)
	require.NoError(t, os.WriteFile(python, []byte(broken), 0o755))
	_, _, err := program.Invoke(t, "-quick", "-seconds", "0.001", "-python", python, "-k", "3", "-samples", "5", "-png", "")
	assert.ErrorContains(t, err, "out of memory")
}

func TestGrowth(t *testing.T) {
	points := []point{{value: 1, seconds: 5}, {value: 10, seconds: 1}, {value: 100, seconds: 100}}
	almost.Equal(t, 2, exponent(points), 1e-12, 0)

	was := sweeps
	defer func() { sweeps = was }()
	sweeps = []sweep{{"k", "labels k", []int{3, 6, 12}, was[0].set}}
	stdout, _, err := program.Invoke(t, "-growth", "-quick", "-seconds", "0.001", "-json", "out.json")
	require.NoError(t, err)
	assert.Equal(t, 2, strings.Count(stdout, "\nk  "), stdout)
	assert.Len(t, programtest.Records(t, "out.json"), 6)
	programtest.Picture(t, "growth.png")
}

func TestBadFlags(t *testing.T) {
	program.Refuses(t, map[string]string{
		"-draw some": "want one of shared,example", "-seconds 0": "a number above 0", "-k 0": "at least 1", "-png no/where.png": "no directory",
	})
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	t.Chdir(t.TempDir())
	err := run(ctx, []string{"-quick", "-python", "", "-png", "x.png"}, &bytes.Buffer{}, &bytes.Buffer{})
	assert.True(t, errors.Is(err, context.Canceled))
	assert.NoFileExists(t, "x.png")
}

func TestFits(t *testing.T) {
	if _, err := exec.LookPath("/bin/sh"); err != nil {
		t.Skip("needs a shell")
	}
	python := filepath.Join(t.TempDir(), "python")
	// The file of examples must be there.
	checked := strings.ReplaceAll(fakePython, `case "$3" in`, `test -s "$5" && test "$6" = 2 || exit 1
case "$3" in`)
	require.NoError(t, os.WriteFile(python, []byte(checked), 0o755))
	stdout, _, err := program.Invoke(t, "-fit", "votes", "-epochs", "2", "-repeats", "1", "-draw", "shared", "-python", python, "-png", "")
	require.NoError(t, err)
	assert.Contains(t, stdout, "k=8 samples=100 draw=shared  torch    float64          3", stdout)
	assert.Equal(t, 2, strings.Count(stdout, " gibbs  "), stdout)
	stdout, _, err = program.Invoke(t, "-birkhoff", "4", "-seconds", "0.001", "-repeats", "1", "-python", "", "-png", "")
	require.NoError(t, err)
	assert.Contains(t, stdout, "birkhoff k=4 batch=64  gibbs    float64")
	_, _, err = program.Invoke(t, "-fit", "votes", "-growth")
	assert.ErrorContains(t, err, "different measurements")
	_, _, err = program.Invoke(t, "-fit", "nothing")
	assert.Error(t, err)
}
