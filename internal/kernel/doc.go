// Package kernel holds the inner loops that the library spends its time in: dense
// matrix products, functions of vectors such as exponentials and their sums,
// activations with their derivatives, the updates of optimisers, sums over the
// bits of words with random bits to go with them, and sums over chains of subsets.
// Numbers are float64; where rounding is no matter some can be had in float32:
// products (Float32) and, for estimates from samples, sums over bits and
// exponentials (AddBitSums32, Exp32).
//
// Matrices are plain slices, row-major, with an explicit leading dimension:
// entry (i, j) of a matrix with leading dimension ld is at i*ld + j. Nothing
// here starts a goroutine or, but for work space that is used again,
// allocates, and no result depends on GOMAXPROCS.
//
// # Instructions
//
// On amd64 there is assembly for AVX-512 and for AVX2 with FMA, on arm64 for
// NEON (the products only; the rest is Go, whose math.FMA is an instruction
// there), and for sums over bits, random bits and permanents for AVX-512 alone. Which one
// runs is decided at the start of the program. Elsewhere, on older machines and
// with the build tag purego, products are those of gonum and exponentials those
// of package math. GODEBUG=cpu.avx512f=off, or cpu.fma=off, make a program do
// without.
//
// # Bits
//
// An entry of a product is the sum in one order, over the inner dimension from
// first to last, with one rounding per multiply-add: it depends neither on the
// other rows and columns nor on how the work is split. An element of a vector
// function depends neither on its place nor on the length of the slice, and a
// sum over a vector only on its numbers. AVX-512, AVX2 and arm64 all give the
// same bits; only the payload of a NaN may differ. gonum and package math, which
// round otherwise, differ from them, and gonum from one architecture to another,
// in the last places; gonum also skips zeros, so that 0·Inf and 0·NaN need not
// show there.
//
// Sums over bits, random words and the sums of a Permanent are the same everywhere,
// without assembly too.
//
// # Speed
//
// Bounds: products by multiply-adds, from about 16 rows on; with fewer by
// reading B once, and in Float32 by packing it. Exponentials and what is made of
// them by their 16 or so multiply-adds (in float32 by as many multiplications and
// additions), logistic functions also by a division; Adam by a division and a
// square root; sums over bits by two permutations per 64 bits, in float32 by one
// and a shift, a third of what multiply-adds would take; sums over subsets by
// loads from the second cache; everything else by memory as soon as it leaves the
// first cache. The benchmarks report the fraction of the multiply-add peak and
// nanoseconds per number.
//
// A training step of 64 examples with 103 features and 14 labels, two networks of
// 256 hidden units and 1000 samples spends, by profile on a Zen 4 core, 52 % in
// products and their packing, 18 % in scores, exponentials and sums over the
// samples, 13 % in Adam over 57,000 parameters and the rest in copies and clears of
// activations and gradients. With 174 labels the samples are 28 %. Removed were:
// a fit to the tail of the weights of each 32nd example, once a quarter of the
// step; scores and exponentials in float64, once a fifth.
//
// The functions trust their caller: a slice too short for the sizes given is
// a panic, and a destination must not overlap an operand unless said.
package kernel
