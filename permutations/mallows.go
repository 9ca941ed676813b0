package permutations

import (
	"fmt"
	"math/rand/v2"
	"sync"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Mallows is the reference whose probabilities fall exponentially with the
// distance from a central ordering (Mallows 1957; Fligner and Verducci 1986),
//
//	q(y) = exp(-Dispersion * Distance(y, Center)) / Z.
//
// Draws are exact and Z is in closed form for all three distances.
type Mallows struct {
	Distance Distance
	// Center is the mode; nil stands for the identity.
	Center Ordering
	// Dispersion, from 0 to 1e100, is how fast the probabilities fall, in nats
	// per unit of distance; 0 is uniform.
	Dispersion float64
}

// Distance is a distance between orderings that does not depend on how the
// labels are called.
type Distance int

const (
	// Kendall is the number of pairs of labels that are ordered differently,
	// 0 to k(k-1)/2.
	Kendall Distance = iota
	// Cayley is the least number of swaps of two labels that turn one into
	// the other, 0 to k-1.
	Cayley
	// Hamming is the number of ranks with different labels: 0, 2, ..., k.
	Hamming
)

func (d Distance) String() string {
	switch d {
	case Kendall:
		return "Kendall"
	case Cayley:
		return "Cayley"
	case Hamming:
		return "Hamming"
	}
	return fmt.Sprintf("Distance(%d)", int(d))
}

// Between is the distance of two valid orderings of as many labels. O(k),
// O(k log k) for Kendall above 64 labels. It panics if there is no such
// distance or the lengths differ.
func (d Distance) Between(a, b Ordering) int {
	if d < Kendall || d > Hamming {
		panic(fmt.Sprintf("permutations: unknown %v", d))
	}
	sameLength(len(b), len(a))
	rank := b.Ranking()
	s := mallowsScratch{relative: make([]int, len(a)), spare: make([]int, len(a))}
	return d.distance(a, rank, &s)
}

// mallowsScratch is the memory of one draw or distance.
type mallowsScratch struct{ relative, spare []int }

// distance is that of y from the center with these ranks: a function of the
// permutation that takes each rank of y to the rank of its label in the center.
func (d Distance) distance(y Ordering, center Ranking, s *mallowsScratch) int {
	for r, j := range y {
		s.relative[r] = center[j]
	}
	switch d {
	case Cayley:
		return len(y) - cycles(s.relative)
	case Hamming:
		n := 0
		for r, at := range s.relative {
			if r != at {
				n++
			}
		}
		return n
	}
	return inversions(s.relative, s.spare)
}

// Validate reports the first setting that makes no sense, if any.
func (m Mallows) Validate() error {
	if m.Distance < Kendall || m.Distance > Hamming {
		return fmt.Errorf("permutations: unknown %v", m.Distance)
	}
	if d := m.Dispersion; !(d >= 0 && d <= 1e100) {
		return &ReferenceError{Field: "Mallows.Dispersion", Index: -1, Value: d, Want: "0 to 1e100"}
	}
	return m.Center.Validate()
}

func (m Mallows) bind(k int) (reference, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	center := m.Center
	if center == nil {
		center = Identity(k)
	}
	if len(center) != k {
		return nil, &structured.DimensionError{What: "labels of Mallows.Center", Want: k, Got: len(center)}
	}
	if m.Dispersion*float64(k)*float64(k) < 1e-17 {
		return Uniform{}.bind(k) // to the last bit
	}
	r := &mallows{distance: m.Distance, dispersion: m.Dispersion, center: center.Clone(), rank: center.Ranking()}
	switch m.Distance {
	case Kendall:
		r.sampler = newRepeatedInsertion(k, m.Dispersion)
	case Cayley:
		r.sampler = newCycleConstruction(k, m.Dispersion)
	case Hamming:
		r.sampler = newPartialDerangement(k, m.Dispersion)
	}
	r.logZ = r.sampler.logZ()
	r.idle.New = func() any {
		return &mallowsScratch{relative: make([]int, k), spare: make([]int, k)}
	}
	return r, nil
}

// mallowsSampler draws permutations around the identity.
type mallowsSampler interface {
	logZ() float64
	// sample overwrites p, which takes ranks to ranks in the center.
	sample(p, spare []int, rng *rand.Rand)
}

type mallows struct {
	distance   Distance
	dispersion float64
	center     Ordering
	rank       Ranking // of the labels in the center
	sampler    mallowsSampler
	logZ       float64
	idle       sync.Pool // of *mallowsScratch
}

func (m *mallows) sample(ys []Ordering, rng *rand.Rand) {
	s := m.idle.Get().(*mallowsScratch)
	for _, y := range ys {
		m.sampler.sample(s.relative, s.spare, rng)
		for r, at := range s.relative {
			y[r] = m.center[at]
		}
	}
	m.idle.Put(s)
}

func (m *mallows) logProb(dst []float64, ys []Ordering) {
	s := m.idle.Get().(*mallowsScratch)
	for i, y := range ys {
		dst[i] = -m.dispersion*float64(m.distance.distance(y, m.rank, s)) - m.logZ
	}
	m.idle.Put(s)
}
