package sets

import "math/bits"

// Jaccard is the intersection over the union of the predicted and the true set,
// of one example; its mean is the Jaccard index averaged over samples. No
// decision in polynomial time is known for all distributions. Here it is exact
// where labels depend on each other through their number alone ([Unary],
// [Cardinality]; the best set of m labels then has the m largest scores), and
// up to MaxJaccard labels, where all sets are tried. Otherwise it is the best
// that is found by adding, removing and swapping labels, from the sets that are
// best for the F-measure, for [Hamming] and for [ExactMatch].
type Jaccard struct {
	// ZeroDivision is the value where both sets are empty, 0 by default.
	ZeroDivision ZeroDivision
}

// MaxJaccard is the largest number of labels for which [Jaccard] tries all sets.
const MaxJaccard = 8

// String is jaccard_samples.
func (Jaccard) String() string { return "jaccard_samples" }

// Validate wants no ZeroDivisionSkip.
func (u Jaccard) Validate() error { return u.ZeroDivision.validateUtility() }

func (Jaccard) needs() need { return needsSupport }

// Between is |h and y| / |h or y|.
func (u Jaccard) Between(predicted, truth Set) float64 {
	both := predicted.IntersectionCount(truth)
	union := predicted.Count() + truth.Count() - both
	if union == 0 {
		return u.ZeroDivision.bothEmpty()
	}
	return float64(both) / float64(union)
}

func (u Jaccard) decide(b *beliefs) Decision {
	if b.own != nil {
		return u.decideSized(b.own)
	}
	if b.k <= MaxJaccard {
		d := Decision{Utility: -1, Proven: true}
		for w := range uint64(1) << b.k {
			y := FromUint64(b.k, w)
			if v := u.expected(b, y); v > d.Utility {
				d.Y, d.Utility = y, v
			}
		}
		return d
	}
	s := newJaccardSearch(b, u.ZeroDivision.bothEmpty())
	others := &beliefs{k: b.k, size: make([]float64, b.k+1), joint: make([]float64, b.k*b.k), label: make([]float64, b.k)}
	others.addSizes(b.ys, b.weight)
	others.sumSizes(others.label, func(int) float64 { return 1 })
	best := Decision{Utility: -1}
	for _, start := range []Set{FBeta{ZeroDivision: u.ZeroDivision}.decide(others).Y, Hamming{}.decide(others).Y, b.mode} {
		if d := s.climb(start); d.Utility > best.Utility {
			best = d
		}
	}
	return best
}

// expected is the expected utility of h.
func (u Jaccard) expected(b *beliefs, h Set) float64 {
	sum := 0.0
	for m, y := range b.ys {
		sum += b.weight[m] * u.Between(h, y)
	}
	return sum
}

// decideSized tries the labels with the m largest scores for each m.
func (u Jaccard) decideSized(s *sizedLabels) Decision {
	order := ranked(s.v)
	d := Decision{Y: New(len(s.v)), Proven: true}
	best := 0
	for m, v := range s.prefixes(order, func(m, inside, outside int) float64 {
		if m+outside == 0 {
			return u.ZeroDivision.bothEmpty()
		}
		return float64(inside) / float64(m+outside)
	}) {
		if v > d.Utility {
			d.Utility, best = v, m
		}
	}
	for _, j := range order[:best] {
		d.Y.Add(j)
	}
	d.Utility = min(1, d.Utility)
	return d
}

// jaccardSearch climbs from a set by the change that gains most.
type jaccardSearch struct {
	b     *beliefs
	empty float64
	bits  packedSets // the sets of b
	h     Set
	both  []float64 // |h and y| and |h or y| of every set
	union []float64

	gain  []float64 // of the sets
	value []float64 // of the labels: the expected utility of h with each flipped
}

func newJaccardSearch(b *beliefs, empty float64) *jaccardSearch {
	v := func() []float64 { return make([]float64, len(b.ys)) }
	s := &jaccardSearch{b: b, empty: empty, h: New(b.k), both: v(), union: v(), gain: v(), value: make([]float64, b.k)}
	s.bits.copyFrom(b.ys)
	return s
}

// flip adds or removes label j.
func (s *jaccardSearch) flip(j int) {
	sign := 1.0
	if s.h.Has(j) {
		sign = -1
	}
	s.h.Toggle(j)
	for m, y := range s.b.ys {
		if has(y, j) {
			s.both[m] += sign
		} else {
			s.union[m] += sign
		}
	}
}

// consider fills value. The sum over sets without the label is that over all,
// less those with it.
func (s *jaccardSearch) consider() {
	sum := make([]float64, s.b.k)
	for _, sign := range []float64{1, -1} {
		total := 0.0
		for m, p := range s.b.weight {
			without := s.empty
			if s.union[m]+sign != 0 {
				without = s.both[m] / (s.union[m] + sign)
			}
			with := without // of no label where the union is empty
			if s.union[m] > 0 {
				with = (s.both[m] + sign) / s.union[m]
			}
			total += p * without
			s.gain[m] = p * (with - without)
		}
		clear(sum)
		s.bits.addWeighted(sum, s.gain)
		for j := range s.value {
			if has(s.h, j) == (sign < 0) {
				s.value[j] = total + sum[j]
			}
		}
	}
}

// climb returns where single changes no longer help, nor swaps of a label for
// another.
func (s *jaccardSearch) climb(start Set) Decision {
	s.h.Clear()
	clear(s.both)
	for m, y := range s.b.ys {
		s.union[m] = float64(y.Count())
	}
	for j := range start.Labels() {
		s.flip(j)
	}
	d := Decision{Utility: s.now()}
	for {
		j, v := s.bestFlip()
		if v <= d.Utility+tolerance {
			if !s.swap(&d) {
				d.Y = s.h.Clone()
				return d
			}
			continue
		}
		s.flip(j)
		d.Utility = v
	}
}

// now is the expected utility of h.
func (s *jaccardSearch) now() float64 {
	sum := 0.0
	for m, p := range s.b.weight {
		if s.union[m] == 0 {
			sum += p * s.empty
		} else {
			sum += p * s.both[m] / s.union[m]
		}
	}
	return sum
}

func (s *jaccardSearch) bestFlip() (best int, value float64) {
	s.consider()
	value = -1
	for j, v := range s.value {
		if v > value {
			best, value = j, v
		}
	}
	return best, value
}

// swap looks for a label to remove for one to add, and makes the first that
// gains.
func (s *jaccardSearch) swap(d *Decision) bool {
	for w, word := range s.h.Clone().words {
		for ; word != 0; word &= word - 1 {
			out := w*wordBits + bits.TrailingZeros64(word)
			s.flip(out)
			in, v := s.bestFlip()
			if v > d.Utility+tolerance && in != out {
				s.flip(in)
				d.Utility = v
				return true
			}
			s.flip(out)
		}
	}
	return false
}
