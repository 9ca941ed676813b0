package kernel

import "math"

// Sums over bits and exponentials in float32, for estimates from samples whose
// own error is far above its rounding. The order of summation is that of the
// functions of float64, no multiply-add is fused, and the bits are the same
// everywhere. Vectors are whole: lengths are multiples of Lanes32.

// Lanes32 is what lengths of vectors of float32 are multiples of.
const Lanes32 = 16

// SubsetSums32 is SubsetSums in float32.
func SubsetSums32(dst, x []float32) {
	if len(dst) != 4*len(x) || len(x)%Lanes32 != 0 {
		panic("kernel: tables of a wrong length")
	}
	if len(x) == 0 {
		return
	}
	if lookups() {
		for len(x) > 0 {
			n := min(len(x), preempt)
			subsetSums32(&dst[0], &x[0], n/4)
			dst, x = dst[4*n:], x[n:]
		}
		return
	}
	for i := 0; i < len(x); i += 4 {
		t, a := (*[16]float32)(dst[4*i:]), (*[4]float32)(x[i:])
		t[0], t[1], t[2], t[3] = 0, 0+a[0], 0+a[1], a[0]+a[1]
		for s := range 4 {
			t[s+4] = t[s] + a[2]
		}
		for s := range 8 {
			t[s+8] = t[s] + a[3]
		}
	}
}

// AddBitSums32 is AddBitSums in float32.
func AddBitSums32(dst []float32, words []uint64, tables []float32) {
	n := len(tables) / 32
	if len(words) != len(dst) || len(dst)%Lanes32 != 0 || len(tables) != 32*n || n > 8 {
		panic("kernel: sums over bits of different lengths")
	}
	if n == 0 || len(dst) == 0 {
		return
	}
	if vectors() {
		for len(dst) > 0 {
			m := min(len(dst), preempt)
			bitSums32(&dst[0], &words[0], &tables[0], m/Lanes32, n)
			dst, words = dst[m:], words[m:]
		}
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

// Exp32 overwrites x with e^x and returns the sum of these and of their
// squares, added up in as many lanes as a vector has, in float32, and across
// these in float64. Relative error of an exponential: 2e-7. Below -87.3 it is
// 0, above 88.38 +Inf.
func Exp32(x []float32) (sum, squares float64) {
	if len(x)%Lanes32 != 0 {
		panic("kernel: not whole vectors")
	}
	var s, q [Lanes32]float32
	switch {
	case len(x) == 0:
	case vectors():
		for len(x) > 0 {
			n := min(len(x), preempt)
			expSums32(&x[0], n, &s, &q)
			x = x[n:]
		}
	default:
		for i, v := range x {
			e := exp32(v)
			x[i] = e
			s[i%Lanes32] += e
			q[i%Lanes32] += float32(e * e)
		}
	}
	return across(&s), across(&q)
}

func across(x *[Lanes32]float32) float64 {
	var sum [Lanes32]float64
	for i, v := range x {
		sum[i] = float64(v)
	}
	for n := Lanes32 / 2; n >= 1; n /= 2 {
		for i := range n {
			sum[i] += sum[i+n]
		}
	}
	return sum[0]
}

// exp32 is EXP32 of the assembly, after Cephes: x = n log 2 + r with a whole
// number n, and a polynomial of r.
func exp32(x float32) float32 {
	const least, most, magic = -87.3, 88.8, 0x1.8p23 + 127
	if x < least {
		return 0
	}
	if x > most {
		x = most
	}
	t := float32(x*1.44269504088896341) + magic
	n := t - magic
	x -= float32(n * 0.693359375)
	x -= float32(n * -2.12194440e-4)
	y := float32(1.9875691500e-4)
	y = float32(y*x) + 1.3981999507e-3
	y = float32(y*x) + 8.3334519073e-3
	y = float32(y*x) + 4.1665795894e-2
	y = float32(y*x) + 1.6666665459e-1
	y = float32(y*x) + 5.0000001201e-1
	y = float32(y*float32(x*x)) + x
	return (y + 1) * power32(t)
}

// power32 is 2^n of t = n + magic.
func power32(t float32) float32 { return math.Float32frombits(math.Float32bits(t) << 23) }
