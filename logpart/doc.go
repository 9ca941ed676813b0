// Package logpart holds the amortised log-partition tau(x) of the joint
// objective: a function, learned with the scores, whose value at its optimum
// is log Z(x) (for the softmax; the normalising threshold for other losses).
//
// A [Form] says what tau may depend on:
//
//	Constant    one number; enough for unconditional models
//	Table       one number per training example: the finite-sum form of the
//	            objective, which needs no network but has no value for unseen x
//	Linear      an affine function of the features
//	Network     any network of the features
//	Logits      any network of the logits h(x): log Z is a function of x only
//	            through them, and a smooth convex one, so that this form needs
//	            the least data; gradients flow on into the logits
//	Convex      an input-convex network of the logits
//	Structured  what the space knows of log Z in closed form, and any of the
//	            above on top of it: the default where there is such a base
//
// (Sander, Roulet, Liu, Blondel 2025: over all continuous functions, over a
// table, or over a rich enough network, the minimum over tau recovers the
// exact loss.)
//
// The package also has the numbers that say how far a normaliser is to be
// trusted: [Weigh] and [ParetoK] for weights, [EmpiricalBernstein] and [Markov]
// for intervals that hold with a stated probability, [Diagnose] for a learned tau
// beside its references, [Calibrate] for probabilities beside what came true;
// logpart/diagram draws them.
package logpart
