package sets

import (
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// labelChain is a distribution over sets that decides on one label after the
// other, in an order, each given those before:
//
//	P(j in y | before) = sigmoid( a_j + b_j + sum_{i before j, i in y} W_ji )
//
// As soon as the bounds on sizes leave no choice there is none. The numbers of W
// are those of the labels at places t' < t of the order, row by row in t, k(k-1)/2;
// or, with a rank r, A and B (k x r each, row-major by place) with W = A_t·B_t'.
type labelChain struct {
	order    []int     // of labels
	odds     []float64 // b, nil for zeros
	min, max int       // sizes
	rank     int
}

func (c *labelChain) interactions() int {
	k := len(c.order)
	if c.rank > 0 {
		return 2 * k * c.rank
	}
	return k * (k - 1) / 2
}

// chainState is what is decided so far.
type chainState struct {
	members []int     // places of the labels that are in
	sum     []float64 // of their rows of B
}

func (c *labelChain) start(s *chainState) {
	s.members = s.members[:0]
	s.sum = numeric.Zeroed(s.sum, c.rank)
}

// next returns the log odds of the label at place t; where there is no choice,
// free is false and in says how it is.
func (c *labelChain) next(s *chainState, a, w []float64, t int) (odds float64, free, in bool) {
	k := len(c.order)
	switch size := len(s.members); {
	case size >= c.max:
		return 0, false, false
	case size+k-t <= c.min:
		return 0, false, true
	}
	odds = a[c.order[t]]
	if c.odds != nil {
		odds += c.odds[c.order[t]]
	}
	if c.rank > 0 {
		for l, x := range s.sum {
			odds += w[t*c.rank+l] * x
		}
		return odds, true, false
	}
	row := w[t*(t-1)/2:]
	for _, i := range s.members {
		odds += row[i]
	}
	return odds, true, false
}

// add puts the label at place t in.
func (c *labelChain) add(s *chainState, w []float64, t int) {
	s.members = append(s.members, t)
	for l := range s.sum {
		s.sum[l] += w[(len(c.order)+t)*c.rank+l]
	}
}

// logProb is log p(y), for a y of an allowed size.
func (c *labelChain) logProb(s *chainState, y Set, a, w []float64) (logp float64) {
	c.start(s)
	for t, j := range c.order {
		odds, free, _ := c.next(s, a, w, t)
		in := has(y, j)
		if free {
			logp -= surprise(odds, in)
		}
		if in {
			c.add(s, w, t)
		}
	}
	return logp
}

// surprise is -log of the probability of in, or not.
func surprise(odds float64, in bool) float64 {
	if in {
		return numeric.Softplus(-odds)
	}
	return numeric.Softplus(odds)
}

// sample overwrites y with a draw and returns log p(y).
func (c *labelChain) sample(s *chainState, y Set, a, w []float64, rng *rand.Rand) (logp float64) {
	c.start(s)
	y.Clear()
	for t, j := range c.order {
		odds, free, in := c.next(s, a, w, t)
		if free {
			in = rng.Float64() < numeric.Sigmoid(odds)
			logp -= surprise(odds, in)
		}
		if in {
			y.Add(j)
			c.add(s, w, t)
		}
	}
	return logp
}

// addGrad adds weight times the gradient of log p(y).
func (c *labelChain) addGrad(s *chainState, da, dw []float64, y Set, a, w []float64, weight float64) {
	c.start(s)
	k, r := len(c.order), c.rank
	for t, j := range c.order {
		odds, free, _ := c.next(s, a, w, t)
		in := has(y, j)
		if free {
			d := -weight * numeric.Sigmoid(odds)
			if in {
				d = weight * numeric.Sigmoid(-odds)
			}
			da[j] += d
			if r == 0 {
				row := dw[t*(t-1)/2:]
				for _, i := range s.members {
					row[i] += d
				}
			}
			for l, x := range s.sum {
				dw[t*r+l] += d * x
			}
			for l := range r {
				for _, i := range s.members {
					dw[(k+i)*r+l] += d * w[t*r+l]
				}
			}
		}
		if in {
			c.add(s, w, t)
		}
	}
}

// inOrder is the labels 0, ..., k-1.
func inOrder(k int) []int {
	order := make([]int, k)
	for j := range order {
		order[j] = j
	}
	return order
}
