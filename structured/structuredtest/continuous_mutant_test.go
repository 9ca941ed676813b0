package structuredtest_test

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/snl"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

// Mutants over reals, with one thing broken each.
type (
	point      = snl.Point
	shiftedQ   struct{ *snl.Space }  // reports another density
	narrowQ    struct{ *snl.Space }  // draws too little from the tails
	realMutant struct{ *mutantReal } // a coupling with wrong derivatives
	realInfer  struct {
		structured.LogPartition[point]
		structured.ExactSampler[point]
		mutant string
	}
	realProposal struct {
		structured.DensityProposal[point]
		mutant string
	}
)

type mutantReal struct {
	snl.Smooth
	mutant string
}

func (s shiftedQ) LogProb(dst []float64, ys []point) {
	s.Space.LogProb(dst, ys)
	for i := range dst {
		dst[i] += 1e-6
	}
}

func (s narrowQ) Sample(ys []point, rng *rand.Rand) {
	s.Space.Sample(ys, rng)
	for _, y := range ys {
		y[0] *= 0.9
	}
}

func (m *mutantReal) GradY(dst []float64, theta structured.Theta, ys []point) {
	m.Smooth.GradY(dst, theta, ys)
	if m.mutant == "gradient in y" {
		dst[0] += 1e-3
	}
}

func (m *mutantReal) Jet(value, d1, d2 []float64, theta structured.Theta, ys, vs []point) {
	m.Smooth.Jet(value, d1, d2, theta, ys, vs)
	if m.mutant == "second derivative" && d2 != nil {
		d2[len(d2)-1] += 1e-3
	}
}

func (m *mutantReal) AddGradJet(grad, theta structured.Theta, ys, vs []point, w0, w1, w2 []float64) {
	if m.mutant == "gradient of a jet" && w2 != nil {
		w2 = slices.Clone(w2)
		w2[0] *= 1.01
	}
	m.Smooth.AddGradJet(grad, theta, ys, vs, w0, w1, w2)
}

func (m *mutantReal) Infer(s structured.Space[point]) (structured.Inference[point], error) {
	inf, err := m.Smooth.(structured.Inferrer[point]).Infer(s)
	return realInfer{inf.(structured.LogPartition[point]), inf.(structured.ExactSampler[point]), m.mutant}, err
}

func (r realInfer) Mode(dst *point, theta structured.Theta, key uint64) (float64, bool) {
	v, proven := r.LogPartition.Mode(dst, theta, key)
	if r.mutant == "real mode" {
		v += 0.1
	}
	return v, proven
}

func (r realInfer) LogZ(theta structured.Theta) float64 {
	v := r.LogPartition.LogZ(theta)
	if r.mutant == "real log Z" {
		v += 1e-7
	}
	return v
}

func (r realInfer) SampleModel(ys []point, theta structured.Theta, key uint64) {
	r.ExactSampler.SampleModel(ys, theta, key)
	if r.mutant == "real sampler" {
		for _, y := range ys {
			y[0] += 0.1
		}
	}
}

func (p realProposal) LogProb(dst []float64, ys []point, theta structured.Theta) {
	p.DensityProposal.LogProb(dst, ys, theta)
	for i := range dst {
		if p.mutant == "real density" {
			dst[i] += 1e-6
		}
	}
}

func (p realProposal) Sample(ys []point, logr []float64, theta structured.Theta, key uint64) {
	p.DensityProposal.Sample(ys, logr, theta, key)
	if p.mutant == "real draws" {
		for i, y := range ys {
			y[0] *= 0.9
			p.DensityProposal.LogProb(logr[i:i+1], ys[i:i+1], theta)
		}
	}
}

// line are the nodes of the trapezoidal rule.
func line() structuredtest.Structures[point] {
	s := structuredtest.Structures[point]{
		Equal:    func(a, b point) bool { return slices.Equal(a, b) },
		Features: func(y point) []float64 { return []float64{math.Sin(y[0]), math.Cos(y[0])} },
		Scales:   []float64{0, 0.3},
	}
	for i := range 801 {
		s.All, s.Weights = append(s.All, point{-20 + 0.05*float64(i)}), append(s.Weights, 0.05)
	}
	return s
}

// TestRealMutant is run by TestRealMutantsAreCaught, as TestMutant is.
func TestRealMutant(t *testing.T) {
	mutant := os.Getenv("MUTANT")
	if mutant == "" {
		t.Skip("run by TestRealMutantsAreCaught")
	}
	space := func(f snl.Form) *snl.Space {
		d, err := f.Bind(1)
		require.NoError(t, err)
		s, err := snl.NewSpace(d)
		require.NoError(t, err)
		return s
	}
	normal, volume := space(snl.Gaussian{Mean: []float64{0.5}, Std: []float64{1.2}}), space(snl.Lebesgue{})
	mixture, err := snl.MixtureDensity{Components: 2}.Bind(1)
	require.NoError(t, err)
	c := realMutant{&mutantReal{mixture, mutant}}
	bound, err := snl.MixtureProposal{}.Bind(structured.Problem[point]{Space: volume, Coupling: mixture})
	require.NoError(t, err)
	proposal := realProposal{bound.(structured.DensityProposal[point]), mutant}
	points := []point{{-1}, {0.2}, {1.7}}
	switch mutant {
	case "none":
		structuredtest.Space(t, structured.Space[point](normal), line())
		structuredtest.Smooth(t, c, points)
		structuredtest.Coupling(t, structured.Coupling[point](c), structured.Space[point](volume), line())
		structuredtest.Proposal(t, structured.Proposal[point](proposal), structured.Coupling[point](c), structured.Space[point](volume), line())
	case "shifted density":
		structuredtest.Space(t, structured.Space[point](shiftedQ{normal}), line())
	case "narrow draws":
		structuredtest.Space(t, structured.Space[point](narrowQ{normal}), line())
	case "gradient in y", "second derivative", "gradient of a jet":
		structuredtest.Smooth(t, c, points)
	case "real mode", "real log Z", "real sampler":
		structuredtest.Coupling(t, structured.Coupling[point](c), structured.Space[point](volume), line())
	case "real density", "real draws":
		structuredtest.Proposal(t, structured.Proposal[point](proposal), structured.Coupling[point](c), structured.Space[point](volume), line())
	default:
		t.Fatalf("no mutant %q", mutant)
	}
}

func TestRealMutantsAreCaught(t *testing.T) {
	run := func(mutant string) error {
		cmd := exec.CommandContext(context.Background(), os.Args[0], "-test.run=^TestRealMutant$")
		cmd.Env = append(os.Environ(), "MUTANT="+mutant)
		out, err := cmd.CombinedOutput()
		assert.False(t, strings.Contains(string(out), "panic:"), "%s: %s", mutant, out)
		assert.False(t, strings.Contains(string(out), "no mutant"), mutant)
		if mutant == "none" {
			assert.NoError(t, err, "%s", out)
		}
		return err
	}
	assert.NoError(t, run("none"), "the right pieces pass")
	for _, mutant := range []string{
		"shifted density", "narrow draws", "gradient in y", "second derivative", "gradient of a jet",
		"real mode", "real log Z", "real sampler", "real density", "real draws",
	} {
		assert.Error(t, run(mutant), "the suite passes a broken %s", mutant)
	}
}
