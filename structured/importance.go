package structured

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/logpart"
)

// ImportanceNormalizers refines tau: it estimates the normaliser of each row of
// X from fresh draws of the proposal that the model was trained with, learned
// ones included, or of the reference, as the minimum over tau of the joint
// objective on them,
//
//	min_tau  tau + (1/M) sum_m w_m f*+( g(x,y_m) - tau ),   w_m = q(y_m)/r(y_m|x).
//
// For the softmax that is importance sampling, in closed form,
//
//	log (1/M) sum_m w_m exp g(x,y_m),
//
// with the standard error sqrt((M/ess - 1)/(M - 1)) of the delta method: the
// estimate of Z is unbiased and that of log Z low by half the squared error.
// For other losses it is the threshold of the weighted draws, consistent, with
// an error by the delta method too. All are right only if the effective sample
// size is large and ParetoK small. samples is M, at least 2; 0 stands for
// 4,096. It is ErrImproper where there is nothing to draw from. The random
// numbers are the same at every call, and for every row.
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
	logw, scores, err := m.weights(theta, samples, key)
	if err != nil {
		return ImportanceEstimate{}, err
	}
	if !m.Likelihood() {
		return m.refine(logw, scores)
	}
	for i, g := range scores {
		logw[i] += g
	}
	return weighted(logw)
}

// weights returns log q/r and the scores of draws for one theta.
func (m *Model[Y]) weights(theta Theta, samples int, key uint64) (logw, scores []float64, err error) {
	proposal, err := m.Proposal()
	if err != nil {
		return nil, nil, err
	}
	n := min(samples, supportDraws)
	ys := m.space.Make(n)
	logw, scores = make([]float64, samples), make([]float64, samples)
	for at := 0; at < samples; at += n {
		end := min(samples, at+n)
		k := end - at
		m.logWeights(ys[:k], logw[at:end], proposal, theta, stream.Key(key, uint64(at)))
		m.coupling.Score(scores[at:end], theta, ys[:k])
	}
	return logw, scores, nil
}

// refine is the threshold of weighted draws. With the error s of the mean of
// the ratios p/r, which is to be 1, that of tau is s over their slope in tau.
func (m *Model[Y]) refine(logw, scores []float64) (ImportanceEstimate, error) {
	f, n := m.Generator(), float64(len(scores))
	weights := make([]float64, len(logw))
	for i, l := range logw {
		weights[i] = math.Exp(l) / n
	}
	tau, _, err := fenchel.Threshold(f, scores, weights)
	if err != nil {
		return ImportanceEstimate{}, err
	}
	sum, squares, slope := 0.0, 0.0, 0.0
	const h = 1e-6
	for i, g := range scores {
		p := weights[i] * f.Ratio(g-tau)
		sum += p
		squares += p * p
		slope += weights[i] * (f.Ratio(g-tau+h) - f.Ratio(g-tau-h)) / (2 * h)
		if scores[i] = math.Inf(-1); p > 0 {
			scores[i] = math.Log(p)
		}
	}
	if !(squares > 0 && slope > 0) {
		return ImportanceEstimate{}, ErrUnevenWeights
	}
	e := ImportanceEstimate{Samples: len(scores), EffectiveSamples: min(n, sum*sum/squares)}
	e.Normalizer = EstimatedWithin(tau, math.Sqrt(max(0, n/e.EffectiveSamples-1)/(n-1))/slope)
	e.ParetoK, _ = logpart.ParetoK(scores)
	return e, nil
}
