package sets

// Low-rank interactions, U_ij = (A_i·B_j + B_i·A_j)/2.

// factors returns A and B of low-rank interactions.
func (c *pairwise) factors(v []float64) (a, b []float64) { return v[:c.k*c.rank], v[c.k*c.rank:] }

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
