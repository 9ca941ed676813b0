package structuredtest

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Proposal checks that a bound proposal reports the log-probability of what it
// draws, covers the support of the reference, and draws the same for the same
// key; and where it is a DensityProposal that it gives the same probabilities
// for structures that it did not draw.
func Proposal[Y any](t *testing.T, p structured.Proposal[Y], c structured.Coupling[Y], space structured.Space[Y], s Structures[Y]) {
	t.Helper()
	require.NotEmpty(t, s.All, "the suite needs a list of the structures")
	rng := rand.New(rand.NewPCG(7, 8))
	scales := s.Scales
	if scales == nil {
		scales = []float64{0, 1}
	}
	for _, scale := range scales {
		theta := random(c, scale, rng)
		if s.continuous() {
			continuousProposal(t, p, space, s, theta)
			continue
		}
		ys, logr, logq := space.Make(draws), make([]float64, draws), make([]float64, draws)
		p.Sample(ys, logr, theta, 3)
		space.LogProb(logq, ys)
		// The last cell is for draws outside the space: a proposal may be
		// wider than the reference.
		prob, counts, known := make([]float64, len(s.All)+1), make([]int, len(s.All)+1), 0.0
		mean, square := 0.0, 0.0 // of q/r
		for m, y := range ys {
			w := math.Exp(logq[m] - logr[m])
			mean += w / draws
			square += w * w / draws
			i := s.index(y)
			if i < 0 {
				counts[len(s.All)]++
				continue
			}
			counts[i]++
			if prob[i] != 0 {
				almost.Equal(t, math.Log(prob[i]), logr[m], 1e-9, 1e-9, "one structure, two probabilities")
				continue
			}
			prob[i] = math.Exp(logr[m])
			known += prob[i]
		}
		for i, n := range counts[:len(s.All)] {
			if n == 0 {
				prob[i] = 0 // never drawn: whether that is right, the mean of q/r tells
			}
		}
		prob[len(s.All)] = max(0, 1-known)
		bands(t, "proposal", counts, prob)
		// E_r[q/r] is the reference probability of what r can draw.
		se := math.Sqrt(max(0, square-mean*mean) / draws)
		almost.Equal(t, 1, mean, 6*se+1e-9, 0, "the proposal must cover the reference: the mean of q/r")

		if d, ok := p.(structured.DensityProposal[Y]); ok {
			asked := make([]float64, draws)
			d.LogProb(asked, ys, theta)
			almost.Slice(t, logr, asked, 1e-9, 1e-9, "the probability of a draw, asked for again")
			all, total := make([]float64, len(s.All)), 0.0
			d.LogProb(all, s.All, theta)
			for _, l := range all {
				total += math.Exp(l)
			}
			require.LessOrEqual(t, total, 1+1e-9, "probabilities of all structures")
		}
		again, logr2 := space.Make(draws), make([]float64, draws)
		p.Sample(again, logr2, theta, 3)
		almost.Same(t, logr, logr2, "the same key must give the same draws")
		for m := range again {
			require.True(t, s.Equal(ys[m], again[m]), "the same key must give the same draws")
		}
	}
}
