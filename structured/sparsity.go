package structured

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// Sparsity says how much of a space a distribution covers. Losses other than
// the softmax give structures of low score no probability at all.
type Sparsity struct {
	// Share is the probability under the reference of the structures in the
	// support of p(.|x), those with p > 0: 1 for the softmax. Under a uniform
	// reference it is their share of all.
	Share float64
	// Structures is the number of structures in the support, +Inf where it is
	// beyond a float64 or cannot be counted.
	Structures float64
	// Effective is exp H(p), the number of structures a uniform distribution
	// of the same entropy is over.
	Effective float64
	// Kind is Exact where the space was listed; an Estimate by the draws of
	// ImportanceNormalizers has the standard error Error of Share.
	Kind  Normalization
	Error float64
}

// Sparsities returns how much of the space p(.|x) covers, for each row of X. An
// Estimate of Structures is Share times the number of all, which is right for
// uniform references, and +Inf for others; that of Effective is consistent. It is
// ErrImproper where the reference is no probability, of which there are no shares.
func (m *Model[Y]) Sparsities(ctx context.Context, X mat.Matrix) ([]Sparsity, error) {
	if err := drawable(m.space); err != nil {
		return nil, err
	}
	out := make([]Sparsity, rowsOf(X))
	key := stream.Key(m.seed, streamNormalizer)
	err := m.EachTheta(ctx, X, func(i int, theta Theta) (err error) {
		if m.listing.ready(m.space) {
			out[i], err = m.listedSparsity(theta)
		} else {
			out[i], err = m.drawnSparsity(theta, key)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (m *Model[Y]) listedSparsity(theta Theta) (Sparsity, error) {
	s, err := m.supportOf(theta, 0)
	if err != nil {
		return Sparsity{}, err
	}
	out, entropy := Sparsity{Kind: Exact}, 0.0
	for i, p := range s.p {
		if p > 0 {
			out.Share += m.listing.q[i]
			out.Structures++
			entropy -= p * math.Log(p)
		}
	}
	out.Share, out.Effective = min(1, out.Share), math.Exp(entropy)
	return out, nil
}

func (m *Model[Y]) drawnSparsity(theta Theta, key uint64) (Sparsity, error) {
	logw, scores, err := m.weights(theta, supportDraws, key)
	if err != nil {
		return Sparsity{}, err
	}
	weights, values := make([]float64, len(logw)), make([]float64, len(scores))
	for i, l := range logw {
		weights[i] = math.Exp(l)
	}
	copy(values, scores)
	e, err := m.importance(theta, supportDraws, key)
	if err != nil {
		return Sparsity{}, err
	}
	f, n := m.Generator(), float64(len(values))
	mean, square, divergence, mass := 0.0, 0.0, 0.0, 0.0
	for i, g := range values {
		ratio := f.Ratio(g - e.Value)
		if !(ratio > 0) {
			continue
		}
		w := weights[i]
		mean += w / n
		square += w * w / n
		mass += w * ratio / n
		divergence += w * ratio * math.Log(ratio) / n
	}
	out := Sparsity{Kind: Estimate, Share: min(1, mean), Structures: math.Inf(1)}
	out.Error = math.Sqrt(max(0, square-mean*mean) / (n - 1))
	if u, ok := m.space.(equiprobable); ok && u.Uniform() {
		all := m.space.LogCardinality()
		out.Structures = math.Exp(all + math.Log(out.Share))
		// H(p) = log N - KL(p, q).
		out.Effective = math.Exp(all - divergence/mass + math.Log(mass))
	}
	return out, nil
}
