package structured

import (
	"errors"
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// BridgeSampling estimates Z from draws of a proposal r and of the model p, by
// the optimal bridge between them (Bennett 1976; Meng, Wong 1996): the fixed
// point of
//
//	Z = mean_r[ l/(s_p l + s_r Z) ] / mean_p[ 1/(s_p l + s_r Z) ],   l = q exp(g)/r,
//
// s_p and s_r the shares of the draws. It needs overlap of r and p and no tails
// of l, and errs less than importance sampling from the same r. The standard
// error is that of independent draws (Frühwirth-Schnatter 2004, equation 16);
// draws of chains that have not forgotten where they began make it, and the
// value, too good.
type BridgeSampling[Y any] struct {
	// Proposal is r, and has to know its probabilities; nil stands for the
	// reference.
	Proposal Proposal[Y]
	// Kernel makes the draws from the model where it has no ExactSampler, of
	// chains that begin at draws from r chosen by weight; nil for none.
	Kernel Kernel[Y]
	// Samples is the number of draws of each kind; 0 stands for 1,000.
	Samples int
}

// Bind returns the errors of Proposal and Kernel, ErrNoDensity, and
// ErrIntractable where nothing draws from the model.
func (o BridgeSampling[Y]) Bind(p Problem[Y]) (BoundEstimator[Y], error) {
	if o.Samples < 0 || o.Samples == 1 {
		return nil, fmt.Errorf("structured: BridgeSampling.Samples %d", o.Samples)
	}
	s, err := newSource(p, o.Proposal)
	if err != nil {
		return nil, err
	}
	s.independent()
	if s.around != nil || s.density == nil && !s.reference() {
		return nil, fmt.Errorf("BridgeSampling: %w", ErrNoDensity)
	}
	b := &bridge[Y]{source: s, coupling: p.Coupling, n: orDefault(o.Samples, 1000)}
	b.exact, _ = p.Inference.(ExactSampler[Y])
	if b.exact == nil {
		if o.Kernel == nil {
			return nil, intractable("bridge sampling without a Kernel", p.Inference)
		}
		if b.chains, err = o.Kernel.Bind(p); err != nil {
			return nil, err
		}
	}
	return b, nil
}

type bridge[Y any] struct {
	source   source[Y]
	coupling Coupling[Y]
	exact    ExactSampler[Y] // nil for chains
	chains   Chains[Y]
	n        int
}

// logRatios returns log l.
func (b *bridge[Y]) logRatios(ys []Y, theta Theta) []float64 {
	l := make([]float64, len(ys))
	b.coupling.Score(l, theta, ys)
	if !b.source.reference() {
		logq, logr := make([]float64, len(ys)), make([]float64, len(ys))
		b.source.space.LogProb(logq, ys)
		b.source.density.LogProb(logr, ys, theta)
		for i := range l {
			l[i] += logq[i] - logr[i]
		}
	}
	return l
}

func (b *bridge[Y]) EstimateLogZ(theta Theta, key uint64) (ImportanceEstimate, error) {
	ys := b.source.space.Make(b.n)
	if p := b.source.proposal; p != nil {
		p.Sample(ys, make([]float64, b.n), theta, stream.Key(key, 0))
	} else {
		b.source.space.Sample(ys, stream.New(stream.Key(key, 0)))
	}
	fromR := b.logRatios(ys, theta)
	start := numeric.LogSumExp(fromR) - math.Log(float64(b.n))
	if math.IsNaN(start) || math.IsInf(start, 0) {
		return ImportanceEstimate{}, ErrUnevenWeights
	}
	zs := b.source.space.Make(b.n)
	if b.exact != nil {
		b.exact.SampleModel(zs, theta, stream.Key(key, 1))
	} else {
		b.resample(zs, ys, fromR, key)
		b.chains.Run(zs, theta, stream.Key(key, 2))
	}
	fromP := b.logRatios(zs, theta)
	logZ, e, err := optimalBridge(fromR, fromP, start)
	if err != nil {
		return ImportanceEstimate{}, err
	}
	out, err := weighted(fromR) // for the effective sample size of r
	if err != nil {
		return out, err
	}
	out.Normalizer = EstimatedWithin(logZ, e)
	return out, nil
}

// resample overwrites zs with the structures ys chosen by weight.
func (b *bridge[Y]) resample(zs, ys []Y, logw []float64, key uint64) {
	rng := stream.New(stream.Key(key, 1))
	cumulative, total, sum := make([]float64, len(logw)), numeric.LogSumExp(logw), 0.0
	for i, l := range logw {
		sum += math.Exp(l - total)
		cumulative[i] = sum
	}
	for i := range zs {
		b.source.space.Copy(&zs[i], ys[search(cumulative, rng.Float64()*sum)])
	}
}

// ErrBridge is returned where the two samples do not overlap.
var ErrBridge = errors.New("structured: the draws of the proposal and of the model do not overlap")

// optimalBridge returns log Z and its standard error.
func optimalBridge(fromR, fromP []float64, start float64) (logZ, e float64, err error) {
	logZ = start
	share := float64(len(fromP)) / float64(len(fromP)+len(fromR))
	logP, logR := math.Log(share), math.Log1p(-share)
	up, down := make([]float64, len(fromR)), make([]float64, len(fromP))
	for range 1000 {
		// Relative to Z, so that both means are near 1.
		for i, l := range fromR {
			l -= logZ
			up[i] = l - numeric.LogAddExp(logP+l, logR)
		}
		for i, l := range fromP {
			down[i] = -numeric.LogAddExp(logP+l-logZ, logR)
		}
		step := numeric.LogSumExp(up) - math.Log(float64(len(up))) - numeric.LogSumExp(down) + math.Log(float64(len(down)))
		if math.IsNaN(step) || math.IsInf(step, 0) {
			return 0, 0, ErrBridge
		}
		logZ += step
		if math.Abs(step) <= 1e-12*(1+math.Abs(logZ)) {
			break
		}
	}
	return logZ, math.Sqrt(relativeVariance(up) + relativeVariance(down)), nil
}

// relativeVariance is that of the mean of exp of v.
func relativeVariance(v []float64) float64 {
	n, mean := float64(len(v)), numeric.LogSumExp(v)-math.Log(float64(len(v)))
	sum := 0.0
	for _, x := range v {
		d := math.Expm1(x - mean)
		sum += d * d
	}
	return sum / (n - 1) / n
}
