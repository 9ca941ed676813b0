// Package snl is the home of the third space, continuous targets learned by
// the self-normalised likelihood. It holds no code yet.
//
// How it meets the seams of package structured, as they were designed: a
// Space[[]float64] whose reference is a base density; a coupling with
// parameters of its own (Theta.Own), a small network that takes the logits of
// x and y; a Proposal[[]float64] to sample from; and MinMin with the softmax,
// which for an expectation under a density is the self-normalised likelihood
// with tau for its b. The training loop is structured.Fit.
package snl
