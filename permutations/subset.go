package permutations

import (
	"math"
	"math/bits"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
)

// MaxExact is the largest number of labels over which orderings are summed
// exactly. A sum holds a table of 2^k numbers and a gradient two, 8 and 16
// bytes a subset for each goroutine at work: 1 MB at k = 16, 16 MB at k = 20,
// 64 MB at k = 22; a Plackett-Luce reference adds two tables to the inference.
const MaxExact = 22

// subsets sums exp W(y) over orderings y of k labels, where W adds up what it
// costs to put one label after another,
//
//	W(y) = sum_r step({y_0, ..., y_{r-1}}, y_r)
//	step(T, i) = position(i, |T|) + sum_{j in T} pair(j, i) + set(T + i),
//
// which covers scores of positions (Birkhoff, permutahedron), of pairs (linear
// ordering), and references that depend on the set of labels left to choose
// from (Plackett-Luce). The step depends on T only as a set, so everything is
// a recursion over the 2^k sets S of labels that may come first,
//
//	F(S) = sum_{i in S} F(S-i) exp step(S-i, i),    F({}) = 1,    Z = F(all),
//
// in O(2^k k) operations, all terms positive: exact up to rounding. (For pairs
// that is the dynamic programme of Held and Karp (1962) with sums for minima;
// for positions alone Z is the permanent of exp position.) The same recursion
// from the other end gives the sums over what may follow S, and their products
// the marginals. A partial order is a filter: only sets closed under its
// predecessors occur.
//
// The work is done on weights, not on their logs, and no exp is needed per
// subset: see reduce for why nothing overflows and what underflows does not
// matter. Where the whole sum may underflow, the recursion runs in the log
// domain (see recurse), with an exp for every step.
type subsets struct {
	k    int
	full uint32 // the set of all labels

	// position is by rank, then label; pair[i*k+j] is for i before j, nil if
	// there are no pairs; set may be nil. All are logs.
	position [32][32]float64
	pair     []float64
	set      *setTerms
	// before[j] has the labels that must precede j; nil if nothing must.
	before []uint64

	// A set S is split into its low labels and the others, S = hi<<low | lo.
	// toLow[lo*k+i] and toHigh[hi*k+i] are the product, or in the log domain
	// the sum, of pair(j, i) over j in lo and in hi; needLow and needHigh the
	// labels that must precede some label of lo and of hi.
	low               int
	toLow, toHigh     []float64
	needLow, needHigh []uint32

	e      [32][32]float64 // exp position, reduced
	offset [32]float64     // by label, what was taken out last
	duals  *assignment     // for offsets where simple ones will not do
	shift  float64         // what was taken out of the logs
	f, g   []float64       // sums over the orders of S, and of what follows S
	sum    float64         // f[full], or its log

	wide      bool // toLow, toHigh, f and g are logs
	mirrored  bool // g is by the complement of S
	permanent kernel.Permanent

	terms [32]float64 // of a sum of recurse

	// Results of marginals.
	at       [32][32]float64 // P(label i at rank r), by rank, then label
	precedes []float64       // P(i before j) at i*k+j
	acc      []float64       // mass by low set and label that follows
	block    []float64       // the same, of all sets with the same high labels
}

// setTerms is log set(S) for every set S, and the weights exp set(S), divided
// for each size by the largest; shift is the sum of the logs of those.
type setTerms struct {
	log, weight []float64
	shift       float64
}

func newSubsets(k int) *subsets {
	s := &subsets{k: k, full: 1<<k - 1, low: min((k+1)/2, 8)}
	s.f = make([]float64, 1<<k)
	return s
}

// plain reports whether there is nothing but positions: Z is a permanent then.
func (s *subsets) plain() bool {
	return s.pair == nil && s.set == nil && s.before == nil && s.k >= kernel.LeastPermanent
}

// lowSets and highSets are how many sets of low and of high labels there are.
func (s *subsets) lowSets() int  { return 1 << s.low }
func (s *subsets) highSets() int { return 1 << (s.k - s.low) }

// excluded reports whether no order of the labels of t can come first.
func (s *subsets) excluded(t uint32) bool {
	return (s.needHigh[t>>s.low]|s.needLow[t&(1<<s.low-1)])&^t != 0
}

// constrain tabulates the predecessors.
func (s *subsets) constrain() {
	if s.before == nil {
		return
	}
	if s.needLow == nil {
		s.needLow, s.needHigh = make([]uint32, s.lowSets()), make([]uint32, s.highSets())
	}
	fill := func(table []uint32, from int) {
		for t := 1; t < len(table); t++ {
			table[t] = table[t&(t-1)] | uint32(s.before[from+bits.TrailingZeros(uint(t))])
		}
	}
	fill(s.needLow, 0)
	fill(s.needHigh, s.low)
}

// logStep is step(t, i), from the tables of logs.
func (s *subsets) logStep(t uint32, i int) float64 {
	w := s.position[bits.OnesCount32(t)&31][i&31]
	if s.pair != nil {
		w += s.toHigh[int(t>>s.low)*s.k+i] + s.toLow[int(t&(1<<s.low-1))*s.k+i]
	}
	if s.set != nil {
		w += s.set.log[t|1<<i]
	}
	return w
}

// tabulateLogs readies logStep.
func (s *subsets) tabulateLogs() {
	s.constrain()
	if s.pair == nil {
		return
	}
	fill := func(table []float64, from int) {
		clear(table[:s.k])
		for t := 1; t*s.k < len(table); t++ {
			rest, row := t&(t-1), s.pair[(from+bits.TrailingZeros(uint(t)))*s.k:]
			for i := range s.k {
				table[t*s.k+i] = table[rest*s.k+i] + row[i]
			}
		}
	}
	s.makePairTables()
	fill(s.toLow, 0)
	fill(s.toHigh, s.low)
}

func (s *subsets) makePairTables() {
	if s.toLow == nil {
		s.toLow, s.toHigh = make([]float64, s.lowSets()*s.k), make([]float64, s.highSets()*s.k)
	}
}

// A semiring says what the recursion adds up.
type semiring interface {
	// one is the value of no steps.
	one() float64
	// step extends a value by a step of log weight w.
	step(v, w float64) float64
	// sum adds up alternatives, of which there may be none.
	sum(v []float64) float64
}

// recurse fills the table with F(S) over the semiring; with suffix, with the
// same for the steps from S to the set of all labels. The table of logs and
// the constraints must be ready. O(2^k k).
func (s *subsets) recurse(table []float64, r semiring, suffix bool) {
	terms := &s.terms
	for u := uint32(0); ; u++ {
		t, left := u, u // the set, and the labels that a step may add or remove
		if suffix {
			t = s.full &^ u
		}
		switch n := 0; {
		case s.before != nil && s.excluded(t):
			table[t] = r.sum(nil)
		case u == 0:
			table[t] = r.one()
		default:
			for ; left != 0; left &= left - 1 {
				i := bits.TrailingZeros32(left)
				if suffix {
					terms[n] = r.step(table[t|1<<i], s.logStep(t, i))
				} else {
					terms[n] = r.step(table[t&^(1<<i)], s.logStep(t&^(1<<i), i))
				}
				n++
			}
			table[t] = r.sum(terms[:n])
		}
		if u == s.full {
			return
		}
	}
}

// logSemiring adds up exp W as logs, and maxSemiring takes the largest W.
type (
	logSemiring struct{}
	maxSemiring struct{}
)

// leastLog is the log of a share that adds nothing to a sum of 22 others.
const leastLog = -45

func (logSemiring) one() float64              { return 0 }
func (logSemiring) step(v, w float64) float64 { return v + w }
func (logSemiring) sum(v []float64) float64 {
	high := maxSemiring{}.sum(v)
	if math.IsInf(high, 0) {
		return high
	}
	sum := 0.0
	for _, x := range v {
		if x -= high; !(x < leastLog) {
			sum += math.Exp(x)
		}
	}
	return high + math.Log(sum)
}

func (maxSemiring) one() float64              { return 0 }
func (maxSemiring) step(v, w float64) float64 { return v + w }
func (maxSemiring) sum(v []float64) float64 {
	high := math.Inf(-1)
	for _, x := range v {
		high = max(high, x)
	}
	return high
}
