package safetensors

import (
	"cmp"
	"math"
	"slices"
)

// wordBytes is the size of a number of any of the dtypes.
const wordBytes = 8

// entry is what the header says of a tensor.
type entry struct {
	name       string
	dtype      DType
	shape      []int
	begin, end int64 // data_offsets
}

// elements is the product of the dimensions, none of which is negative. It is
// not ok if the bytes of so many numbers overflow an int. Zeros do not hide an
// overflow of the other dimensions, which callers may multiply in any order.
func elements(shape []int) (n int, ok bool) {
	n, zero := 1, false
	for _, d := range shape {
		if d == 0 {
			zero = true
			continue
		}
		if n > math.MaxInt/wordBytes/d {
			return 0, false
		}
		n *= d
	}
	if zero {
		n = 0
	}
	return n, true
}

// inFile orders tensors as WriteTo does: by type, then by name.
func inFile(a, b entry) int {
	return cmp.Or(cmp.Compare(b.dtype, a.dtype), cmp.Compare(a.name, b.name))
}

// checkLayout orders the entries as their tensors follow each other, and
// checks that these have the size of their shape and neither overlap nor
// leave a gap. It returns the bytes of all of them.
func checkLayout(entries []entry) (int64, error) {
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end), cmp.Compare(a.name, b.name))
	})
	at, before := int64(0), "the start"
	for _, e := range entries {
		n, ok := elements(e.shape)
		if !ok {
			return 0, failf(e.name, ErrOverflow, "shape %s has too many numbers", brief(e.shape))
		}
		if e.begin > e.end {
			return 0, failf(e.name, ErrOffsets, "data_offsets [%d %d] end before they begin", e.begin, e.end)
		}
		if e.begin != at {
			return 0, failf(e.name, ErrOffsets, "data_offsets [%d %d], but %s reaches to %d", e.begin, e.end, before, at)
		}
		if want, got := int64(n)*wordBytes, e.end-e.begin; got != want {
			return 0, failf(e.name, ErrSize, "shape %s of %v takes %d bytes, data_offsets [%d %d] span %d", brief(e.shape), e.dtype, want, e.begin, e.end, got)
		}
		at, before = e.end, "what is before it"
	}
	return at, nil
}
