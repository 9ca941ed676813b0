package datasets

import (
	"context"
	"math"
	"math/rand/v2"
	"sort"

	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/permutations"
)

// Sample draws n rows: x from N(0, I), then y exactly from p(y|x) by inverting
// the distribution function over the k! orderings. Each row has a random stream
// of its own, derived from the seed and its number, so the first rows of a
// longer sample are those of a shorter one. It takes O(k! + d k^2) time for
// each row (without features O(k^2), after one table of the orderings) and
// 8 k! bytes.
//
// n must be at least 1; if the context ends, its error is returned.
func (m *LinearAssignment) Sample(ctx context.Context, n int, seed uint64) (*LabelRanking, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	table := newAssignmentTable(m.Labels)
	filled := false
	return m.scores().sample(ctx, n, m.Labels, seed, func(y permutations.Ordering, t []float64, rng *rand.Rand) {
		if !filled || m.Features > 0 {
			table.fill(t)
			table.accumulate()
			filled = true
		}
		unrank(y, table.draw(rng.Float64()))
	})
}

// Probs returns p(y|x) of all k! orderings in lexicographic order, which is
// that of permutations.Space.Enumerate.
func (m *LinearAssignment) Probs(x []float64) ([]float64, error) {
	t, err := m.at(x)
	if err != nil {
		return nil, err
	}
	for i, g := range t.score {
		t.score[i] = math.Exp(g - t.logZ)
	}
	return t.score, nil
}

// assignmentTable has the scores of all orderings at one x.
type assignmentTable struct {
	k     int
	t     []float64 // of label j at rank r at j*k+r
	score []float64 // of each ordering, later the distribution function
	logZ  float64
}

func newAssignmentTable(k int) *assignmentTable {
	return &assignmentTable{k: k, score: make([]float64, 0, factorial(k))}
}

func (m *LinearAssignment) at(x []float64) (*assignmentTable, error) {
	t, err := m.Scores(x)
	if err != nil {
		return nil, err
	}
	table := newAssignmentTable(m.Labels)
	table.fill(t)
	return table, nil
}

// fill computes the scores in lexicographic order.
func (a *assignmentTable) fill(t []float64) {
	a.t, a.score = t, a.score[:0]
	a.extend(0, 0, 0)
	a.logZ = floats.LogSumExp(a.score)
}

// extend goes through the orderings that begin with r labels, those in the set
// used, of this score.
func (a *assignmentTable) extend(r int, used uint, score float64) {
	if r == a.k {
		a.score = append(a.score, score)
		return
	}
	for j := range a.k {
		if used>>j&1 == 0 {
			a.extend(r+1, used|1<<j, score+a.t[j*a.k+r])
		}
	}
}

// accumulate turns the scores into the distribution function.
func (a *assignmentTable) accumulate() {
	sum := 0.0
	for i, g := range a.score {
		sum += math.Exp(g - a.logZ)
		a.score[i] = sum
	}
}

// draw returns the number of the ordering at the quantile u in [0, 1).
func (a *assignmentTable) draw(u float64) int {
	u *= a.score[len(a.score)-1] // 1, but for rounding
	return sort.Search(len(a.score), func(i int) bool { return a.score[i] > u })
}

// unrank overwrites y with the ordering of a number in lexicographic order,
// from the digits of the factorial number system.
func unrank(y permutations.Ordering, number int) {
	for j := range y {
		y[j] = j
	}
	for r := range y {
		f := factorial(len(y) - 1 - r)
		at := r + number/f
		number %= f
		label := y[at]
		copy(y[r+1:at+1], y[r:at])
		y[r] = label
	}
}

func factorial(n int) int {
	f := 1
	for i := 2; i <= n; i++ {
		f *= i
	}
	return f
}

func logFactorial(n int) float64 {
	l, _ := math.Lgamma(float64(n + 1))
	return l
}
