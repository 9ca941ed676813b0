package sets

import (
	"math/bits"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// bitScore computes <u, y> for many sets, and sum_m w_m y_m, from the bits.
//
// For few sets it walks the labels in each set. For many it first tabulates,
// for every 8 labels, the sums of u over their 256 subsets: 32 additions per
// label, after which a set costs k/8 look-ups. The gradient gathers weights
// by byte in the same tables and unfolds them once.
type bitScore struct {
	table []float64 // 256 per byte of labels
}

// tabled is the number of sets from which the tables pay, by measurement.
const tabled = 48

func bytesFor(k int) int { return (k + 7) / 8 }

// dot writes <u, ys[m]> to dst[m].
func (b *bitScore) dot(dst, u []float64, ys []Set) {
	if len(ys) < tabled {
		for m, y := range ys {
			sum := 0.0
			for w, word := range y.words {
				for base := w * wordBits; word != 0; word &= word - 1 {
					sum += u[base+bits.TrailingZeros64(word)]
				}
			}
			dst[m] = sum
		}
		return
	}
	n := bytesFor(len(u))
	b.table = numeric.Grow(b.table, n*256)
	for i := range n {
		subsetSums(b.table[i*256:(i+1)*256], u[i*8:min(len(u), i*8+8)])
	}
	for m, y := range ys {
		sum, table := 0.0, b.table
		for _, word := range y.words {
			for range min(8, len(table)/256) {
				sum += table[word&255]
				word >>= 8
				table = table[256:]
			}
		}
		dst[m] = sum
	}
}

// addWeighted adds sum_m weights[m] ys[m] to dst.
func (b *bitScore) addWeighted(dst []float64, ys []Set, weights []float64) {
	if len(ys) < tabled {
		for m, y := range ys {
			for w, word := range y.words {
				for base := w * wordBits; word != 0; word &= word - 1 {
					dst[base+bits.TrailingZeros64(word)] += weights[m]
				}
			}
		}
		return
	}
	n := bytesFor(len(dst))
	b.table = numeric.Zeroed(b.table, n*256)
	for m, y := range ys {
		weight, table := weights[m], b.table
		for _, word := range y.words {
			for range min(8, len(table)/256) {
				table[word&255] += weight
				word >>= 8
				table = table[256:]
			}
		}
	}
	for i := range n {
		addFolded(dst[i*8:min(len(dst), i*8+8)], b.table[i*256:(i+1)*256])
	}
}

// subsetSums fills the first 2^len(u) entries of dst with the sums of u over
// all subsets, subset s having element j where bit j of s is set.
func subsetSums(dst, u []float64) {
	dst[0] = 0
	for j, uj := range u {
		size := 1 << j
		lo, hi := dst[:size], dst[size:2*size]
		for s := range hi {
			hi[s] = lo[s] + uj
		}
	}
}

// addFolded adds to dst[j] the sum of weight over the subsets that have
// element j. It overwrites weight; weight[0] becomes the sum of all.
func addFolded(dst, weight []float64) {
	for j := len(dst) - 1; j >= 0; j-- {
		size := 1 << j
		lo, hi := weight[:size], weight[size:2*size]
		sum := 0.0
		for s, w := range hi {
			sum += w
			lo[s] += w
		}
		dst[j] += sum
	}
}
