package experiment

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
)

func TestCurvesMarkTheBestEpoch(t *testing.T) {
	r := &Result{Model: "m", Objective: "exact", History: structured.History{Metric: "loss", BestEpoch: 2, Epochs: []structured.Epoch{
		{Epoch: 1, Loss: 5, Metric: 4}, {Epoch: 2, Loss: 3, Metric: 2}, {Epoch: 3, Loss: 1, Metric: 3},
	}}}
	p := Curves("title", "nats", []*Result{r})
	require.Len(t, p.Lines, 4, "validation, training, and both styles for the legend")
	assert.Equal(t, report.Line{Name: "m exact", X: []float64{1, 2, 3}, Y: []float64{4, 2, 3}}, p.Lines[0])
	assert.Equal(t, []float64{5, 3, 1}, p.Lines[1].Y)
	assert.Equal(t, []float64{2}, p.Points[0].X)
	assert.Equal(t, []float64{2}, p.Points[0].Y)
	require.NotNil(t, p.Top)
	almost.Equal(t, 6, *p.Top, 0, 0, "5 and a quarter of the 4 down to 1")

	r.History.Metric = "kendall_tau"
	p = Curves("title", "tau", []*Result{r})
	assert.Len(t, p.Lines, 1, "a loss is not on the axis of another metric")
	assert.Nil(t, p.Top)
}

func TestCurvesOfTrainingAlone(t *testing.T) {
	r := &Result{Model: "m", Objective: "exact", History: structured.History{BestEpoch: 2, Epochs: []structured.Epoch{{Epoch: 1, Loss: 5}, {Epoch: 2, Loss: 1}}}}
	p := Curves("title", "nats", []*Result{r})
	assert.Equal(t, []report.Line{{Name: "m exact", X: []float64{1, 2}, Y: []float64{5, 1}}}, p.Lines)
	assert.Empty(t, p.Points, "no epoch was chosen")
	require.NotNil(t, p.Top)
	almost.Equal(t, 6, *p.Top, 0, 0)

	r.History.Epochs = make([]structured.Epoch, 40)
	for i := range r.History.Epochs {
		r.History.Epochs[i] = structured.Epoch{Epoch: i + 1, Loss: 40 - float64(i)}
	}
	r.History.Epochs[0].Loss = 1e6
	almost.Equal(t, 38+37./4, *Curves("title", "nats", []*Result{r}).Top, 0, 1e-15, "the first epochs do not count")
}

func TestScatterIsOfWhatHasBoth(t *testing.T) {
	p := Scatter("title", "x", "y", []*Result{
		{Model: "a", Tau: []float64{1}}, {Model: "b", Objective: "minmin", Tau: []float64{1, 2}, Exact: []float64{3, 4}}, {Model: "c"},
	})
	require.Len(t, p.Points, 1)
	assert.Equal(t, report.Points{Name: "b minmin", X: []float64{3, 4}, Y: []float64{1, 2}, Color: 1, Small: true}, p.Points[0])
	assert.True(t, p.Diagonal)
	assert.Nil(t, Scatter("title", "x", "y", []*Result{{Tau: []float64{1}}}))
}
