package structured

// A Proposal is a distribution r over structures to sample from in place of
// the reference. It may follow the model by looking at theta; gradients do not
// flow through it. It is immutable and safe for concurrent use.
//
// What a bound proposal can do beside drawing is found by type assertion:
// [DensityProposal], [Learner].
type Proposal[Y any] interface {
	// Bind fits the proposal to a problem, or says why it does not fit.
	Bind(p Problem[Y]) (Proposal[Y], error)
	// Follows reports whether the proposal looks at theta.
	Follows() bool
	// Sample overwrites ys, which came from Make, with draws from r, and
	// logr[m] with log r(ys[m]).
	Sample(ys []Y, logr []float64, theta Theta, key uint64)
}

// DensityProposal is a bound Proposal that also knows the probabilities of
// structures it did not draw: noise contrastive objectives and mixtures need
// them.
type DensityProposal[Y any] interface {
	Proposal[Y]
	// LogProb writes log r(ys[m]) to dst[m], -Inf where r never draws it.
	LogProb(dst []float64, ys []Y, theta Theta)
}

// DependentProposal is a bound Proposal whose draws have the law of r each, and
// are not independent of each other, so that averages over them vary less.
type DependentProposal[Y any] interface {
	Proposal[Y]
	// Independent is the same r with independent draws, which standard errors
	// and bounds are about.
	Independent() Proposal[Y]
}

// independentDraws is p, or its Independent.
func independentDraws[Y any](p Proposal[Y]) Proposal[Y] {
	if d, ok := p.(DependentProposal[Y]); ok {
		return d.Independent()
	}
	return p
}

// A Learner is a bound Proposal with parameters: the outputs phi of the
// auxiliary network (Config.Auxiliary), which it finds in Theta.Aux. The
// objective that draws from it trains it: see [Teacher].
type Learner[Y any] interface {
	DensityProposal[Y]
	// NumLogits is the number of outputs phi; 0 if there is nothing to learn.
	NumLogits() int
	// Teacher says what the proposal learns from.
	Teacher() Teacher
	// AddGradLogProb adds sum_m weights[m] dlog r(ys[m])/dphi to grad.
	AddGradLogProb(grad []float64, theta Theta, ys []Y, weights []float64)
}

// Teacher says what a learned proposal learns from. It is trained beside the
// model, whose own objective and gradients it does not touch.
type Teacher int

const (
	// FromModel fits the proposal to the model by the divergence KL(p, r), whose
	// gradient is estimated from the draws with self-normalised weights,
	//
	//	-sum_m w_m grad log r(y_m),   w_m proportional to p(y_m)/r(y_m)
	//
	// (Gustafsson, Danelljan, Schön 2022, result 1): consistent in the number
	// of draws, biased for a few. Its minimum is the best of the family for
	// importance sampling from the model.
	FromModel Teacher = iota
	// FromData fits it to the data by maximum likelihood. Partly observed
	// structures count with their completions, as probable as the model has
	// them.
	FromData
	// FromBoth is the sum of the two.
	FromBoth
	// Adversarial makes the proposal as hard as it can be to tell from the
	// data: it climbs the loss that the model descends (flow contrastive
	// estimation, Gao et al. 2020; adversarial contrastive estimation, Bose et
	// al. 2018), by REINFORCE with the mean of the other draws for a baseline:
	// unbiased, of high variance. It is for NoiseContrastive alone.
	Adversarial
)

// String is from_model, from_data, from_both or adversarial.
func (t Teacher) String() string {
	switch t {
	case FromModel:
		return "from_model"
	case FromData:
		return "from_data"
	case FromBoth:
		return "from_both"
	case Adversarial:
		return "adversarial"
	}
	return "unknown teacher"
}
