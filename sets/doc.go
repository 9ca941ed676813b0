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
// A coupling turns logits into scores g(x, y), of labels alone or of more. What is
// exact:
//
//	               log Z, gradient, marginals, sampling    mode
//	Unary          any k, closed form; O(k m) under a      exact
//	               reference with sizes up to m
//	Cardinality    any k, O(k m)                           exact
//	Chain, Tree    any k, O(k), times m with sizes         exact
//	Graph          treewidth w, O(k 2^w)                   exact; beyond, as Pairwise
//	Pairwise       k <= 24, enumeration                    exact for k <= 24; beyond,
//	                                                       minimum cuts where attractive,
//	                                                       roof duality, or local search
//	Determinantal  any k, O(k r^2)                         where few labels stay open
//	RBM            up to 20 hidden units, any k            k <= 12, 20 if asked
//	Deep           k <= 12, 20 if asked (ExactUpTo)        k <= 12, 20 if asked
//
// With a tree of the data's own, see [ChowLiu]. A [structured.Prediction] says
// whether its mode is proven.
//
// The scores are learned by exact maximum likelihood where that is so, or by
// the joint min-min objective anywhere, from samples of the reference or of a
// proposal that follows the model, such as [Marginal].
//
// Further objectives, all through the same Fit: contrastive divergence ([CD],
// [PCD], [UnbiasedCD]) with [Gibbs] chains, [MinMax] against a [BernoulliFamily] or
// an [AutoregressiveFamily], generalised Fenchel-Young losses ([FenchelYoung]),
// [PseudoLikelihood], [RatioMatching], [Perceptron], [SparseMAP] and [PerturbAndMAP]
// from modes alone, and noise contrastive
// estimation ([NCE], [RankingNCE], [ConditionalNCE]). Baselines are couplings too:
// [ClassifierChain] and [Powerset], and [Unary] with a linear network, which is
// independent logistic regressions.
//
// # Decisions
//
// The most probable set is rarely the one with the best expected metric.
// [Model.Decide] returns that for each row, with its expectation: for [F1],
// [Jaccard], [Hamming] and others. [TuneThresholds] and [ExpectedThresholds] serve
// the metrics that are no mean over rows, micro-F and macro-F. [Model.Calibrate]
// gives lists of sets that hold the true one with a given probability, however
// wrong the model is.
//
// # Metrics
//
// The metrics of multilabel classification are here too, with their treatment
// of ties, of empty sets and of unobserved labels specified.
package sets
