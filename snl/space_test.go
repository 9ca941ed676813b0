package snl

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

func TestSpaceChecks(t *testing.T) {
	s := spaceOver(t, Uniform{Low: []float64{0, 0}, High: []float64{1, 2}}, 2)
	assert.NoError(t, s.Check(Point{0.5, 1.5}))
	assert.NoError(t, s.Check(Point{0, 2}), "the box is closed")
	var dim *structured.DimensionError
	assert.ErrorAs(t, s.Check(Point{1}), &dim)
	assert.ErrorAs(t, s.Check(nil), &dim)
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		var ce *CoordinateError
		require.ErrorAs(t, s.Check(Point{0.5, bad}), &ce)
		assert.Equal(t, 1, ce.Column)
		assert.ErrorIs(t, ce, structured.ErrNotFinite)
		assert.Contains(t, ce.Error(), "coordinate 1")
	}
	assert.ErrorIs(t, s.Check(Point{0.5, 2.01}), ErrOutside)
	assert.True(t, math.IsInf(s.LogCardinality(), 1))
	assert.False(t, s.Improper())
	assert.True(t, spaceOver(t, Lebesgue{}, 2).Improper())
	_, err := NewSpace(nil)
	assert.Error(t, err)
}

func TestSpaceEncodes(t *testing.T) {
	s := spaceOver(t, Gaussian{Mean: []float64{0, 0}, Std: []float64{1, 1}}, 2)
	words, y := make([]uint64, s.Words()), s.Make(1)
	for _, want := range append(randomPoints(10, 2, 1), Point{math.Copysign(0, -1), 1e-310}) {
		s.Encode(words, want)
		require.NoError(t, s.Decode(&y[0], words))
		assert.Equal(t, want[1], y[0][1])
		assert.True(t, want[0] == y[0][0])
	}
	a, b := make([]uint64, 2), make([]uint64, 2)
	s.Encode(a, Point{0, 1})
	s.Encode(b, Point{math.Copysign(0, -1), 1})
	assert.Equal(t, a, b, "equal points have equal words")
	assert.Error(t, s.Decode(&y[0], []uint64{math.Float64bits(math.NaN()), 0}))
	assert.Error(t, s.Decode(&y[0], []uint64{1}))
}

func TestFixedProposals(t *testing.T) {
	c := bind(t, Joint{Logits: 2, Network: small}, 1)
	s := spaceOver(t, Gaussian{Mean: []float64{0}, Std: []float64{1}}, 1)
	in := coordinates{[]float64{1}, []float64{2}}
	shifted := &Space{dim: 1, base: s.base, proposal: in.in(mustBind(t, Gaussian{Mean: []float64{2}, Std: []float64{4}}, 1)), coordinates: in}
	for name, problem := range map[string]structured.Problem[Point]{
		"plain": {Space: s, Coupling: c}, "in other coordinates": {Space: shifted, Coupling: c},
	} {
		p, err := Fixed{Of: Student{Freedom: 60, Location: []float64{0.5}, Scale: []float64{2}}}.Bind(problem)
		require.NoError(t, err, name)
		assert.False(t, p.Follows())
		structuredtest.Proposal(t, p, c, s, trapezoids(20, 0.02, 1))
	}
	// The density is in the user's units, the draws in those of the space.
	of := Gaussian{Mean: []float64{5}, Std: []float64{1}}
	given, err := Fixed{Of: of}.Bind(structured.Problem[Point]{Space: shifted, Coupling: c})
	require.NoError(t, err)
	var got, want [1]float64
	given.(structured.DensityProposal[Point]).LogProb(got[:], []Point{{1.7}}, structured.Theta{})
	mustBind(t, of, 1).LogDensity(want[:], []Point{{1 + 2*1.7}})
	almost.Equal(t, want[0]+math.Log(2), got[0], 1e-12, 0)

	p, err := Fixed{}.Bind(structured.Problem[Point]{Space: shifted, Coupling: c})
	require.NoError(t, err)
	structuredtest.Proposal(t, p, c, s, trapezoids(20, 0.02, 1))
	for _, f := range []Fixed{{}, {Of: Lebesgue{}}, {Of: Gaussian{}}, {Of: Uniform{Low: []float64{0, 0}, High: []float64{1, 1}}}} {
		_, err := f.Bind(structured.Problem[Point]{Space: s, Coupling: c})
		assert.Error(t, err, "%#v", f)
	}
}

func mustBind(t *testing.T, f Form, dim int) Density {
	t.Helper()
	d, err := f.Bind(dim)
	require.NoError(t, err)
	return d
}

// The noise integrates to 1 around any point, is symmetric and is that of its
// draws; as a proposal it gives log Z, whatever the example's y is.
func TestGaussianNoise(t *testing.T) {
	for dim := 1; dim <= 2; dim++ {
		t.Run(fmt.Sprint(dim), func(t *testing.T) {
			s := spaceOver(t, Gaussian{Mean: make([]float64, dim), Std: []float64{1, 1}[:dim]}, dim)
			b, err := GaussianNoise{Deviations: []float64{0.3, 1}, Weights: []float64{1, 3}}.Bind(structured.Problem[Point]{Space: s})
			require.NoError(t, err)
			nodes := trapezoids(9, []float64{0, 0.02, 0.07}[dim], dim)
			from := Point{0.4, -0.7}[:dim]
			there, back := make([]float64, len(nodes.All)), make([]float64, len(nodes.All))
			b.LogProb(there, back, nodes.All, from)
			almost.Same(t, there, back)
			sum, moment := 0.0, 0.0
			for i, l := range there {
				sum += nodes.Weights[i] * math.Exp(l)
				moment += nodes.Weights[i] * math.Exp(l) * euclidean(from, nodes.All[i]) * euclidean(from, nodes.All[i])
			}
			almost.Equal(t, 1, sum, 1e-9, 0)
			almost.Equal(t, float64(dim)*(0.25*0.09+0.75), moment, 1e-6, 0)
			ys := s.Make(20_000)
			b.Sample(ys, from, 3)
			var mean weightedMean
			for _, y := range ys {
				d := euclidean(from, y)
				mean.add(d*d, 1)
			}
			almost.Equal(t, moment, mean.value(), 6*mean.standardError(), 0)
		})
	}
	s := spaceOver(t, Gaussian{Mean: []float64{0}, Std: []float64{1}}, 1)
	for _, g := range []GaussianNoise{
		{Deviations: []float64{}}, {Deviations: []float64{-1}}, {Deviations: []float64{1}, Weights: []float64{1, 2}},
		{Deviations: []float64{math.NaN()}}, {Deviations: []float64{1}, Weights: []float64{0}},
	} {
		_, err := g.Bind(structured.Problem[Point]{Space: s})
		assert.Error(t, err, "%+v", g)
	}
}
