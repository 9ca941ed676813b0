package sets

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
)

func TestMissingLabels(t *testing.T) {
	data := ising(120, 3, 4)
	rng := rand.New(rand.NewPCG(7, 7))
	for range data.Y {
		o := New(4)
		for j := range 4 {
			o.Set(j, rng.Float64() < 0.7)
		}
		data.Observed = append(data.Observed, o)
	}
	scrambled := data
	scrambled.Y = nil
	for i, y := range data.Y {
		s := y.Clone()
		for j := range data.Observed[i].Complement().Labels() {
			s.Toggle(j) // what is not observed must not matter
		}
		scrambled.Y = append(scrambled.Y, s)
	}
	for name, cfg := range map[string]Config{
		"unary":    {},
		"pairwise": {Coupling: Pairwise{}},
		"minmin":   {Coupling: Pairwise{}, Objective: MinMin{Proposal: Marginal{}}},
		"entmax":   {Coupling: Pairwise{}, Objective: MinMin{Loss: fenchel.Tsallis{}}},
	} {
		cfg.Training = structured.Training{Epochs: 5, Seed: 2}
		a, err := Fit(ctx, data, cfg)
		require.NoError(t, err, name)
		b, err := Fit(ctx, scrambled, cfg)
		require.NoError(t, err)
		almost.Same(t, a.Params(), b.Params(), name)
		lps, err := a.LogProbs(ctx, data)
		require.NoError(t, err)
		x := mat.Row(nil, 0, data.X)
		want, s := 0.0, a.Space().(*Space)
		for ys := range s.Enumerate(16) {
			for _, y := range ys {
				if (Observation{data.Y[0], data.Observed[0]}).Allows(y) {
					lp, err := a.LogProb(x, y)
					require.NoError(t, err)
					want += math.Exp(lp.Value)
				}
			}
		}
		almost.Equal(t, math.Log(want), lps[0].Value, 1e-10, 0, name)
	}
	data.Observed[5] = New(3)
	_, err := Fit(ctx, data, Config{})
	var de *structured.DataError
	require.ErrorAs(t, err, &de)
	assert.Equal(t, 5, de.Row)
	data.Observed = data.Observed[:4]
	_, err = Fit(ctx, data, Config{})
	var dim *structured.DimensionError
	assert.ErrorAs(t, err, &dim)
}

func TestOddData(t *testing.T) {
	_, err := Fit(ctx, Data{}, Config{})
	assert.ErrorIs(t, err, structured.ErrNoExamples)
	_, err = Fit(ctx, Data{Y: Make(3, 0)}, Config{})
	assert.ErrorIs(t, err, ErrNoLabels)
	mixed := ising(10, 2, 3)
	mixed.Y[4] = New(5)
	_, err = Fit(ctx, mixed, Config{})
	var de *structured.DataError
	require.ErrorAs(t, err, &de)
	assert.Equal(t, 4, de.Row)

	quick := structured.Training{Epochs: 2}
	for name, change := range map[string]func(d *Data){
		"one example":          func(d *Data) { d.X, d.Y = mat.NewDense(1, 2, []float64{1, 2}), d.Y[:1] },
		"constant features":    func(d *Data) { d.X.(*mat.Dense).Zero() },
		"label never positive": func(d *Data) { remove(d.Y, 1) },
		"all sets empty":       func(d *Data) { remove(d.Y, 0); remove(d.Y, 1); remove(d.Y, 2) },
		"no features":          func(d *Data) { d.X = nil },
		"one label": func(d *Data) {
			for i := range d.Y {
				d.Y[i] = New(1)
			}
		},
	} {
		d := ising(20, 2, 3)
		change(&d)
		for _, c := range []Coupling{Unary{}, Pairwise{}} {
			m, err := Fit(ctx, d, Config{Coupling: c, Training: quick})
			require.NoError(t, err, name)
			lps, err := m.LogProbs(ctx, d)
			require.NoError(t, err, name)
			for _, lp := range lps {
				assert.False(t, math.IsNaN(lp.Value) || math.IsInf(lp.Value, 0), name)
			}
			_, err = m.Predict(ctx, d.X)
			assert.NoError(t, err, name)
		}
	}
}

func remove(ys []Set, j int) {
	for _, y := range ys {
		y.Remove(j)
	}
}

func TestFrequencies(t *testing.T) {
	d := Data{
		Y:        []Set{New(3, 0), New(3, 0, 1), New(3), New(3, 0)},
		Observed: []Set{All(3), All(3), New(3, 0, 1), New(3, 0)},
		Weights:  []float64{1, 2, 0.5, 3},
	}
	f, err := Frequencies(d)
	require.NoError(t, err)
	almost.Slice(t, []float64{7.0 / 8.5, 3.0 / 5.5, 1.0 / 5.0}, f.P, 1e-15, 0)
	m, err := Fit(ctx, ising(50, 2, 3), Config{Training: structured.Training{Epochs: 1}})
	require.NoError(t, err)
	f, err = Frequencies(ising(50, 2, 3))
	require.NoError(t, err)
	assert.Equal(t, f, m.Space().(*Space).Reference(), "the default")
	for _, w := range [][]float64{{1}, {1, 1, 1, math.NaN()}, {1, 1, 1, -1}, {1e308, 1e308, 1e308, 1e308}} {
		d.Weights = w
		_, err := Frequencies(d)
		assert.Error(t, err, "%v", w)
	}
	d.Weights, d.Observed = nil, []Set{All(3), All(3), All(3), All(4)}
	_, err = Frequencies(d)
	assert.Error(t, err)
}

func TestRowsOfWeightZero(t *testing.T) {
	data := ising(40, 2, 3)
	data.Weights = make([]float64, 40)
	for i := range data.Weights {
		data.Weights[i] = float64(i % 2)
	}
	data.Y[0], data.Y[4] = New(7), Set{}
	for _, metric := range []structured.Metric[Set]{nil, NLL{}, F1Samples} {
		m, err := Fit(ctx, data, Config{Validation: &data, StopOn: metric, Training: structured.Training{Epochs: 2}})
		require.NoError(t, err, "%v", metric)
		assert.Equal(t, 3, m.K())
	}
}

func TestImpossibleEvidence(t *testing.T) {
	data := ising(20, 2, 3)
	for range data.Y {
		data.Observed = append(data.Observed, New(3, 0, 1))
	}
	data.Y[6] = New(3, 0, 1)
	_, err := NewTrainer(data, Config{Reference: BoundedSize{0, 1}})
	var de *structured.DataError
	require.ErrorAs(t, err, &de)
	var size *SizeError
	require.ErrorAs(t, err, &size)
	for i, y := range data.Y {
		if y.IntersectionCount(data.Observed[i]) > 1 {
			assert.Equal(t, i, de.Row)
			break
		}
	}
}
