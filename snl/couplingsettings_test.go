package snl

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

func TestCouplingSettings(t *testing.T) {
	bad := map[string]Coupling{
		"Joint.Logits":              Joint{Logits: -3},
		"Joint.Frequencies[1]":      Joint{Frequencies: []float64{1, math.NaN()}},
		"Frequencies":               Joint{Periodic: true},
		"MLP.Hidden[0]":             Joint{Network: nn.MLP{Hidden: []int{0}}},
		"nn.JetTape":                Joint{Network: noJets{}},
		"MixtureDensity.Components": MixtureDensity{Components: -1},
		"MixtureDensity.MinScale":   Tilted{Base: MixtureDensity{MinScale: math.NaN()}},
		"MixtureDensity.Spread":     MixtureDensity{Spread: math.Inf(1)},
		"Polynomial.Degree":         ExponentialFamily{Polynomial{Degree: -1}},
		"Trigonometric.Order":       Tilted{Energy: ExponentialFamily{Trigonometric{Order: -1}}},
	}
	for what, c := range bad {
		_, err := c.Bind(1)
		assert.ErrorContains(t, err, what)
	}
	var dim *structured.DimensionError
	for _, c := range couplings {
		_, err := c.of.Bind(0)
		assert.ErrorAs(t, err, &dim, "%T", c.of)
	}
	_, err := Joint{Network: noJets{}}.Bind(1)
	assert.ErrorIs(t, err, ErrNoJets)
	for _, c := range []Coupling{Joint{}, ExponentialFamily{}, MixtureDensity{}, Tilted{}} {
		for _, d := range []int{1, 4} {
			bind(t, c, d) // the zero values are usable
		}
	}
}

// noJets is an architecture whose tapes cannot be differentiated along inputs.
type noJets struct{ nn.Linear }

func (noJets) Build(in, out int) (nn.Network, error) {
	n, err := nn.Linear{}.Build(in, out)
	return plain{n}, err
}

type plain struct{ nn.Network }

func (p plain) NewTape() nn.Tape { return struct{ nn.Tape }{p.Network.NewTape()} }

func TestCheckOrder(t *testing.T) {
	kinks := bind(t, Joint{Network: nn.MLP{}}, 1)
	_, err := CheckOrder(kinks, 1, "Langevin")
	assert.NoError(t, err)
	var order *OrderError
	_, err = CheckOrder(kinks, 2, "score matching")
	require.ErrorAs(t, err, &order)
	assert.Equal(t, OrderError{For: "score matching", Want: 2, Have: 1}, *order)
	assert.ErrorContains(t, err, "nn.SiLU")
	_, err = CheckOrder(scoresOnly{kinks}, 1, "MALA")
	assert.EqualError(t, err, "snl: MALA needs derivatives of order 1 in y, which the coupling does not have")
}

// Long lists go through the network in pieces: the same numbers as in one.
func TestJointInPieces(t *testing.T) {
	c := bind(t, Joint{Logits: 2, Network: small}, 2)
	theta := thetaFor(c, 0.5, 1)
	ys, vs := randomPoints(2*jointRows+7, 2, 1), randomPoints(2*jointRows+7, 2, 2)
	n := len(ys)
	score, one, d2, g := make([]float64, n), make([]float64, 1), make([]float64, n), make([]float64, 2*n)
	c.Score(score, theta, ys)
	c.Jet(nil, nil, d2, theta, ys, vs)
	c.GradY(g, theta, ys)
	for _, m := range []int{0, jointRows - 1, jointRows, n - 1} {
		c.Score(one, theta, ys[m:m+1])
		almost.Same(t, one, score[m:m+1])
		c.Jet(nil, nil, one, theta, ys[m:m+1], vs[m:m+1])
		almost.Same(t, one, d2[m:m+1])
		row := make([]float64, 2)
		c.GradY(row, theta, ys[m:m+1])
		almost.Same(t, row, g[2*m:2*m+2])
	}
	c.Score(nil, theta, nil) // none at all
}

// Far from all components the density underflows to nothing, and nothing is
// NaN.
func TestMixtureFarOut(t *testing.T) {
	c := bind(t, MixtureDensity{Components: 3, Full: true}, 2)
	theta := thetaFor(c, 0.5, 1)
	ys, vs := []Point{{1e8, -1e8}, {1e200, 1}, {0, 0}}, randomPoints(3, 2, 2)
	v, d1, d2, g := make([]float64, 3), make([]float64, 3), make([]float64, 3), make([]float64, 6)
	grad := structured.Theta{Logits: make([]float64, c.NumLogits())}
	c.Jet(v, d1, d2, theta, ys, vs)
	c.GradY(g, theta, ys[:1])
	c.AddGradJet(grad, theta, ys[:1], vs[:1], []float64{1}, []float64{1}, []float64{1})
	assert.True(t, math.IsInf(v[1], -1))
	for _, x := range slices.Concat(v[:1], v[2:], d1, d2, g[:2], grad.Logits) {
		assert.False(t, math.IsNaN(x))
	}
}
