package permutations

import "math"

// KendallTau is Kendall's rank correlation over the pairs of labels that the
// truth orders, averaged over rows by weight,
//
//	tau = (C - D) / (C + D)
//
// with C pairs ordered as in the truth and D ordered the other way: 1 for full
// agreement, 0 on average for a random order, -1 for the reverse. Tied and
// unranked labels of the truth are not compared (the gamma of Goodman and
// Kruskal 1954). On complete rankings it is what is published as Kendall's tau
// of label ranking, and equals KendallTauA and KendallTauB.
func (e Evaluation) KendallTau() (float64, error) {
	return e.average(func(c *comparison) float64 {
		p := c.pairs()
		return p.difference() / (p.all - p.tied)
	})
}

// KendallTauA is Kendall's tau-a (Kendall 1938): like KendallTau, but over all
// pairs of ranked labels, so that a truth with ties cannot be matched fully,
//
//	tau_a = (C - D) / (m (m-1)/2)
func (e Evaluation) KendallTauA() (float64, error) {
	return e.average(func(c *comparison) float64 {
		p := c.pairs()
		return p.difference() / p.all
	})
}

// KendallTauB is Kendall's tau-b (Kendall 1945), with T of the m (m-1)/2 pairs
// tied in the truth and none in the prediction,
//
//	tau_b = (C - D) / sqrt( (m (m-1)/2 - T) m (m-1)/2 )
func (e Evaluation) KendallTauB() (float64, error) {
	return e.average(func(c *comparison) float64 {
		p := c.pairs()
		return p.difference() / math.Sqrt((p.all-p.tied)*p.all)
	})
}

// pairCounts are the pairs of ranked labels: all of them, those tied in the
// truth and those that the prediction orders the other way.
type pairCounts struct{ all, tied, discordant float64 }

// difference is the number of concordant less that of discordant pairs.
func (p pairCounts) difference() float64 { return p.all - p.tied - 2*p.discordant }

// pairs counts by bits or by merge sort (Knight 1966).
func (c *comparison) pairs() pairCounts {
	m := float64(len(c.order))
	p := pairCounts{all: m * (m - 1) / 2}
	if len(c.size) == len(c.order) {
		p.discordant = float64(inversions(c.order, c.spare))
		return p
	}
	for _, n := range c.size {
		p.tied += float64(n) * float64(n-1) / 2
	}
	p.discordant = float64(mergeInversions(c.order, c.spare))
	return p
}
