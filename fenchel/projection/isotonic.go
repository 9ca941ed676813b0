package projection

import (
	"fmt"
	"math"
)

// Isotonic is the cone of nondecreasing sequences, on which one projects by
// isotonic regression: the minimum of sum_i w_i (p_i - x_i)^2 over
// p_1 <= ... <= p_n, by pooling adjacent violators in O(n).
type Isotonic struct {
	// Weights w > 0; nil stands for ones. With others the point is closest in
	// the weighted distance, and not for fenchel.Squared.
	Weights []float64
	// Decreasing turns the order round.
	Decreasing bool
}

// block is a run of entries that share one value.
type block struct {
	mean, weight float64
	end          int
}

// pool returns the blocks of the solution.
func (s Isotonic) pool(x []float64) ([]block, error) {
	if s.Weights != nil && len(s.Weights) != len(x) {
		return nil, ErrSize
	}
	if err := finite(x); err != nil {
		return nil, err
	}
	sign, w := 1.0, 1.0
	if s.Decreasing {
		sign = -1
	}
	blocks := make([]block, 0, len(x))
	for i, v := range x {
		if s.Weights != nil {
			w = s.Weights[i]
		}
		b := block{sign * v, w, i + 1}
		for n := len(blocks); n > 0 && blocks[n-1].mean >= b.mean; n-- {
			last := blocks[n-1]
			blocks = blocks[:n-1]
			sum := last.weight + b.weight
			b.mean = last.mean + (b.mean-last.mean)*(b.weight/sum)
			b.weight = sum
		}
		blocks = append(blocks, b)
	}
	for i := range blocks {
		blocks[i].mean *= sign
	}
	return blocks, nil
}

// Project overwrites dst with the isotonic regression of x.
func (s Isotonic) Project(dst, x []float64) error {
	sameLength(dst, x)
	blocks, err := s.pool(x)
	if err != nil {
		return err
	}
	start := 0
	for _, b := range blocks {
		for i := start; i < b.end; i++ {
			dst[i] = b.mean
		}
		start = b.end
	}
	return nil
}

// ProjectJVP is the weighted mean of direction over every block. (With Weights
// the Jacobian is not symmetric; this is the Jacobian, not its transpose.)
func (s Isotonic) ProjectJVP(dst, x, direction []float64) error {
	sameLength(dst, x)
	sameLength(dst, direction)
	blocks, err := s.pool(x)
	if err != nil {
		return err
	}
	start := 0
	for _, b := range blocks {
		sum := 0.0
		for i := start; i < b.end; i++ {
			if s.Weights != nil {
				sum += s.Weights[i] * direction[i]
			} else {
				sum += direction[i]
			}
		}
		for i := start; i < b.end; i++ {
			dst[i] = sum / b.weight
		}
		start = b.end
	}
	return nil
}

// Validate wants positive finite weights.
func (s Isotonic) Validate() error {
	for i, w := range s.Weights {
		if !(w > 0) || math.IsInf(w, 1) {
			return fmt.Errorf("projection: isotonic weight %d is %g, not positive and finite", i, w)
		}
	}
	return nil
}

// String is isotonic.
func (s Isotonic) String() string { return "isotonic" }
