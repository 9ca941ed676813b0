package permutations

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// MaxTied is the largest group of tied labels, not being the last group, that
// the Plackett-Luce model sums over: 2^16 subsets.
const MaxTied = 16

// A TiesError reports a group of tied labels that is too large to sum over its
// orders.
type TiesError struct{ Group, Size, Max int }

func (e *TiesError) Error() string {
	return fmt.Sprintf("permutations: group %d has %d tied labels; the sum over their orders is limited to %d", e.Group, e.Size, e.Max)
}

// tiedChoice is the Plackett-Luce probability that the labels of a group A,
// in any order, all come before the labels below it, whose weights sum to R.
// With D(T) = R + sum_{j in T} w_j and F(T) the probability that the labels in
// T are chosen before any of those below once only they are left of the group,
//
//	F({}) = 1,  F(T) = sum_{j in T} w_j/D(T) F(T\j).
//
// F is as small as prod_j p_j with p_j = w_j/(R + w_j), the probabilities of
// the pairwise comparisons. What is stored is G(T) = F(T) / prod_{j in T} p_j,
//
//	G({}) = 1,  G(T) = sum_{j in T} (R + w_j)/D(T) G(T\j),
//
// which stays in 1..|T|! (at least 1 because the events 'before all below' are
// positively associated, at most |T|! because the factors are at most 1), so
// that it neither underflows nor cancels, whatever the weights. O(2^g g).
type tiedChoice struct {
	logw  []float64 // of the group
	logR  float64
	logc  []float64 // log(R + w_j)
	logD  []float64 // log D(T)
	g     []float64 // G(T)
	visit []float64 // probability of passing through T, given the event
}

// run fills the tables and returns log F(A).
func (t *tiedChoice) run(logWeights []float64, group []int, logR float64) float64 {
	n := len(group)
	t.logR = logR
	t.logw, t.logc = numeric.Grow(t.logw, n), numeric.Grow(t.logc, n)
	t.logD, t.g = numeric.Grow(t.logD, 1<<n), numeric.Grow(t.g, 1<<n)
	logF := 0.0
	for i, j := range group {
		t.logw[i] = logWeights[j]
		t.logc[i] = numeric.LogAddExp(logR, t.logw[i])
		logF += t.logw[i] - t.logc[i]
	}
	t.logD[0], t.g[0] = logR, 1
	for set := 1; set < 1<<n; set++ {
		t.logD[set] = numeric.LogAddExp(t.logD[set&(set-1)], t.logw[bits.TrailingZeros(uint(set))])
		sum := 0.0
		for rest := set; rest != 0; rest &= rest - 1 {
			sum += t.step(set, bits.TrailingZeros(uint(rest)))
		}
		t.g[set] = sum
	}
	return logF + math.Log(t.g[1<<n-1])
}

// step is the part of G(T) that chooses j next.
func (t *tiedChoice) step(set, j int) float64 {
	return math.Exp(t.logc[j]-t.logD[set]) * t.g[set&^(1<<j)]
}

// grad overwrites own with d log F(A)/d log w_j for the labels of the group,
//
//	1 - E[ sum_{T passed, j in T} w_j/D(T) ],
//
// and returns -d log F(A)/d log R, an expectation of positive terms too. They
// are over the orders of the group given that it comes first. run comes first.
func (t *tiedChoice) grad(own []float64) (below float64) {
	n := len(own)
	t.visit = numeric.Grow(t.visit, 1<<n)
	clear(t.visit)
	t.visit[1<<n-1] = 1
	for j := range own {
		own[j] = 1
	}
	for set := 1<<n - 1; set > 0; set-- {
		pass := t.visit[set]
		if pass == 0 {
			continue
		}
		below += pass * math.Exp(t.logR-t.logD[set])
		for rest := set; rest != 0; rest &= rest - 1 {
			j := bits.TrailingZeros(uint(rest))
			own[j] -= pass * math.Exp(t.logw[j]-t.logD[set])
			t.visit[set&^(1<<j)] += pass * t.step(set, j) / t.g[set]
		}
	}
	return below
}

// sample overwrites order with the labels of the group in an order drawn from
// the model given that they come before all below. run comes first. O(g^2).
func (t *tiedChoice) sample(order, group []int, rng *rand.Rand) {
	set := 1<<len(group) - 1
	for r := range order {
		u := rng.Float64() * t.g[set]
		j := 0
		for rest := set; rest != 0; rest &= rest - 1 {
			j = bits.TrailingZeros(uint(rest))
			if u -= t.step(set, j); u < 0 {
				break
			}
		}
		order[r] = group[j]
		set &^= 1 << j
	}
}
