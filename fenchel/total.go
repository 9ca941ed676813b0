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

// sum is the sum of x, in an order that depends on its length alone.
func sum(x []float64) float64 {
	var a, b, c, d float64
	for ; len(x) >= 4; x = x[4:] {
		a += x[0]
		b += x[1]
		c += x[2]
		d += x[3]
	}
	for _, v := range x {
		a += v
	}
	return (a + b) + (c + d)
}
