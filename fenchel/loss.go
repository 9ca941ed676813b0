package fenchel

// A Loss is the Fenchel-Young loss of a convex regularizer Omega over a
// polytope, for finite vectors (Blondel, Martins, Niculae 2020):
//
//	L(s; y) = Omega*(s) + Omega(y) - <s, y>  >= 0,   0 iff y = argmax
//	Omega*(s) = max_p <s, p> - Omega(p)
//
// The gradient with respect to s is the regularised argmax less y. Everything
// is exact up to rounding, and deterministic. A Loss is immutable and safe for
// concurrent use; a method allocates nothing unless it returns an error.
//
// The arguments are vectors of one length n >= 1 (different lengths are a
// panic). A score of -Inf excludes its entry. A score that is NaN or +Inf,
// scores that are all -Inf, and a target outside of the polytope are errors,
// and what is then in the destination is undefined.
type Loss interface {
	// Argmax overwrites p, which may be scores itself, with the regularised
	// argmax (the link function: what turns scores into probabilities) and
	// returns Omega*(scores).
	Argmax(p, scores []float64) (conjugate float64, err error)
	// Loss returns L(scores; target) and overwrites grad, which may be nil
	// or scores itself, with its gradient argmax - target.
	Loss(grad, scores, target []float64) (loss float64, err error)
	// JVP overwrites dst, which may be direction itself, with the Jacobian of
	// Argmax times direction, at scores whose argmax is p. The Jacobian is
	// symmetric, so this is the backward pass of Argmax too. At a kink of
	// Argmax, zeros of p stay zeros.
	JVP(dst, p, scores, direction []float64) error
	// Entropy is -Omega(p), -Inf outside of the domain of Omega, which does
	// not include the polytope's constraints but p >= 0.
	Entropy(p []float64) float64
	// Validate reports settings that make no sense.
	Validate() error
	// String names the loss for reports.
	String() string
}

// Labelled is a Loss whose targets may be single entries: y = 1 at label, 0
// elsewhere. Simplex and Norm are.
type Labelled interface {
	Loss
	// LabelLoss is Loss of the target that is 1 at label.
	LabelLoss(grad, scores []float64, label int) (loss float64, err error)
}
