package permutations

import "math"

// SpearmanRho is Spearman's rank correlation, Pearson's correlation of the
// predicted and the true ranks, averaged over rows by weight. Tied labels have
// the mean of their ranks. Without ties
//
//	rho = 1 - 6 sum_j d_j^2 / (m (m^2 - 1)),  d_j = predicted rank - true rank.
func (e Evaluation) SpearmanRho() (float64, error) {
	return e.average(func(c *comparison) float64 {
		mean := float64(len(c.order)-1) / 2
		c.midRanks()
		xy, yy := 0.0, 0.0
		for r, g := range c.order {
			y := c.midRank(g) - mean
			xy += (float64(r) - mean) * y
			yy += y * y
		}
		m := float64(len(c.order))
		xx := m * (m*m - 1) / 12
		return xy / math.Sqrt(xx*yy)
	})
}

// Footrule is Spearman's footrule, the sum of the differences of the predicted
// and the true ranks, as a fraction of its largest value without ties, averaged
// over rows by weight,
//
//	F = sum_j |d_j| / floor(m^2/2)
//
// from 0 for full agreement to 1 for the reverse order (Diaconis and Graham
// 1977). Tied labels have the mean of their ranks; a truth with ties cannot be
// matched fully.
func (e Evaluation) Footrule() (float64, error) {
	return e.average(func(c *comparison) float64 {
		c.midRanks()
		sum := 0.0
		for r, g := range c.order {
			sum += math.Abs(float64(r) - c.midRank(g))
		}
		return sum / float64(len(c.order)*len(c.order)/2)
	})
}

// midRanks prepares midRank; it takes up spare.
func (c *comparison) midRanks() {
	before := 0
	for g, n := range c.size {
		c.spare[g] = 2*before + n - 1
		before += n
	}
}

// midRank is the mean true rank of the labels of a group.
func (c *comparison) midRank(g int) float64 { return float64(c.spare[g]) / 2 }
