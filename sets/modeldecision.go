package sets

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// streamDecide tells the draws of Decide from others of the same seed.
const streamDecide = 0x64656364

const (
	// decisionDraws is how many exact draws a decision is made from where sums
	// over all sets are out of reach but exact sampling is not.
	decisionDraws = 4096
	// maxSupport is the largest number of labels of which a decision looks at
	// all sets one by one, if there are exact draws instead.
	maxSupport = 14
)

// Decide returns, for each row of X, the set of the largest expected utility
// under the model, with that expectation.
//
// Kind says what the expectation rests on. It is Exact where the coupling knows
// the marginals that the utility needs or the sets can be listed. Otherwise it
// is an Estimate from 4,096 draws: exact ones where the coupling has them, or
// else weighted ones of the proposal that the model was trained with, as in
// structured.Model.Expect; where those do not cover the model the error is
// structured.ErrUnevenWeights, and SampleChains with DecideFromSample another
// way. For ExactMatch it is the kind of log p of the mode.
func (m *Model) Decide(ctx context.Context, X mat.Matrix, u Utility) ([]Decision, error) {
	if err := u.Validate(); err != nil {
		return nil, err
	}
	if u.needs() == needsMode && m.Inference() != nil {
		_, sums := m.Inference().(structured.LogPartition[Set])
		byScore := m.Likelihood() || m.Space().(*Space).Uniform()
		if sums && m.Likelihood() || byScore && m.K() > MaxListed {
			return m.decideModes(ctx, X, u)
		}
	}
	n, err := rows(X)
	if err != nil {
		return nil, err
	}
	out := make([]Decision, n)
	err = m.EachTheta(ctx, X, func(i int, theta structured.Theta) error {
		b, kind, err := m.beliefs(theta, u.needs())
		if err != nil {
			return err
		}
		out[i] = u.decide(b)
		out[i].Kind = kind
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// rows is the number of rows of X; nil, for an unconditional model, is one.
func rows(X mat.Matrix) (int, error) {
	if X == nil {
		return 1, nil
	}
	n, _ := X.Dims()
	if n == 0 {
		return 0, structured.ErrNoExamples
	}
	return n, nil
}

// beliefs are what the model has of them, the best kind first.
func (m *Model) beliefs(theta structured.Theta, n need) (*beliefs, structured.Normalization, error) {
	b := &beliefs{k: m.K()}
	if m.Likelihood() && m.exactBeliefs(b, theta, n) {
		return b, structured.Exact, nil
	}
	key := stream.Key(m.Seed(), streamDecide)
	sampler, draws := m.Inference().(structured.ExactSampler[Set])
	if draws = draws && m.Likelihood(); draws && (m.K() > MaxListed || n >= needsMode && m.K() > maxSupport) {
		ys, p := m.Space().Make(decisionDraws), make([]float64, decisionDraws)
		for i := range p {
			p[i] = 1. / decisionDraws
		}
		sampler.SampleModel(ys, theta, key)
		err := b.gather(n, func(add func([]Set, []float64)) error {
			add(ys, p)
			return nil
		})
		return b, structured.Estimate, err
	}
	kind := structured.Exact
	err := b.gather(n, func(add func([]Set, []float64)) (err error) {
		kind, err = m.Expect(theta, key, add)
		return err
	})
	return b, kind, err
}

// exactBeliefs reports whether the coupling knew what is needed.
func (m *Model) exactBeliefs(b *beliefs, theta structured.Theta, n need) bool {
	if l, ok := m.Inference().(LabelMarginalizer); ok && n == needsLabels {
		b.label = make([]float64, b.k)
		l.LabelMarginals(b.label, theta)
		return true
	}
	if s, ok := m.Inference().(sizedLabeler); ok {
		if own := s.sizedLabels(theta); own != nil {
			b.fromSizedLabels(own, n)
			return true
		}
	}
	if s, ok := m.Inference().(SizeMarginalizer); ok && n == needsSizes {
		b.size, b.joint = make([]float64, b.k+1), make([]float64, b.k*b.k)
		s.SizeMarginals(b.size, b.joint, theta)
		return true
	}
	return false
}

// decideModes decides for the mode, whose probability may be known less well.
func (m *Model) decideModes(ctx context.Context, X mat.Matrix, u Utility) ([]Decision, error) {
	modes, err := m.Modes(ctx, X)
	if err != nil {
		return nil, err
	}
	d := structured.Data[Set]{X: X}
	for _, p := range modes {
		d.Y = append(d.Y, p.Y)
	}
	lps, err := m.Model.LogProbs(ctx, &d)
	if err != nil {
		return nil, err
	}
	out := make([]Decision, len(modes))
	for i, p := range modes {
		out[i] = u.decide(&beliefs{k: m.K(), mode: p.Y, p: math.Exp(min(0, lps[i].Value)), proven: p.Proven})
		out[i].Kind = lps[i].Kind
	}
	return out, nil
}

// Rankings returns, for each row of X, the labels from the most to the least
// probable, equals in their order. Among all orders of the labels it has the
// least expected RankingLoss of pairs that is not divided by their number
// (Dembczynski, Kotlowski, Hüllermeier 2012), and its first labels the largest
// expected precision. See Marginals for how.
func (m *Model) Rankings(ctx context.Context, X mat.Matrix) ([][]int, structured.Normalization, error) {
	p, how, err := m.Marginals(ctx, X)
	if err != nil {
		return nil, how, err
	}
	n, k := p.Dims()
	out := make([][]int, n)
	for i := range out {
		out[i] = ranked(p.RawRowView(i)[:k])
	}
	return out, how, nil
}

// SampleChains draws n sets from p(.|x) by Markov chains, one for each, that
// start from the reference: for models too large for Sample. The draws are
// independent and consistent in the number of sweeps, and not exact for any. It
// is structured.ErrIntractable under losses other than the softmax.
func (m *Model) SampleChains(x []float64, n int, kernel Gibbs, rng *rand.Rand) ([]Set, error) {
	switch {
	case rng == nil:
		return nil, structured.ErrNoSource
	case n < 0:
		return nil, fmt.Errorf("sets: %d samples: want at least 0", n)
	case !m.Likelihood():
		return nil, fmt.Errorf("chains: %w", structured.ErrIntractable)
	}
	chains, err := kernel.Bind(structured.Problem[Set]{Space: m.Space(), Coupling: m.Coupling()})
	if err != nil {
		return nil, err
	}
	var X mat.Matrix
	if len(x) > 0 {
		X = mat.NewDense(1, len(x), x)
	}
	ys := m.Space().Make(n)
	m.Space().Sample(ys, rng)
	err = m.EachTheta(context.Background(), X, func(_ int, theta structured.Theta) error {
		chains.Run(ys, theta, rng.Uint64())
		return nil
	})
	return ys, err
}
