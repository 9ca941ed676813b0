package structured

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// streamEntropy tells the draws of Entropies from others of the same seed.
const streamEntropy = 0x656e7472

// Entropy returns the entropy of p(.|x) in nats, and how it was computed; see
// Entropies.
func (m *Model[Y]) Entropy(x []float64) (float64, Normalization, error) {
	h, kind, err := m.Entropies(context.Background(), rowMatrix(x))
	if err != nil {
		return 0, kind, err
	}
	return h[0], kind, nil
}

// Entropies returns H(p(.|x)) = -sum_y p(y|x) log p(y|x) in nats for each row of
// X, over continuous spaces the differential entropy. It is Exact where the
// coupling has an ExactEntropy or the space can be listed, and otherwise an Estimate
// from 4,096 draws: of the model where the coupling can draw from it and knows
// log Z, without bias; weighted ones of the proposal that the model was trained
// with otherwise, which is consistent, and ErrUnevenWeights where they do not
// cover the model.
func (m *Model[Y]) Entropies(ctx context.Context, X mat.Matrix) ([]float64, Normalization, error) {
	of, kind := m.entropyOf()
	out := make([]float64, rowsOf(X))
	key := stream.Key(m.seed, streamEntropy)
	err := m.EachTheta(ctx, X, func(i int, theta Theta) (err error) {
		if out[i], err = of(theta, key); err == nil && (math.IsNaN(out[i]) || math.IsInf(out[i], 0)) {
			err = fmt.Errorf("structured: the entropy of row %d is %g: %w", i, out[i], ErrNotFinite)
		}
		return err
	})
	if err != nil {
		return nil, kind, err
	}
	return out, kind, nil
}

// entropyOf is the best way there is.
func (m *Model[Y]) entropyOf() (of func(theta Theta, key uint64) (float64, error), kind Normalization) {
	h, hasEntropy := m.inference.(ExactEntropy[Y])
	if hasEntropy && m.Likelihood() {
		return func(theta Theta, _ uint64) (float64, error) { return h.Entropy(theta), nil }, Exact
	}
	if m.listing.ready(m.space) {
		return m.listedEntropy, Exact
	}
	sampler, draws := m.inference.(ExactSampler[Y])
	z, sums := m.inference.(LogPartition[Y])
	if draws && sums && m.Likelihood() {
		return func(theta Theta, key uint64) (float64, error) {
			ys := m.space.Make(supportDraws)
			sampler.SampleModel(ys, theta, key)
			return m.meanSurprise(theta, z.LogZ(theta), ys, nil), nil
		}, Estimate
	}
	return m.sampledEntropy, Estimate
}

// listedEntropy is the sum over all structures.
func (m *Model[Y]) listedEntropy(theta Theta, key uint64) (float64, error) {
	s, err := m.supportOf(theta, key)
	if err != nil {
		return 0, err
	}
	h := 0.0
	for _, p := range s.p {
		if p > 0 {
			h -= p * math.Log(p)
		}
	}
	return h, nil
}

// sampledEntropy is by self-normalised importance weights.
func (m *Model[Y]) sampledEntropy(theta Theta, key uint64) (h float64, err error) {
	s, err := m.supportOf(theta, key)
	if err != nil {
		return 0, err
	}
	s.each(func(at int, ys []Y) { h += m.meanSurprise(theta, s.tau, ys, s.p[at:at+len(ys)]) })
	return h, nil
}

// meanSurprise is the mean of -log p(y|x) over structures with weights, nil for
// equal ones.
func (m *Model[Y]) meanSurprise(theta Theta, normalizer float64, ys []Y, weights []float64) float64 {
	scores, logq := make([]float64, len(ys)), make([]float64, len(ys))
	m.coupling.Score(scores, theta, ys)
	m.space.LogProb(logq, ys)
	n, sum := exactly(normalizer), 0.0
	for i := range ys {
		w := 1 / float64(len(ys))
		if weights != nil {
			w = weights[i]
		}
		if w > 0 {
			sum -= w * n.logProb(m.Generator(), scores[i], logq[i]).Value
		}
	}
	return sum
}
