package permutations

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// The recursion over closed sets counts what partial rankings count in closed
// form, also for more labels than can be listed.
func TestCountOfPartialRankings(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for _, k := range []int{1, 4, 9, 12} {
		for range 20 {
			e := randomPartial(k, rng)
			p := randomSteps(k, 1, false, false, false, rng)
			p.before = make([]uint64, k)
			e.Predecessors(p.before)
			almost.Equal(t, e.LogCompletions(), math.Log(count(p.recursion())), 1e-11, 0, "%v", e)
		}
	}
}

// Closed forms for many labels: Mallows distributions as models.
func TestManyLabelsAgainstClosedForms(t *testing.T) {
	for _, k := range []int{16, 20} {
		for _, dispersion := range []float64{1e-3, 0.3, 4} {
			// Kendall: all B_ij are dispersion/2, less a constant.
			c, inf, _ := bound(t, Preference{}, k, nil)
			theta := structured.Theta{Logits: make([]float64, c.NumLogits())}
			for i := range theta.Logits {
				theta.Logits[i] = dispersion / 2
			}
			n := float64(k*(k-1)) / 2
			want := newRepeatedInsertion(k, dispersion).logZ() + n*dispersion/2 - numeric.LogFactorial(k)
			almost.Equal(t, want, inf.(structured.LogPartition[Ordering]).LogZ(theta), 1e-10, 1e-13, "Kendall, k=%d", k)

			// Hamming: theta is dispersion on the diagonal, less a constant.
			c, inf, _ = bound(t, Birkhoff{}, k, nil)
			theta = structured.Theta{Logits: make([]float64, c.NumLogits())}
			for i := range k {
				theta.Logits[i*k+i] = dispersion
			}
			want = newPartialDerangement(k, dispersion).logZ() + float64(k)*dispersion - numeric.LogFactorial(k)
			almost.Equal(t, want, inf.(structured.LogPartition[Ordering]).LogZ(theta), 1e-10, 1e-13, "Hamming, k=%d", k)
		}
	}
}
