package sets

import (
	"math/bits"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// <u, y> for many sets, and sum_m w_m y_m, from the bits. For few sets the
// labels in each are walked through; many are first packed, see packedSets.
// Both sum <u, y> in the order of kernel.AddBitSums.

// tabled is the number of sets from which packing pays, by measurement.
const tabled = 24

// bitScore is the memory for sets that are given as a list.
type bitScore struct {
	packed packedSets
}

var bitScores = sync.Pool{New: func() any { return new(bitScore) }}

// dot writes <u, ys[m]> to dst[m].
func (b *bitScore) dot(dst, u []float64, ys []Set) {
	if len(ys) < tabled {
		walkDot(dst, u, ys)
		return
	}
	b.packed.copyFrom(ys)
	b.packed.dot(dst, u)
}

// addWeighted adds sum_m weights[m] ys[m] to dst.
func (b *bitScore) addWeighted(dst []float64, ys []Set, weights []float64) {
	if len(ys) < tabled {
		walkWeighted(dst, ys, weights)
		return
	}
	b.packed.copyFrom(ys)
	b.packed.addWeighted(dst, weights)
}

// walkDot is dot for few sets.
func walkDot(dst, u []float64, ys []Set) {
	for m, y := range ys {
		sum := 0.0
		for w, word := range y.words {
			for word != 0 {
				byteAt := bits.TrailingZeros64(word) &^ 7
				x := u[w*wordBits+byteAt:]
				low, high := 0.0, 0.0
				for b := word >> byteAt & 15; b != 0; b &= b - 1 {
					low += x[bits.TrailingZeros64(b)]
				}
				for b := word >> byteAt & 0xf0; b != 0; b &= b - 1 {
					high += x[bits.TrailingZeros64(b)]
				}
				sum += low + high
				word &^= 255 << byteAt
			}
		}
		dst[m] = sum
	}
}

// walkWeighted is addWeighted for few sets.
func walkWeighted(dst []float64, ys []Set, weights []float64) {
	for m, y := range ys {
		for w, word := range y.words {
			for base := w * wordBits; word != 0; word &= word - 1 {
				dst[base+bits.TrailingZeros64(word)] += weights[m]
			}
		}
	}
}

// packedSets are sets as two bit matrices: by sets for sums over the labels in
// each, and by labels for sums over the sets that have each. A sum costs k/8
// look-ups a set with AVX-512, 8 sets or labels at a time.
type packedSets struct {
	k, n    int
	bySet   []uint64 // word w of set m at w*room+m; room is n up to whole words
	byLabel []uint64 // word m/64 of label j at (m/64)*labels+j
	turned  bool     // whether byLabel is up to date
	tables  []float64
	sums    []float64
}

func (p *packedSets) room() int { return wordsFor(p.n) * wordBits }

// labels is the number of labels up to whole words.
func (p *packedSets) labels() int { return wordsFor(p.k) * wordBits }

// resize makes room for n sets over k labels, whose bits are to be written.
func (p *packedSets) resize(n, k int) {
	p.turned = false
	if p.n == n && p.k == k {
		return
	}
	p.n, p.k = n, k
	p.bySet = numeric.Zeroed(p.bySet, wordsFor(k)*p.room())
}

func (p *packedSets) copyFrom(ys []Set) {
	p.resize(len(ys), ys[0].k)
	room := p.room()
	if wordsFor(p.k) == 1 {
		words := p.bySet[:len(ys)]
		for m, y := range ys {
			words[m] = y.words[0]
		}
		return
	}
	for m, y := range ys {
		for w, word := range y.words {
			p.bySet[w*room+m] = word
		}
	}
}

// blockOfSets is how many sets are scored at a time, so that their scores stay
// in the first cache.
const blockOfSets = 2048

// dot writes <u, y_m> to dst[m].
func (p *packedSets) dot(dst, u []float64) {
	clear(dst)
	p.addDot(dst, u)
}

// addDot adds <u, y_m> to dst[m].
func (p *packedSets) addDot(dst, u []float64) { p.addDotFrom(dst, u, 0) }

// addDotFrom is addDot for u over the labels from those of the given word on.
func (p *packedSets) addDotFrom(dst, u []float64, word int) {
	p.tables = numeric.Grow(p.tables, kernel.Subsets(len(u)))
	kernel.SubsetSums(p.tables, u)
	room := p.room()
	for from := 0; from < p.n; from += blockOfSets {
		to := min(p.n, from+blockOfSets)
		for w, rest := word, p.tables; len(rest) > 0; w++ {
			tables := rest[:min(len(rest), tablesOfWord)]
			rest = rest[len(tables):]
			kernel.AddBitSums(dst[from:to], p.bySet[w*room+from:w*room+to], tables)
		}
	}
}

const tablesOfWord = 4 * wordBits // = kernel.Subsets(wordBits)

// turn brings byLabel up to date.
func (p *packedSets) turn() {
	if p.turned {
		return
	}
	p.turned = true
	room, labels := p.room(), p.labels()
	p.byLabel = numeric.Grow(p.byLabel, room/wordBits*labels)
	for w := range wordsFor(p.k) {
		for b := range room / wordBits {
			at, to := w*room+b*wordBits, b*labels+w*wordBits
			kernel.Transpose((*[64]uint64)(p.byLabel[to:]), (*[64]uint64)(p.bySet[at:]))
		}
	}
}

// weighed is for how many words of sets tables are made at a time, so that
// they stay in the first cache.
const weighed = 4

// addWeighted adds sum_m weights[m] y_m to dst.
func (p *packedSets) addWeighted(dst, weights []float64) { p.addWeightedAfter(dst, weights, 0) }

// addWeightedAfter is addWeighted for the labels first and on: dst[0] is that of
// the first.
func (p *packedSets) addWeightedAfter(dst, weights []float64, first int) {
	if p.addWords(dst, weights, first) {
		return
	}
	p.turn()
	p.tables = numeric.Grow(p.tables, weighed*tablesOfWord)
	from, to, labels := first&^7, (p.k+7)&^7, p.labels() // whole vectors
	p.sums = numeric.Zeroed(p.sums, to-from)
	for b := 0; b*wordBits < p.n; b++ {
		if b%weighed == 0 {
			some := weights[b*wordBits : min(p.n, (b+weighed)*wordBits)]
			kernel.SubsetSums(p.tables[:kernel.Subsets(len(some))], some)
		}
		tables := p.tables[b%weighed*tablesOfWord:][:kernel.Subsets(min(wordBits, p.n-b*wordBits))]
		kernel.AddBitSums(p.sums, p.byLabel[b*labels+from:b*labels+to], tables)
	}
	kernel.Axpy(dst, 1, p.sums[first-from:p.k-from])
}

// addWords is addWeightedAfter without the matrix by labels, where kernel has
// what it takes, to the same bits.
func (p *packedSets) addWords(dst, weights []float64, first int) bool {
	p.sums = numeric.Grow(p.sums, wordBits)
	for w := first / wordBits; w < wordsFor(p.k); w++ {
		from, to := w*wordBits, min(p.k, (w+1)*wordBits)
		sums := p.sums[:to-from]
		clear(sums)
		if !kernel.AddWeighted(sums, p.bySet[w*p.room():w*p.room()+p.n], weights) {
			return false
		}
		skip := max(0, first-from)
		kernel.Axpy(dst[from+skip-first:to-first], 1, sums[skip:])
	}
	return true
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
		kernel.Axpy(lo, 1, hi)
		dst[j] += sum(hi)
	}
}

// sum adds in four strands, in an order that depends on the length alone.
func sum(x []float64) float64 {
	var a, b, c, d float64
	for len(x) >= 4 {
		a, b, c, d = a+x[0], b+x[1], c+x[2], d+x[3]
		x = x[4:]
	}
	for _, v := range x {
		a += v
	}
	return (a + b) + (c + d)
}
