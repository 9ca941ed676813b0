package experiment

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
)

var (
	match        = Score{Metric: report.ExactMatch, Decision: Mode}
	tableColumns = append(append([]Column(nil), Probabilities...), Column{match, "match", false})
)

func tableResults() []*Result {
	a := &Result{Dataset: "d", Model: "m", Objective: "exact"}
	a.Add(&Evaluation{Scores: map[Score]float64{nll: 1, match: 0.5}, Seconds: 2})
	a.Add(&Evaluation{Scores: map[Score]float64{nll: 2, match: 0.75}, Seconds: 4})
	b := &Result{Dataset: "d", Model: "m", Objective: "minmin"}
	b.Add(&Evaluation{How: structured.Estimate, Scores: map[Score]float64{nll: 3, {Metric: report.NLLTau}: 3}, Seconds: 1})
	c := &Result{Dataset: "d", Model: "m", Objective: "sparsemax"}
	c.Add(&Evaluation{Scores: map[Score]float64{nll: math.Inf(1), {Metric: report.ZeroProbability}: 0.25}, Seconds: 1})
	c.Add(&Evaluation{How: structured.Interval, Scores: map[Score]float64{nll: 1, {Metric: report.ZeroProbability}: 0}, Seconds: 1})
	d := &Result{Dataset: "d", Model: "big", Objective: "exact", Skipped: structured.ErrIntractable}
	return []*Result{a, b, c, d}
}

func TestTextIsTheTableAndWhatItMeans(t *testing.T) {
	assert.Equal(t, `dataset  model  objective                        nll        by  nll_tau       zero_p        match    seconds
d        m      exact                    1.500±0.500     exact        -            -  0.625±0.125  3.00±1.00
d        m      minmin (1 of 2 repeats)        3.000  estimate    3.000            -            -       1.00
d        m      sparsemax                        inf  interval        -  0.125±0.125            -  1.00±0.00

nll: mean of -log p(y|x) on test rows in nats, normalised as 'by' says; nll_tau: by the learned tau
zero_p: share of test rows to which the model gives probability 0, so that nll is infinite
estimate: by tau, whose error nothing bounds; an nll below 0 is impossible and shows that tau is far too low
left out: d big exact: structured: no exact inference for this coupling over this space
`, Text(tableResults(), tableColumns, 2))
}

func TestRecordsAreWhatJSONCanSay(t *testing.T) {
	records := Records(tableResults(), tableColumns, 7)
	type key struct {
		objective string
		metric    report.Metric
	}
	values := map[key]report.Record{}
	for _, r := range records {
		require.NoError(t, r.Validate())
		assert.Equal(t, Mode, r.Decision)
		assert.EqualValues(t, 7, r.Seed)
		values[key{r.Objective, r.Metric}] = r
	}
	assert.Len(t, values, 4, "no infinite nll, no estimate but as nll_tau, nothing of what was left out")
	r := values[key{"exact", report.ExactMatch}]
	almost.Equal(t, 0.625, r.Value, 1e-15, 0)
	almost.Equal(t, 0.125, r.SE, 1e-15, 0)
	almost.Equal(t, 3, r.Seconds, 1e-15, 0)
	assert.Equal(t, 2, r.Repeats)
	assert.Contains(t, values, key{"exact", report.NLL})
	assert.Contains(t, values, key{"minmin", report.NLLTau})
	assert.Contains(t, values, key{"sparsemax", report.ZeroProbability})
}

func TestAddKeepsTheWeakestAndTheFirst(t *testing.T) {
	c := tableResults()[2]
	assert.Equal(t, structured.Interval, c.How)
	assert.Equal(t, "m sparsemax", c.Name())
	r := &Result{}
	r.Add(&Evaluation{Tau: []float64{1}, Exact: []float64{2}, History: structured.History{BestEpoch: 3}})
	r.Add(&Evaluation{Tau: []float64{4}})
	assert.Equal(t, []float64{1}, r.Tau)
	assert.Equal(t, []float64{2}, r.Exact)
	assert.Equal(t, 3, r.History.BestEpoch)
}
