package datasets

import (
	"fmt"
	"math"
)

// Limits bound what a reader accepts, so that a hostile or damaged file ends
// in an error instead of in exhausted memory. The zero value of a field is its
// default. Memory follows what was read, whatever a header says: beyond the
// result itself, readers hold a small multiple of the bytes read so far.
type Limits struct {
	// MaxLineBytes bounds one line, or one CSV record or XML token. The
	// default is 64 MiB.
	MaxLineBytes int
	// MaxRows bounds the rows. The default is 2^27, about 134 million.
	MaxRows int
	// MaxFeatures bounds the columns of X, one-hot columns included. The
	// default is 2^24, about 17 million.
	MaxFeatures int
	// MaxLabels bounds the labels or real targets. The default is 2^20, about 1 million.
	MaxLabels int
	// MaxCells bounds the size of the result in words of 8 bytes: one for
	// each number in a dense X, two for each stored in a sparse one, and one
	// for every 64 labels of each row in Y and in Observed. Of k ranked labels
	// an ordering counts k, a partial ranking 3 k; of real targets each counts
	// one. The default is 2^28, 2 GiB.
	MaxCells int
}

// Validate reports the first limit that is negative, if any.
func (l Limits) Validate() error {
	for _, f := range []struct {
		name  string
		value int
	}{
		{"MaxLineBytes", l.MaxLineBytes}, {"MaxRows", l.MaxRows}, {"MaxFeatures", l.MaxFeatures},
		{"MaxLabels", l.MaxLabels}, {"MaxCells", l.MaxCells},
	} {
		if f.value < 0 {
			return fmt.Errorf("datasets: Limits.%s is %d; it cannot be negative", f.name, f.value)
		}
	}
	return nil
}

// withDefaults fills in the defaults.
func (l Limits) withDefaults() Limits {
	or := func(p *int, d int) {
		if *p == 0 {
			*p = d
		}
	}
	or(&l.MaxLineBytes, 1<<26)
	or(&l.MaxRows, 1<<27)
	or(&l.MaxFeatures, 1<<24)
	or(&l.MaxLabels, 1<<20)
	or(&l.MaxCells, 1<<28)
	l.MaxFeatures = min(l.MaxFeatures, math.MaxInt32) // columns are int32
	l.MaxLabels = min(l.MaxLabels, math.MaxInt32)
	return l
}

func (l Limits) checkRows(n int) error { return over("MaxRows", n, l.MaxRows) }

func (l Limits) checkFeatures(d int) error { return over("MaxFeatures", d, l.MaxFeatures) }

func (l Limits) checkLabels(k int) error { return over("MaxLabels", k, l.MaxLabels) }

// checkCells checks a sum of products, each of two counts, without overflow.
func (l Limits) checkCells(products ...[2]int) error {
	left := l.MaxCells
	for _, p := range products {
		if p[0] == 0 || p[1] == 0 {
			continue
		}
		if p[0] > left/p[1] {
			return &LimitError{Limit: "MaxCells", Max: l.MaxCells}
		}
		left -= p[0] * p[1]
	}
	return nil
}

func over(name string, got, limit int) error {
	if got > limit {
		return &LimitError{Limit: name, Max: limit}
	}
	return nil
}
