// Package fenchel holds the divergence generators f behind the losses of the
// library, and the estimator that learns from samples with any of them.
//
// Fix scores g(y), a reference probability q(y) and a convex f with f(1) = 0.
// The f-divergence D_f(p, q) = sum_y q(y) f(p(y)/q(y)) regularises the choice
// of a distribution, and
//
//	A_f(g) = max_p  E_p[g] - D_f(p, q)
//	       = min_tau  tau + E_{y~q}[ f*+( g(y) - tau ) ]
//	f*+(v) = max_{u >= 0}  u v - f(u)
//
// The maximiser is p(y) = q(y) (f*+)'(g(y) - tau), where the minimising tau is
// the multiplier that makes p sum to 1 (Sander, Roulet, Liu, Blondel 2025,
// Joint Learning of Energy-based Models and their Partition Function). For
// f(u) = u log u - (u-1) this is the softmax: A_f = log E_q[exp g] = log Z and
// tau = log Z.
//
// The second line needs no sum over structures, only an expectation under q,
// so a sample gives an unbiased estimate of it and of its derivatives:
// [Sampled]. On a finite vector [Threshold] finds the minimising tau exactly.
//
// # Which generator
//
//	Softmax      the likelihood; every structure keeps a positive probability
//	Sparsemax    quadratic: exact zeros, weights that grow only linearly in g
//	Tsallis      between the two (Alpha 1 to 2) and beyond; entmax
//	Scaled       any of them at another temperature
//
// # Scale
//
// q is a normalised probability. With q uniform over N structures,
// D_f(p, q) for the quadratic f is (N |p|^2 - 1)/2: 'sparsemax' of g under q
// is the ordinary sparsemax of g/N, which concentrates on one structure only
// once scores differ by N. [Sparsemax] is that plain form, the one of the
// paper. Scaled{Of: Sparsemax, Scale: 1/N} is the ordinary sparsemax of g; its
// sampled weights are as large as N. In between, Scale: 1/sqrt(N) makes
// differences of score of order sqrt(N) decisive.
//
// Everything is in nats and in float64.
package fenchel
