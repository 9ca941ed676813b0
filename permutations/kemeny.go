package permutations

// linearOrdering solves the linear ordering problem
//
//	max over orderings  sum_{i before j} a[i*k+j],
//
// of which the order of Kemeny (1959) is the case where a is how often, or how
// probably, i comes before j. It is NP-hard. Borda's order and local search
// come first: if all pairs agree with what they find it is optimal. If not,
// few labels are left to the recursion over subsets, O(2^k k).
type linearOrdering struct {
	k       int
	a       []float64 // k x k
	exact   bool      // by the recursion, where the search proves nothing
	subsets *subsets  // made when first needed
	score   []float64
	spare   Ordering
}

// MaxKemeny is the largest number of labels for which Kemeny orders are always
// proven.
const MaxKemeny = 16

func newLinearOrdering(k int, exact bool) *linearOrdering {
	return &linearOrdering{k: k, a: make([]float64, k*k), exact: exact, score: make([]float64, k), spare: make(Ordering, k)}
}

// solve overwrites dst with the best ordering found and reports whether it is
// proven to be optimal.
func (l *linearOrdering) solve(dst Ordering) (proven bool) {
	l.borda(dst)
	l.climb(dst)
	switch {
	case l.unanimous(dst):
		return true
	case !l.exact:
		return false
	case l.subsets == nil:
		l.subsets = newSubsets(l.k)
	}
	s := l.subsets
	s.position, s.pair, s.set, s.before = [32][32]float64{}, l.a, nil, nil
	s.maximize()
	s.best(dst)
	return true
}

// borda overwrites dst with the labels by decreasing sum_j a_ij - a_ji (Borda
// 1781).
func (l *linearOrdering) borda(dst Ordering) {
	for i := range l.k {
		l.score[i] = 0
		for j := range l.k {
			l.score[i] += l.a[i*l.k+j] - l.a[j*l.k+i]
		}
	}
	sortByScore(dst, l.score)
}

// unanimous reports whether y has every pair in its better order: then no
// ordering is better.
func (l *linearOrdering) unanimous(y Ordering) bool {
	for r, i := range y {
		for _, j := range y[r+1:] {
			if !(l.a[i*l.k+j] >= l.a[j*l.k+i]) {
				return false
			}
		}
	}
	return true
}
