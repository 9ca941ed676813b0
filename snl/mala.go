package snl

import "github.com/gibbs-ebm/gibbs/structured"

// MALA is the Metropolis-adjusted Langevin algorithm (Besag 1994; Roberts and
// Tweedie 1996): the moves of [Langevin], accepted with probability
//
//	min( 1, p(y') N(y; mu(y'), Step^2 I) / ( p(y) N(y'; mu(y), Step^2 I) ) ),
//	mu(y) = y + Step^2/2 grad log p(y),
//
// so that p = q exp Phi / Z is exactly invariant. It mixes best where it accepts
// about 0.574 (Roberts and Rosenthal 1998): see CountingChains. A step costs a
// score and its gradient in y. It needs what Langevin needs; its chains can be
// coupled.
type MALA struct {
	// Step is the standard deviation of the noise of a step, in the units of
	// the space; 0 stands for 0.3.
	Step float64
	// Steps is the number of steps of a run; 0 stands for 20.
	Steps int
}

// Bind returns the errors that Langevin's returns.
func (k MALA) Bind(p structured.Problem[Point]) (structured.Chains[Point], error) {
	return bindWalk(&gaussianWalk{
		name: "MALA", step: orDefault(k.Step, 0.3), steps: orDefault(k.Steps, 20), drift: true, adjusted: true,
	}, p)
}
