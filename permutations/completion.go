package permutations

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Complete lists the orderings that agree with the partial ranking, in
// lexicographic order, where they fit into ys. Otherwise it draws, exactly: for
// the uniform reference in O(k) each; for Plackett-Luce in O(k log k) after a
// recursion of O(2^g g) for every group of g labels but the last, with at most
// MaxTied of them or a *TiesError; for Mallows from a list of up to 40,320
// completions, or, with Kendall's or the Hamming distance and at most MaxExact
// labels, in O(k^2) after a recursion of O(2^k k). Other Mallows references
// with more completions are a *CompletionsError.
func (s *Space) Complete(ys []Ordering, logq []float64, e structured.Evidence[Ordering], rng *rand.Rand) (n int, exact bool, logProb float64, err error) {
	p, err := asPartial(e, s.k)
	if err != nil {
		return 0, false, math.NaN(), err
	}
	if n, ok := listCompletions(ys, p); ok {
		s.LogProb(logq[:n], ys[:n])
		logProb = numeric.LogSumExp(logq[:n])
		for i := range n {
			logq[i] -= logProb
		}
		return n, true, logProb, nil
	}
	c, err := s.ref.condition(p)
	if err != nil {
		return 0, false, math.NaN(), err
	}
	for i, y := range ys {
		c.sample(y, rng)
		logq[i] = -math.Log(float64(len(ys)))
	}
	return len(ys), false, c.logEvidence(), nil
}

// maxCompletions bounds the lists made to draw from what has no other way.
const maxCompletions = 40_320

// A CompletionsError reports a partial ranking that too many orderings agree
// with for a reference without a better way than listing them.
type CompletionsError struct {
	LogCompletions float64 // log of how many there are
	Max            int
}

func (e *CompletionsError) Error() string {
	return fmt.Sprintf("permutations: e^%.4g orderings agree with the partial ranking; the reference can be conditioned on at most %d", e.LogCompletions, e.Max)
}

// completions returns how many orderings agree with p, if at most limit.
func (p Partial) completions(limit int) (int, bool) {
	// Logs first, as the count may overflow.
	if p.LogCompletions() > math.Log(float64(limit))+0.5 {
		return 0, false
	}
	n := 1
	for g := range p.Groups() {
		for i := range len(p.Group(g)) {
			n *= i + 1
		}
	}
	for i := p.Ranked(); i < p.K(); i++ {
		n *= i + 1
	}
	return n, n <= limit
}

// listCompletions overwrites the first n of ys with the orderings that agree
// with p, in lexicographic order, if they fit.
func listCompletions(ys []Ordering, p Partial) (n int, ok bool) {
	if _, ok := p.completions(len(ys)); !ok {
		return 0, false
	}
	c := completionList{p: p, ys: ys, y: make(Ordering, p.K()), placed: make([]bool, p.K()), left: make([]int, p.Groups())}
	for g := range c.left {
		c.left[g] = len(p.Group(g))
	}
	c.extend(0, 0)
	return c.n, true
}

type completionList struct {
	p      Partial
	ys     []Ordering
	n      int
	y      Ordering
	placed []bool
	left   []int // labels of each group that are not placed
}

// extend places a label at rank r, the groups before g being used up.
func (c *completionList) extend(r, g int) {
	if r == len(c.y) {
		copy(c.ys[c.n], c.y)
		c.n++
		return
	}
	for g < len(c.left) && c.left[g] == 0 {
		g++
	}
	for j, of := range c.p.group {
		if c.placed[j] || of >= 0 && of != g {
			continue
		}
		c.placed[j], c.y[r] = true, j
		if of >= 0 {
			c.left[g]--
		}
		c.extend(r+1, g)
		if of >= 0 {
			c.left[g]++
		}
		c.placed[j] = false
	}
}

// listGiven draws from a list of all completions by their probabilities.
type listGiven struct {
	ys         []Ordering
	cumulative []float64
	logProb    float64
}

func (l *listGiven) logEvidence() float64 { return l.logProb }

func (l *listGiven) sample(y Ordering, rng *rand.Rand) {
	last := len(l.ys) - 1
	u := rng.Float64() * l.cumulative[last]
	at := sort.Search(last, func(i int) bool { return u < l.cumulative[i] })
	copy(y, l.ys[at])
}
