package experiment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/structured"
)

// fake is a model that knows how it was made.
type fake struct {
	name    string
	history structured.History
}

func (f fake) History() structured.History { return f.history }

// training is what a fake Fit gives for settings and a fold: metrics of the
// epochs, or an error.
type training struct {
	metrics []float64
	err     error
}

func fakeSearch(all map[string]training, candidates ...string) Search[string, fake] {
	return Search[string, fake]{
		Candidates: candidates, Epochs: 3, Larger: true, Refit: true,
		Fit: func(_ context.Context, s string, fold, epochs int, onEpoch func(structured.Epoch) error) (fake, error) {
			if epochs > 0 {
				m := fake{name: fmt.Sprintf("%s for %d", s, epochs)}
				for e := range epochs {
					m.history.Epochs = append(m.history.Epochs, structured.Epoch{Epoch: e + 1})
					if err := onEpoch(structured.Epoch{Epoch: e + 1}); err != nil {
						return m, err
					}
				}
				return m, nil
			}
			made, ok := all[fmt.Sprint(s, fold)]
			if !ok {
				return fake{}, fmt.Errorf("no training of %s in fold %d", s, fold)
			}
			m := fake{name: fmt.Sprint(s, fold), history: structured.History{Metric: "tau", BestEpoch: 1}}
			for e, v := range made.metrics {
				m.history.Epochs = append(m.history.Epochs, structured.Epoch{Epoch: e + 1, Metric: v, HasMetric: true})
				if v > m.history.Epochs[m.history.BestEpoch-1].Metric {
					m.history.BestEpoch = e + 1
				}
				if err := onEpoch(m.history.Epochs[e]); err != nil {
					return m, err
				}
			}
			return m, made.err
		},
	}
}

func TestSearchChoosesByTheMeanOverFolds(t *testing.T) {
	all := map[string]training{
		"a0": {metrics: []float64{1, 9}}, "a1": {metrics: []float64{1, 1}},
		"b0": {metrics: []float64{1, 5, 2}}, "b1": {metrics: []float64{7, 6, 5}},
		"c0": {metrics: []float64{0, 5}}, "c1": {metrics: []float64{0, 7}},
	}
	for _, parallel := range []int{0, 1, 2, 9} {
		s := fakeSearch(all, "a", "b", "c")
		s.Folds, s.Parallel = 2, parallel
		var told []int
		m, best, history, err := s.Run(context.Background(), func(n int) { told = append(told, n) })
		require.NoError(t, err)
		assert.Equal(t, "b", best, "6 against 5 and, later, 6")
		assert.Equal(t, "b for 2", m.name, "epochs 2 and 1, rounded up")
		assert.Equal(t, 2, history.BestEpoch, "of the first fold")
		assert.Len(t, history.Epochs, 3)
		assert.Equal(t, 21, s.Budget())
		assert.True(t, slices.IsSorted(told))
		assert.Equal(t, 20, told[len(told)-1], "6 trainings to their ends, however early they were, and the last one")
	}
}

func TestSearchByTheLastEpochAndBySmaller(t *testing.T) {
	all := map[string]training{"a0": {metrics: []float64{9, 1}}, "b0": {metrics: []float64{3, 2}}}
	s := fakeSearch(all, "a", "b")
	s.Last = true
	m, best, _, err := s.Run(context.Background(), func(int) {})
	require.NoError(t, err)
	assert.Equal(t, "b", best)
	assert.Equal(t, "b for 2", m.name)

	s.Larger = false
	_, best, _, err = s.Run(context.Background(), func(int) {})
	require.NoError(t, err)
	assert.Equal(t, "a", best)
}

func TestSearchByAJudge(t *testing.T) {
	s := fakeSearch(map[string]training{"a0": {metrics: []float64{9}}, "b0": {metrics: []float64{1}}}, "a", "b")
	s.Judge = func(_ context.Context, m fake, fold int) (float64, error) {
		return map[string]float64{"a0": 1, "b0": 2}[m.name], nil
	}
	_, best, _, err := s.Run(context.Background(), func(int) {})
	require.NoError(t, err)
	assert.Equal(t, "b", best)

	unclear := errors.New("unclear")
	s.Judge = func(context.Context, fake, int) (float64, error) { return 0, unclear }
	_, _, _, err = s.Run(context.Background(), func(int) {})
	assert.ErrorIs(t, err, unclear)
}

func TestSearchWithoutRefitGivesTheFirstFold(t *testing.T) {
	s := fakeSearch(map[string]training{"a0": {metrics: []float64{1, 2}}}, "a")
	s.Refit, s.Folds = false, 5
	assert.Equal(t, 3, s.Budget(), "there is nothing to choose")
	m, best, history, err := s.Run(context.Background(), func(int) {})
	require.NoError(t, err)
	assert.Equal(t, "a", best)
	assert.Equal(t, "a0", m.name)
	assert.Equal(t, m.history, history)
}

func TestSearchPassesOverFailures(t *testing.T) {
	diverged := &structured.DivergedError{Epoch: 1}
	all := map[string]training{"a0": {metrics: []float64{9}, err: diverged}, "b0": {metrics: []float64{1}}}
	_, best, _, err := fakeSearch(all, "a", "b").Run(context.Background(), func(int) {})
	require.NoError(t, err)
	assert.Equal(t, "b", best)

	all["b0"] = training{err: errors.New("another")}
	_, _, _, err = fakeSearch(all, "a", "b").Run(context.Background(), func(int) {})
	assert.ErrorIs(t, err, error(diverged), "the first one")
}

func TestSearchEndsWhereNothingElseCanWork(t *testing.T) {
	for _, parallel := range []int{1, 2} {
		var mutex sync.Mutex
		var begun []string
		s := fakeSearch(map[string]training{"a0": {err: structured.ErrIntractable}}, "a", "b", "c", "d")
		fit := s.Fit
		s.Parallel = parallel
		s.Fit = func(ctx context.Context, name string, fold, epochs int, onEpoch func(structured.Epoch) error) (fake, error) {
			mutex.Lock()
			begun = append(begun, name)
			mutex.Unlock()
			return fit(ctx, name, fold, epochs, onEpoch)
		}
		_, _, _, err := s.Run(context.Background(), func(int) {})
		assert.ErrorIs(t, err, structured.ErrIntractable)
		if parallel == 1 {
			assert.Equal(t, []string{"a"}, begun)
		}
	}

	ctx, cancel := context.WithCancel(context.Background())
	s := fakeSearch(map[string]training{"a0": {metrics: []float64{1}}, "b0": {metrics: []float64{2}}}, "a", "b")
	_, _, _, err := s.Run(ctx, func(int) { cancel() })
	assert.ErrorIs(t, err, context.Canceled)
}
