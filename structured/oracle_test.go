package structured_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/fenchel/projection"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/permutations"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

func setProblem(t *testing.T, k int, of sets.Coupling, ref sets.Reference) structured.Problem[sets.Set] {
	t.Helper()
	s, err := sets.NewSpace(k, ref)
	require.NoError(t, err)
	c, err := of.Bind(k)
	require.NoError(t, err)
	inf, err := c.Infer(s)
	require.NoError(t, err)
	return structured.Problem[sets.Set]{Space: s, Coupling: c, Inference: inf}
}

func orderProblem(t *testing.T, k int, of permutations.Coupling, ref permutations.Reference) structured.Problem[permutations.Ordering] {
	t.Helper()
	s, err := permutations.NewSpace(k, ref)
	require.NoError(t, err)
	c, err := of.Bind(k)
	require.NoError(t, err)
	inf, err := c.Infer(s)
	require.NoError(t, err)
	return structured.Problem[permutations.Ordering]{Space: s, Coupling: c, Inference: inf}
}

func logitsOf(rng *rand.Rand, n int, spread float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = spread * rng.NormFloat64()
	}
	return x
}

// checkOracle compares the oracle, and SparseMAP by it, with the list of all
// structures: the optimality conditions of the projection are checked at every
// vertex. Where the polytope is known, so is the projection.
func checkOracle[Y any](t *testing.T, p structured.Problem[Y], known fenchel.Loss) {
	t.Helper()
	o, err := structured.NewOracle(p)
	require.NoError(t, err)
	n := o.Len()
	var vertices [][]float64
	for ys := range p.Space.(structured.Enumerable[Y]).Enumerate(64) {
		for _, y := range ys {
			vertices = append(vertices, make([]float64, n))
			o.Vertex(vertices[len(vertices)-1], y)
		}
	}
	rng := rand.New(rand.NewPCG(uint64(n), 3))
	vertex := make([]float64, n)
	for range 20 {
		for _, spread := range []float64{0.1, 1, 5} {
			x := logitsOf(rng, n, spread)
			best := math.Inf(-1)
			for _, v := range vertices {
				best = max(best, floats.Dot(v, x))
			}
			require.NoError(t, o.Best(vertex, x))
			almost.Equal(t, best, floats.Dot(vertex, x), 1e-12, 1e-12, "the best vertex")

			ys, posterior, err := o.SparsePosterior(x, 0.5)
			require.NoError(t, err)
			slope := make([]float64, n)
			for i := range x {
				slope[i] = 2*x[i] - posterior.Marginals[i]
			}
			at := floats.Dot(slope, posterior.Marginals)
			for _, v := range vertices {
				assert.LessOrEqual(t, floats.Dot(slope, v)-at, 1e-11*(1+spread))
			}
			require.Len(t, ys, len(posterior.P))
			for i, y := range ys {
				require.NoError(t, p.Space.Check(y))
				o.Vertex(vertex, y)
				assert.Equal(t, posterior.Vertices[i], vertex, "the structure of a vertex")
			}
			if known != nil {
				for i := range x {
					slope[i] = 2 * x[i]
				}
				_, err := known.Argmax(vertex, slope)
				require.NoError(t, err)
				almost.Slice(t, vertex, posterior.Marginals, 1e-9, 1e-9, "%v", known)
			}
		}
	}
}

func TestOracleOfSets(t *testing.T) {
	edges := []sets.Edge{{I: 0, J: 1}, {I: 1, J: 2}, {I: 2, J: 3}, {I: 3, J: 0}}
	budget := func(k float64) fenchel.Loss { return fenchel.Subsets{Of: fenchel.Sparsemax, K: k, AtMost: true} }
	for _, c := range []struct {
		k     int
		of    sets.Coupling
		ref   sets.Reference
		known fenchel.Loss
	}{
		{6, sets.Unary{}, sets.Uniform{}, fenchel.Squared{Onto: projection.Box{}}},
		{6, sets.Unary{}, sets.FixedSize{Size: 2}, fenchel.Squared{Onto: projection.CappedSimplex{K: 2}}},
		{6, sets.Unary{}, sets.BoundedSize{Min: 0, Max: 3}, budget(3)},
		{6, sets.Unary{}, sets.BoundedSize{Min: 2, Max: 4}, nil},
		{5, sets.Pairwise{}, sets.Uniform{}, nil},
		{5, sets.Pairwise{}, sets.BoundedSize{Min: 1, Max: 3}, nil},
		{4, sets.Graph{Edges: edges}, sets.Uniform{}, nil},
		{5, sets.Chain{}, sets.Uniform{}, nil},
		{5, sets.Cardinality{}, sets.Uniform{}, nil},
	} {
		t.Run(fmt.Sprintf("%T/%T", c.of, c.ref), func(t *testing.T) { checkOracle(t, setProblem(t, c.k, c.of, c.ref), c.known) })
	}
}

func TestOracleOfPermutations(t *testing.T) {
	weights := []float64{3, 2.5, 1, 0.5, 0, -2}
	for _, c := range []struct {
		k     int
		of    permutations.Coupling
		known fenchel.Loss
	}{
		{6, permutations.Permutahedron{Weights: weights}, fenchel.Squared{Onto: projection.Permutahedron{Of: weights}}},
		{4, permutations.Birkhoff{}, fenchel.Squared{Onto: projection.Birkhoff{}}},
		{4, permutations.Preference{}, nil},
	} {
		t.Run(fmt.Sprintf("%T", c.of), func(t *testing.T) { checkOracle(t, orderProblem(t, c.k, c.of, permutations.Uniform{}), c.known) })
	}
	// Beyond what can be listed: assignments of 20 labels.
	o, err := structured.NewOracle(orderProblem(t, 20, permutations.Birkhoff{}, permutations.Uniform{}))
	require.NoError(t, err)
	x := logitsOf(rand.New(rand.NewPCG(1, 1)), 400, 1)
	want, got := make([]float64, 400), make([]float64, 400)
	require.NoError(t, projection.Birkhoff{}.Project(want, x))
	require.NoError(t, fenchel.SparseMAP{Of: o}.Project(got, x))
	almost.Slice(t, want, got, 1e-9, 1e-9)
}

func TestOracleRefuses(t *testing.T) {
	bernoulli := sets.Bernoulli{P: []float64{.1, .5, .4, .2}}
	for _, c := range []struct {
		of   sets.Coupling
		ref  sets.Reference
		want error
	}{
		{sets.Unary{}, bernoulli, structured.ErrNotUniform},
		{sets.Pairwise{Shared: true}, nil, structured.ErrNotLinear},
		{sets.Pairwise{Rank: 2}, nil, structured.ErrNotLinear},
		{sets.Deep{}, nil, structured.ErrNotLinear},
	} {
		p := setProblem(t, 4, c.of, c.ref)
		_, err := structured.NewOracle(p)
		assert.ErrorIs(t, err, c.want, "%T", c.of)
		_, err = structured.SparseMAP[sets.Set]{}.Bind(p)
		assert.ErrorIs(t, err, c.want, "%T", c.of)
	}
	_, err := structured.NewOracle(orderProblem(t, 4, permutations.Luce{}, nil))
	assert.ErrorIs(t, err, structured.ErrNotLinear)
	_, err = structured.NewOracle(structured.Problem[int]{Space: space, Coupling: logits{categories}})
	assert.ErrorIs(t, err, structured.ErrNoMode)
	_, err = structured.PerturbAndMAP[int]{}.Bind(structured.Problem[int]{Space: space, Coupling: logits{categories}})
	assert.ErrorIs(t, err, structured.ErrNoMode)
	for _, of := range []sets.Coupling{sets.Pairwise{Rank: 2}, sets.Deep{}} {
		_, err = structured.PerturbAndMAP[sets.Set]{}.Bind(setProblem(t, 4, of, nil))
		assert.ErrorIs(t, err, structured.ErrNotLinear, "%T", of)
	}
	// Repulsion among 40 labels: no mode is proven.
	p := setProblem(t, 40, sets.Pairwise{}, nil)
	o, err := structured.NewOracle(p)
	require.NoError(t, err)
	x := logitsOf(rand.New(rand.NewPCG(2, 2)), o.Len(), 3)
	assert.ErrorIs(t, o.Best(make([]float64, o.Len()), x), structured.ErrUnproven)
	_, _, err = o.SparsePosterior(x, 1)
	assert.ErrorIs(t, err, structured.ErrUnproven)
	for _, scale := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		_, _, err = o.SparsePosterior(x, scale)
		assert.Error(t, err)
	}
	var dim *structured.DimensionError
	assert.ErrorAs(t, o.Best(make([]float64, 3), make([]float64, 3)), &dim)
	for _, o := range []structured.Objective[int]{
		structured.SparseMAP[int]{Scale: -1}, structured.PerturbAndMAP[int]{Samples: -1}, structured.PerturbAndMAP[int]{Noise: 7},
		structured.PerturbAndMAP[int]{Samples: 3, Antithetic: true}, structured.PerturbAndMAP[int]{Scale: math.Inf(1)},
	} {
		assert.Error(t, o.Validate(), "%+v", o)
	}
}

// A model trained by SparseMAP is saved, and its oracle is that of its coupling.
func TestSparseMAPModel(t *testing.T) {
	data := halfSpaces(60, 3, 4)
	m, err := sets.Fit(ctx, sets.Data{X: data.X, Y: data.Y}, sets.Config{
		Objective: structured.SparseMAP[sets.Set]{Scale: 2}, Reference: sets.BoundedSize{Max: 4}, Training: structured.Training{Epochs: 2},
	})
	require.NoError(t, err)
	var file bytes.Buffer
	require.NoError(t, m.Save(&file))
	again, err := sets.Load(&file)
	require.NoError(t, err)
	almost.Same(t, m.Params(), again.Params())
	o, err := again.Oracle()
	require.NoError(t, err)
	ys, p, err := o.SparsePosterior([]float64{1, 1.5, -3, 9}, 2)
	require.NoError(t, err)
	// Every label by itself: clipped halves of the logits.
	almost.Slice(t, []float64{0.5, 0.75, 0, 1}, p.Marginals, 1e-15, 0)
	assert.Equal(t, "{0, 1, 3}", fmt.Sprint(ys[0]))
}

// halfSpaces is data where label j is there where a linear function of x is positive.
func halfSpaces(n, d, k int) structured.Data[sets.Set] {
	rng := rand.New(rand.NewPCG(9, uint64(k)))
	x, w := logitsOf(rng, n*d, 1), logitsOf(rng, d*k, 1)
	data := structured.Data[sets.Set]{X: mat.NewDense(n, d, x), Y: sets.Make(n, k)}
	for i, y := range data.Y {
		for j := range k {
			y.Set(j, floats.Dot(x[i*d:(i+1)*d], w[j*d:(j+1)*d])+0.3*rng.NormFloat64() > 0)
		}
	}
	return data
}

// The objectives pass the suite, and learn.
func TestOracleObjectives(t *testing.T) {
	const k, d = 4, 3
	all := structuredtest.Structures[sets.Set]{Equal: func(a, b sets.Set) bool { return a.Compare(b) == 0 }}
	for c := range 1 << k {
		y := sets.New(k)
		for j := range k {
			y.Set(j, c>>j&1 == 1)
		}
		all.All = append(all.All, y)
	}
	slices.SortFunc(all.All, sets.Set.Compare)
	for name, c := range map[string]struct {
		of        sets.Coupling
		ref       sets.Reference
		objective structured.Objective[sets.Set]
		smooth    bool
	}{
		"sparsemap":        {sets.Pairwise{}, sets.Uniform{}, structured.SparseMAP[sets.Set]{}, true},
		"perturb and map":  {sets.Pairwise{}, sets.Bernoulli{P: []float64{.1, .5, .4, .2}}, structured.PerturbAndMAP[sets.Set]{Samples: 4, Antithetic: true}, false},
		"gaussian, shared": {sets.Pairwise{Shared: true}, sets.Uniform{}, structured.PerturbAndMAP[sets.Set]{Noise: fenchel.Gaussian, Scale: 0.5}, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := setProblem(t, k, c.of, c.ref)
			cfg := structured.Config[sets.Set]{
				Space: p.Space, Coupling: p.Coupling, Objective: c.objective,
				Network:  nn.MLP{Hidden: []int{5}, Activation: nn.Tanh},
				Training: structured.Training{Epochs: 3, BatchSize: 40, Seed: 5, Optimizer: nn.AdamW{Rate: 0.01}},
			}
			structuredtest.Fit(t, structuredtest.Problem[sets.Set]{Structures: all, Data: halfSpaces(40, d, k), Smooth: c.smooth, Sampled: !c.smooth, Config: cfg})

			cfg.Epochs = 60
			train, test := halfSpaces(300, d, k), halfSpaces(300, d, k)
			m, err := structured.Fit(ctx, train, cfg)
			require.NoError(t, err)
			ys, err := m.Predict(ctx, test.X)
			require.NoError(t, err)
			right := 0
			for i, y := range ys {
				if y.Compare(test.Y[i]) == 0 {
					right++
				}
			}
			assert.Greater(t, right, 150, "of 300 sets of 4 labels")

			partial := train
			partial.Evidence = make([]structured.Evidence[sets.Set], 300)
			partial.Evidence[3] = sets.Observation{Known: sets.New(k, 0), Values: sets.New(k)}
			_, err = structured.Fit(ctx, partial, cfg)
			assert.ErrorIs(t, err, structured.ErrPartial)
		})
	}
}

// At fixed logits: the loss of SparseMAP is that of the polytope, and of
// PerturbAndMAP the softmax's where the structures are categories, within the
// error that it reports, with the gradient of one set of draws.
func TestOracleLosses(t *testing.T) {
	at := func(objective structured.Objective[sets.Set], of sets.Coupling, ref sets.Reference, y sets.Set, logits, grad []float64) structured.Epoch {
		p := setProblem(t, y.K(), of, ref)
		var epoch structured.Epoch
		tr, err := structured.NewTrainer(structured.Data[sets.Set]{Y: []sets.Set{y}}, structured.Config[sets.Set]{
			Space: p.Space, Coupling: p.Coupling, Objective: objective, Network: nn.Constant{},
			Training: structured.Training{Seed: 1, OnEpoch: func(e structured.Epoch) error { epoch = e; return nil }},
		})
		require.NoError(t, err)
		copy(tr.Params(), logits)
		clear(grad)
		epoch.Loss, err = tr.Evaluate(grad)
		require.NoError(t, err)
		if grad == nil {
			_, err = tr.Epoch(ctx) // for the diagnostics
			require.NoError(t, err)
		}
		return epoch
	}
	x, y := []float64{0.5, -1, 1.25, 0, 0.75}, sets.New(5, 3)
	target := []float64{0, 0, 0, 1, 0}
	want, got := make([]float64, 5), make([]float64, 5)
	loss, err := fenchel.Squared{Onto: projection.CappedSimplex{K: 1}, Scale: 0.5}.Loss(want, x, target)
	require.NoError(t, err)
	e := at(structured.SparseMAP[sets.Set]{Scale: 0.5}, sets.Unary{}, sets.FixedSize{Size: 1}, y, x, got)
	almost.Equal(t, loss, e.Loss, 1e-12, 0)
	almost.Slice(t, want, got, 1e-12, 0)

	loss, err = fenchel.Simplex{}.Loss(want, x, target)
	require.NoError(t, err)
	for _, antithetic := range []bool{false, true} {
		o := structured.PerturbAndMAP[sets.Set]{Samples: 20000, Antithetic: antithetic}
		at(o, sets.Unary{}, sets.FixedSize{Size: 1}, y, x, got)
		e := at(o, sets.Unary{}, sets.FixedSize{Size: 1}, y, x, nil)
		require.Len(t, e.Diagnostics, 2)
		assert.Equal(t, "standard_error", e.Diagnostics[0].Name)
		se := e.Diagnostics[0].Mean
		require.Less(t, se, 0.02)
		require.Positive(t, se)
		assert.Zero(t, e.Diagnostics[1].Mean, "unproven")
		almost.Equal(t, loss, e.Loss, 4.5*se, 0)
		almost.Slice(t, want, got, 4.5*0.5/math.Sqrt(20000), 0)
	}
	// Gaussian noise and independent labels: E[max(0, v + Z)] each, the log odds
	// of the reference being part of v.
	odds := sets.Bernoulli{P: []float64{.1, .5, .4, .2, .6}}
	loss = 0
	for j, u := range x {
		v := u + math.Log(odds.P[j]/(1-odds.P[j]))
		loss += v*math.Erfc(-v/math.Sqrt2)/2 + math.Exp(-v*v/2)/math.Sqrt(2*math.Pi) - v*target[j]
	}
	e = at(structured.PerturbAndMAP[sets.Set]{Noise: fenchel.Gaussian, Samples: 20000}, sets.Unary{}, odds, y, x, nil)
	almost.Equal(t, loss, e.Loss, 4.5*e.Diagnostics[0].Mean, 0)
	// One set of draws is a piecewise linear function, own parameters included.
	o := structured.PerturbAndMAP[sets.Set]{Samples: 20}
	rng := rand.New(rand.NewPCG(7, 7))
	params := logitsOf(rng, 5+10, 1)
	grad := make([]float64, len(params))
	shared, ref := sets.Pairwise{Shared: true}, sets.Bernoulli{P: []float64{.1, .5, .4, .2, .6}}
	at(o, shared, ref, y, params, grad)
	ignored := make([]float64, len(params))
	for i := range params {
		const h = 1e-6
		moved := slices.Clone(params)
		moved[i] += h
		up := at(o, shared, ref, y, moved, ignored).Loss
		moved[i] -= 2 * h
		down := at(o, shared, ref, y, moved, ignored).Loss
		almost.Equal(t, (up-down)/(2*h), grad[i], 1e-7, 0, "%d", i)
	}
}
