package sets

import "github.com/gibbs-ebm/gibbs/structured"

// The objectives for sets, all through the same Fit. The six of Sander, Roulet,
// Liu and Blondel (2025) are MinMin with the softmax, MinMin with the sparsemax,
// Exact, FenchelYoung, CD and MinMax; of this package's own are FenchelYoung,
// PseudoLikelihood, RatioMatching and Perceptron.
type (
	// Exact is exact maximum likelihood.
	Exact = structured.ExactLikelihood[Set]
	// MinMin is the joint objective over scores and tau.
	MinMin = structured.MinMin[Set]
	// CD is contrastive divergence, with Gibbs for its Kernel.
	CD = structured.ContrastiveDivergence[Set]
	// PCD is persistent contrastive divergence, with Gibbs for its Kernel.
	PCD = structured.PersistentContrastiveDivergence[Set]
	// UnbiasedCD estimates the gradient of the likelihood without bias from
	// coupled chains, with Gibbs for its Kernel.
	UnbiasedCD = structured.UnbiasedContrastiveDivergence[Set]
	// MinMax is the adversarial objective, with BernoulliFamily or
	// AutoregressiveFamily.
	MinMax = structured.MinMax[Set]
	// NCE is noise contrastive estimation.
	NCE = structured.NoiseContrastive[Set]
	// RankingNCE tells the true set from nu others of one list.
	RankingNCE = structured.RankingNoiseContrastive[Set]
	// ConditionalNCE takes its noise from near the true set, such as [Flips].
	ConditionalNCE = structured.ConditionalNoiseContrastive[Set]
	// ImportanceLikelihood is the likelihood with log Z by importance sampling.
	ImportanceLikelihood = structured.ImportanceSampledLikelihood[Set]
	// SparseMAP is a margin over the polytope of sets, learned from modes alone.
	SparseMAP = structured.SparseMAP[Set]
	// PerturbAndMAP is the perceptron's loss under noise, learned from modes alone.
	PerturbAndMAP = structured.PerturbAndMAP[Set]
	// LearnedProposal is a proposal that is trained beside the model, with
	// BernoulliFamily or AutoregressiveFamily.
	LearnedProposal = structured.Learned[Set]
)
