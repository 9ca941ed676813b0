package datasets

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/permutations"
)

// LinearMallows is a Mallows model of the orderings y of k labels given
// features x, around the ordering of linear scores,
//
//	p(y|x)    = exp( -Dispersion * Distance(y, center(x)) ) / Z,
//	center(x) = the labels by decreasing u_j(x) = a_j + sum_f x_f A_fj,
//
// with x ~ N(0, I_d); equal scores are in the order of the labels. The best
// prediction is center(x) for every x, and no model can predict better than
// the noise lets it. Probabilities are exact, in nats, for any k. It is
// immutable and safe for concurrent use once made; to set the coefficients by
// hand, fill the fields and call Validate.
type LinearMallows struct {
	Labels, Features int // k and d

	Bias   []float64 // a: k
	Weight []float64 // A: d x k, row-major

	Distance   permutations.Distance
	Dispersion float64 // nats per unit of distance, at least 0; 0 is uniform
}

// NewLinearMallows draws the coefficients of a model: the same ones for the
// same configuration. The errors are those of Validate.
func NewLinearMallows(c RankingConfig, distance permutations.Distance, dispersion float64) (*LinearMallows, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	m := &LinearMallows{Labels: c.labels(), Features: c.Features, Distance: distance, Dispersion: dispersion}
	m.Bias, m.Weight = c.draw(m.Labels, 0x6d616c6c6f7773) // "mallows"
	return m, m.Validate()
}

func (m *LinearMallows) scores() linearScores {
	return linearScores{model: "linear Mallows", d: m.Features, outputs: m.Labels, bias: m.Bias, weight: m.Weight}
}

// Validate reports whether the sizes of the fields agree (ErrRagged), the
// coefficients are finite (ErrNotFinite), and the distance and the dispersion
// are those of a permutations.Mallows.
func (m *LinearMallows) Validate() error {
	if err := m.scores().validate(); err != nil {
		return err
	}
	if err := (permutations.Mallows{Distance: m.Distance, Dispersion: m.Dispersion}).Validate(); err != nil {
		return fmt.Errorf("datasets: linear Mallows: %w", err)
	}
	return nil
}

// Sample draws n rows: x from N(0, I), then y exactly from p(y|x). Each row has
// a random stream of its own, derived from the seed and its number, so the
// first rows of a longer sample are those of a shorter one. O(d k + k^2) for
// each row.
//
// n must be at least 1; if the context ends, its error is returned.
func (m *LinearMallows) Sample(ctx context.Context, n int, seed uint64) (*LabelRanking, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	// The distances do not depend on how the labels are called: draws around
	// the identity, with its labels renamed to those of the center.
	around, err := permutations.NewSpace(m.Labels, permutations.Mallows{Distance: m.Distance, Dispersion: m.Dispersion})
	if err != nil {
		return nil, err
	}
	center := permutations.Identity(m.Labels)
	one := make([]permutations.Ordering, 1)
	return m.scores().sample(ctx, n, m.Labels, seed, func(y permutations.Ordering, u []float64, rng *rand.Rand) {
		sortByScore(center, u)
		one[0] = y
		around.Sample(one, rng)
		for r, at := range y {
			y[r] = center[at]
		}
	})
}

// At returns the distribution of the orderings at x. An x of the wrong length
// wraps ErrRagged, one that is not finite ErrNotFinite; so in LogProb.
func (m *LinearMallows) At(x []float64) (permutations.Mallows, error) {
	if err := m.Validate(); err != nil {
		return permutations.Mallows{}, err
	}
	u := make([]float64, m.Labels)
	if err := m.scores().at(u, x); err != nil {
		return permutations.Mallows{}, err
	}
	center := permutations.Identity(m.Labels)
	sortByScore(center, u)
	return permutations.Mallows{Distance: m.Distance, Center: center, Dispersion: m.Dispersion}, nil
}

// LogProb returns log p(y|x). O(d k + k^2).
func (m *LinearMallows) LogProb(x []float64, y permutations.Ordering) (float64, error) {
	at, err := m.At(x)
	if err != nil {
		return 0, err
	}
	if err := checkOrdering(m.scores().model, y, m.Labels); err != nil {
		return 0, err
	}
	space, err := permutations.NewSpace(m.Labels, at)
	if err != nil {
		return 0, err
	}
	out := make([]float64, 1)
	space.LogProb(out, []permutations.Ordering{y})
	return out[0], nil
}
