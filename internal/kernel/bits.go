package kernel

import "math"

// Sums over bits: for a word y of 64 bits and numbers x_0..x_63, <x, y> is the
// sum of the x_j whose bit j is set. The words may be structures and x their
// scores, or, transposed, x the weights of 64 structures and each word those of
// them that have one label.
//
// A table of the sums of the 16 subsets of 4 numbers does for 4 bits what 4
// multiply-adds would (Arlazarov, Dinic, Kronrod & Faradzev 1970, "the four
// Russians"). AVX-512 holds a table in two registers and looks up 8 words at
// once; elsewhere it is plain Go, with tables of 256 where they pay.
//
// The order of summation is the same everywhere: the numbers of 4 bits from the
// lowest up, the two sums of a byte, then the bytes from the lowest up. So the
// bits of a result depend neither on the instructions nor on what is computed
// beside it, and a number that is not in the sum, even Inf, leaves no trace.

// Subsets is the length of the table of SubsetSums for n numbers: 256 bytes for
// 8 of them.
func Subsets(n int) int { return (n + 7) / 8 * 32 }

// SubsetSums writes the tables of x to dst, of length Subsets(len(x)): entry
// 16 i + s is the sum of x[4i+b] over the bits b of s. What is missing in the
// last 8 counts as 0.
func SubsetSums(dst, x []float64) {
	if len(dst) != Subsets(len(x)) {
		panic("kernel: tables of a wrong length")
	}
	whole := len(x) / 8 * 8
	if whole > 0 && lookups() {
		for from := 0; from < whole; from += preempt {
			n := min(preempt, whole-from)
			subsetSums(&dst[4*from], &x[from], n/4)
		}
	} else {
		for i := 0; i < whole; i += 4 {
			subsetsOf4((*[16]float64)(dst[4*i:]), (*[4]float64)(x[i:]))
		}
	}
	if whole < len(x) {
		var last [8]float64
		copy(last[:], x[whole:])
		subsetsOf4((*[16]float64)(dst[4*whole:]), (*[4]float64)(last[:4]))
		subsetsOf4((*[16]float64)(dst[4*whole+16:]), (*[4]float64)(last[4:]))
	}
}

func subsetsOf4(t *[16]float64, x *[4]float64) {
	a, b, c, d := x[0], x[1], x[2], x[3]
	t[0], t[1], t[2], t[3] = 0, 0+a, 0+b, a+b
	for s := range 4 {
		t[s+4] = t[s] + c
	}
	for s := range 8 {
		t[s+8] = t[s] + d
	}
}

// AddBitSums adds to dst[i] the sum of the numbers whose bits are set in
// words[i]; tables are those of SubsetSums for at most 64 numbers, and bits
// beyond them are ignored.
func AddBitSums(dst []float64, words []uint64, tables []float64) {
	n := len(tables) / 32
	if len(words) != len(dst) || len(tables) != 32*n || n > 8 {
		panic("kernel: sums over bits of different lengths")
	}
	if n == 0 {
		return
	}
	if lookups() {
		for len(dst) >= vector {
			m := min(len(dst), preempt) &^ (vector - 1)
			bitSums(&dst[0], &words[0], &tables[0], m/vector, n)
			dst, words = dst[m:], words[m:]
		}
		if len(dst) > 0 {
			var d [vector]float64
			var w [vector]uint64
			copy(d[:], dst)
			copy(w[:], words)
			bitSums(&d[0], &w[0], &tables[0], 1, n)
			copy(dst, d[:])
		}
		return
	}
	if len(dst) >= tableOf256 {
		addByteSums(dst, words, tables)
		return
	}
	for i, word := range words {
		sum, t := dst[i], tables
		for len(t) >= 32 {
			sum += t[word&15] + t[16+word>>4&15]
			word >>= 8
			t = t[32:]
		}
		dst[i] = sum
	}
}

// tableOf256 is the number of words from which plain Go is faster with a table
// of all bytes, of 256 additions.
const tableOf256 = 400

func addByteSums(dst []float64, words []uint64, tables []float64) {
	var sums [8][256]float64
	n := len(tables) / 32
	for b := range n {
		low, high := tables[32*b:32*b+16], tables[32*b+16:32*b+32]
		for h, v := range high {
			row := sums[b][16*h : 16*h+16]
			for l, u := range low {
				row[l] = u + v
			}
		}
	}
	for i, word := range words {
		sum := dst[i]
		for b := range sums[:n] {
			sum += sums[b][word&255]
			word >>= 8
		}
		dst[i] = sum
	}
}

// AddWeighted adds to dst[j], for up to 64 of them, the sum of the weights of
// the words that have bit j, in the order of AddBitSums of the transposed words.
// It does nothing and returns false where that of the transposed is faster.
func AddWeighted(dst []float64, words []uint64, weights []float64) bool {
	if len(words) != len(weights) || len(dst) > 64 {
		panic("kernel: weights of a wrong number of words")
	}
	if !weighs() {
		return false
	}
	for from := 0; from < len(dst); from += 16 {
		var sums [16]float64
		some := dst[from:min(len(dst), from+16)]
		copy(sums[:], some)
		words, weights := words, weights
		for len(words) >= 8 {
			n := min(len(words), preempt/8) &^ 7
			weighBits(&sums, &words[0], &weights[0], n/8, uint64(from))
			words, weights = words[n:], weights[n:]
		}
		if len(words) > 0 {
			var w [8]uint64
			var x [8]float64
			copy(w[:], words)
			copy(x[:], weights)
			weighBits(&sums, &w[0], &x[0], 1, uint64(from))
		}
		copy(some, sums[:])
	}
	return true
}

// Transpose sets bit i of dst[j] to bit j of src[i].
func Transpose(dst, src *[64]uint64) {
	if lookups() {
		transpose(dst, src)
		return
	}
	*dst = *src
	// Warren (2013, Hacker's Delight, 7-3): blocks of 32 x 32 bits, of 16 x 16
	// and so on are swapped across the diagonal.
	swapBlocks(dst, 32, 1<<32-1)
	swapBlocks(dst, 16, 0x0000ffff0000ffff)
	swapBlocks(dst, 8, 0x00ff00ff00ff00ff)
	swapBlocks(dst, 4, 0x0f0f0f0f0f0f0f0f)
	swapBlocks(dst, 2, 0x3333333333333333)
	swapBlocks(dst, 1, 0x5555555555555555)
}

func swapBlocks(x *[64]uint64, d uint, low uint64) {
	for from := uint(0); from < 64; from += 2 * d {
		for i := from; i < from+d; i++ {
			a, b := x[i&63], x[(i+d)&63]
			t := (a>>(d&63) ^ b) & low
			x[i&63] = a ^ t<<(d&63)
			x[(i+d)&63] = b ^ t
		}
	}
}

// Random words: SplitMix64 (Steele, Lea & Flood 2014) by its counter. Word i of
// a stream is mix(key + (i+1) Golden), whatever has been drawn before.

// Golden is the increment of the counter.
const Golden = 0x9e3779b97f4a7c15

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// RandomWords sets dst[i] to word from + i step of the stream of key.
func RandomWords(dst []uint64, key, from, step uint64) {
	at, stride := key+(from+1)*Golden, step*Golden
	if lookups() {
		for len(dst) >= vector {
			n := min(len(dst), preempt) &^ (vector - 1)
			randomWords(&dst[0], at, stride, n/vector)
			at += uint64(n) * stride
			dst = dst[n:]
		}
	}
	for i := range dst {
		dst[i] = mix(at)
		at += stride
	}
}

// Thresholds are 64 probabilities in units of 2^-32, bit by bit: bit j of
// Thresholds[b] is bit 31-b of that of j.
type Thresholds [32]uint64

// RandomBits draws 64 bits for each dst[i], bit j of which is set with the j-th
// probability if it is set in valid, and never otherwise. It compares uniform
// numbers with the thresholds from the highest bit down, 64 at a time; a round
// settles half of the bits still open, so that about 8 of the 32 words that
// belong to dst[i] are used: words 32 (from + i step) and on of the stream.
func (t *Thresholds) RandomBits(dst []uint64, valid, key, from, step uint64) {
	at, stride := key+(32*from+1)*Golden, 32*step*Golden
	if lookups() {
		for len(dst) >= vector {
			n := min(len(dst), preempt/8) &^ (vector - 1)
			randomBits(&dst[0], t, valid, at, stride, n/vector)
			at += uint64(n) * stride
			dst = dst[n:]
		}
	}
	for i := range dst {
		open, y, c := valid, uint64(0), at
		for _, p := range t {
			r := mix(c)
			c += Golden
			y |= open & p &^ r // below the threshold for the first time
			open &^= p ^ r
			if open == 0 {
				break
			}
		}
		dst[i] = y
		at += stride
	}
}

// Set sets the thresholds of up to 64 bits, and those of the others to 0.
func (t *Thresholds) Set(p []uint32) {
	var rows [64]uint64
	for j, v := range p {
		rows[j] = uint64(v)
	}
	Transpose(&rows, &rows)
	for b := range t {
		t[b] = rows[31-b]
	}
}

// Select sets dst[i] to x[i] if bit i is set and to 0 otherwise, where bit i is
// bit i%64 of words[i/64*stride]. dst may be x.
func Select(dst, x []float64, words []uint64, stride int) {
	sameLength(dst, x)
	for len(x) > 0 {
		n, word := min(len(x), 64), words[0]
		i := 0
		if lookups() {
			if i = n &^ (vector - 1); i > 0 {
				selectBits(&dst[0], &x[0], word, i/vector)
			}
		}
		for ; i < n; i++ {
			keep := -(word >> i & 1) // all ones or none
			dst[i] = math.Float64frombits(math.Float64bits(x[i]) & keep)
		}
		dst, x = dst[n:], x[n:]
		words = words[min(stride, len(words)):]
	}
}
