package permutations

import (
	"context"
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// streamDecide tells the draws of Decide from others of the same seed.
const streamDecide = 0x64656364

// Decide returns, for each row of X, the ordering of the least expected loss
// under the model, with that expectation; nil stands for KendallLoss{}.
//
// Kind says what the expectation rests on. It is Exact where the coupling has
// exact inference or the orderings can be listed. Otherwise it is an Estimate
// from 4,096 weighted draws of the proposal that the model was trained with, as
// in structured.Model.Expect; where those do not cover the model the error is
// structured.ErrUnevenWeights, and SampleChains with DecideFromSample another
// way. For MismatchLoss it is the kind of log p of the mode.
func (m *Model) Decide(ctx context.Context, X mat.Matrix, loss Loss) ([]Decision, error) {
	if loss == nil {
		loss = KendallLoss{}
	}
	if loss.needs() == needsMode && m.Inference() != nil {
		_, sums := m.Inference().(structured.LogPartition[Ordering])
		byScore := m.Likelihood() || m.Space().(*Space).Uniform()
		if sums && m.Likelihood() || byScore && m.K() > MaxListed {
			return m.decideModes(ctx, X, loss)
		}
	}
	out := make([]Decision, rows(X))
	err := m.EachTheta(ctx, X, func(i int, theta structured.Theta) (err error) {
		if m.Likelihood() {
			out[i], err = Decide(m.Inference(), theta, loss)
			if !errors.Is(err, structured.ErrIntractable) {
				return err
			}
		}
		b, kind, err := m.beliefs(theta, loss.needs())
		if err != nil {
			return err
		}
		out[i] = loss.decide(b)
		out[i].Kind = kind
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// decideModes decides for the mode, whose probability may be known less well.
func (m *Model) decideModes(ctx context.Context, X mat.Matrix, loss Loss) ([]Decision, error) {
	modes, err := m.Modes(ctx, X)
	if err != nil {
		return nil, err
	}
	d := structured.Data[Ordering]{X: X}
	for _, p := range modes {
		d.Y = append(d.Y, p.Y)
	}
	lps, err := m.Model.LogProbs(ctx, &d)
	if err != nil {
		return nil, err
	}
	out := make([]Decision, len(modes))
	for i, p := range modes {
		out[i] = loss.decide(beliefs{k: len(p.Y), mode: p.Y, p: math.Exp(min(0, lps[i].Value)), proven: p.Proven})
		out[i].Kind = lps[i].Kind
	}
	return out, nil
}

// beliefs are by all orderings where they can be listed, and by weighted draws
// otherwise.
func (m *Model) beliefs(theta structured.Theta, n need) (beliefs, structured.Normalization, error) {
	b := beliefs{k: m.K(), proven: true}
	add := b.add(n)
	kind, err := m.Expect(theta, stream.Key(m.Seed(), streamDecide), func(ys []Ordering, p []float64) {
		for i, y := range ys {
			add(y, p[i])
		}
	})
	return b, kind, err
}
