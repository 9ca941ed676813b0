//go:build !purego

package kernel

func subsetSums32(dst, x *float32, tables int) { subsetSums32AVX512(dst, x, tables) }

func bitSums32(dst *float32, words *uint64, tables *float32, vectors, bytes int) {
	if use == avx512 {
		bitSums32AVX512(dst, words, tables, vectors, bytes)
	} else {
		bitSums32AVX2(dst, words, tables, vectors, bytes)
	}
}

func expSums32(x *float32, n int, sum, squares *[Lanes32]float32) {
	if use == avx512 {
		expSums32AVX512(x, n, sum, squares)
	} else {
		expSums32AVX2(x, n, sum, squares)
	}
}

//go:noescape
func subsetSums32AVX512(dst, x *float32, tables int)

//go:noescape
func bitSums32AVX512(dst *float32, words *uint64, tables *float32, vectors, bytes int)

//go:noescape
func bitSums32AVX2(dst *float32, words *uint64, tables *float32, vectors, bytes int)

//go:noescape
func expSums32AVX512(x *float32, n int, sum, squares *[Lanes32]float32)

//go:noescape
func expSums32AVX2(x *float32, n int, sum, squares *[Lanes32]float32)
