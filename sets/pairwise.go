package sets

import (
	"fmt"
	"math/bits"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Pairwise scores labels and pairs of labels (Ising, Boltzmann machine):
//
//	g(x, y) = <u, y> + (1/2) y'Uy = sum_{j in y} u_j + sum_{i<j in y} U_ij
//
// with U symmetric, its diagonal not used. The zero value takes all of u and U
// from x. Its logits are u (k), then
//
//   - dense (Rank 0): U_ij for i < j, row by row, k(k-1)/2;
//   - Rank r: A and B (k x r each, row-major), U_ij = (A_i·B_j + B_i·A_j)/2:
//     any U of rank up to r, attractive and repulsive; 2kr.
//
// With Shared, only u comes from x, and the interactions are parameters of the
// coupling, the same for all x: k logits.
//
// log Z, its gradient, marginals, modes and samples are exact for k <=
// MaxEnumerated labels, in O(2^k). Beyond, the objective has to be a sampled one,
// and modes are proven where all interactions are attractive, by a minimum cut, or
// where roof duality leaves little undecided; otherwise they are the best that
// coordinate ascent finds. Where only some pairs interact, Graph does more.
type Pairwise struct {
	Rank   int
	Shared bool
}

// Bind makes the coupling; a Rank outside 0..k is an error.
func (p Pairwise) Bind(k int) (structured.Inferrer[Set], error) {
	if p.Rank < 0 || p.Rank > k {
		return nil, fmt.Errorf("sets: Pairwise.Rank %d is not in 0..%d", p.Rank, k)
	}
	return &pairwise{k: k, rank: p.Rank, shared: p.Shared}, nil
}

type pairwise struct {
	k, rank int
	shared  bool
	idle    sync.Pool // of *pairwiseScratch
}

var (
	_ structured.Inferrer[Set] = (*pairwise)(nil)
	_ structured.Drawer[Set]   = (*pairwise)(nil)
)

// interactions is how many numbers U is made of.
func (c *pairwise) interactions() int {
	if c.rank > 0 {
		return 2 * c.k * c.rank
	}
	return c.k * (c.k - 1) / 2
}

func (c *pairwise) NumLogits() int {
	if c.shared {
		return c.k
	}
	return c.k + c.interactions()
}

func (c *pairwise) NumOwn() int {
	if c.shared {
		return c.interactions()
	}
	return 0
}

// InitOwn starts dense interactions at 0, and low-rank ones near 0: at 0 their
// product would have no gradient.
func (c *pairwise) InitOwn(own []float64, key uint64) {
	clear(own)
	if c.rank > 0 {
		rng := stream.New(key)
		for i := range own {
			own[i] = 0.1 * rng.NormFloat64()
		}
	}
}

// split returns the unary logits and the numbers that U is made of.
func (c *pairwise) split(t structured.Theta) (u, v []float64) {
	if c.shared {
		return t.Logits, t.Own
	}
	return t.Logits[:c.k], t.Logits[c.k:]
}

type pairwiseScratch struct {
	bits    bitScore
	members []int
	a, b    []float64 // sums of rows of A and B
	dense   []float64 // k x k

	row, total, sums []float64 // of many sets, over labels
	x, z             []float64 // over sets
}

func (c *pairwise) scratch() *pairwiseScratch {
	if s, ok := c.idle.Get().(*pairwiseScratch); ok {
		return s
	}
	return &pairwiseScratch{a: make([]float64, c.rank), b: make([]float64, c.rank)}
}

// list returns the labels of y.
func (s *pairwiseScratch) list(y Set) []int {
	s.members = s.members[:0]
	for w, word := range y.words {
		for ; word != 0; word &= word - 1 {
			s.members = append(s.members, w*wordBits+bits.TrailingZeros64(word))
		}
	}
	return s.members
}

// row gives the offset o with U_ij = v[o+j] for j > i, of dense interactions.
func (c *pairwise) row(i int) int { return i*(2*c.k-i-1)/2 - i - 1 }

// Score costs O(|y|^2) a set, or O(|y| r), for few sets, and for many what
// scorePacked says.
func (c *pairwise) Score(dst []float64, theta structured.Theta, ys []Set) {
	s := c.scratch()
	defer c.idle.Put(s)
	u, v := c.split(theta)
	if len(ys) >= tabled {
		s.bits.packed.copyFrom(ys)
		c.scorePacked(s, &s.bits.packed, dst, u, v)
		return
	}
	walkDot(dst, u, ys)
	for m, y := range ys {
		members, sum := s.list(y), 0.0
		if c.rank > 0 {
			sum = c.lowRank(s, v, members)
		} else {
			for at, i := range members {
				o := c.row(i)
				for _, j := range members[at+1:] {
					sum += v[o+j]
				}
			}
		}
		dst[m] += sum
	}
}

// AddGrad costs what Score does.
func (c *pairwise) AddGrad(grad, theta structured.Theta, ys []Set, weights []float64) {
	s := c.scratch()
	defer c.idle.Put(s)
	_, v := c.split(theta)
	du, dv := c.split(grad)
	if len(ys) >= tabled {
		s.bits.packed.copyFrom(ys)
		c.addGradPacked(s, &s.bits.packed, du, dv, v, weights)
		return
	}
	walkWeighted(du, ys, weights)
	for m, y := range ys {
		w := weights[m]
		if w == 0 {
			continue
		}
		members := s.list(y)
		if c.rank > 0 {
			c.addLowRankGrad(s, dv, v, members, w)
			continue
		}
		for at, i := range members {
			o := c.row(i)
			for _, j := range members[at+1:] {
				dv[o+j] += w
			}
		}
	}
}

func (c *pairwise) Infer(s structured.Space[Set]) (structured.Inference[Set], error) {
	space, err := asSpace(s, c.k)
	if err != nil {
		return nil, err
	}
	if c.k > MaxEnumerated {
		return &pairwiseSearch{c: c, space: space}, nil
	}
	return &pairwiseInference{c: c, space: space}, nil
}
