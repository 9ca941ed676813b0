package report

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func valid() Record {
	return Record{
		Dataset: "yeast", Model: "unary", Objective: "minmin", Decision: "mode",
		Metric: F1Samples, Value: 0.625, SE: 0.25, Repeats: 5, Seed: math.MaxUint64, Seconds: 1.5,
	}
}

func TestWriteJSONIsAnArrayOfFlatRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.json")
	second := valid()
	second.Metric = NLL
	require.NoError(t, WriteJSON(path, []Record{valid(), second}))
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "[\n"+
		`{"dataset":"yeast","model":"unary","objective":"minmin","decision":"mode","metric":"f1_samples","value":0.625,"se":0.25,"repeats":5,"seed":18446744073709551615,"seconds":1.5},`+"\n"+
		`{"dataset":"yeast","model":"unary","objective":"minmin","decision":"mode","metric":"nll","value":0.625,"se":0.25,"repeats":5,"seed":18446744073709551615,"seconds":1.5}`+"\n]\n", string(b))
	var back []Record
	require.NoError(t, json.Unmarshal(b, &back))
	assert.Equal(t, []Record{valid(), second}, back)

	require.NoError(t, WriteJSON(path, nil))
	b, err = os.ReadFile(path)
	require.NoError(t, err)
	assert.JSONEq(t, "[]", string(b))
}

func TestRecordsThatDoNotFitAreRefused(t *testing.T) {
	require.NoError(t, valid().Validate())
	for want, spoil := range map[string]func(*Record){
		"no dataset":         func(r *Record) { r.Dataset = "" },
		"no model":           func(r *Record) { r.Model = "" },
		"no decision":        func(r *Record) { r.Decision = "" },
		`objective "MinMin"`: func(r *Record) { r.Objective = "MinMin" },
		`metric "f1 micro"`:  func(r *Record) { r.Metric = "f1 micro" },
		`metric ""`:          func(r *Record) { r.Metric = "" },
		"value of":           func(r *Record) { r.Value = math.Inf(1) },
		"se of":              func(r *Record) { r.SE = math.NaN() },
		"seconds of":         func(r *Record) { r.Seconds = math.Inf(-1) },
		"se -1":              func(r *Record) { r.SE = -1 },
		"seconds -1":         func(r *Record) { r.Seconds = -1 },
		"repeats 0":          func(r *Record) { r.Repeats = 0 },
	} {
		r := valid()
		spoil(&r)
		assert.ErrorContains(t, r.Validate(), want)
		path := filepath.Join(t.TempDir(), "out.json")
		assert.Error(t, WriteJSON(path, []Record{valid(), r}))
		assert.NoFileExists(t, path)
	}
}

func TestMetricNamesAreSnakeCase(t *testing.T) {
	for _, m := range []Metric{
		NLL, NLLTau, LogZError, LogZErrorMax, LogZSeconds, ThresholdError, ZeroProbability, SubsetAccuracy, HammingLoss, F1Samples, F1Micro, F1Macro,
		BothEmpty, KendallTau, SpearmanRho, ExactMatch, KL, CRPS, StepsPerSecond,
	} {
		r := valid()
		r.Metric = m
		assert.NoError(t, r.Validate())
	}
}

func TestAFileIsTheOldOneOrTheNewOne(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.json")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
	broken := errors.New("disk full")
	err := writeFile(path, func(w io.Writer) error {
		_, err := w.Write([]byte(strings.Repeat("x", 100)))
		require.NoError(t, err)
		return broken
	})
	assert.ErrorIs(t, err, broken)
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "old", string(b))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 1, "the temporary file is gone")

	require.NoError(t, writeFile(path, func(w io.Writer) error { _, err := w.Write([]byte("new")); return err }))
	b, err = os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "new", string(b))
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o644), info.Mode().Perm())

	assert.ErrorIs(t, WriteJSON(filepath.Join(dir, "none", "out.json"), nil), os.ErrNotExist)
}
