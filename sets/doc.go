// Package sets learns and queries distributions p(y|x) over subsets y of k
// labels: multilabel classification with honest joint probabilities.
//
//	model, err := sets.Fit(ctx, train, sets.Config{
//		Coupling:   sets.Pairwise{},
//		Validation: &validation,
//	})
//	lp, err := model.LogProb(x, y)       // nats, and how it was normalised
//	modes, err := model.Predict(ctx, X)  // the most probable sets
//
// # The pieces
//
// A [Set] is bit-packed. A [Space] is all subsets of k labels with a reference
// probability q over them: [Uniform], independent [Bernoulli] labels, or
// uniform over sets of a [FixedSize] or [BoundedSize].
//
// A coupling turns logits into scores: [Unary] g = <u,y>, [Pairwise]
// g = <u,y> + (1/2) y'Uy with dense or low-rank interactions. What is exact:
//
//	               log Z, gradient, marginals, sampling    mode
//	Unary          any k, closed form; O(k m) under a      exact
//	               reference with sizes up to m
//	Pairwise       k <= 24, enumeration                    exact for k <= 24,
//	                                                       local search beyond
//
// The scores are learned by exact maximum likelihood where that is so, or by
// the joint min-min objective anywhere, from samples of the reference or of a
// proposal that follows the model, such as [Marginal].
//
// # Metrics
//
// The metrics of multilabel classification are here too, with their treatment
// of ties, of empty sets and of unobserved labels specified.
package sets
