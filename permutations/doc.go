// Package permutations is the home of the second space, rankings of k labels.
// It holds no code yet.
//
// How it meets the seams of package structured, as they were designed: a
// Space[Ordering] whose reference is uniform, Plackett-Luce or Mallows;
// couplings that score an ordering by <theta, ranks> (permutahedron), by
// <Theta, P> (Birkhoff) or by preferences of pairs, each an Inferrer whose
// LogPartition is one recursion over subsets of labels; proposals that follow
// the current logits, a Proposal[Ordering]; partial rankings as Evidence. The
// training loop is structured.Fit.
package permutations
