// Package projection has Euclidean projections on the convex sets that losses
// and relaxations of structures live on: the closest point of the set, exact up
// to rounding and deterministic.
//
//	Simplex        p >= 0, sum p = Radius                    O(n) expected, by selection
//	CappedSimplex  0 <= p <= 1, sum p = K                    O(n) passes of Newton's method
//	Box            Lower <= p <= Upper                       O(n)
//	Isotonic       p_1 <= p_2 <= ... (weighted)              O(n), pool adjacent violators
//	Permutahedron  hull of the orderings of n numbers        O(n log n)
//	Birkhoff       n x n, p >= 0, rows and columns sum to 1  a few O(n^3) Newton steps
//
// Each is a fenchel.Polytope, so that fenchel.Squared makes a loss of it
// (structured, sparse, differentiable): on the permutahedron the soft rank, on
// the Birkhoff polytope sparse assignments. Each is also
// fenchel.Differentiable. The zero value is the usual set.
//
// Entries that are NaN or infinite are errors. A destination may be the point
// itself.
package projection
