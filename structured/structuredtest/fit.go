package structuredtest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Problem is a training problem to put through the suite: a few dozen
// examples, so that it is quick.
type Problem[Y any] struct {
	Structures[Y]
	// Data is complete: no missing parts, no weights.
	Data structured.Data[Y]
	// Config is the configuration; a few epochs are enough.
	Config structured.Config[Y]
	// Smooth says that the objective has a gradient everywhere near the
	// starting point that central differences can see (no ReLU kinks).
	Smooth bool
	// Sampled says that the objective or the network draws random numbers
	// per example, so that copies of an example do not give what a weight
	// does to the last bits, only on average.
	Sampled bool
}

// Fit checks what training and a trained model promise.
func Fit[Y any](t *testing.T, p Problem[Y]) {
	t.Helper()
	ctx := context.Background()
	m, err := structured.Fit(ctx, p.Data, p.Config)
	require.NoError(t, err)
	t.Run("same seed, same bytes", func(t *testing.T) { p.reproducible(t, m) })
	t.Run("weights", func(t *testing.T) { p.weights(t, m) })
	t.Run("gradient", func(t *testing.T) { p.gradient(t) })
	t.Run("one row equals the batch", func(t *testing.T) { p.rows(t, m) })
	t.Run("probabilities", func(t *testing.T) { p.probabilities(t, m) })
	t.Run("bad input", func(t *testing.T) { p.badInput(t, m) })
	t.Run("inputs unchanged", func(t *testing.T) { p.unchanged(t) })
	t.Run("concurrent use", func(t *testing.T) { p.concurrent(t, m) })
	t.Run("cancel", func(t *testing.T) { p.cancel(t) })
}

func (p Problem[Y]) fit(t *testing.T, d structured.Data[Y], change func(*structured.Config[Y])) *structured.Model[Y] {
	t.Helper()
	cfg := p.Config
	if change != nil {
		change(&cfg)
	}
	m, err := structured.Fit(context.Background(), d, cfg)
	require.NoError(t, err)
	return m
}

func (p Problem[Y]) reproducible(t *testing.T, m *structured.Model[Y]) {
	want := m.Params()
	for _, v := range want {
		require.False(t, math.IsNaN(v) || math.IsInf(v, 0), "the parameters must be finite")
	}
	almost.Same(t, want, p.fit(t, p.Data, nil).Params(), "refit")
	for _, workers := range []int{1, 2, 3, 8} {
		got := p.fit(t, p.Data, func(c *structured.Config[Y]) { c.Workers = workers })
		almost.Same(t, want, got.Params(), "%d workers", workers)
	}
	procs := runtime.GOMAXPROCS(1)
	almost.Same(t, want, p.fit(t, p.Data, nil).Params(), "GOMAXPROCS 1")
	runtime.GOMAXPROCS(procs)
	other := p.fit(t, p.Data, func(c *structured.Config[Y]) { c.Seed++ }).Params()
	assert.NotEqual(t, want, other, "another seed must give another model")
}

// select returns the data with row i repeated times[i] times.
func (p Problem[Y]) repeat(times []int) structured.Data[Y] {
	var d structured.Data[Y]
	var rows []float64
	for i, n := range times {
		for range n {
			d.Y = append(d.Y, p.Data.Y[i])
			if p.Data.X != nil {
				rows = append(rows, mat.Row(nil, i, p.Data.X)...)
			}
		}
	}
	if p.Data.X != nil {
		d.X = mat.NewDense(len(d.Y), p.Data.Features(), rows)
	}
	return d
}

func (p Problem[Y]) weights(t *testing.T, m *structured.Model[Y]) {
	n := p.Data.Len()
	weighted := func(w func(i int) float64) structured.Data[Y] {
		d := p.Data
		d.Weights = make([]float64, n)
		for i := range d.Weights {
			d.Weights[i] = w(i)
		}
		return d
	}
	ones := weighted(func(int) float64 { return 1 })
	almost.Same(t, m.Params(), p.fit(t, ones, nil).Params(), "weights of one change nothing")

	third := make([]int, n)
	for i := range third {
		third[i] = min(1, i%3)
	}
	dropped := weighted(func(i int) float64 { return float64(third[i]) })
	almost.Same(t, p.fit(t, p.repeat(third), nil).Params(), p.fit(t, dropped, nil).Params(), "weight 0 is dropping the row")

	if p.Sampled {
		return
	}
	times := make([]int, n)
	for i := range times {
		times[i] = 1 + i%3
	}
	repeated, integer := p.repeat(times), weighted(func(i int) float64 { return float64(times[i]) })
	one := func(c *structured.Config[Y]) { c.BatchSize, c.Epochs = 10*n, 3 }
	want := p.fit(t, repeated, one).Params()
	almost.Slice(t, want, p.fit(t, integer, one).Params(), 1e-7, 1e-6, "weight k is repeating the row k times")
	scaled := weighted(func(i int) float64 { return 0.25 * float64(times[i]) })
	almost.Slice(t, want, p.fit(t, scaled, one).Params(), 1e-7, 1e-6, "only ratios of weights count")
}

// gradient checks the derivative of the whole training objective, through the
// network, the coupling and tau, at the starting point.
func (p Problem[Y]) gradient(t *testing.T) {
	if !p.Smooth {
		t.Skip("the objective is not smooth")
	}
	tr, err := structured.NewTrainer(p.Data, p.Config)
	require.NoError(t, err)
	params := tr.Params()
	grad := make([]float64, len(params))
	_, err = tr.Evaluate(grad)
	require.NoError(t, err)
	const h = 1e-5
	for i := range params {
		at := params[i]
		params[i] = at + h
		up, err := tr.Evaluate(nil)
		require.NoError(t, err)
		params[i] = at - h
		down, err := tr.Evaluate(nil)
		require.NoError(t, err)
		params[i] = at
		almost.Equal(t, (up-down)/(2*h), grad[i], 1e-6, 1e-5, "parameter %d of %d", i, len(params))
	}
}

func (p Problem[Y]) rows(t *testing.T, m *structured.Model[Y]) {
	if p.Data.X == nil {
		t.Skip("no features")
	}
	ctx, n := context.Background(), p.Data.Len()
	batch, err := m.LogProbs(ctx, &p.Data)
	require.NoError(t, err)
	logits, err := m.Logits(ctx, p.Data.X)
	require.NoError(t, err)
	modes, modeErr := m.Modes(ctx, p.Data.X)
	reversed := make([]float64, 0, n*p.Data.Features())
	for i := n - 1; i >= 0; i-- {
		reversed = append(reversed, mat.Row(nil, i, p.Data.X)...)
	}
	back, err := m.Logits(ctx, mat.NewDense(n, p.Data.Features(), reversed))
	require.NoError(t, err)
	for i := range n {
		x := mat.Row(nil, i, p.Data.X)
		one, err := m.LogProb(x, p.Data.Y[i])
		require.NoError(t, err)
		assert.Equal(t, batch[i], one, "row %d", i)
		if logits != nil {
			almost.Same(t, logits.RawRowView(i), back.RawRowView(n-1-i), "row %d in another order", i)
		}
		if modeErr == nil {
			alone, err := m.Modes(ctx, mat.NewDense(1, len(x), x))
			require.NoError(t, err)
			assert.True(t, p.Equal(modes[i].Y, alone[0].Y), "mode of row %d", i)
			assert.Equal(t, modes[i].Value, alone[0].Value)
		}
	}
}

// example is the features of row i, nil where there are none.
func (p Problem[Y]) example(i int) []float64 {
	if p.Data.X == nil {
		return nil
	}
	return mat.Row(nil, i, p.Data.X)
}

func (p Problem[Y]) probabilities(t *testing.T, m *structured.Model[Y]) {
	for i := range min(5, p.Data.Len()) {
		x, sum := p.example(i), 0.0
		for j, y := range p.All {
			lp, err := m.LogProb(x, y)
			require.NoError(t, err)
			assert.False(t, math.IsNaN(lp.Value))
			switch lp.Kind {
			case structured.Exact:
				assert.Equal(t, [2]float64{lp.Value, lp.Value}, [2]float64{lp.Lower, lp.Upper})
			case structured.Interval:
				assert.LessOrEqual(t, lp.Lower, lp.Value)
				assert.LessOrEqual(t, lp.Value, lp.Upper)
			default:
				return // an estimate need not sum to 1
			}
			sum += math.Exp(lp.Value + p.logWeight(j))
		}
		almost.Equal(t, 1, sum, 1e-9, 0, "probabilities given x of row %d", i)
	}
}

func (p Problem[Y]) unchanged(t *testing.T) {
	d := p.Data
	d.Weights = make([]float64, d.Len())
	for i := range d.Weights {
		d.Weights[i] = 1 + float64(i%2)
	}
	var x *mat.Dense
	if d.X != nil {
		x = mat.DenseCopyOf(d.X)
	}
	ys, w := copies(p.Config.Space, d.Y), append([]float64{}, d.Weights...)
	m := p.fit(t, d, nil)
	_, err := m.LogProbs(context.Background(), &d)
	require.NoError(t, err)
	almost.Same(t, w, d.Weights, "weights were changed")
	for i := range ys {
		assert.True(t, p.Equal(ys[i], d.Y[i]), "structure %d was changed", i)
	}
	if x != nil {
		assert.True(t, mat.Equal(x, d.X), "features were changed")
	}
}

func (p Problem[Y]) concurrent(t *testing.T, m *structured.Model[Y]) {
	ctx := context.Background()
	want, err := m.LogProbs(ctx, &p.Data)
	require.NoError(t, err)
	done := make(chan error, 8)
	for range cap(done) {
		go func() {
			got, err := m.LogProbs(ctx, &p.Data)
			for i := range got {
				if got[i] != want[i] {
					err = fmt.Errorf("row %d: %v, alone %v", i, got[i], want[i])
				}
			}
			if _, e := m.Predict(ctx, p.Data.X); e != nil && !errors.Is(e, structured.ErrNoMode) {
				err = e
			}
			done <- err
		}()
	}
	for range cap(done) {
		assert.NoError(t, <-done)
	}
}

func (p Problem[Y]) cancel(t *testing.T) {
	cfg := p.Config
	cfg.Epochs = 1 << 30
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(context.Background())
	epochs := 0
	cfg.OnEpoch = func(structured.Epoch) error {
		if epochs++; epochs == 2 {
			cancel()
		}
		return nil
	}
	m, err := structured.Fit(ctx, p.Data, cfg)
	assert.ErrorIs(t, err, context.Canceled)
	require.NotNil(t, m, "the best model so far must be returned")
	assert.Equal(t, structured.Cancelled, m.History().Stopped)
	assert.Len(t, m.History().Epochs, 2)
	_, err = m.LogProbs(context.Background(), &p.Data)
	assert.NoError(t, err)
	for range 100 {
		if runtime.NumGoroutine() <= before {
			break
		}
		time.Sleep(time.Millisecond)
	}
	assert.LessOrEqual(t, runtime.NumGoroutine(), before, "a goroutine was left behind")

	dead, cancel := context.WithCancel(context.Background())
	cancel()
	m, err = structured.Fit(dead, p.Data, p.Config)
	assert.ErrorIs(t, err, context.Canceled)
	assert.Nil(t, m)
}
