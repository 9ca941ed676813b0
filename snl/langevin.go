package snl

import "github.com/gibbs-ebm/gibbs/structured"

// Langevin is the unadjusted Langevin algorithm, the discretised diffusion
//
//	y' = y + Step^2/2 grad_y [ Phi(theta, y) + log q(y) ] + Step xi,   xi ~ N(0, I)
//
// (Parisi 1981; Roberts and Tweedie 1996). Its stationary law is off by
// O(Step^2), and there is none where tails are lighter than Gaussian: for
// N(0, s^2) the variance is s^2/(1 - Step^2/(4 s^2)). [MALA] corrects that. A
// step costs a score and its gradient in y. Steps out of the support of q, and
// to where scores are not finite, are not taken.
//
// It needs a Smooth coupling and a base with a gradient, or Lebesgue measure.
// Its chains can be coupled.
type Langevin struct {
	// Step is the standard deviation of the noise of a step, in the units of
	// the space; 0 stands for 0.1.
	Step float64
	// Steps is the number of steps of a run; 0 stands for 20.
	Steps int
}

// Bind returns an *OrderError for a coupling that is not Smooth, and an error
// for a base without a gradient.
func (k Langevin) Bind(p structured.Problem[Point]) (structured.Chains[Point], error) {
	return bindWalk(&gaussianWalk{name: "Langevin", step: orDefault(k.Step, 0.1), steps: orDefault(k.Steps, 20), drift: true}, p)
}
