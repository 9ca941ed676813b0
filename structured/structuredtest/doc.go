// Package structuredtest is the conformance suite of the library: it checks
// that a space, a coupling, a proposal or a whole training problem keeps the
// contracts of package structured. The library's own pass it, and it is
// exported for yours:
//
//	func TestMySpace(t *testing.T) {
//		all := ...                          // every structure, for a small space
//		structuredtest.Space(t, space, structuredtest.Structures[Y]{All: all, Equal: equal})
//		structuredtest.Coupling(t, coupling, space, structures)
//		structuredtest.Fit(t, structuredtest.Problem[Y]{...})
//	}
//
// A space of reals is given by the nodes and weights of a quadrature rule in
// place of the list, and [Smooth] checks the derivatives of its couplings in y.
//
// Exact claims are checked against enumeration, gradients against central
// differences, and samplers against exact binomial bands that a right sampler
// leaves less than once in a million runs.
package structuredtest
