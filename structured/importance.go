package structured

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// ImportanceEstimate is a log-partition by importance sampling, with what says
// whether to believe it.
type ImportanceEstimate struct {
	// Normalizer is an Estimate; its Error is the standard error.
	Normalizer
	// Samples is the number of draws.
	Samples int
	// EffectiveSamples is (sum w)^2 / sum w^2, at most Samples. Where it is
	// a handful, neither value nor error mean anything: the draws have not
	// found where the model is.
	EffectiveSamples float64
}

// ImportanceNormalizers estimates log Z(x) for each row of X from draws of the
// proposal that the model was trained with, learned ones included, or of the
// reference:
//
//	log (1/M) sum_m w_m,   w_m = exp(g(x,y_m)) q(y_m)/r(y_m|x)
//
// with the standard error sqrt((M/ess - 1)/(M - 1)) of the delta method. The
// estimate of Z is unbiased and that of log Z low by half the squared error;
// both are right only if the effective sample size is large. samples is M, at
// least 2; 0 stands for 4,096. It is for models of the softmax loss,
// ErrIntractable for others, and ErrImproper where there is nothing to draw
// from. Its draws are the same at every call, and for every row.
func (m *Model[Y]) ImportanceNormalizers(ctx context.Context, X mat.Matrix, samples int) ([]ImportanceEstimate, error) {
	if samples = orDefault(samples, supportDraws); samples < 2 {
		return nil, fmt.Errorf("structured: %d samples: want at least 2", samples)
	}
	out := make([]ImportanceEstimate, rowsOf(X))
	key := stream.Key(m.seed, streamNormalizer)
	err := m.EachTheta(ctx, X, func(i int, theta Theta) (err error) {
		out[i], err = m.importance(theta, samples, key)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// importance is the estimate for one theta, in pieces of supportDraws draws.
func (m *Model[Y]) importance(theta Theta, samples int, key uint64) (ImportanceEstimate, error) {
	if !m.Likelihood() {
		return ImportanceEstimate{}, fmt.Errorf("importance sampling of a loss other than the softmax: %w", ErrIntractable)
	}
	proposal, err := m.Proposal()
	if err != nil {
		return ImportanceEstimate{}, err
	}
	n := min(samples, supportDraws)
	ys, logw, scores := m.space.Make(n), make([]float64, n), make([]float64, n)
	sum, squares := math.Inf(-1), math.Inf(-1) // logs of the sums of w and w^2
	for at := 0; at < samples; at += n {
		k := min(n, samples-at)
		m.logWeights(ys[:k], logw[:k], proposal, theta, stream.Key(key, uint64(at)))
		m.coupling.Score(scores[:k], theta, ys[:k])
		for i, g := range scores[:k] {
			logw[i] += g
		}
		sum = numeric.LogAddExp(sum, numeric.LogSumExp(logw[:k]))
		for i := range k {
			logw[i] *= 2
		}
		squares = numeric.LogAddExp(squares, numeric.LogSumExp(logw[:k]))
	}
	if math.IsNaN(sum) || math.IsInf(sum, 0) {
		return ImportanceEstimate{}, ErrUnevenWeights
	}
	all := float64(samples)
	e := ImportanceEstimate{Samples: samples, EffectiveSamples: min(all, math.Exp(2*sum-squares))}
	e.Normalizer = EstimatedWithin(sum-math.Log(all), math.Sqrt(max(0, all/e.EffectiveSamples-1)/(all-1)))
	return e, nil
}
