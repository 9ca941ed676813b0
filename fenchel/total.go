package fenchel

// total is a sum with the rounding errors kept apart (Knuth's two-sum): its
// relative error does not grow with the number of positive terms.
type total struct{ sum, low float64 }

func (t *total) add(x float64) {
	s := t.sum + x
	b := s - t.sum
	t.low += (t.sum - (s - b)) + (x - b)
	t.sum = s
}

func (t *total) value() float64 { return t.sum + t.low }
