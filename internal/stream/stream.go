// Package stream derives independent random streams from a root seed and the
// place where the randomness is used, such as (seed, epoch, batch, example).
// A stream depends on its place alone, never on which worker asks for it or on
// what was drawn before.
package stream

import "math/rand/v2"

// Key mixes a root seed with the coordinates of a place into a 64-bit key.
func Key(seed uint64, place ...uint64) uint64 {
	h := mix(seed + 0x9e3779b97f4a7c15)
	for _, p := range place {
		h = mix(h*0xd1342543de82ef95 + p + 0x9e3779b97f4a7c15)
	}
	return h
}

// mix is the finaliser of SplitMix64 (Steele, Lea, Flood 2014), a bijection.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// New returns the stream of a key.
func New(key uint64) *rand.Rand { return rand.New(rand.NewPCG(key, mix(^key))) }

// Source is a stream that can be moved from place to place without allocating.
type Source struct {
	pcg rand.PCG
	r   *rand.Rand
}

// At moves the source to the start of the stream of key and returns it; the
// numbers are those of New(key).
func (s *Source) At(key uint64) *rand.Rand {
	s.pcg.Seed(key, mix(^key))
	if s.r == nil {
		s.r = rand.New(&s.pcg)
	}
	return s.r
}
