// Package permutations learns and queries distributions p(y|x) over orderings
// of k labels: label ranking with honest joint probabilities.
//
//	model, err := permutations.Fit(ctx, train, permutations.Config{
//		Coupling:   permutations.Birkhoff{},
//		Validation: &validation,
//	})
//	lp, err := model.LogProbs(ctx, test)                            // nats, and how they were normalised
//	best, err := model.Decide(ctx, X, permutations.KendallLoss{})   // with the expected loss
//	top, err := model.TopK(x, 5)                                    // the most probable, with probabilities
//	h, how, err := model.Entropy(x)                                 // nats
//
// # Two types that cannot be confused
//
// An [Ordering] has the label at each rank, best first; a [Ranking] has the
// rank of each label. They convert into each other and have different text
// forms. A [Partial] ranking is an order of groups of labels: top-m, a subset,
// ties.
//
// # The pieces
//
// A [Space] is all orderings with a reference probability q: [Uniform],
// [PlackettLuce] or [Mallows]. Couplings turn logits into scores:
//
//	Permutahedron   sum_r w_r theta[y_r]: one logit per label
//	Birkhoff        sum_r Theta[y_r, r]: one per label and rank
//	Preference      sum_{i before j} B_ij: one per pair
//	Luce            the Plackett-Luce model, for comparison
//
// What the literature takes for intractable is not, up to [MaxExact] labels:
// sums over permutations are one recursion over subsets, O(2^k k), all terms
// positive, which gives log Z, its gradient, marginals of positions and pairs,
// exact samples, the k best orderings and entropy. Beyond, modes and the k best
// are exact by sorting or linear assignment, and log Z has the proven interval of
// the Bethe permanent; Markov chains draw samples.
//
// Where sums are estimated, [StagewiseProposal] draws close to the model: for 11
// labels the weights of its draws keep 60 to 95 % of the size of a sample where
// those of [PlackettLuceProposal] keep 5 to 40 %.
//
// # Decisions
//
// The best ordering depends on the loss: the mode for exact match, the Kemeny
// order of the pair marginals for Kendall's tau, expected ranks for Spearman, an
// assignment for the footrule. [Decide] and [Model.Decide] return it with its
// expected loss.
package permutations
