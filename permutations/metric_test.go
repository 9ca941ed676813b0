package permutations

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
)

// metrics are all metrics by name; those of the first m labels with m = 2.
var metrics = map[string]func(Evaluation) (float64, error){
	"tau": Evaluation.KendallTau, "tau_a": Evaluation.KendallTauA, "tau_b": Evaluation.KendallTauB,
	"rho": Evaluation.SpearmanRho, "footrule": Evaluation.Footrule, "exact": Evaluation.ExactMatch,
	"hit":     func(e Evaluation) (float64, error) { return e.TopHit(2) },
	"overlap": func(e Evaluation) (float64, error) { return e.TopOverlap(2) },
	"ndcg":    func(e Evaluation) (float64, error) { return e.NDCG(2) },
}

func randomRows(n, k int, rng *rand.Rand) Evaluation {
	var e Evaluation
	for range n {
		e.Truth = append(e.Truth, randomOrdering(k, rng))
		e.Predicted = append(e.Predicted, randomOrdering(k, rng))
		e.Partial = append(e.Partial, randomPartial(k, rng))
		e.Weights = append(e.Weights, float64(rng.IntN(4)))
		if rng.IntN(3) == 0 {
			e.Partial[len(e.Partial)-1] = Partial{}
		}
	}
	e.Partial[0], e.Weights[0] = Partial{}, 1
	return e
}

func TestMetricsByHand(t *testing.T) {
	y := Ordering{3, 1, 0, 2}
	for _, c := range []struct {
		truth string
		want  map[string]float64
	}{
		{"3>1>0>2/4", map[string]float64{"tau": 1, "tau_a": 1, "tau_b": 1, "rho": 1, "footrule": 0, "exact": 1, "hit": 1, "overlap": 1, "ndcg": 1}},
		{"2>0>1>3/4", map[string]float64{"tau": -1, "tau_a": -1, "tau_b": -1, "rho": -1, "footrule": 1, "exact": 0, "hit": 0, "overlap": 0,
			"ndcg": (1 / math.Log2(3)) / (3 + 2/math.Log2(3))}},
		// 1 below 3 and above 0 and 2, which are tied; 5 pairs compared.
		{"1>3>0=2/4", map[string]float64{"tau": 3.0 / 5, "tau_a": 3.0 / 6, "tau_b": 3 / math.Sqrt(30), "exact": 0, "hit": 1, "overlap": 1,
			"footrule": 3.0 / 8}},
		// Only 2 and 3 count, in the wrong order; one label is all of the top 2.
		{"2>3/4", map[string]float64{"tau": -1, "tau_a": -1, "tau_b": -1, "rho": -1, "footrule": 1, "exact": 0, "hit": 1, "overlap": 1}},
		{"3=0>1=2/4", map[string]float64{"tau": 2.0 / 4, "tau_a": 2.0 / 6, "exact": 0, "hit": 1, "overlap": 0.5}},
		{"3=1>0=2/4", map[string]float64{"tau": 1, "tau_a": 4.0 / 6, "tau_b": 4 / math.Sqrt(24), "exact": 1, "hit": 1, "overlap": 1, "ndcg": 1}},
		// One of the places of the top 2 is certain, 0 or 1 or 2 has the other.
		{"3>0=1=2/4", map[string]float64{"overlap": 1}},
		{"2>0=1=3/4", map[string]float64{"overlap": 0.5, "hit": 0}},
	} {
		e := Evaluation{Partial: []Partial{partial(t, c.truth)}, Predicted: []Ordering{y}}
		for name, want := range c.want {
			got, err := metrics[name](e)
			require.NoError(t, err)
			almost.Equal(t, want, got, 1e-14, 0, "%s, truth %s", name, c.truth)
		}
	}
}

func TestMetricProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(14, 14))
	for range 60 {
		k := 2 + rng.IntN(6)
		e := randomRows(12, k, rng)
		relabel := rng.Perm(k)
		renamed, repeated, scaled := Evaluation{Weights: e.Weights}, Evaluation{}, e
		scaled.Weights = nil
		for i, y := range e.Predicted {
			renamed.Predicted = append(renamed.Predicted, y.Relabel(relabel))
			renamed.Truth = append(renamed.Truth, e.Truth[i].Relabel(relabel))
			p := e.Partial[i]
			if !p.IsZero() {
				var groups [][]int
				for g := range p.Groups() {
					groups = append(groups, Ordering(p.Group(g)).Relabel(relabel))
				}
				var err error
				p, err = NewPartial(k, groups, UnlistedAnywhere)
				require.NoError(t, err)
			}
			renamed.Partial = append(renamed.Partial, p)
			for range int(e.Weights[i]) {
				repeated.Predicted = append(repeated.Predicted, y)
				repeated.Truth = append(repeated.Truth, e.Truth[i])
				repeated.Partial = append(repeated.Partial, e.Partial[i])
			}
			scaled.Weights = append(scaled.Weights, e.Weights[i]*1e300)
		}
		tiny := e
		tiny.Weights = nil
		for _, w := range e.Weights {
			tiny.Weights = append(tiny.Weights, w*5e-324)
		}
		for name, f := range metrics {
			want, err := f(e)
			require.NoError(t, err)
			for what, other := range map[string]Evaluation{"labels renamed": renamed, "rows repeated": repeated, "large weights": scaled, "tiny weights": tiny} {
				got, err := f(other)
				require.NoError(t, err)
				almost.Equal(t, want, got, 1e-12, 0, "%s, %s", name, what)
			}
			perfect := e
			perfect.Predicted = nil
			for i, y := range e.Truth {
				// A completion of the partial ranking, whatever Truth says.
				if p := e.Partial[i]; !p.IsZero() {
					var one [1]Ordering
					one[0] = make(Ordering, k)
					c, _ := (&uniform{}).condition(p)
					c.sample(one[0], rng)
					y = one[0]
				}
				perfect.Predicted = append(perfect.Predicted, y)
			}
			got, err := f(perfect)
			require.NoError(t, err)
			switch name {
			case "tau", "exact", "hit", "overlap", "ndcg":
				almost.Equal(t, 1, got, 1e-12, 0, name)
			}
		}
	}
}

func TestMetricErrors(t *testing.T) {
	y := []Ordering{{0, 1, 2}, {1, 0, 2}}
	good := Evaluation{Truth: y, Predicted: y}
	require.NoError(t, good.Validate())
	check := func(change func(*Evaluation), as any, message string) {
		t.Helper()
		e := good
		change(&e)
		err := e.Validate()
		if sentinel, ok := as.(error); ok {
			require.ErrorIs(t, err, sentinel)
		} else {
			require.ErrorAs(t, err, as)
		}
		assert.EqualError(t, err, message)
		for name, f := range metrics {
			v, got := f(e)
			assert.EqualError(t, got, err.Error(), name)
			assert.Zero(t, v)
		}
	}
	check(func(e *Evaluation) { *e = Evaluation{} }, ErrNoRows, "permutations: nothing to evaluate: no rows")
	check(func(e *Evaluation) { e.Truth = y[:1] }, new(*LengthError), "permutations: Truth has length 1, want 2")
	check(func(e *Evaluation) { e.Truth = nil }, new(*LengthError), "permutations: Truth has length 0, want 2")
	check(func(e *Evaluation) { e.Partial = make([]Partial, 1) }, new(*LengthError), "permutations: Partial has length 1, want 2")
	check(func(e *Evaluation) { e.Weights = []float64{1} }, new(*LengthError), "permutations: Weights has length 1, want 2")
	check(func(e *Evaluation) { e.Weights = []float64{1, -1} }, new(*WeightError), "permutations: row 1: weight -1, want a finite number, at least 0")
	check(func(e *Evaluation) { e.Weights = []float64{math.NaN(), 1} }, new(*WeightError), "permutations: row 0: weight NaN, want a finite number, at least 0")
	check(func(e *Evaluation) { e.Weights = []float64{1, math.Inf(1)} }, new(*WeightError), "permutations: row 1: weight +Inf, want a finite number, at least 0")
	check(func(e *Evaluation) { e.Weights = []float64{0, 0} }, ErrZeroWeights, "permutations: nothing to evaluate: all weights are zero")
	check(func(e *Evaluation) { e.Truth = []Ordering{{0, 1, 2}, {0, 1}} }, new(*LabelCountError), "permutations: Truth, row 1: 2 labels, want 3")
	check(func(e *Evaluation) { e.Predicted = []Ordering{{0, 1, 2}, {0, 1, 1}} }, new(*RowError), "permutations: ordering: label 1 at rank 2 is repeated, in row 1 of Predicted")
	check(func(e *Evaluation) { e.Partial = []Partial{{}, partial(t, "0/4")} }, new(*LabelCountError), "permutations: Partial, row 1: 4 labels, want 3")
	check(func(e *Evaluation) { e.Truth, e.Partial = nil, []Partial{partial(t, "0>1/3"), {}} }, new(*LabelCountError), "permutations: Partial, row 1: 0 labels, want 3")

	bad := good
	bad.Predicted = []Ordering{{0, 1, 2}, {0, 1, 1}}
	assert.ErrorIs(t, bad.Validate(), ErrRepeated)
	for _, m := range []int{0, -1, 4} {
		for _, f := range []func(Evaluation, int) (float64, error){Evaluation.TopHit, Evaluation.TopOverlap, Evaluation.NDCG} {
			_, err := f(good, m)
			var arg *ArgumentError
			require.ErrorAs(t, err, &arg)
			assert.EqualError(t, err, fmt.Sprintf("permutations: m is %d, want 1 to 3", m))
		}
	}
	nothing := Evaluation{Predicted: y, Partial: []Partial{partial(t, "0=1=2/3"), partial(t, "1/3")}}
	one := Evaluation{Predicted: []Ordering{{0}}, Truth: []Ordering{{0}}}
	for _, name := range []string{"tau", "tau_a", "tau_b", "rho", "footrule", "exact"} {
		for _, e := range []Evaluation{nothing, one} {
			_, err := metrics[name](e)
			assert.ErrorIs(t, err, ErrUndefined, name)
		}
	}
}

func TestMetricsDoNotAllocatePerRow(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 15))
	allocs := func(n int, f func(Evaluation) (float64, error)) float64 {
		e := randomRows(n, 16, rng)
		return testing.AllocsPerRun(10, func() { _, _ = f(e) })
	}
	for name, f := range metrics {
		assert.Equal(t, allocs(2, f), allocs(200, f), name)
	}
}

func TestModeMetrics(t *testing.T) {
	ctx := context.Background()
	const k = 4
	data := ranked(60, 3, k)
	space, err := NewSpace(k, nil)
	require.NoError(t, err)
	fit := func(d Data) (*structured.Model[Ordering], structured.Data[Ordering]) {
		t.Helper()
		sd, err := d.Structured()
		require.NoError(t, err)
		m, err := structured.Fit(ctx, sd, structured.Config[Ordering]{
			Space: space, Coupling: placing{k}, Objective: structured.MinMin[Ordering]{Samples: 10},
			Training: structured.Training{Epochs: 2, BatchSize: 20, Seed: 1},
		})
		require.NoError(t, err)
		return m, sd
	}
	m, sd := fit(data)
	modes, err := m.Predict(ctx, sd.X)
	require.NoError(t, err)
	e := Evaluation{Truth: data.Y, Predicted: modes}
	for metric, f := range map[*ModeMetric]func(Evaluation) (float64, error){
		&KendallTau: Evaluation.KendallTau, &SpearmanRho: Evaluation.SpearmanRho, &Footrule: Evaluation.Footrule,
		&ExactMatch: Evaluation.ExactMatch, &FirstHit: func(e Evaluation) (float64, error) { return e.TopHit(1) },
	} {
		want, err := f(e)
		require.NoError(t, err)
		got, err := metric.Evaluate(ctx, m, &sd)
		require.NoError(t, err)
		almost.Same(t, []float64{want}, []float64{got}, metric.String())
		assert.Equal(t, metric != &Footrule, metric.Maximize())
	}

	// Partial rows and weights reach the metric.
	sd.Evidence = make([]structured.Evidence[Ordering], sd.Len())
	sd.Weights = make([]float64, sd.Len())
	e.Partial, e.Weights = make([]Partial, sd.Len()), sd.Weights
	for i := range e.Partial {
		sd.Weights[i] = float64(i % 3)
		if i%2 == 0 {
			p, err := TopM(k, data.Y[i][1])
			require.NoError(t, err)
			e.Partial[i], sd.Evidence[i] = p, p
		}
	}
	want, err := e.KendallTau()
	require.NoError(t, err)
	got, err := KendallTau.Evaluate(ctx, m, &sd)
	require.NoError(t, err)
	almost.Same(t, []float64{want}, []float64{got})
	sd.Evidence[3] = otherEvidence{}
	_, err = KendallTau.Evaluate(ctx, m, &sd)
	var unsupported *UnsupportedEvidenceError
	require.ErrorAs(t, err, &unsupported)
	assert.ErrorContains(t, err, "row 3")

	// Without features one mode serves all rows.
	data.X = nil
	m, sd = fit(data)
	got, err = KendallTau.Evaluate(ctx, m, &sd)
	require.NoError(t, err)
	mode, err := m.Predict(ctx, nil)
	require.NoError(t, err)
	e = Evaluation{Truth: data.Y}
	for range data.Y {
		e.Predicted = append(e.Predicted, mode[0])
	}
	want, err = e.KendallTau()
	require.NoError(t, err)
	almost.Same(t, []float64{want}, []float64{got})
}

func TestModeMetricWithoutModes(t *testing.T) {
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	data := ranked(10, 2, 3)
	sd, err := data.Structured()
	require.NoError(t, err)
	space, err := NewSpace(3, nil)
	require.NoError(t, err)
	m, err := structured.Fit(context.Background(), sd, structured.Config[Ordering]{
		Space: space, Coupling: placing{3}, Objective: structured.MinMin[Ordering]{Samples: 5}, Training: structured.Training{Epochs: 1},
	})
	require.NoError(t, err)
	_, err = KendallTau.Evaluate(canceled, m, &sd)
	assert.ErrorIs(t, err, context.Canceled)
}
