package structured

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/logpart"
)

// An Estimator estimates log Z by Monte Carlo, with a standard error:
// [AnnealedImportance], [BridgeSampling]. It is plain configuration.
type Estimator[Y any] interface {
	// Bind fits the estimator to a problem, or says why it does not fit.
	Bind(p Problem[Y]) (BoundEstimator[Y], error)
}

// BoundEstimator is an Estimator for a problem. It is immutable and safe for
// concurrent use.
type BoundEstimator[Y any] interface {
	// EstimateLogZ estimates log Z(theta). It uses no randomness but key's.
	EstimateLogZ(theta Theta, key uint64) (ImportanceEstimate, error)
}

// ImportanceEstimate is a normaliser estimated from weighted draws, with what
// says whether to believe it.
type ImportanceEstimate struct {
	// Normalizer is an Estimate; its Error is the standard error.
	Normalizer
	// Samples is the number of draws, or of annealed chains.
	Samples int
	// EffectiveSamples is (sum w)^2 / sum w^2, at most Samples. Where it is
	// a handful, neither value nor error mean anything: the draws have not
	// found where the model is.
	EffectiveSamples float64
	// ParetoK is k-hat, the shape of the tail of the weights; 0 where there
	// is none. See logpart.ParetoK.
	ParetoK float64
}

// Reliable reports whether the estimate is to be believed: ParetoK is within
// logpart.ParetoLimit, and 10 draws or more carry the weight. Both look at the
// draws there are, and cannot know of what they have missed.
func (e ImportanceEstimate) Reliable() bool {
	return logpart.Weights{Effective: e.EffectiveSamples, ParetoK: e.ParetoK, Samples: e.Samples}.Reliable()
}

// weighted is the estimate by log weights with E[w] = Z, which are sorted.
func weighted(logw []float64) (ImportanceEstimate, error) {
	w, err := logpart.Weigh(logw)
	if err != nil {
		return ImportanceEstimate{}, ErrUnevenWeights
	}
	return ImportanceEstimate{
		Normalizer: EstimatedWithin(w.LogMean, w.Error),
		Samples:    w.Samples, EffectiveSamples: w.Effective, ParetoK: w.ParetoK,
	}, nil
}

// EstimateNormalizers estimates log Z(x) for each row of X. It is for models of
// the softmax loss, ErrIntractable for others. The random numbers are the same
// at every call, and for every row.
func (m *Model[Y]) EstimateNormalizers(ctx context.Context, X mat.Matrix, by Estimator[Y]) ([]ImportanceEstimate, error) {
	if !m.Likelihood() {
		return nil, fmt.Errorf("estimating log Z of a loss other than the softmax: %w", ErrIntractable)
	}
	bound, err := by.Bind(m.problem())
	if err != nil {
		return nil, err
	}
	out := make([]ImportanceEstimate, rowsOf(X))
	key := stream.Key(m.seed, streamNormalizer)
	err = m.EachTheta(ctx, X, func(i int, theta Theta) (err error) {
		out[i], err = bound.EstimateLogZ(theta, key)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// problem is what the model was bound to.
func (m *Model[Y]) problem() Problem[Y] {
	return Problem[Y]{Space: m.space, Coupling: m.coupling, Inference: m.inference, Examples: m.examples}
}
