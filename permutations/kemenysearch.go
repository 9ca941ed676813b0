package permutations

// leastGain is the least gain of a move, relative to the largest entry, so
// that rounding cannot make the search go round in circles.
const leastGain = 1e-12

// climb improves y by moving single labels to other ranks, each to its best
// one, until no move gains: a local optimum of the insertion neighbourhood,
// the usual one for linear orderings (Schiavinotto and Stützle 2004). O(k^2)
// for each pass over the labels.
func (l *linearOrdering) climb(y Ordering) {
	least := 0.0
	for _, x := range l.a {
		least = max(least, x, -x)
	}
	least *= leastGain
	for improved := true; improved; {
		improved = false
		copy(l.spare, y) // a label is moved at most once a pass
		for _, label := range l.spare {
			if l.reinsert(y, label, least) {
				improved = true
			}
		}
	}
}

// reinsert moves the label to its best rank, if that gains more than least.
func (l *linearOrdering) reinsert(y Ordering, label int, least float64) bool {
	from := 0
	for y[from] != label {
		from++
	}
	gain := func(j int) float64 { return l.a[label*l.k+j] - l.a[j*l.k+label] }
	best, to, sum := least, from, 0.0
	for r := from - 1; r >= 0; r-- { // before the label at r
		if sum += gain(y[r]); sum > best {
			best, to = sum, r
		}
	}
	sum = 0
	for r := from + 1; r < len(y); r++ { // after the label at r
		if sum -= gain(y[r]); sum > best {
			best, to = sum, r
		}
	}
	move(y, from, to)
	return to != from
}

// move takes the label at rank from to rank to; those between move up.
func move(y Ordering, from, to int) {
	label := y[from]
	if to < from {
		copy(y[to+1:from+1], y[to:from])
	} else {
		copy(y[from:to], y[from+1:to+1])
	}
	y[to] = label
}
