package sets

import (
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/structured"
)

// antithetic overwrites ys with draws of independent labels with probabilities p,
// in pairs of neighbours (Hammersley, Morton 1956): one of a pair has label j where
// u_j < p_j, the other where 1 - u_j < p_j, u_j uniform. Each set has the law of a
// single draw; the labels of a pair are as opposed as they can be. A last set
// without a partner is drawn alone. k random numbers a pair.
func antithetic(ys []Set, p func(j int) float64, k int, rng *rand.Rand) {
	for i := 0; i < len(ys); i += 2 {
		pair := ys[i:min(i+2, len(ys))]
		for _, y := range pair {
			y.Clear()
		}
		for j := range k {
			u, p := rng.Float64(), p(j)
			if u < p {
				pair[0].Add(j)
			}
			if len(pair) > 1 && 1-u < p {
				pair[1].Add(j)
			}
		}
	}
}

// sampleDependent draws as the proposal says, and gives the reference its share
// of the draws, up or down to the next whole number, at random places.
func (p *marginalProposal) sampleDependent(ys []Set, s *marginalScratch, rng *rand.Rand) {
	n := stratum(len(ys), p.defensive(), rng)
	p.space.Sample(ys[:n], rng)
	draw := stratify
	if p.Antithetic {
		draw = antithetic
	}
	draw(ys[n:], s.bits.p, p.space.k, rng)
	rng.Shuffle(len(ys), func(i, j int) { ys[i], ys[j] = ys[j], ys[i] })
}

// Independent is the same proposal with independent draws.
func (p *marginalProposal) Independent() structured.Proposal[Set] {
	of := p.Marginal
	of.Stratified, of.Antithetic = false, false
	return &marginalProposal{Marginal: of, coupling: p.coupling, space: p.space}
}
