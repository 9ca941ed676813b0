package sets

import (
	"fmt"
	"math/bits"
)

// A Set is a subset of the labels 0, ..., k-1, one bit per label: label j is
// bit j%64 of word j/64. The bits beyond k in the last word are always zero,
// so that equal sets have equal words.
//
// A Set refers to its words as a slice does: copying the value shares them,
// Clone copies them. Add, Remove, Toggle, Set, Fill, Clear, Invert, CopyFrom
// and the methods whose names end in With change the words; Union, Intersect,
// Difference, SymmetricDifference and Complement return new sets. The zero Set
// is the empty set over no labels.
//
// Methods that take a label panic with a *LabelError if it does not exist, and
// methods that take a second set panic if it is over another number of labels.
type Set struct {
	words []uint64
	k     int
}

const wordBits = 64

func wordsFor(k int) int { return int((uint(k) + wordBits - 1) / wordBits) }

// lastMask has the valid bits of the last word of a set over k > 0 labels.
func lastMask(k int) uint64 { return ^uint64(0) >> (uint(-k) % wordBits) }

// New returns the set over k labels that holds the given labels. It panics if
// k is negative or a label is not in 0..k-1; FromIndices returns an error
// instead.
func New(k int, labels ...int) Set {
	s, err := FromIndices(k, labels)
	if err != nil {
		panic(err)
	}
	return s
}

// All returns the set of all k labels.
func All(k int) Set { return New(k).Complement() }

// Make returns n empty sets over k labels whose words lie one after the other
// in one allocation. It panics if n or k is negative.
func Make(n, k int) []Set {
	if n < 0 || k < 0 {
		panic(fmt.Sprintf("sets: Make of %d sets over %d labels", n, k))
	}
	w := wordsFor(k)
	slab := make([]uint64, n*w)
	out := make([]Set, n)
	for i := range out {
		out[i] = Set{words: slab[i*w : (i+1)*w : (i+1)*w], k: k}
	}
	return out
}

// K is the number of labels, in the set or not.
func (s Set) K() int { return s.k }

// Words gives the words behind the set, label j being bit j%64 of word j/64.
// They are shared with the set; bits at and beyond K must stay zero.
func (s Set) Words() []uint64 { return s.words }

// Has reports whether label j is in the set.
func (s Set) Has(j int) bool { s.check(j); return s.words[uint(j)/wordBits]>>(uint(j)%wordBits)&1 != 0 }

// Add puts label j into the set.
func (s Set) Add(j int) { s.check(j); s.words[uint(j)/wordBits] |= 1 << (uint(j) % wordBits) }

// Remove takes label j out of the set.
func (s Set) Remove(j int) { s.check(j); s.words[uint(j)/wordBits] &^= 1 << (uint(j) % wordBits) }

// Toggle adds label j if it is absent and removes it if it is present.
func (s Set) Toggle(j int) { s.check(j); s.words[uint(j)/wordBits] ^= 1 << (uint(j) % wordBits) }

// Set adds label j if in is true and removes it otherwise.
func (s Set) Set(j int, in bool) {
	if in {
		s.Add(j)
	} else {
		s.Remove(j)
	}
}

// Clear makes the set empty.
func (s Set) Clear() { clear(s.words) }

// Fill puts all k labels into the set.
func (s Set) Fill() { s.Clear(); s.Invert() }

// Invert makes the set its own complement.
func (s Set) Invert() {
	for i, w := range s.words {
		s.words[i] = ^w
	}
	if s.k > 0 {
		s.words[len(s.words)-1] &= lastMask(s.k)
	}
}

// CopyFrom overwrites the set with t.
func (s Set) CopyFrom(t Set) { s.same(t); copy(s.words, t.words) }

// Clone returns a copy with words of its own.
func (s Set) Clone() Set { return Set{words: append([]uint64(nil), s.words...), k: s.k} }

// Count is the number of labels in the set, |y|.
func (s Set) Count() int {
	n := 0
	for _, w := range s.words {
		n += bits.OnesCount64(w)
	}
	return n
}

// Empty reports whether no label is in the set.
func (s Set) Empty() bool {
	for _, w := range s.words {
		if w != 0 {
			return false
		}
	}
	return true
}

// Equal reports whether the two sets are over as many labels and hold the
// same ones.
func (s Set) Equal(t Set) bool { return s.k == t.k && s.Compare(t) == 0 }

// Compare orders sets by the number whose binary digits they are, label 0
// being the lowest: -1, 0 or 1.
func (s Set) Compare(t Set) int {
	s.same(t)
	for i := len(s.words) - 1; i >= 0; i-- {
		switch {
		case s.words[i] < t.words[i]:
			return -1
		case s.words[i] > t.words[i]:
			return 1
		}
	}
	return 0
}

// SubsetOf reports whether every label of s is in t.
func (s Set) SubsetOf(t Set) bool {
	s.same(t)
	for i, w := range s.words {
		if w&^t.words[i] != 0 {
			return false
		}
	}
	return true
}

// Disjoint reports whether no label is in both sets.
func (s Set) Disjoint(t Set) bool {
	s.same(t)
	for i, w := range s.words {
		if w&t.words[i] != 0 {
			return false
		}
	}
	return true
}

// IntersectionCount is |s and t|, without allocating.
func (s Set) IntersectionCount(t Set) int {
	s.same(t)
	n := 0
	for i, w := range s.words {
		n += bits.OnesCount64(w & t.words[i])
	}
	return n
}

// Distance is the Hamming distance: the number of labels in exactly one of
// the two sets.
func (s Set) Distance(t Set) int {
	s.same(t)
	n := 0
	for i, w := range s.words {
		n += bits.OnesCount64(w ^ t.words[i])
	}
	return n
}

// UnionWith adds the labels of t to s.
func (s Set) UnionWith(t Set) {
	s.same(t)
	for i, w := range t.words {
		s.words[i] |= w
	}
}

// IntersectWith removes from s the labels that are not in t.
func (s Set) IntersectWith(t Set) {
	s.same(t)
	for i, w := range t.words {
		s.words[i] &= w
	}
}

// DifferenceWith removes from s the labels of t.
func (s Set) DifferenceWith(t Set) {
	s.same(t)
	for i, w := range t.words {
		s.words[i] &^= w
	}
}

// SymmetricDifferenceWith toggles in s the labels of t.
func (s Set) SymmetricDifferenceWith(t Set) {
	s.same(t)
	for i, w := range t.words {
		s.words[i] ^= w
	}
}

// Union returns the labels in s or t.
func (s Set) Union(t Set) Set { u := s.Clone(); u.UnionWith(t); return u }

// Intersect returns the labels in both s and t.
func (s Set) Intersect(t Set) Set { u := s.Clone(); u.IntersectWith(t); return u }

// Difference returns the labels in s that are not in t.
func (s Set) Difference(t Set) Set { u := s.Clone(); u.DifferenceWith(t); return u }

// SymmetricDifference returns the labels in exactly one of s and t.
func (s Set) SymmetricDifference(t Set) Set { u := s.Clone(); u.SymmetricDifferenceWith(t); return u }

// Complement returns the labels that are not in s.
func (s Set) Complement() Set { u := s.Clone(); u.Invert(); return u }

func (s Set) check(j int) {
	if uint(j) >= uint(s.k) {
		panic(&LabelError{Label: j, K: s.k})
	}
}

func (s Set) same(t Set) {
	if s.k != t.k {
		panic(fmt.Sprintf("sets: sets over %d and %d labels", s.k, t.k))
	}
}
