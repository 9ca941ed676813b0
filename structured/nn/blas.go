package nn

import (
	"gonum.org/v1/gonum/blas"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
)

// UseBLAS makes the matrix products of all networks calls of impl.Dgemm, such
// as that of an optimised library that was registered with gonum:
//
//	blas64.Use(netlib.Implementation{}) // gonum.org/v1/netlib/blas/netlib
//	nn.UseBLAS(blas64.Implementation())
//
// and nil goes back to the products of this module, which need no C library
// and on amd64 are about as fast. It is meant for the start of a program: a
// product that is under way elsewhere may be computed by either.
//
// What this package promises of bits (equal outputs for a row whatever its
// batch, equal results for any number of workers) then holds only as far as
// Dgemm sums in an order that does not depend on the number of rows or on
// threads. Those of optimised libraries usually do not.
func UseBLAS(impl blas.Float64Level3) { kernel.UseBLAS(impl) }
