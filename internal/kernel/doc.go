// Package kernel holds the float64 inner loops that the networks spend their
// time in: dense matrix products and a few vector operations.
//
// Matrices are plain slices, row-major, with an explicit leading dimension:
// entry (i, j) of a matrix with leading dimension ld is at i*ld + j. Nothing
// here allocates or starts a goroutine, and no result depends on GOMAXPROCS.
//
// The functions trust their caller: a slice too short for the sizes given is
// a panic, and a destination must not overlap an operand unless said.
package kernel
