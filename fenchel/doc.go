// Package fenchel holds Fenchel-Young losses: exact ones on finite vectors, and
// an estimator that learns the same losses from samples where structures are
// too many to list. One idea gives both.
//
// Fix scores g(y), a reference measure q(y) and a convex f with f(1) = 0. The
// f-divergence D_f(p, q) = sum_y q(y) f(p(y)/q(y)) regularises the choice of a
// distribution, and
//
//	A_f(g) = max_p  E_p[g] - D_f(p, q)
//	       = min_tau  tau + E_{y~q}[ f*+( g(y) - tau ) ]
//	f*+(v) = max_{u >= 0}  u v - f(u)
//
// The maximiser is p(y) = q(y) (f*+)'(g(y) - tau), where the minimising tau is
// the multiplier that makes p sum to 1 (Sander, Roulet, Liu, Blondel 2025,
// Joint Learning of Energy-based Models and their Partition Function). For
// f(u) = u log u - (u-1) this is the softmax: A_f = log E_q[exp g] = log Z and
// tau = log Z. The Fenchel-Young loss of a target (Blondel, Martins, Niculae
// 2020) is what A_f exceeds it by:
//
//	L(g; y) = A_f(g) + D_f(y, q) - <g, y>  >= 0,    dL/dg = p - y
//
// On a vector, [Simplex] computes all of this exactly, and [Threshold] the
// number tau alone. The second line of A_f needs no sum over structures, only
// an expectation under q: [Sampled] estimates it, and its derivatives, without
// bias. Both solve the same problem: Simplex with Reference q is what Sampled
// converges to.
//
// # Which loss for which use
//
//	one class of n           Simplex{}                      the likelihood; no probability is 0; no margin
//	  few of them matter     Simplex{Of: Sparsemax}         exact zeros; loss 0 from a lead of 1; gradients linear in scores
//	  in between             Simplex{Of: Tsallis{}}         entmax-1.5: zeros, smoother; lead of 2; any Alpha >= 1
//	  even over the few      Norm{}                         normmax: nearly uniform on its support; lead of 1
//	  heavy tails            Simplex{Of: Hellinger{}}       probabilities fall like 1/score^2, never 0
//	  bounded divergence     Simplex{Of: JensenShannon{}}   symmetric in p and q, never 0
//	  soft targets only      Simplex{Of: ReverseKL{}}       KL(q, p): targets positive everywhere
//	labels of their own      OneVersusAll{}                 logistic loss per label; Of: Sparsemax for exact 0 and 1
//	exactly K of n           Subsets{Of: ..., K: 5}         marginals of subsets of size K
//	at most K of n           Subsets{..., AtMost: true}     budget: where it does not bind, scores count from 0
//	real vectors             Squared{}                      least squares
//	ranks, assignments       Squared{Onto: ...}             any set of package projection
//	any structures with      Squared{Onto: SparseMAP{...}}  a distribution over few structures; a margin
//	  a MAP oracle           Perturbed{Of: ...}             smooth; estimated by the oracle under noise
//	too many to list         Sampled{Loss: ...}             any generator, from samples of q
//
// All of them but Sampled and Perturbed, which estimate, are a [Loss]: regularised argmax,
// conjugate, loss and gradient for hard and soft targets, Jacobian-vector
// product, entropy. [Batch] runs one over the rows of a matrix.
//
// # From a MAP oracle alone
//
// Where the best structure for given scores is all that can be found, an
// [Oracle] says so, and there are three ways on. [SparseMAP] projects on the
// hull of the structures, exactly, and names the few structures that the point
// is made of. [ConditionalGradient] approximates the same in steps without
// linear algebra. [Perturbed] adds noise to the scores and averages, with
// standard errors. The two losses are not the likelihood of exp(s), and have no
// normaliser: Perturbed is the likelihood for Gumbel noise on the simplex, and
// SparseMAP the sparsemax there.
//
// # Temperature
//
// Scaled{Of: f, Scale: s} multiplies f by s: scores count 1/s times as much,
// and the margin is s times as wide. Norm, Squared and Perturbed have a Scale of
// their own.
//
// # Reference and scale
//
// Simplex without a Reference has q = 1 everywhere, the counting measure, and
// is then the softmax, sparsemax and entmax of the literature. Sampled needs a
// q to sample from, a normalised probability. For Softmax the two differ by a
// constant only. For the others they differ in scale: with q uniform over N
// structures D_f(p, q) for the quadratic f is (N |p|^2 - 1)/2, so 'sparsemax'
// of g under q is the ordinary sparsemax of g/N, which concentrates on one
// structure only once scores differ by N (for Tsallis: N^(Alpha-1)). [Sparsemax]
// in Sampled is that plain form, the one of the paper.
// Scaled{Of: Sparsemax, Scale: 1/N} is the ordinary sparsemax of g; its sampled
// weights are as large as N. In between, Scale: 1/sqrt(N) makes differences of
// score of order sqrt(N) decisive, and is what behaves with samples.
//
// # A generator of your own
//
// is a type with the six methods of [Generator], and [Curved] if it knows the
// slope of its Ratio. It works everywhere above. Package fencheltest says
// whether it is right.
//
// Where f' is bounded (Hellinger, JensenShannon, ReverseKL), f*+ is infinite
// from a certain v on: no score may exceed tau by more. The exact losses keep
// inside; for Sampled see its MaxRatio.
//
// Everything is in nats and in float64.
package fenchel
