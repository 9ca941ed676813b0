package permutations

import (
	"math"
	"math/bits"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// marginals fills at, and with pairs also precedes, after logZ. O(2^k k), by
// the recursion from the other end: the mass of the orderings that have the
// labels T first and then i is F(T) exp step(T, i) G(T+i).
func (s *subsets) marginals(pairs bool) {
	if s.g == nil {
		s.g = make([]float64, len(s.f))
	}
	s.at = [32][32]float64{}
	s.mirrored = false
	if pairs {
		s.precedes = numeric.Grow(s.precedes, s.k*s.k)
		s.block = numeric.Grow(s.block, s.k)
		s.acc = numeric.Grow(s.acc, s.lowSets()*s.k)
		clear(s.precedes)
		clear(s.acc)
	}
	switch {
	case s.wide:
		s.recurse(s.g, logSemiring{}, true)
		s.wideMasses(pairs)
		s.finish(pairs, 1)
	case pairs || s.pair != nil:
		if s.pair == nil {
			s.noPairs()
		}
		s.pairMasses(pairs)
		s.finish(pairs, 1/s.sum)
	case s.plain():
		s.permanent.Masses(&s.at, s.g, s.f, &s.e, s.k)
		s.mirrored = true
		s.finish(false, 1/s.sum)
	default:
		s.positionMasses()
		s.finish(false, 1/s.sum)
	}
}

// noPairs fills the tables of pairs with weights of 1.
func (s *subsets) noPairs() {
	s.makePairTables()
	for _, table := range [][]float64{s.toLow, s.toHigh} {
		for i := range table {
			table[i] = 1
		}
	}
}

// positionMasses fills g and at where there are no pairs. The weight of set(S)
// is in f[S] and, unlike in the log domain, also in g[S]: on a step from T to S
// the two meet as f[T] and g[S], and each set counts once.
func (s *subsets) positionMasses() {
	f, g := s.f[:int(s.full)+1], s.g[:int(s.full)+1]
	g[s.full] = 1
	if s.set != nil {
		g[s.full] = s.set.weight[s.full]
	}
	for t := s.full; t > 0; {
		t--
		if s.before != nil && s.excluded(t) {
			g[t] = 0
			continue
		}
		r := bits.OnesCount32(t) & 31
		row, at := &s.e[r], &s.at[r]
		ft, sum := f[t], 0.0
		for left := s.full &^ t; left != 0; left &= left - 1 {
			i, after := bits.TrailingZeros32(left)&31, g[t|left&-left]
			sum += row[i] * after
			at[i] += ft * after
		}
		if s.set != nil {
			sum *= s.set.weight[t]
		}
		g[t] = sum
	}
	for r := range s.k {
		for i := range s.k {
			s.at[r][i] *= s.e[r][i]
		}
	}
}

// following is g of a set.
func (s *subsets) following(t uint32) float64 {
	if s.mirrored {
		t = s.full &^ t
	}
	return s.g[t]
}

// pairMasses is positionMasses with pairs, and with masses of pairs if wanted.
func (s *subsets) pairMasses(pairs bool) {
	f, g, k := s.f[:int(s.full)+1], s.g[:int(s.full)+1], s.k
	g[s.full] = 1
	if s.set != nil {
		g[s.full] = s.set.weight[s.full]
	}
	var block, acc [32]float64
	for hi := s.highSets() - 1; hi >= 0; hi-- {
		high := s.toHigh[hi*k : hi*k+k]
		block = [32]float64{}
		for lo := s.lowSets() - 1; lo >= 0; lo-- {
			t := uint32(hi<<s.low | lo)
			if t == s.full {
				continue
			}
			if s.before != nil && s.excluded(t) {
				g[t] = 0
				continue
			}
			low := s.toLow[lo*k : lo*k+k]
			r := bits.OnesCount32(t) & 31
			row, at := &s.e[r], &s.at[r]
			ft, sum := f[t], 0.0
			for left := s.full &^ t; left != 0; left &= left - 1 {
				i := bits.TrailingZeros32(left)
				mass := row[i&31] * (high[i] * low[i]) * g[t|left&-left]
				sum += mass
				mass *= ft
				at[i&31] += mass
				acc[i&31] = mass
			}
			if s.set != nil {
				sum *= s.set.weight[t]
			}
			g[t] = sum
			if pairs {
				to := s.acc[lo*k : lo*k+k]
				for left := s.full &^ t; left != 0; left &= left - 1 {
					i := bits.TrailingZeros32(left)
					to[i] += acc[i&31]
					block[i&31] += acc[i&31]
				}
			}
		}
		if pairs {
			copy(s.block, block[:k])
			s.addBlock(hi)
		}
	}
}

// addBlock adds the mass in block, of labels that follow sets with the high
// labels hi, to precedes.
func (s *subsets) addBlock(hi int) {
	for left := uint(hi); left != 0; left &= left - 1 {
		row := s.precedes[(s.low+bits.TrailingZeros(left))*s.k:]
		for i, mass := range s.block {
			row[i] += mass
		}
	}
}

// wideMasses is pairMasses from logs.
func (s *subsets) wideMasses(pairs bool) {
	for hi := range s.highSets() {
		clear(s.block)
		for lo := range s.lowSets() {
			t := uint32(hi<<s.low | lo)
			ft := s.f[t] - s.sum
			if math.IsInf(ft, -1) || math.IsInf(s.g[t], -1) {
				continue
			}
			at := &s.at[bits.OnesCount32(t)&31]
			for left := s.full &^ t; left != 0; left &= left - 1 {
				i := bits.TrailingZeros32(left)
				mass := ft + s.logStep(t, i) + s.g[t|1<<i]
				if mass < 2*leastLog {
					continue
				}
				mass = math.Exp(mass)
				at[i&31] += mass
				if pairs {
					s.acc[lo*s.k+i] += mass
					s.block[i] += mass
				}
			}
		}
		if pairs {
			s.addBlock(hi)
		}
	}
}

// finish adds up the masses by low sets and turns masses into probabilities.
func (s *subsets) finish(pairs bool, scale float64) {
	for r := range s.k {
		for i := range s.k {
			s.at[r][i] *= scale
		}
	}
	if !pairs {
		return
	}
	for lo := 1; lo < s.lowSets(); lo++ {
		mass := s.acc[lo*s.k : (lo+1)*s.k]
		for left := uint(lo); left != 0; left &= left - 1 {
			row := s.precedes[bits.TrailingZeros(left)*s.k:]
			for i, m := range mass {
				row[i] += m
			}
		}
	}
	for i := range s.precedes {
		s.precedes[i] *= scale
	}
}

// positions copies P(label i at rank r) to dst[i*k+r], after marginals.
func (s *subsets) positions(dst []float64) {
	for i := range s.k {
		for r := range s.k {
			dst[i*s.k+r] = s.at[r][i]
		}
	}
}
