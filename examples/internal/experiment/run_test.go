package experiment

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/structured"
)

var nll = Score{Metric: report.NLL}

// job gives base + the number of the repeat as nll, or an error at repeat fail.
func job(name string, base float64, fail int, err error) Job {
	return Job{Dataset: "data", Model: name, Objective: "exact", Epochs: 2, Repeat: func(_ context.Context, i int, epoch func(int)) (*Evaluation, error) {
		epoch(1)
		if err != nil && i == fail {
			return nil, err
		}
		return &Evaluation{Scores: map[Score]float64{nll: base + float64(i)}, Seconds: 1, Chosen: "x", History: structured.History{BestEpoch: i + 1}}, nil
	}}
}

func TestRunnerKeepsTheOrderOfJobsAndRepeats(t *testing.T) {
	for _, parallel := range []int{0, 1, 2, 50} {
		var log bytes.Buffer
		r := Runner{Repeats: 3, Parallel: parallel, Headline: Column{Score: nll, Title: "headline"}}
		jobs := []Job{job("a", 10, 0, nil), job("b", 20, 0, nil)}
		jobs[0].Epochs = 0
		results, err := r.Run(context.Background(), jobs, report.NewProgress(&log, r.Steps(jobs)))
		require.NoError(t, err)
		require.Len(t, results, 2)
		assert.Equal(t, []float64{10, 11, 12}, results[0].Scores[nll])
		assert.Equal(t, []float64{20, 21, 22}, results[1].Scores[nll])
		assert.Equal(t, 1, results[1].History.BestEpoch, "of the first repeat")
		assert.Equal(t, 6, r.Steps(jobs))
		assert.Equal(t, 3, strings.Count(log.String(), "\n"), "a baseline is not worth a line")
		assert.Contains(t, log.String(), "data b exact repeat 2 of 3: nll 21 nats (exact), headline 21.0000, trained in 1.0 s; chosen: x\n")
	}
}

func TestRunnerGoesOnAfterAFailure(t *testing.T) {
	broken := errors.New("broken")
	for _, parallel := range []int{1, 2, 50} {
		results, err := Runner{Repeats: 3, Parallel: parallel}.Run(context.Background(), []Job{job("a", 10, 1, broken), job("b", 20, 0, nil)}, nil)
		require.ErrorIs(t, err, broken)
		assert.EqualError(t, err, "data a exact: broken")
		require.Len(t, results, 2)
		assert.Equal(t, []float64{10}, results[0].Scores[nll], "the repeats before it")
		assert.Equal(t, []float64{20, 21, 22}, results[1].Scores[nll])
	}
	begun := 0
	failing := Job{Repeat: func(context.Context, int, func(int)) (*Evaluation, error) { begun++; return nil, broken }}
	_, err := Runner{Repeats: 5}.Run(context.Background(), []Job{failing}, nil)
	assert.ErrorIs(t, err, broken)
	assert.Equal(t, 1, begun, "no more repeats")

	results, err := Runner{Repeats: 1}.Run(context.Background(), []Job{job("a", 10, 0, broken)}, nil)
	assert.ErrorIs(t, err, broken)
	assert.Empty(t, results)
}

func TestRunnerLeavesOutWhatIsIntractable(t *testing.T) {
	var log bytes.Buffer
	progress := report.NewProgress(&log, 1)
	results, err := Runner{Repeats: 2, Parallel: 2}.Run(context.Background(), []Job{job("a", 10, 0, structured.ErrIntractable), job("b", 20, 0, nil)}, progress)
	require.NoError(t, err)
	require.Len(t, results, 2)
	assert.ErrorIs(t, results[0].Skipped, structured.ErrIntractable)
	assert.Equal(t, 1, strings.Count(log.String(), "data a exact: left out"))

	baseline := job("baseline", 1, 0, nil)
	baseline.Epochs = 0
	results, err = Runner{Repeats: 1}.Run(context.Background(), []Job{baseline, job("a", 10, 0, structured.ErrIntractable)}, nil)
	assert.ErrorIs(t, err, structured.ErrIntractable)
	assert.ErrorContains(t, err, "none of the models and objectives")
	assert.Len(t, results, 2)
}

func TestRunnerStopsWhenTheContextEnds(t *testing.T) {
	for _, parallel := range []int{1, 3} {
		ctx, cancel := context.WithCancel(context.Background())
		var begun atomic.Int64
		slow := Job{Dataset: "data", Model: "m", Objective: "o", Epochs: 1, Repeat: func(ctx context.Context, i int, _ func(int)) (*Evaluation, error) {
			if begun.Add(1) == 1 {
				return &Evaluation{Scores: map[Score]float64{nll: 1}}, nil
			}
			cancel()
			<-ctx.Done()
			return nil, ctx.Err()
		}}
		_, err := Runner{Repeats: 10, Parallel: parallel}.Run(ctx, []Job{slow, slow}, nil)
		require.ErrorIs(t, err, context.Canceled)
		assert.NotContains(t, err.Error(), "\n", "said once")
		assert.LessOrEqual(t, begun.Load(), int64(1+parallel))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	results, err := Runner{Repeats: 1}.Run(ctx, []Job{job("a", 1, 0, nil)}, nil)
	assert.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, results)
}
