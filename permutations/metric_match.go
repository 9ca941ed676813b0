package permutations

import "slices"

// ExactMatch is the fraction of rows, by weight, in which all labels that the
// truth compares are predicted in its order.
func (e Evaluation) ExactMatch() (float64, error) {
	return e.average(func(c *comparison) float64 { return indicator(slices.IsSorted(c.order)) })
}

// TopHit is the fraction of rows, by weight, in which the truly best label is
// among the first m predicted, of the labels that the truth ranks. Where
// several labels are tied for the best place any of them will do. m is in 1..k.
func (e Evaluation) TopHit(m int) (float64, error) {
	if err := e.checkTop(m); err != nil {
		return 0, err
	}
	return e.average(func(c *comparison) float64 {
		return indicator(slices.Contains(c.order[:min(m, len(c.order))], 0))
	})
}

// TopOverlap is the fraction of the first m predicted labels, of those that
// the truth ranks, that are truly among the first m, averaged over rows by
// weight; with fewer than m ranked labels it is that of all of them, 1. Where
// tied labels compete for the last of the m true places any of them will do,
// up to the number of these places. m is in 1..k.
func (e Evaluation) TopOverlap(m int) (float64, error) {
	if err := e.checkTop(m); err != nil {
		return 0, err
	}
	return e.average(func(c *comparison) float64 {
		m := min(m, len(c.order))
		// The groups before cut are wholly among the first m.
		cut, places := 0, m
		for ; cut < len(c.size) && c.size[cut] <= places; cut++ {
			places -= c.size[cut]
		}
		sure, tied := 0, 0
		for _, g := range c.order[:m] {
			switch {
			case g < cut:
				sure++
			case g == cut:
				tied++
			}
		}
		return float64(sure+min(tied, places)) / float64(m)
	})
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
