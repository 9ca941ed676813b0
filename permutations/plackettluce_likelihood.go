package permutations

import (
	"math"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// LogProb is log q(y) in nats, O(k).
func (p PlackettLuce) LogProb(y Ordering) (float64, error) {
	if err := p.check(y); err != nil {
		return math.NaN(), err
	}
	var l plackettLuceLikelihood
	return l.logProb(p.LogWeights, y), nil
}

// AddGrad adds weight times the gradient of log q(y) with respect to
// LogWeights,
//
//	d log q(y)/d log w_j = 1 - sum_{r <= rank of j} w_j / S_r,  S_r = w_{y_r} + ... + w_{y_{k-1}},
//
// to grad, of length k, and returns log q(y). O(k).
func (p PlackettLuce) AddGrad(grad []float64, y Ordering, weight float64) (float64, error) {
	sameLength(len(grad), len(p.LogWeights))
	if err := p.check(y); err != nil {
		return math.NaN(), err
	}
	var l plackettLuceLikelihood
	return l.addGrad(grad, p.LogWeights, y, weight), nil
}

// LogProbPartial is log q(e) = log sum_{y in e} q(y), exact, for any partial
// ranking e:
//
//	top-m:   prod_{r < m} w_{e_r} / (sum of the weights not chosen before)
//	subset:  that of a model of the ranked labels alone, by Luce's axiom
//	ties:    the sum over the orders of every group, by recursion
//
// The tied labels of a group are taken as not compared, not as equal: there is
// no parameter for ties, unlike in Davidson's model. O(k), and O(2^g g) for
// each group of g > 1 labels but the last. Groups of more than MaxTied labels,
// but the last, are a *TiesError.
func (p PlackettLuce) LogProbPartial(e Partial) (float64, error) {
	if err := p.checkPartial(e); err != nil {
		return math.NaN(), err
	}
	var l plackettLuceLikelihood
	return l.partial(nil, p.LogWeights, e, 0)
}

// AddGradPartial adds weight times the gradient of LogProbPartial with respect
// to LogWeights to grad, of length k, and returns log q(e). It is the expected
// gradient of log q(y) over the orderings y that agree with e.
func (p PlackettLuce) AddGradPartial(grad []float64, e Partial, weight float64) (float64, error) {
	sameLength(len(grad), len(p.LogWeights))
	if err := p.checkPartial(e); err != nil {
		return math.NaN(), err
	}
	var l plackettLuceLikelihood
	return l.partial(grad, p.LogWeights, e, weight)
}

func (p PlackettLuce) check(y Ordering) error {
	if err := p.validate(len(p.LogWeights)); err != nil {
		return err
	}
	if len(y) != len(p.LogWeights) {
		return &structured.DimensionError{What: "labels of an ordering", Want: len(p.LogWeights), Got: len(y)}
	}
	return y.Validate()
}

func (p PlackettLuce) checkPartial(e Partial) error {
	if err := p.validate(len(p.LogWeights)); err != nil {
		return err
	}
	if e.K() != len(p.LogWeights) {
		return &structured.DimensionError{What: "labels of a partial ranking", Want: len(p.LogWeights), Got: e.K()}
	}
	return nil
}

// plackettLuceLikelihood is the memory of likelihoods. It works on log weights
// of any range and is for one goroutine.
type plackettLuceLikelihood struct {
	below []float64 // log of the sum of weights, from a rank or below a group
	own   []float64
	ties  tiedChoice
}

func (l *plackettLuceLikelihood) logProb(logw []float64, y Ordering) float64 {
	sum := 0.0
	for _, w := range logw {
		sum += w
	}
	return sum - sumLogSuffixes(logw, y)
}

func (l *plackettLuceLikelihood) addGrad(grad, logw []float64, y Ordering, weight float64) float64 {
	l.below = numeric.Grow(l.below, len(y))
	high, low := math.Inf(-1), math.Inf(1)
	for _, w := range logw {
		high, low = max(high, w), min(low, w)
	}
	if high-low < wideRange {
		return l.addGradNarrow(grad, logw, y, weight, high)
	}
	suffix := math.Inf(-1)
	for r := len(y) - 1; r >= 0; r-- {
		suffix = numeric.LogAddExp(suffix, logw[y[r]])
		l.below[r] = suffix
	}
	logProb, logA := 0.0, math.Inf(-1) // A = sum_{r' <= r} 1/S_r'
	for r, j := range y {
		logProb += logw[j] - l.below[r]
		logA = numeric.LogAddExp(logA, -l.below[r])
		grad[j] += weight * (1 - math.Exp(logw[j]+logA))
	}
	return logProb
}

// addGradNarrow is addGrad where no weight is too small to be divided by, given
// the largest log weight.
func (l *plackettLuceLikelihood) addGradNarrow(grad, logw []float64, y Ordering, weight, high float64) float64 {
	l.own = numeric.Grow(l.own, len(logw))
	w := l.own
	for j, x := range logw {
		w[j] = x - high
	}
	kernel.Exp(w, w)
	suffix := 0.0
	for r := len(y) - 1; r >= 0; r-- {
		suffix += w[y[r]]
		l.below[r] = suffix
	}
	logProb, product, a := 0.0, 1.0, 0.0
	for r, j := range y {
		below := l.below[r]
		if product *= below; product < 1e-100 || product > 1e100 {
			logProb -= math.Log(product)
			product = 1
		}
		logProb += logw[j] - high
		a += 1 / below
		grad[j] += weight * (1 - w[j]*a)
	}
	return logProb - math.Log(product)
}

// partial returns log q(e) and, unless grad is nil, adds its gradient.
func (l *plackettLuceLikelihood) partial(grad, logw []float64, e Partial, weight float64) (float64, error) {
	groups := e.Groups()
	l.below = numeric.Grow(l.below, groups)
	suffix := math.Inf(-1)
	for g := groups - 1; g >= 0; g-- {
		l.below[g] = suffix
		if n := len(e.Group(g)); n > MaxTied && g < groups-1 {
			return math.NaN(), &TiesError{Group: g, Size: n, Max: MaxTied}
		}
		for _, j := range e.Group(g) {
			suffix = numeric.LogAddExp(suffix, logw[j])
		}
	}
	// Of the choices in the groups so far, A is the expected sum of
	// 1/(weights to choose from), and the derivative -w_j A for a j below.
	logProb, logA := 0.0, math.Inf(-1)
	for g := range groups {
		labels, logR := e.Group(g), l.below[g]
		last := g == groups-1
		var own []float64 // derivatives of this group's part
		below := 0.0      // minus the derivative in log R
		if grad != nil {
			l.own = numeric.Grow(l.own, len(labels))
			own = l.own
		}
		switch {
		case last:
			clear(own) // they come in some order, whatever the weights
		case len(labels) == 1:
			logS := numeric.LogAddExp(logR, logw[labels[0]])
			logProb += logw[labels[0]] - logS
			if grad != nil {
				below = math.Exp(logR - logS)
				own[0] = below
			}
		default:
			logProb += l.ties.run(logw, labels, logR)
			if grad != nil {
				below = l.ties.grad(own)
			}
		}
		if grad == nil {
			continue
		}
		for i, j := range labels {
			grad[j] += weight * (own[i] - math.Exp(logw[j]+logA))
		}
		if !last {
			logA = numeric.LogAddExp(logA, math.Log(below)-logR)
		}
	}
	return logProb, nil
}
