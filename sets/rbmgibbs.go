package sets

import (
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/structured"
)

// sweeper is implemented by couplings with a sweep of their own, which leaves
// q exp g as it is where the labels of q are independent, with log odds odds. Sets
// that are given together get the same random numbers, and each draw is from a
// maximal coupling of theirs.
type sweeper interface {
	sweep(ys []Set, theta structured.Theta, odds []float64, rng *rand.Rand)
}

var _ sweeper = (*rbm)(nil)

// sweep draws all hidden units given the labels, which makes them independent, and
// then all labels given those; O(k H).
func (c *rbm) sweep(ys []Set, theta structured.Theta, odds []float64, rng *rand.Rand) {
	s := c.scratch()
	defer c.idle.Put(s)
	u, w, b := c.split(theta)
	key := [2]uint64{rng.Uint64(), rng.Uint64()}
	for _, y := range ys {
		s.rng.Seed(key[0], key[1])
		copy(s.field, b)
		s.list = members(s.list[:0], y.words)
		for _, j := range s.list {
			kernel.Axpy(s.field, 1, w[j*c.hidden:(j+1)*c.hidden])
		}
		kernel.Sigmoid(s.slope, s.field)
		for h, p := range s.slope {
			s.field[h] = zeroOne(s.uniform() < p)
		}
		for j := range c.k {
			s.label[j] = u[j] + odds[j] + kernel.Dot(s.field, w[j*c.hidden:(j+1)*c.hidden])
		}
		kernel.Sigmoid(s.label, s.label)
		for j, p := range s.label {
			y.Set(j, s.uniform() < p)
		}
	}
}

// uniform is a number in [0, 1).
func (s *rbmScratch) uniform() float64 { return float64(s.rng.Uint64()>>11) * 0x1p-53 }
