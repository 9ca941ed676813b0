//go:build !purego

package kernel

// lookups reports whether the functions below can be called.
func lookups() bool { return use == avx512 }

// weighs reports whether weighBits can be called and is what to call.
func weighs() bool { return use == avx2 }

func weighBits(sums *[16]float64, words *uint64, weights *float64, groups int, shift uint64) {
	weighBitsAVX2(sums, words, weights, groups, shift)
}

func subsetSums(dst, x *float64, tables int) { subsetSumsAVX512(dst, x, tables) }

func bitSums(dst *float64, words *uint64, tables *float64, vectors, bytes int) {
	bitSumsAVX512(dst, words, tables, vectors, bytes)
}

func transpose(dst, src *[64]uint64) { transposeAVX512(dst, src) }

func selectBits(dst, x *float64, word uint64, vectors int) { selectBitsAVX512(dst, x, word, vectors) }

func randomWords(dst *uint64, at, stride uint64, vectors int) {
	randomWordsAVX512(dst, at, stride, vectors)
}

func randomBits(dst *uint64, t *Thresholds, valid, at, stride uint64, vectors int) {
	randomBitsAVX512(dst, t, valid, at, stride, vectors)
}

//go:noescape
func subsetSumsAVX512(dst, x *float64, tables int)

//go:noescape
func bitSumsAVX512(dst *float64, words *uint64, tables *float64, vectors, bytes int)

//go:noescape
func transposeAVX512(dst, src *[64]uint64)

//go:noescape
func randomWordsAVX512(dst *uint64, at, stride uint64, vectors int)

//go:noescape
func randomBitsAVX512(dst *uint64, t *Thresholds, valid, at, stride uint64, vectors int)

//go:noescape
func selectBitsAVX512(dst, x *float64, word uint64, vectors int)

//go:noescape
func weighBitsAVX2(sums *[16]float64, words *uint64, weights *float64, groups int, shift uint64)

func sumOverSubsets(f, row *float64, sets *uint32, n int) { sumOverSubsetsAVX512(f, row, sets, n) }

func sumOverSupersets(g, at, f, row *float64, full uint32, sets *uint32, n int) {
	sumOverSupersetsAVX512(g, at, f, row, full, sets, n)
}

//go:noescape
func sumOverSubsetsAVX512(f, row *float64, sets *uint32, n int)

//go:noescape
func sumOverSupersetsAVX512(after, at, f, row *float64, full uint32, sets *uint32, n int)
