package permutations

import (
	"math"
	"math/bits"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
)

// leastSum is the least sum of reduced weights that is trusted.
const leastSum = 1e-250

// logZ returns log sum_y exp W(y) over the orderings that keep to before, and
// leaves the sums over the orders of each set in f. O(2^k k).
func (s *subsets) logZ() float64 {
	s.wide = false
	s.constrain()
	s.reduce(false)
	if s.add(); s.sum >= leastSum {
		return s.shift + math.Log(s.sum)
	}
	if s.pair == nil {
		s.reduce(true)
		if s.add(); s.sum >= leastSum {
			return s.shift + math.Log(s.sum)
		}
	}
	s.wide = true
	s.tabulateLogs()
	s.recurse(s.f, logSemiring{}, false)
	s.sum = s.f[s.full]
	return s.sum
}

// add runs the recursion on weights, of which reduce left the logs in e.
func (s *subsets) add() {
	for r := range s.k {
		kernel.Exp(s.e[r][:s.k], s.e[r][:s.k])
	}
	switch {
	case s.plain():
		s.permanent.Sums(s.f, &s.e, s.k)
	case s.pair == nil:
		s.addPositions()
	default:
		s.addPairs()
	}
	s.sum = s.f[s.full]
}

// reduce turns logs of positions into those of weights of at most 1, and those of
// pairs into such weights, and keeps in shift what was taken out, which is the same for all orderings: the largest log of each rank,
// then of each label; of each pair the larger of its two; of each size of sets
// the largest. Optimal takes out the dual variables of the best assignment of
// labels to ranks instead, so that its weights are all 1.
//
// With weights of at most 1 sums stay below k! <= 22!, about 1e21. What
// underflows, below 1e-308, is then lost with the at most 22! orderings that it
// is part of: less than 1e-286, nothing to a sum of at least leastSum. Smaller
// sums are done again, with the optimal reduction, after which the sum over all
// orderings by positions is at least 1, or in the log domain.
func (s *subsets) reduce(optimal bool) {
	k := s.k
	s.shift = 0
	if optimal {
		s.reduceByDuals()
	} else {
		s.reduceByMaxima()
	}
	for r := range k {
		row := s.e[r][:k]
		for i := range row {
			row[i] = min(0, row[i]-s.offset[i]) // duals are exact only up to rounding
		}
	}
	for _, o := range s.offset[:k] {
		s.shift += o
	}
	if s.set != nil {
		s.shift += s.set.shift
	}
	if s.pair != nil {
		s.reducePairs()
	}
}

// reduceByMaxima takes the largest log of each rank out of e, and leaves the
// largest remaining one of each label in offset.
func (s *subsets) reduceByMaxima() {
	k := s.k
	for i := range k {
		s.offset[i] = math.Inf(-1)
	}
	for r := range k {
		row := s.position[r][:k]
		high := maxSemiring{}.sum(row)
		s.shift += high
		for i, x := range row {
			s.e[r][i] = x - high
			s.offset[i] = max(s.offset[i], x-high)
		}
	}
}

// reduceByDuals does so with the dual variables.
func (s *subsets) reduceByDuals() {
	k := s.k
	if s.duals == nil {
		s.duals = newAssignment(k)
	}
	for i := range k {
		for r := range k {
			s.duals.cost[i*k+r] = -s.position[r][i]
		}
	}
	s.duals.solve()
	for r, v := range s.duals.v {
		s.shift -= v
		for i := range k {
			s.e[r][i] = s.position[r][i] + v
		}
	}
	for i, u := range s.duals.u {
		s.offset[i] = -u
	}
}

// reducePairs tabulates the products of weights of pairs.
func (s *subsets) reducePairs() {
	s.makePairTables()
	var w [32][32]float64
	k := s.k
	for i := range k {
		w[i][i] = 1
		for j := range i {
			a, b := s.pair[i*k+j], s.pair[j*k+i]
			high := max(a, b)
			s.shift += high
			w[i][j], w[j][i] = math.Exp(a-high), math.Exp(b-high)
		}
	}
	fill := func(table []float64, from int) {
		for i := range k {
			table[i] = 1
		}
		for t := 1; t*k < len(table); t++ {
			rest, row := table[t&(t-1)*k:], &w[from+bits.TrailingZeros(uint(t))]
			for i := range k {
				table[t*k+i] = rest[i] * row[i&31]
			}
		}
	}
	fill(s.toLow, 0)
	fill(s.toHigh, s.low)
}

// addPositions fills f where there are no pairs. Sets come before those they
// are part of in the order of the integers.
func (s *subsets) addPositions() {
	f := s.f[:int(s.full)+1]
	f[0] = 1
	for t := uint32(1); t <= s.full; t++ {
		if s.before != nil && s.excluded(t) {
			f[t] = 0
			continue
		}
		row, sum := &s.e[(bits.OnesCount32(t)-1)&31], 0.0
		for left := t; left != 0; left &= left - 1 {
			sum += row[bits.TrailingZeros32(left)&31] * f[t^left&-left]
		}
		if s.set != nil {
			sum *= s.set.weight[t]
		}
		f[t] = sum
	}
}

// addPairs is addPositions with pairs.
func (s *subsets) addPairs() {
	f, k := s.f[:int(s.full)+1], s.k
	for hi := range s.highSets() {
		high := s.toHigh[hi*k : hi*k+k]
		for lo := range s.lowSets() {
			t := uint32(hi<<s.low | lo)
			if t == 0 {
				f[0] = 1
				continue
			}
			if s.before != nil && s.excluded(t) {
				f[t] = 0
				continue
			}
			low := s.toLow[lo*k : lo*k+k]
			row, sum := &s.e[(bits.OnesCount32(t)-1)&31], 0.0
			for left := t; left != 0; left &= left - 1 {
				i := bits.TrailingZeros32(left)
				sum += row[i&31] * (high[i] * low[i]) * f[t^left&-left]
			}
			if s.set != nil {
				sum *= s.set.weight[t]
			}
			f[t] = sum
		}
	}
}
