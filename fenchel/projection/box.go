package projection

import (
	"fmt"
	"math"
)

// Box is {Lower <= p <= Upper}; nil stands for zeros and for ones, so that the
// zero value is the unit cube. Bounds may be infinite.
type Box struct {
	Lower, Upper []float64
}

func (b Box) bounds(i int) (lo, hi float64) {
	hi = 1
	if b.Lower != nil {
		lo = b.Lower[i]
	}
	if b.Upper != nil {
		hi = b.Upper[i]
	}
	return lo, hi
}

func (b Box) fits(n int) error {
	if b.Lower != nil && len(b.Lower) != n || b.Upper != nil && len(b.Upper) != n {
		return ErrSize
	}
	return nil
}

// Project overwrites dst with x clipped to the box.
func (b Box) Project(dst, x []float64) error {
	sameLength(dst, x)
	if err := b.fits(len(x)); err != nil {
		return err
	}
	if err := finite(x); err != nil {
		return err
	}
	for i, v := range x {
		lo, hi := b.bounds(i)
		dst[i] = min(max(v, lo), hi)
	}
	return nil
}

// ProjectJVP is direction inside the box, 0 where it is clipped.
func (b Box) ProjectJVP(dst, x, direction []float64) error {
	sameLength(dst, x)
	sameLength(dst, direction)
	if err := b.fits(len(x)); err != nil {
		return err
	}
	for i, v := range x {
		dst[i] = direction[i]
		if lo, hi := b.bounds(i); !(v > lo && v < hi) {
			dst[i] = 0
		}
	}
	return nil
}

// Validate wants Lower <= Upper.
func (b Box) Validate() error {
	n := max(len(b.Lower), len(b.Upper))
	if b.Lower != nil && len(b.Lower) != n || b.Upper != nil && len(b.Upper) != n {
		return ErrSize
	}
	for i := range n {
		if lo, hi := b.bounds(i); !(lo <= hi) || math.IsInf(lo, 1) || math.IsInf(hi, -1) {
			return fmt.Errorf("projection: box entry %d has no point between %g and %g", i, lo, hi)
		}
	}
	return nil
}

// String is box.
func (b Box) String() string { return "box" }
