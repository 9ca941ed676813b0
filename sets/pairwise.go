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
// MaxEnumerated labels, in O(2^k); beyond, modes are found by coordinate
// ascent with restarts and are not proven, and the objective has to be a
// sampled one.
type Pairwise struct {
	Rank   int
	Shared bool
}

func (p Pairwise) bind(k int) (coupling, error) {
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

var _ structured.Inferrer[Set] = (*pairwise)(nil)

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

// factors returns A and B of low-rank interactions.
func (c *pairwise) factors(v []float64) (a, b []float64) { return v[:c.k*c.rank], v[c.k*c.rank:] }

type pairwiseScratch struct {
	bits    bitScore
	members []int
	a, b    []float64 // sums of rows of A and B
	dense   []float64 // k x k
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

// Score costs O(|y|^2) a set, or O(|y| r).
func (c *pairwise) Score(dst []float64, theta structured.Theta, ys []Set) {
	s := c.scratch()
	defer c.idle.Put(s)
	u, v := c.split(theta)
	s.bits.dot(dst, u, ys)
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

// lowRank returns the sum of U over the pairs of members, and leaves the sums
// of the rows of A and B in s.
func (c *pairwise) lowRank(s *pairwiseScratch, v []float64, members []int) float64 {
	a, b := c.factors(v)
	clear(s.a)
	clear(s.b)
	diagonal := 0.0
	for _, i := range members {
		for r := range c.rank {
			ai, bi := a[i*c.rank+r], b[i*c.rank+r]
			s.a[r] += ai
			s.b[r] += bi
			diagonal += ai * bi
		}
	}
	sum := -diagonal
	for r := range c.rank {
		sum += s.a[r] * s.b[r]
	}
	return sum / 2
}

func (c *pairwise) AddGrad(grad, theta structured.Theta, ys []Set, weights []float64) {
	s := c.scratch()
	defer c.idle.Put(s)
	_, v := c.split(theta)
	du, dv := c.split(grad)
	s.bits.addWeighted(du, ys, weights)
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

func (c *pairwise) addLowRankGrad(s *pairwiseScratch, dv, v []float64, members []int, w float64) {
	c.lowRank(s, v, members)
	a, b := c.factors(v)
	da, db := c.factors(dv)
	for _, i := range members {
		for r := range c.rank {
			at := i*c.rank + r
			da[at] += w / 2 * (s.b[r] - b[at])
			db[at] += w / 2 * (s.a[r] - a[at])
		}
	}
}

// dense writes U, symmetric with a zero diagonal, to the k x k matrix dst.
func (c *pairwise) dense(dst, v []float64) {
	k := c.k
	for i := range k {
		dst[i*k+i] = 0
		for j := i + 1; j < k; j++ {
			x := 0.0
			if c.rank > 0 {
				a, b := c.factors(v)
				for r := range c.rank {
					x += a[i*c.rank+r]*b[j*c.rank+r] + b[i*c.rank+r]*a[j*c.rank+r]
				}
				x /= 2
			} else {
				x = v[c.row(i)+j]
			}
			dst[i*k+j], dst[j*k+i] = x, x
		}
	}
}

// addDenseGrad adds to dv the gradient of a function whose derivative with
// respect to U_ij, i < j, is d[i*k+j].
func (c *pairwise) addDenseGrad(dv, v, d []float64) {
	k := c.k
	for i := range k {
		for j := i + 1; j < k; j++ {
			x := d[i*k+j]
			if c.rank == 0 {
				dv[c.row(i)+j] += x
				continue
			}
			a, b := c.factors(v)
			da, db := c.factors(dv)
			for r := range c.rank {
				ir, jr := i*c.rank+r, j*c.rank+r
				da[ir] += x / 2 * b[jr]
				da[jr] += x / 2 * b[ir]
				db[ir] += x / 2 * a[jr]
				db[jr] += x / 2 * a[ir]
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
