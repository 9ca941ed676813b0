package permutations

import "math"

// NDCG is the normalised discounted cumulative gain of the first m predicted
// labels (Jarvelin and Kekalainen 2002), averaged over rows by weight,
//
//	DCG = sum_{r < m} gain(label at predicted rank r) / log2(r + 2),  NDCG = DCG / DCG of the truth.
//
// The gain of a label is the number of labels that the truth ranks below it:
// k-1 for the best to 0 for the worst of a complete ranking. It is 0 for the
// labels below the listed ones of a top-m ranking, and equal for tied labels.
// Labels that the truth does not rank are taken out. m is in 1..k.
func (e Evaluation) NDCG(m int) (float64, error) {
	if err := e.checkTop(m); err != nil {
		return 0, err
	}
	k := 0
	if len(e.Predicted) > 0 {
		k = len(e.Predicted[0])
	}
	discount := make([]float64, max(0, min(m, k)))
	for r := range discount {
		discount[r] = 1 / math.Log2(float64(r+2))
	}
	return e.average(func(c *comparison) float64 {
		gain, below := c.spare[:len(c.size)], len(c.order)
		ideal, r := 0.0, 0
		for g, n := range c.size {
			below -= n
			gain[g] = below
			for ; n > 0 && r < len(discount); n-- {
				ideal += float64(below) * discount[r]
				r++
			}
		}
		dcg := 0.0
		for r, g := range c.order[:min(len(discount), len(c.order))] {
			dcg += float64(gain[g]) * discount[r]
		}
		return dcg / ideal
	})
}
