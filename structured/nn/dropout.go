package nn

import (
	"math"
	"math/rand/v2"
)

// dropout is inverted dropout (Srivastava et al., 2014): each unit is set to
// zero with probability p and divided by 1-p otherwise, so that its mean
// stays. p is rounded to a multiple of 2^-32.
//
// The mask of a row is the stream of a PCG seeded by the row's key and the
// number of the layer: it depends on nothing else.
type dropout struct {
	keep  uint64  // a unit is kept if 32 random bits are below
	scale float64 // 2^32 / keep
	pcg   rand.PCG
}

func newDropout(p float64) dropout {
	keep := max(1, math.Round((1-p)*(1<<32)))
	return dropout{keep: uint64(keep), scale: (1 << 32) / keep}
}

// active reports whether a forward pass with these keys drops anything.
func (d *dropout) active(keys []uint64) bool { return keys != nil && d.keep < 1<<32 }

// apply multiplies each unit of a, len(keys) rows of width units, by its
// factor of 0 or scale, and the derivative of each in deriv if that is not
// nil. A random word serves two units.
func (d *dropout) apply(a, deriv []float64, width int, keys []uint64, layer int) {
	for i, key := range keys {
		d.pcg.Seed(key, uint64(layer))
		from := i * width
		for end := from + width; from < end; from += 2 {
			word := d.pcg.Uint64()
			n := min(2, end-from)
			low, high := d.factor(word&math.MaxUint32), d.factor(word>>32)
			scalePair(a[from:from+n], low, high)
			if deriv != nil {
				scalePair(deriv[from:from+n], low, high)
			}
		}
	}
}

// factor is scale if the 32 random bits say to keep a unit, else 0. A branch
// would be mispredicted.
func (d *dropout) factor(bits uint64) float64 {
	kept := (bits - d.keep) >> 63 // the difference is negative, its top bit set
	return [2]float64{0, d.scale}[kept&1]
}

func scalePair(x []float64, low, high float64) {
	x[0] *= low
	if len(x) > 1 {
		x[1] *= high
	}
}
