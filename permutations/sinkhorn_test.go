package permutations

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// effective is the share of equally weighted draws that draws from r are worth
// for a distribution p: 1 / E_r[(p/r)^2], by enumeration.
func effective(p, logr []float64) float64 {
	sum := 0.0
	for i, l := range logr {
		sum += p[i] * p[i] * math.Exp(-l)
	}
	return 1 / sum
}

// The logits are meant for proposals: draws must be worth far more than those
// of the reference wherever that is poor.
func TestPlackettLuceLogitsMakeGoodProposals(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	const k = 6
	ys := everyOrdering(k)
	logr, uniform := make([]float64, len(ys)), make([]float64, len(ys))
	for i := range uniform {
		uniform[i] = -numeric.LogFactorial(k)
	}
	for name, of := range someCouplings(k) {
		for _, scale := range []float64{0.1, 0.5, 1, 2, 4} {
			worth, flat := 0.0, 0.0
			const repeats = 10
			for range repeats {
				c, _, s := bound(t, of, k, nil)
				theta := randomTheta(c, scale, rng)
				truth := list(k, func(y Ordering) float64 { return valueOf(c, s, theta, y) })
				logits := make([]float64, k)
				c.plackettLuceLogits(logits, theta)
				var choice repeatedChoice
				choice.init(k)
				choice.set(logits)
				for i, y := range ys {
					// As PlackettLuceProposal draws, with its share of the reference.
					logr[i] = numeric.LogAddExp(math.Log(0.95)+choice.logProb(y), math.Log(0.05)+uniform[i])
				}
				worth += effective(truth.p, logr) / repeats
				flat += effective(truth.p, uniform) / repeats
			}
			assert.Greater(t, worth, flat, "%s, scale %g", name, scale)
			switch {
			case name == "permutahedron":
				assert.Greater(t, worth, 0.7, "%s, scale %g", name, scale)
			case scale >= 1 && name != "weighted":
				assert.Greater(t, worth, 1.5*flat, "%s, scale %g", name, scale)
			}
		}
	}
}

func TestPlackettLuceLogits(t *testing.T) {
	for name, of := range someCouplings(4) {
		c, _, _ := bound(t, of, 4, nil)
		dst := []float64{1, 2, 3, 4}
		theta := structured.Theta{Logits: make([]float64, c.NumLogits())}
		c.plackettLuceLogits(dst, theta)
		almost.Slice(t, []float64{0, 0, 0, 0}, dst, 0, 0, name)
		// Huge scores must not give NaN or infinite logits.
		for _, scale := range []float64{1e3, 1e6, 1e100} {
			theta := randomTheta(c, scale, rand.New(rand.NewPCG(2, 2)))
			c.plackettLuceLogits(dst, theta)
			for _, x := range dst {
				assert.False(t, math.IsNaN(x) || math.Abs(x) > widestLogits, "%s: %v", name, dst)
			}
			if c, ok := c.(sorter); ok {
				got, want := make(Ordering, 4), make(Ordering, 4)
				sortByScore(got, dst)
				c.mode(want, theta)
				assert.Equal(t, want, got)
				if name == "permutahedron" { // whose rows all differ
					assert.Greater(t, dst[got[0]]-dst[got[3]], 50.0, "so sure a model has sure logits")
				}
			}
		}
		for i := range theta.Logits {
			theta.Logits[i] = math.NaN()
		}
		c.plackettLuceLogits(dst, theta)
		almost.Slice(t, []float64{0, 0, 0, 0}, dst, 0, 0, "%s of NaN", name)
	}
	// Of two labels Plackett-Luce is the model itself.
	for name, c := range map[string]struct {
		of      Coupling
		theta   []float64
		logOdds float64
	}{
		"permutahedron": {Permutahedron{}, []float64{0.7, -0.3}, 2},
		"birkhoff":      {Birkhoff{}, []float64{1, 0.5, 0.2, 0.1}, 0.4},
		"preference":    {Preference{}, []float64{0.6}, 1.2},
	} {
		b, _, _ := bound(t, c.of, 2, nil)
		dst := make([]float64, 2)
		b.plackettLuceLogits(dst, structured.Theta{Logits: c.theta})
		almost.Equal(t, c.logOdds, dst[0]-dst[1], 0.02, 0, name)
	}
}

// Two labels that both claim the first rank, beyond what a weight can hold.
func TestPlackettLuceLogitsOfRivals(t *testing.T) {
	c, _, _ := bound(t, Birkhoff{}, 3, nil)
	dst := make([]float64, 3)
	c.plackettLuceLogits(dst, structured.Theta{Logits: []float64{
		0, -1e4, -1e4,
		0, -1e4, -1e4,
		-2e4, 0, 0,
	}})
	almost.Equal(t, dst[0], dst[1], 1e-9, 0)
	assert.Greater(t, dst[0], dst[2])
}

// The relaxation is close to the marginals where labels are nearly free.
func TestRelaxationOfSmallScores(t *testing.T) {
	const k = 6
	rng := rand.New(rand.NewPCG(3, 3))
	s := newRelaxation(k)
	copy(s.terms, costs(k, 0.2, rng))
	p := steps{k: k, position: append([]float64{}, s.terms...)}
	s.solve()
	doublyStochastic(t, k, s.p)
	almost.Slice(t, list(k, p.value).position, s.p, 0.03, 0)
}
