package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/race"
)

const jetIn, jetOut, jetRows = 5, 2, 4

// jetArchitectures are all architectures without dropout, which jets do not
// have.
func jetArchitectures() []Architecture {
	list := []Architecture{Linear{}, Linear{NoBias: true}, Constant{}}
	for _, act := range activations {
		list = append(list,
			MLP{Hidden: []int{6}, Activation: act},
			MLP{Hidden: []int{5, 7, 4}, Activation: act},
			ResMLP{Width: 6, Blocks: 1, Activation: act},
			ResMLP{Width: 5, Blocks: 3, Inner: 7, Activation: act},
		)
	}
	return list
}

// jetProblem is a network, curves and a loss linear in the jet of its outputs.
type jetProblem struct {
	net    Network
	params []float64
	tape   JetTape
	order  int
	x, c   Jet
}

func eachJetProblem(t *testing.T, do func(t *testing.T, p *jetProblem)) {
	for _, arch := range jetArchitectures() {
		net, params := build(t, arch, jetIn, jetOut, 5)
		tape, ok := net.NewTape().(JetTape)
		require.True(t, ok, "%T has no jets", arch)
		for order := range tape.JetOrder() + 1 {
			for _, shared := range []int{0, 3} {
				for _, curved := range []bool{false, true} {
					if curved && order < 2 {
						continue
					}
					rng := rand.New(rand.NewPCG(8, uint64(order)))
					n, m := jetRows*(jetIn-shared), jetRows*jetOut
					p := &jetProblem{net: net, params: params, tape: tape, order: order}
					p.x = Jet{Rows: jetRows, Value: normals(rng, n)}
					p.c = Jet{Rows: jetRows, Value: normals(rng, m)}
					if shared > 0 {
						p.x.Shared = normals(rng, shared)
					}
					if order > 0 {
						p.x.First, p.c.First = normals(rng, n), normals(rng, m)
					}
					if order > 1 {
						p.c.Second = normals(rng, m)
					}
					if curved {
						p.x.Second = normals(rng, n)
					}
					t.Run(fmt.Sprintf("%s/order %d/shared %d/curved %v", nameOf(arch), order, shared, curved), func(t *testing.T) { do(t, p) })
				}
			}
		}
	}
}

// loss is the sum of c times the jet.
func (p *jetProblem) loss() float64 {
	y, sum := p.tape.ForwardJet(p.params, p.x, p.order), 0.0
	for k, v := range [][]float64{y.Value, y.First, y.Second} {
		for i, u := range v {
			sum += u * [][]float64{p.c.Value, p.c.First, p.c.Second}[k][i]
		}
	}
	return sum
}

// at is the curve at t, and its derivatives there.
func (p *jetProblem) at(t float64) Jet {
	y := p.x
	y.Value, y.First = clone(p.x.Value), clone(p.x.First)
	for i, v := range p.x.First {
		y.Value[i] += t * v
		if p.x.Second != nil {
			y.Value[i] += t * t / 2 * p.x.Second[i]
			y.First[i] += t * p.x.Second[i]
		}
	}
	return y
}

// rows are the values of a jet as ordinary rows.
func (p *jetProblem) rows(x Jet) []float64 {
	var out []float64
	cols := jetIn - len(x.Shared)
	for i := range x.Rows {
		out = append(append(out, x.Shared...), x.Value[i*cols:(i+1)*cols]...)
	}
	return out
}

func TestJetsAgainstDifferences(t *testing.T) {
	eachJetProblem(t, func(t *testing.T, p *jetProblem) {
		y := p.tape.ForwardJet(p.params, p.x, p.order)
		other := p.net.NewTape().(JetTape)
		value := func(t float64) []float64 {
			return clone(other.Forward(p.params, DenseInput(p.rows(p.at(t)), jetRows, jetIn), nil))
		}
		almost.Slice(t, value(0), y.Value, 1e-13, 1e-12, "value")
		if p.order == 0 {
			assert.Nil(t, y.First)
			return
		}
		const h = 1e-5
		up, down := value(h), value(-h)
		for i, v := range y.First {
			almost.Equal(t, (up[i]-down[i])/(2*h), v, 1e-8, 1e-7, "first derivative %d", i)
		}
		if p.order == 1 {
			assert.Nil(t, y.Second)
			return
		}
		first := func(t float64) []float64 { return clone(other.ForwardJet(p.params, p.at(t), 1).First) }
		up, down = first(h), first(-h)
		for i, v := range y.Second {
			almost.Equal(t, (up[i]-down[i])/(2*h), v, 1e-8, 1e-7, "second derivative %d", i)
		}
	})
}

// check is differences for a loss that may curve much, by the central formula
// of fourth order, where there are no kinks.
func (p *jetProblem) check(t *testing.T, x, want []float64, what string) {
	t.Helper()
	if n, ok := p.net.(interface{ activation() Activation }); ok && !n.activation().smooth() {
		differences(t, p.loss, x, want, what)
		return
	}
	const h = 2e-4
	require.Len(t, want, len(x), what)
	for i, v := range x {
		at := func(k float64) float64 {
			x[i] = v + k*h
			return p.loss()
		}
		almost.Equal(t, (8*(at(1)-at(-1))-(at(2)-at(-2)))/(12*h), want[i], 1e-7, 1e-7, "%s %d", what, i)
		x[i] = v
	}
}

func (n *perceptron) activation() Activation { return n.act }
func (n *residual) activation() Activation   { return n.act }

func TestJetGradients(t *testing.T) {
	eachJetProblem(t, func(t *testing.T, p *jetProblem) {
		rng := rand.New(rand.NewPCG(2, 2))
		p.loss()
		start := normals(rng, len(p.params))
		grad := clone(start)
		dIn := Jet{Value: normals(rng, len(p.x.Value)), First: normals(rng, len(p.x.Value)), Second: normals(rng, len(p.x.Value))}
		if p.x.Shared != nil {
			dIn.Shared = normals(rng, len(p.x.Shared))
		}
		p.tape.Forward(p.params, DenseInput(normals(rng, jetIn), 1, jetIn), nil) // does no harm in between
		p.tape.BackwardJet(p.params, grad, p.c, dIn)
		only := clone(dIn.Value)
		p.tape.BackwardJet(p.params, nil, p.c, Jet{Value: only})
		almost.Same(t, dIn.Value, only, "without the parameters")
		again := clone(start)
		p.tape.BackwardJet(p.params, again, p.c, Jet{})
		almost.Same(t, grad, again, "without the inputs")
		for i := range grad {
			grad[i] -= start[i] // BackwardJet adds
		}
		p.check(t, p.params, grad, "parameter")
		p.check(t, p.x.Value, dIn.Value, "value")
		p.check(t, p.x.Shared, dIn.Shared, "shared")
		if p.order == 0 {
			return
		}
		p.check(t, p.x.First, dIn.First, "first")
		if p.order == 1 {
			return
		}
		second := p.x.Second
		if second == nil {
			p.x.Second = make([]float64, len(p.x.Value))
		}
		p.check(t, p.x.Second, dIn.Second, "second")
		p.x.Second = second

		// A missing derivative of the loss is one of zero.
		clear(p.c.Value)
		clear(p.c.Second)
		p.loss()
		want, got := make([]float64, len(grad)), make([]float64, len(grad))
		p.tape.BackwardJet(p.params, want, p.c, Jet{})
		p.tape.BackwardJet(p.params, got, Jet{First: p.c.First}, Jet{})
		almost.Same(t, want, got)
	})
}

func TestARowsJetIsTheSameInABatch(t *testing.T) {
	eachJetProblem(t, func(t *testing.T, p *jetProblem) {
		y := p.tape.ForwardJet(p.params, p.x, p.order)
		all := [][]float64{clone(y.Value), clone(y.First), clone(y.Second)}
		cols := jetIn - len(p.x.Shared)
		for i := range jetRows {
			row := func(v []float64, cols int) []float64 {
				if v == nil {
					return nil
				}
				return v[i*cols : (i+1)*cols]
			}
			one := p.tape.ForwardJet(p.params, Jet{
				Rows: 1, Shared: p.x.Shared, Value: row(p.x.Value, cols), First: row(p.x.First, cols), Second: row(p.x.Second, cols),
			}, p.order)
			for k, v := range [][]float64{one.Value, one.First, one.Second}[:p.order+1] {
				almost.Same(t, row(all[k], jetOut), v, "order %d of row %d", k, i)
			}
		}
		empty := p.tape.ForwardJet(p.params, Jet{Shared: p.x.Shared}, p.order)
		assert.Empty(t, empty.Value)
		p.tape.BackwardJet(p.params, make([]float64, len(p.params)), Jet{}, Jet{})
	})
}

// The higher derivatives against differences of those below, also where the
// formulas change and far out.
func TestHigherDerivativesOfActivations(t *testing.T) {
	z := []float64{-40, -12, -3, -0.5, -2e-6, -1e-7, 0, 1e-7, 2e-6, 0.5, 2, 9, 40}
	at := func(act Activation, shift float64) ([]float64, [3][]float64) {
		a, d := clone(z), [3][]float64{}
		for i := range a {
			a[i] += shift
		}
		y := clone(a)
		for k := range d {
			d[k] = make([]float64, len(z))
		}
		act.forward(y, d[0])
		act.higher(&d, a, y, 2)
		return y, d
	}
	for _, act := range activations {
		if !act.smooth() {
			assert.Equal(t, 1, act.jetOrder())
			assert.Panics(t, func() { act.higher(&[3][]float64{{0}, {0}, {0}}, []float64{1}, []float64{1}, 2) })
			continue
		}
		const h = 1e-5
		_, d := at(act, 0)
		_, up := at(act, h)
		_, down := at(act, -h)
		for i, v := range z {
			for k := range 2 {
				almost.Equal(t, (up[k][i]-down[k][i])/(2*h), d[k+1][i], 2e-9, 1e-8, "derivative %d of %v at %g", k+2, act, v)
			}
			one := [3][]float64{{d[0][i]}, {0}}
			y := []float64{v}
			act.forward(y, one[0])
			act.higher(&one, []float64{v}, y, 1)
			assert.Equal(t, d[1][i], one[1][0], "at order 1")
		}
	}
}

func TestJetContract(t *testing.T) {
	net, params := build(t, MLP{Hidden: []int{3}}, 2, 1, 1)
	tape := net.NewTape().(JetTape)
	assert.Equal(t, 1, tape.JetOrder(), "ReLU has no second derivative")
	x := Jet{Rows: 1, Value: []float64{1, 2}, First: []float64{1, 0}}
	assert.Panics(t, func() { tape.ForwardJet(params, x, 2) })
	assert.Panics(t, func() { tape.ForwardJet(params, x, -1) })
	assert.Panics(t, func() { tape.ForwardJet(params, Jet{Rows: 2, Value: x.Value}, 0) })
	assert.Panics(t, func() { tape.ForwardJet(params, Jet{Rows: 1, Value: x.Value}, 1) })
	linear, params := build(t, Linear{}, 2, 1, 1)
	tape = linear.NewTape().(JetTape)
	assert.Equal(t, 2, tape.JetOrder())
	y := tape.ForwardJet(params, Jet{Rows: 1, Value: []float64{math.NaN(), 1}, First: []float64{1, 0}}, 2)
	assert.True(t, math.IsNaN(y.Value[0]), "NaN must show")
	assert.Equal(t, params[0], y.First[0])
	assert.Zero(t, y.Second[0])
}

func TestJetsDoNotAllocate(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	for _, arch := range []Architecture{MLP{Hidden: []int{20, 20}, Activation: SiLU}, ResMLP{Width: 20, Activation: Tanh}} {
		net, params := build(t, arch, 4, 1, 1)
		tape, rng := net.NewTape().(JetTape), rand.New(rand.NewPCG(1, 1))
		x := Jet{Rows: 30, Shared: normals(rng, 3), Value: normals(rng, 30), First: normals(rng, 30)}
		grad, w := make([]float64, len(params)), normals(rng, 30)
		allocs := testing.AllocsPerRun(20, func() {
			tape.ForwardJet(params, x, 2)
			tape.BackwardJet(params, grad, Jet{Second: w}, Jet{Value: w})
		})
		assert.Zero(t, allocs, "%s", nameOf(arch))
	}
}

// BenchmarkJet is one example of a score network over reals: 64 samples of a
// scalar y beside 32 logits that they share.
func BenchmarkJet(b *testing.B) {
	net, params := build(b, MLP{Hidden: []int{128, 128}, Activation: SiLU}, 33, 1, 1)
	tape, rng := net.NewTape().(JetTape), rand.New(rand.NewPCG(1, 1))
	x := Jet{Rows: 64, Shared: normals(rng, 32), Value: normals(rng, 64), First: normals(rng, 64)}
	grad, w, dShared := make([]float64, len(params)), normals(rng, 64), make([]float64, 32)
	for order := range 3 {
		d := []Jet{{Value: w}, {First: w}, {Second: w}}[order]
		b.Run(fmt.Sprintf("order %d", order), func(b *testing.B) {
			for b.Loop() {
				tape.ForwardJet(params, x, order)
				tape.BackwardJet(params, grad, d, Jet{Shared: dShared})
			}
		})
	}
}
