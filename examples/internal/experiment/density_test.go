package experiment

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/structured"
)

func TestDensityTableAndRecords(t *testing.T) {
	columns := []Column{
		{Score: Score{Metric: report.NLL}, Title: "nll"}, {Score: Score{Metric: report.NormalizerError}, Title: "z_error"},
		{Score: Score{Metric: report.KL}, Title: "kl"}, {Score: Score{Metric: report.PITRejected}, Title: "rejected", Rare: true},
	}
	results := []*Result{
		{
			Dataset: "d", Model: "mdn", Objective: "exact", How: structured.Estimate, Seconds: []float64{1, 3},
			Scores: map[Score][]float64{
				{Metric: report.NLL}: {-6.5, -5.5}, {Metric: report.NormalizerError}: {1e-9, 3e-9}, {Metric: report.PITRejected}: {0, 0}, {Metric: report.KL}: {0.01, 0.02},
			},
		},
		{
			Dataset: "d", Model: "ebm", Objective: "snl", How: structured.Estimate, Seconds: []float64{1},
			Scores: map[Score][]float64{{Metric: report.NLL}: {math.Inf(1)}},
		},
		{Dataset: "d", Model: "ebm", Objective: "sm", Skipped: errors.New("no gradient")},
	}
	table := DensityText(results, columns, 2)
	assert.Contains(t, table, "-6.000±0.500    2e-09  0.0150±0.0050  2.0±1.0")
	assert.Contains(t, table, "snl (1 of 2 repeats)")
	assert.Contains(t, table, "inf")
	assert.Contains(t, table, "left out: d ebm sm: no gradient\n")
	assert.NotContains(t, table, "rejected", "a column of nothing")
	assert.Equal(t, 4, strings.Count(table, "\n"))

	records := DensityRecords(results, columns, 5)
	require.Len(t, records, 4, "an estimate counts, infinity does not")
	for _, r := range records {
		require.NoError(t, r.Validate())
		assert.EqualValues(t, 5, r.Seed)
		assert.Equal(t, 2, r.Repeats)
	}
	assert.Equal(t, -6.0, records[0].Value)
	assert.Equal(t, 3, decimals(0))
	assert.Equal(t, 3, decimals(-7))
	assert.Equal(t, 6, decimals(1e-12))
}
