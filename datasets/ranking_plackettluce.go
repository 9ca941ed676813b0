package datasets

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/permutations"
)

// LinearPlackettLuce is a Plackett-Luce model of the orderings y of k labels
// given features x, with linear log weights,
//
//	p(y|x) = prod_r exp( u_{y_r}(x) ) / sum_{s >= r} exp( u_{y_s}(x) ),
//	u_j(x) = a_j + sum_f x_f A_fj,    x ~ N(0, I_d):
//
// data drawn from it have a truth to compare with. Probabilities are exact, in
// nats, for any k. It is immutable and safe for concurrent use once made; to
// set the coefficients by hand, fill the fields and call Validate.
type LinearPlackettLuce struct {
	Labels, Features int // k and d

	Bias   []float64 // a: k
	Weight []float64 // A: d x k, row-major
}

// NewLinearPlackettLuce draws the coefficients of a model: the same ones for
// the same configuration.
func NewLinearPlackettLuce(c RankingConfig) (*LinearPlackettLuce, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	m := &LinearPlackettLuce{Labels: c.labels(), Features: c.Features}
	m.Bias, m.Weight = c.draw(m.Labels, 0x706c) // "pl"
	return m, nil
}

func (m *LinearPlackettLuce) scores() linearScores {
	return linearScores{model: "linear Plackett-Luce", d: m.Features, outputs: m.Labels, bias: m.Bias, weight: m.Weight}
}

// Validate reports whether the sizes of the fields agree (ErrRagged) and the
// coefficients are finite (ErrNotFinite).
func (m *LinearPlackettLuce) Validate() error { return m.scores().validate() }

// Sample draws n rows: x from N(0, I), then y exactly from p(y|x). Each row has
// a random stream of its own, derived from the seed and its number, so the
// first rows of a longer sample are those of a shorter one. O(d k + k log k)
// for each row.
//
// n must be at least 1; if the context ends, its error is returned.
func (m *LinearPlackettLuce) Sample(ctx context.Context, n int, seed uint64) (*LabelRanking, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	return m.scores().sample(ctx, n, m.Labels, seed, drawGumbel)
}

// drawGumbel draws by repeated choice: the labels by decreasing log weights
// with standard Gumbel noise (Yellott 1977). It overwrites the log weights.
func drawGumbel(y permutations.Ordering, logWeights []float64, rng *rand.Rand) {
	for j := range logWeights {
		logWeights[j] -= math.Log(rng.ExpFloat64())
	}
	sortByScore(y, logWeights)
}

// At returns the distribution of the orderings at x. An x of the wrong length
// wraps ErrRagged, one that is not finite ErrNotFinite; so in LogProb.
func (m *LinearPlackettLuce) At(x []float64) (permutations.PlackettLuce, error) {
	if err := m.Validate(); err != nil {
		return permutations.PlackettLuce{}, err
	}
	u := make([]float64, m.Labels)
	if err := m.scores().at(u, x); err != nil {
		return permutations.PlackettLuce{}, err
	}
	return permutations.PlackettLuce{LogWeights: u}, nil
}

// LogProb returns log p(y|x). O(d k).
func (m *LinearPlackettLuce) LogProb(x []float64, y permutations.Ordering) (float64, error) {
	at, err := m.At(x)
	if err != nil {
		return 0, err
	}
	if err := checkOrdering(m.scores().model, y, m.Labels); err != nil {
		return 0, err
	}
	return at.LogProb(y)
}
