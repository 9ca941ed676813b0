package permutations

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

// choices are the labels that may be the last of a set, with probabilities
// proportional to weight.
type choices struct {
	n      int
	label  [32]int
	weight [32]float64
	sum    float64
}

// last fills c with the choices for the last label of t, after logZ: label i
// with probability F(t-i) exp step(t-i, i) / F(t). O(k).
func (s *subsets) last(c *choices, t uint32) {
	c.n, c.sum = 0, 0
	row := &s.e[(bits.OnesCount32(t)-1)&31]
	for left := t; left != 0; left &= left - 1 {
		i := bits.TrailingZeros32(left)
		rest := t &^ (1 << i)
		w := s.f[rest]
		switch {
		case s.wide:
			w = math.Exp(w + s.logStep(rest, i) - s.f[t])
		case s.pair != nil:
			// The weight of a label and itself is 1: t will do for the rest.
			w *= row[i&31] * s.toHigh[int(t>>s.low)*s.k+i] * s.toLow[int(t&(1<<s.low-1))*s.k+i]
		default:
			w *= row[i&31]
		}
		if w > 0 {
			c.label[c.n&31], c.weight[c.n&31] = i, w
			c.sum += w
			c.n++
		}
	}
}

// sample overwrites y with an exact draw from exp W / Z, after logZ: the last
// label, then the one before given it, and so on. O(k^2).
func (s *subsets) sample(y Ordering, rng *rand.Rand) {
	var c choices
	for t := s.full; t != 0; {
		s.last(&c, t)
		u, at := rng.Float64()*c.sum, 0
		for u -= c.weight[0]; u >= 0 && at < c.n-1; {
			at++
			u -= c.weight[at&31]
		}
		y[bits.OnesCount32(t)-1] = c.label[at&31]
		t &^= 1 << c.label[at&31]
	}
}

// entropy returns -sum_i p_i log p_i of the choices. The share of the likeliest
// may be too near 1 for its log: that is log1p of what the others have to it.
func (c *choices) entropy() float64 {
	best, rest, h := 0, 0.0, 0.0
	for n := 1; n < c.n; n++ {
		if c.weight[n] > c.weight[best] {
			best = n
		}
	}
	for n, w := range c.weight[:c.n] {
		if n != best {
			rest += w
			h -= w * math.Log(w/c.sum)
		}
	}
	return (h + c.weight[best]*math.Log1p(rest/c.weight[best])) / c.sum
}

// entropy returns -sum_y p(y) log p(y) of p = exp W / Z, in nats, after
// marginals. It is the sum of the entropies of the last labels of the sets,
// each times the probability that the set comes first: of positive terms, so
// that it keeps its digits near 0. O(2^k k).
func (s *subsets) entropy() float64 {
	var c choices
	h := 0.0
	for t := uint32(1); t <= s.full; t++ {
		p := s.f[t] * s.following(t) / s.sum
		switch {
		case s.wide:
			p = math.Exp(s.f[t] + s.g[t] - s.sum)
		case s.set != nil && s.set.weight[t] > 0:
			p /= s.set.weight[t] // it is in f and in g
		}
		if !(p > 0) {
			continue
		}
		s.last(&c, t)
		h += p * c.entropy()
	}
	return h
}
