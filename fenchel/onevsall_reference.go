package fenchel

import (
	"math"
	"sync"
)

// pairUnder is OneVersusAll for one entry under a reference: the Simplex of
// (s, 0) with q and 1-q.
type pairUnder struct {
	separable
	q, scores, p, y, d [2]float64
}

// pairsUnder keeps them, as they escape.
var pairsUnder = sync.Pool{New: func() any { return new(pairUnder) }}

func (o OneVersusAll) newPair() *pairUnder {
	pair := pairsUnder.Get().(*pairUnder)
	pair.separable = newSeparable(o.Of, nil)
	return pair
}

func (o *pairUnder) free() {
	o.separable = separable{}
	pairsUnder.Put(o)
}

// set is for entry i, which it checks.
func (o *pairUnder) set(q []float64, i int, score float64) error {
	w := q[i]
	if !(w >= 0 && w <= 1) {
		return &EntryError{i, w, ErrReference}
	}
	o.q, o.scores = [2]float64{w, 1 - w}, [2]float64{score, 0}
	o.separable.q = o.q[:]
	return nil
}

func (o OneVersusAll) checkReference(n int) {
	if len(o.Reference) != n {
		panic("fenchel: scores and reference of different lengths")
	}
}

func (o OneVersusAll) argmaxUnder(p, scores []float64) (float64, error) {
	o.checkReference(len(scores))
	var value total
	pair := o.newPair()
	defer pair.free()
	for i, x := range scores {
		if err := pair.set(o.Reference, i, x); err != nil {
			return math.NaN(), err
		}
		if math.IsInf(x, -1) {
			p[i] = 0
			value.add(-pair.omega([]float64{0, 1}))
			continue
		}
		v, err := pair.argmax(pair.p[:], pair.scores[:])
		if err != nil {
			return math.NaN(), err
		}
		value.add(v)
		p[i] = min(1, pair.p[0]) // above it by rounding
	}
	return value.value(), nil
}

func (o OneVersusAll) lossUnder(grad, scores, target []float64) (float64, error) {
	o.checkReference(len(scores))
	var sum total
	pair := o.newPair()
	defer pair.free()
	for i, x := range scores {
		if err := pair.set(o.Reference, i, x); err != nil {
			return math.NaN(), err
		}
		y, w := target[i], o.Reference[i]
		switch {
		case !(y >= 0 && y <= 1):
			return math.NaN(), &EntryError{i, y, ErrTarget}
		case y > 0 && (w == 0 || math.IsInf(x, -1)), y < 1 && w == 1 && !math.IsInf(x, -1):
			return math.Inf(1), &EntryError{i, x, ErrExcluded}
		case math.IsInf(x, -1):
			if grad != nil {
				grad[i] = 0
			}
			continue
		}
		pair.y = [2]float64{y, 1 - y}
		v, err := pair.loss(pair.d[:], pair.scores[:], pair.y[:])
		if err != nil {
			return v, err
		}
		sum.add(v)
		if grad != nil {
			grad[i] = min(1-y, pair.d[0])
			if y == 1 { // with the digits of what is left
				grad[i] = -pair.d[1]
			}
		}
	}
	return sum.value(), nil
}

// slopes are the h of jvp for yes and no.
func (o *pairUnder) slopes(p float64) (yes, no float64) {
	return o.weight(0, p), o.weight(1, 1-p)
}

func (o OneVersusAll) jvpUnder(dst, p, direction []float64) error {
	o.checkReference(len(p))
	pair := o.newPair()
	defer pair.free()
	for i, x := range p {
		if err := pair.set(o.Reference, i, 0); err != nil {
			return err
		}
		a, b := pair.slopes(x)
		if !(a > 0 && b > 0) {
			dst[i] = 0
			continue
		}
		dst[i] = direction[i] * (a / (a + b) * b) / pair.scale
	}
	return nil
}

func (o OneVersusAll) entropyUnder(p []float64) float64 {
	o.checkReference(len(p))
	sum := 0.0
	pair := o.newPair()
	defer pair.free()
	for i, x := range p {
		if pair.set(o.Reference, i, 0) != nil || !(x >= 0 && x <= 1) {
			return math.Inf(-1)
		}
		pair.p = [2]float64{x, 1 - x}
		sum -= pair.omega(pair.p[:])
	}
	return sum
}
