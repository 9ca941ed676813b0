package logpart

import (
	"errors"
	"math"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// Weights sums up the log weights of an importance sample: independent draws
// with E[w] = Z.
type Weights struct {
	// LogMean is log (1/M) sum w, low by half the squared Error on average.
	LogMean float64
	// Error is the standard error of LogMean by the delta method,
	// sqrt((M/ess - 1)/(M - 1)).
	Error float64
	// Jensen is the mean of the log weights: by Jensen's inequality E[log w] <=
	// log Z, so that log Z is above it on average, by the divergence KL(r, p) of
	// the proposal from the model. -Inf where a weight is 0.
	Jensen float64
	// Samples is M, Effective is (sum w)^2 / sum w^2.
	Samples   int
	Effective float64
	// ParetoK is k-hat of the weights, see ParetoK; 0 where there is no tail
	// to fit.
	ParetoK float64
}

// ErrNoWeights is returned for weights without a finite positive sum.
var ErrNoWeights = errors.New("logpart: the weights have no finite positive sum")

// Weigh sums up log weights, at least 2. logw is sorted.
func Weigh(logw []float64) (Weights, error) {
	n := float64(len(logw))
	sum := numeric.LogSumExp(logw)
	if len(logw) < 2 || math.IsNaN(sum) || math.IsInf(sum, 0) {
		return Weights{}, ErrNoWeights
	}
	squares, jensen := 0.0, 0.0
	for _, l := range logw {
		squares += math.Exp(2 * (l - sum))
		jensen += l / n
	}
	w := Weights{LogMean: sum - math.Log(n), Jensen: jensen, Samples: len(logw), Effective: min(n, 1/squares)}
	w.Error = math.Sqrt(max(0, n/w.Effective-1) / (n - 1))
	w.ParetoK, _ = ParetoK(logw)
	return w, nil
}

// Reliable reports whether the estimate is to be believed: k-hat is within
// ParetoLimit, and 10 draws or more carry the weight.
func (w Weights) Reliable() bool {
	return w.Effective >= 10 && w.ParetoK <= ParetoLimit(w.Samples)
}
