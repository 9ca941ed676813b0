package snl

import "github.com/gibbs-ebm/gibbs/structured"

// The objectives of package structured, over reals. MinMin, the self-normalised
// likelihood, is beside Fit; those that differentiate in y have files of their
// own: [ScoreMatching], [SlicedScoreMatching], [FiniteDifferenceScoreMatching],
// [DenoisingScoreMatching], [KernelStein], [SelfAdversarialFlow].
type (
	// ExactLikelihood is maximum likelihood with the log Z that the coupling
	// knows; see also QuadratureLikelihood.
	ExactLikelihood = structured.ExactLikelihood[Point]
	// NoiseContrastive is noise contrastive estimation with a learned
	// normaliser (Gutmann, Hyvärinen 2010).
	NoiseContrastive = structured.NoiseContrastive[Point]
	// RankingNoiseContrastive is noise contrastive estimation without one: the
	// NCE, and with a Jitter the NCE+, of papers on regression.
	RankingNoiseContrastive = structured.RankingNoiseContrastive[Point]
	// ConditionalNoiseContrastive compares the data with perturbations of
	// themselves (Ceylan, Gutmann 2018): see GaussianNoise.
	ConditionalNoiseContrastive = structured.ConditionalNoiseContrastive[Point]
	// ImportanceSampledLikelihood is ML-IS, and with a Target KLD-IS.
	ImportanceSampledLikelihood = structured.ImportanceSampledLikelihood[Point]
	// ContrastiveDivergence is maximum likelihood by short chains from the
	// data: ML-MCMC with Langevin, MALA or RandomWalk for its Kernel.
	ContrastiveDivergence = structured.ContrastiveDivergence[Point]
	// PersistentContrastiveDivergence keeps the chains, a replay buffer.
	PersistentContrastiveDivergence = structured.PersistentContrastiveDivergence[Point]
	// UnbiasedContrastiveDivergence runs coupled chains until they meet.
	UnbiasedContrastiveDivergence = structured.UnbiasedContrastiveDivergence[Point]
)

// What the objectives draw from, beside Fixed and MixtureProposal.
type (
	// Around draws around the observed target, as GaussianNoise does.
	Around = structured.Around[Point]
	// Learned is a proposal with a network of its own; see MixtureFamily.
	Learned = structured.Learned[Point]
	// IndependenceMetropolis is the chain whose moves are draws of a proposal.
	IndependenceMetropolis = structured.IndependenceMetropolis[Point]
)

// AroundTargets makes the objectives that Gustafsson, Danelljan, Timofte and
// Schön (2020) compare for regression, all with M draws from one proposal,
//
//	r(y'|y) = (1/K) sum_k N(y'; y, Deviations_k^2 I)
//
// around the observed target y. Deviations are in the coordinates of the space,
// and in the units of the targets with Config.RawTargets, as theirs are. Their
// networks have no base and are normalised over a grid, since what a bounded
// network scores has no integral over the whole line; a wide base, such as
// Gaussian{Widen: 3}, stands for both.
//
// In one dimension they take M = 1024, Deviations 0.1 and 0.8 for NCE and NCEPlus
// and 0.2 and 1.6 for MLIS and KLDIS; the methods without a proposal are there
// ContrastiveDivergence{Kernel: Langevin{Step: 0.05, Steps: 16}, Chains: 1024},
// DenoisingScoreMatching{Sigma: 0.2, Pairs: 512} and ScoreMatching{}. The joint
// objective with the same draws is MinMin{Samples: M, Proposal: a.Proposal()}.
type AroundTargets struct {
	// Samples is M; 0 stands for 1024.
	Samples int
	// Deviations are those of the K parts; nil stands for 0.1 and 0.8.
	Deviations []float64
}

func (a AroundTargets) samples() int { return orDefault(a.Samples, 1024) }

func (a AroundTargets) deviations() []float64 {
	if a.Deviations == nil {
		return []float64{0.1, 0.8}
	}
	return a.Deviations
}

// Proposal is r.
func (a AroundTargets) Proposal() Around {
	return Around{Of: GaussianNoise{Deviations: a.deviations()}}
}

// NCE is to pick the target among the draws.
func (a AroundTargets) NCE() RankingNoiseContrastive {
	return RankingNoiseContrastive{Samples: a.samples(), Proposal: a.Proposal()}
}

// NCEPlus is NCE with the target moved first, by noise as that of the proposal
// with deviations times beta; 0.025 in the published code.
func (a AroundTargets) NCEPlus(beta float64) RankingNoiseContrastive {
	o, moved := a.NCE(), GaussianNoise{}
	for _, s := range a.deviations() {
		moved.Deviations = append(moved.Deviations, beta*s)
	}
	o.Jitter = moved
	return o
}

// MLIS is maximum likelihood with Z from the draws.
func (a AroundTargets) MLIS() ImportanceSampledLikelihood {
	return ImportanceSampledLikelihood{Samples: a.samples(), Proposal: a.Proposal()}
}

// KLDIS is the divergence of N(y, sigma^2 I) from the model, estimated from the
// draws; sigma is 0.025 in one dimension.
func (a AroundTargets) KLDIS(sigma float64) ImportanceSampledLikelihood {
	o := a.MLIS()
	o.Target = GaussianNoise{Deviations: []float64{sigma}}
	return o
}
