// Package snl learns densities of real outputs, p(y|x) or p(y) for y in R^d, by
// the self-normalised likelihood: the third space of package structured.
//
//	model, err := snl.Fit(ctx, snl.Data{X: x, Y: snl.Points(y)}, snl.Config{})
//	p, err := model.Predictive(ctx, row)   // a density on the line
//	p.Mean(); p.Quantile(0.9); p.Interval(0.95, snl.Shortest); p.CRPS(y)
//	report, err := snl.Evaluate(ctx, model, test)
//
// # The model
//
// A [Coupling] scores points, g(x, y), relative to a base density q:
//
//	p(y|x) = q(y) exp g(x,y) / Z(x),   log Z(x) = log E_q[ exp g(x,Y) ]
//
// [Joint] is a network on the logits h(x) and y together; [ExponentialFamily]
// is the concave case, [MixtureDensity] the classical network with a density of
// its own, and [Tilted] an energy relative to that.
//
// # The objective
//
// MinMin with the softmax, the joint objective over scores and tau of package
// structured, is here the self-normalised likelihood,
//
//	min over g and tau of  tau(x) + E_q[ exp(g(x,Y) - tau(x)) ] - 1 - g(x,y) - log q(y),
//
// an upper bound of -log p(y|x) whose expectation is estimated without bias
// from draws of q, or of a proposal with weights, with no Markov chain; it is
// tight where tau is log Z. [QuadratureLikelihood] is its exact counterpart on
// the line.
//
// # Densities
//
// A [Form] is a density as configuration, given or fitted to the targets: for
// Config.Base, for Config.Proposal, and to draw from afterwards. [GaussianNoise]
// with structured.Around draws around the observed target.
//
// # Units
//
// A model works in standardised coordinates, and everything that Model and its
// densities take and return is in the user's units: log-densities are in nats
// per unit of y.
//
// # Normalisers
//
// On the line log Z is computed by adaptive quadrature with an estimated error,
// which [Predictive] reports beside the learned tau; elsewhere by importance
// sampling, plain or annealed by chains (Importance.Kernel), with its standard
// error and effective sample size: [Multivariate]. Model.Recalibrated adds to
// tau the constant that either of them says is missing.
package snl
