package sets

import (
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Pairwise scores of many sets at once, from the bits.
//
// Dense interactions are taken row by row: the sums over j > i of U_ij y_j, for
// the sets that have i; O(k^2/16) look-ups a set. Low-rank ones are products of
// sums,
//
//	(1/2) y'Uy = (1/2) sum_r (sum_j A_jr y_j)(sum_j B_jr y_j) - (1/2) sum_j (A_j·B_j) y_j,
//
// 2r + 1 sums over labels for a score and as many again, and sums over sets,
// for a gradient.

// scorePacked writes the scores of the sets to dst.
func (c *pairwise) scorePacked(s *pairwiseScratch, p *packedSets, dst, u, v []float64) {
	if c.rank == 0 {
		p.dot(dst, u)
		p.turn()
		s.row, s.x = numeric.Grow(s.row, c.k), numeric.Grow(s.x, len(dst))
		for i := range c.k - 1 {
			from := i &^ (wordBits - 1)
			c.interactionsAfter(s.row[from:], v, i, from)
			clear(s.x)
			p.addDotFrom(s.x, s.row[from:], from/wordBits)
			kernel.Select(s.x, s.x, p.byLabel[i:], p.labels())
			kernel.Axpy(dst, 1, s.x)
		}
		return
	}
	a, b := c.factors(v)
	s.row = numeric.Grow(s.row, c.k)
	for j := range s.row {
		s.row[j] = u[j] - kernel.Dot(a[j*c.rank:(j+1)*c.rank], b[j*c.rank:(j+1)*c.rank])/2
	}
	p.dot(dst, s.row)
	s.x, s.z = numeric.Grow(s.x, len(dst)), numeric.Grow(s.z, len(dst))
	for r := range c.rank {
		p.dot(s.x, c.column(s, a, r))
		p.dot(s.z, c.column(s, b, r))
		kernel.Multiply(s.x, s.z)
		kernel.Axpy(dst, 0.5, s.x)
	}
}

// interactionsAfter writes U_ij for j > i, and 0 for others, to dst[j-from].
func (c *pairwise) interactionsAfter(dst, v []float64, i, from int) {
	clear(dst[:i+1-from])
	copy(dst[i+1-from:], v[c.row(i)+i+1:c.row(i)+c.k])
}

// column is column r of a factor.
func (c *pairwise) column(s *pairwiseScratch, factor []float64, r int) []float64 {
	s.row = numeric.Grow(s.row, c.k)
	for j := range s.row {
		s.row[j] = factor[j*c.rank+r]
	}
	return s.row
}

// addGradPacked adds sum_m weights[m] dPhi/dtheta of the sets to du and dv.
func (c *pairwise) addGradPacked(s *pairwiseScratch, p *packedSets, du, dv, v, weights []float64) {
	s.x = numeric.Grow(s.x, len(weights))
	if c.rank == 0 {
		p.addWeighted(du, weights)
		for i := range c.k - 1 {
			kernel.Select(s.x, weights, p.byLabel[i:], p.labels())
			p.addWeightedAfter(dv[c.row(i)+i+1:c.row(i)+c.k], s.x, i+1)
		}
		return
	}
	s.total, s.sums = numeric.Zeroed(s.total, c.k), numeric.Grow(s.sums, c.k)
	p.addWeighted(s.total, weights)
	kernel.Axpy(du, 1, s.total)
	a, b := c.factors(v)
	da, db := c.factors(dv)
	for r := range c.rank {
		c.addFactorGrad(s, p, da, b, weights, r)
		c.addFactorGrad(s, p, db, a, weights, r)
	}
}

// addFactorGrad adds (1/2) (sum_m w_m (B_r·y_m) y_mj - B_jr sum_m w_m y_mj) to
// dA_jr.
func (c *pairwise) addFactorGrad(s *pairwiseScratch, p *packedSets, da, b, weights []float64, r int) {
	p.dot(s.x, c.column(s, b, r))
	kernel.Multiply(s.x, weights)
	clear(s.sums)
	p.addWeighted(s.sums, s.x)
	for j, g := range s.sums {
		at := j*c.rank + r
		da[at] += (g - b[at]*s.total[j]) / 2
	}
}

// pairwiseDraws are packed draws with pairwise scores.
type pairwiseDraws struct {
	draws
	c       *pairwise
	scratch *pairwiseScratch
}

// NewDraws packs draws by the bit.
func (c *pairwise) NewDraws(s structured.Space[Set], n int) structured.Draws {
	d := newDraws(s, c.k, n)
	if d == nil {
		return nil
	}
	return &pairwiseDraws{draws: *d, c: c, scratch: c.scratch()}
}

func (d *pairwiseDraws) Sample(rng *rand.Rand) { d.draws.Sample(rng) }

func (d *pairwiseDraws) Score(dst []float64, theta structured.Theta) {
	u, v := d.c.split(theta)
	d.c.scorePacked(d.scratch, &d.packed, dst, u, v)
}

func (d *pairwiseDraws) AddGrad(grad, theta structured.Theta, weights []float64) {
	_, v := d.c.split(theta)
	du, dv := d.c.split(grad)
	d.c.addGradPacked(d.scratch, &d.packed, du, dv, v, weights)
}
