package logpart_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

func smooth() nn.Architecture { return nn.MLP{Hidden: []int{4}, Activation: nn.Tanh} }

func forms() []logpart.Form {
	return []logpart.Form{
		logpart.Constant{}, logpart.Table{}, logpart.Linear{}, logpart.Network{Of: smooth()}, logpart.Network{},
		logpart.Logits{Of: smooth()}, logpart.Logits{}, logpart.Convex{}, logpart.Convex{Hidden: []int{4, 3, 5}},
		logpart.Structured{}, logpart.Structured{Residual: logpart.Convex{Hidden: []int{3}}},
	}
}

const rows, features, logits, examples = 3, 2, 5, 7

func input(rng *rand.Rand) logpart.Input {
	x, l := make([]float64, rows*features), make([]float64, rows*logits)
	for _, v := range [][]float64{x, l} {
		for i := range v {
			v[i] = rng.NormFloat64()
		}
	}
	return logpart.Input{X: nn.DenseInput(x, rows, features), Logits: l, Index: []int{4, 0, 6}, Base: []float64{1.5, -2, 0.25}}
}

func build(t *testing.T, f logpart.Form) (logpart.Partition, []float64) {
	require.NoError(t, f.Validate())
	p, err := f.Build(logpart.Sizes{Features: features, Logits: logits, Examples: examples, Base: logpart.ApproximateBase})
	require.NoError(t, err)
	params := make([]float64, p.NumParams())
	p.Init(params, rand.New(rand.NewPCG(1, 1)))
	return p, params
}

func TestGradient(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for _, f := range forms() {
		t.Run(fmt.Sprintf("%T", f), func(t *testing.T) {
			p, params := build(t, f)
			for i := range params {
				params[i] += 0.1 * rng.NormFloat64()
			}
			in, tape := input(rng), p.NewTape()
			weight := []float64{0.7, -1.3, 0.4}
			value := func() float64 {
				sum := 0.0
				for i, tau := range tape.Forward(params, in, nil) {
					sum += weight[i] * tau
				}
				return sum
			}
			value()
			grad, dLogits := make([]float64, len(params)), make([]float64, len(in.Logits))
			dLogits[0] = 10 // must be added to
			tape.Backward(params, grad, append([]float64(nil), weight...), dLogits)
			dLogits[0] -= 10
			check := func(what string, v, d []float64) {
				const h = 1e-6
				for i := range v {
					at := v[i]
					v[i] = at + h
					up := value()
					v[i] = at - h
					down := value()
					v[i] = at
					almost.Equal(t, (up-down)/(2*h), d[i], 1e-7, 1e-7, "%s %d", what, i)
				}
			}
			check("parameter", params, grad)
			check("logit", in.Logits, dLogits)
		})
	}
}

// Without an index an example is unseen: only the table has no value for it.
func TestUnseen(t *testing.T) {
	for _, f := range forms() {
		p, params := build(t, f)
		in := input(rand.New(rand.NewPCG(3, 3)))
		seen := append([]float64(nil), p.NewTape().Forward(params, in, nil)...)
		in.Index = nil
		unseen := p.NewTape().Forward(params, in, nil)
		require.Len(t, unseen, rows)
		if _, ok := f.(logpart.Table); ok {
			assert.False(t, p.Generalizes())
			for i := range unseen {
				assert.True(t, math.IsNaN(unseen[i]))
				assert.Zero(t, seen[i], "a table starts at 0")
			}
			continue
		}
		assert.True(t, p.Generalizes())
		almost.Same(t, seen, unseen)
	}
}

func TestBadForms(t *testing.T) {
	bad := nn.MLP{Dropout: 7}
	assert.Error(t, logpart.Network{Of: bad}.Validate())
	assert.Error(t, logpart.Logits{Of: bad}.Validate())
	_, err := logpart.Network{Of: bad}.Build(logpart.Sizes{Features: 1, Logits: 1, Examples: 1})
	assert.Error(t, err)
	_, err = logpart.Logits{Of: bad}.Build(logpart.Sizes{Features: 1, Logits: 1, Examples: 1})
	assert.Error(t, err)
}

// The doc's claim: k softplus units hold the log-partition of k unary scores.
func TestSoftplusUnitsAreUnaryLogZ(t *testing.T) {
	f := logpart.Logits{Of: nn.MLP{Hidden: []int{logits}, Activation: nn.Softplus}}
	p, params := build(t, f)
	clear(params)
	for j := range logits {
		params[j*logits+j] = 1             // hidden j sees logit j
		params[logits*logits+logits+j] = 1 // and counts once
	}
	params[len(params)-1] = -logits * math.Ln2
	in := input(rand.New(rand.NewPCG(4, 4)))
	for i, tau := range p.NewTape().Forward(params, in, nil) {
		want := 0.0
		for _, u := range in.Logits[i*logits : (i+1)*logits] {
			want += math.Log((1 + math.Exp(u)) / 2)
		}
		almost.Equal(t, want, tau, 1e-12, 0)
	}
}

// tau is convex in the logits whatever the parameters are, and starts at 0.
func TestConvex(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for _, hidden := range [][]int{nil, {3}, {6, 4, 2}} {
		p, params := build(t, logpart.Convex{Hidden: hidden})
		at := func(theta []float64) float64 {
			return p.NewTape().Forward(params, logpart.Input{X: nn.DenseInput(nil, 1, 0), Logits: theta}, nil)[0]
		}
		almost.Equal(t, 0, at(make([]float64, logits)), 1e-12, 0)
		for range 200 {
			for i := range params {
				params[i] += rng.NormFloat64()
			}
			a, b, mid := make([]float64, logits), make([]float64, logits), make([]float64, logits)
			for i := range a {
				a[i], b[i] = 3*rng.NormFloat64(), 3*rng.NormFloat64()
				mid[i] = (a[i] + b[i]) / 2
			}
			chord := (at(a) + at(b)) / 2
			require.LessOrEqual(t, at(mid), chord+1e-9*math.Abs(chord))
		}
	}
	assert.Error(t, logpart.Convex{Hidden: []int{3, 0}}.Validate())
	_, err := logpart.Convex{Hidden: []int{-1}}.Build(logpart.Sizes{Logits: 2})
	assert.Error(t, err)
}

// Without a residual tau is the base; an exact base takes none.
func TestStructured(t *testing.T) {
	sizes := logpart.Sizes{Features: features, Logits: logits, Examples: examples, Base: logpart.ExactBase}
	for _, f := range []logpart.Structured{{}, {Residual: logpart.Linear{}}, {Residual: logpart.Table{}}} {
		p, err := f.Build(sizes)
		require.NoError(t, err)
		assert.Zero(t, p.NumParams())
		assert.True(t, p.Generalizes())
		in := input(rand.New(rand.NewPCG(6, 6)))
		almost.Same(t, in.Base, p.NewTape().Forward(nil, in, nil))
	}
	p, params := build(t, logpart.Structured{Residual: logpart.Table{}})
	assert.False(t, p.Generalizes())
	assert.Len(t, params, examples)
	_, err := logpart.Structured{}.Build(logpart.Sizes{Features: 1, Logits: 1})
	assert.ErrorIs(t, err, logpart.ErrNoBase)
	assert.Error(t, logpart.Structured{Residual: logpart.Structured{}}.Validate())
	assert.Error(t, logpart.Structured{Residual: logpart.Convex{Hidden: []int{0}}}.Validate())
}

// A shift adds a constant to every tau, where a form has one to add it to.
func TestShift(t *testing.T) {
	for _, f := range forms() {
		p, params := build(t, f)
		in := input(rand.New(rand.NewPCG(4, 4)))
		before := append([]float64(nil), p.NewTape().Forward(params, in, nil)...)
		s, ok := p.(logpart.Shifter)
		require.True(t, ok, "%T", f)
		if st, ok := f.(logpart.Structured); ok && st.Residual == nil {
			assert.False(t, s.Shift(params, 1))
			continue
		}
		require.True(t, s.Shift(params, -1.5), "%T", f)
		for i, tau := range p.NewTape().Forward(params, in, nil) {
			almost.Equal(t, before[i]-1.5, tau, 1e-12, 1e-12, "%T", f)
		}
	}
	p, err := logpart.Network{Of: nn.Linear{NoBias: true}}.Build(logpart.Sizes{Features: 2})
	require.NoError(t, err)
	params := []float64{1, 2}
	assert.False(t, p.(logpart.Shifter).Shift(params, 1))
	almost.Same(t, []float64{1, 2}, params)
}
