package snl

import "github.com/gibbs-ebm/gibbs/structured"

// RandomWalk is the random-walk algorithm of Metropolis et al. (1953): from y it
// proposes y' = y + Step xi, xi ~ N(0, I), and accepts with probability
//
//	min( 1, p(y')/p(y) ),   p = q exp Phi / Z,
//
// which leaves p exactly invariant. It needs scores alone, of any coupling, and
// mixes best where it accepts about 0.234 in many dimensions and 0.44 in one
// (Roberts, Gelman, Gilks 1997): see CountingChains. Its chains can be coupled.
type RandomWalk struct {
	// Step is the standard deviation of a proposal, in the units of the space;
	// 0 stands for 0.5.
	Step float64
	// Steps is the number of steps of a run; 0 stands for 20.
	Steps int
}

// Bind reports settings that make no sense.
func (k RandomWalk) Bind(p structured.Problem[Point]) (structured.Chains[Point], error) {
	return bindWalk(&gaussianWalk{
		name: "RandomWalk", step: orDefault(k.Step, 0.5), steps: orDefault(k.Steps, 20), adjusted: true,
	}, p)
}
