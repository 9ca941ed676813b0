package fenchel

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
)

// Sampled estimates tau + E_{y~q}[ f*+(g(y) - tau) ] and its derivatives from
// M structures drawn from a proposal r, each with its score and its log
// importance weight log q/r:
//
//	tau - c + (1/M) sum_m w_m ( f*+(g_m - tau) + c ),   w_m = q/r, c = f(0)
//
// It is unbiased for the value and for the derivatives, jointly convex in the
// scores and tau, and costs O(M). (The constant c is taken out of the weighted
// mean because E_r[w] = 1 is known; it is 0 where f(0) is infinite.)
//
// For the softmax w_m f*+' = exp(g - tau + log q/r) is p/r as the model sees
// it, and early in training it can be astronomically large. MaxRatio bounds
// it: where w_m (f*+)'(v) would exceed MaxRatio, f*+ is continued by its
// tangent. That is the conjugate of f restricted to ratios u <= MaxRatio/w_m,
// so the objective stays convex and the scores keep a gradient; it is biased
// only while the model claims a ratio p/r above MaxRatio. For generators whose
// conjugate ends (Hellinger, JensenShannon, ReverseKL) the tangent also takes
// over where a score exceeds tau by more than f*+ allows; its slope is then
// the whole pull back, so 100 is a better MaxRatio than the default.
type Sampled struct {
	// Loss is the generator f; nil stands for Softmax.
	Loss Generator
	// MaxRatio bounds p/r as above. 0 stands for DefaultMaxRatio; +Inf
	// switches the bound off, and a value that overflows is then +Inf.
	MaxRatio float64
}

// DefaultMaxRatio is about e^30. Ratios beyond it cannot be estimated from any
// feasible number of samples.
const DefaultMaxRatio = 1e13

// Generator is Loss, or Softmax where it is nil.
func (s Sampled) Generator() Generator {
	if s.Loss == nil {
		return Softmax
	}
	return s.Loss
}

// Bound is MaxRatio, or its default.
func (s Sampled) Bound() float64 {
	if s.MaxRatio == 0 {
		return DefaultMaxRatio
	}
	return s.MaxRatio
}

// Validate wants a valid Loss and a MaxRatio that is not negative or NaN.
func (s Sampled) Validate() error {
	if !(s.Bound() > 0) {
		return fmt.Errorf("fenchel: MaxRatio %g is not positive", s.MaxRatio)
	}
	return s.Generator().Validate()
}

// Evaluate returns the estimate and its derivative with respect to tau, and
// overwrites dscores with the derivatives with respect to the M scores:
// dscores[m] = w_m (f*+)'(scores[m] - tau)/M, dtau = 1 - sum_m dscores[m].
// logw[m] is log q/r of structure m; nil stands for zeros (r = q). dscores may
// be scores itself. M must be at least 1.
func (s Sampled) Evaluate(dscores, scores, logw []float64, tau float64) (value, dtau float64) {
	if len(scores) == 0 {
		panic("fenchel: Evaluate without scores")
	}
	excess, mass := s.Accumulate(dscores, scores, logw, tau)
	inv := 1 / float64(len(scores))
	for m := range dscores {
		dscores[m] *= inv
	}
	return s.Value(tau, excess*inv), 1 - mass*inv
}

// Value is the objective tau - c + excess, where excess is the (weighted) mean
// of f*+(g - tau) + c.
func (s Sampled) Value(tau, excess float64) float64 { return tau - centre(s.Generator()) + excess }

// Accumulate overwrites ratio[m] with w_m (f*+)'(scores[m] - tau) and returns
// the sums over m of w_m (f*+(scores[m] - tau) + c) and of ratio[m]. It is
// Evaluate without the mean, for expectations that are summed in pieces.
func (s Sampled) Accumulate(ratio, scores, logw []float64, tau float64) (excessSum, ratioSum float64) {
	if len(ratio) != len(scores) || logw != nil && len(logw) != len(scores) {
		panic("fenchel: Accumulate: wrong lengths")
	}
	f := s.Generator()
	if f == Softmax {
		return s.softmax(ratio, scores, logw, tau)
	}
	bound, c := s.Bound(), centre(f)
	for m, score := range scores {
		w := 1.0
		if logw != nil {
			w = math.Exp(logw[m])
		}
		if w == 0 {
			ratio[m] = 0
			continue
		}
		v := score - tau
		u := f.Ratio(v)
		if u == 0 {
			ratio[m] = 0
			continue
		}
		if w*u > bound {
			u = bound / w
			excessSum += bound*v - w*(f.F(u)-c)
		} else {
			excessSum += w * excess(f, v)
		}
		ratio[m] = w * u
		ratioSum += w * u
	}
	return excessSum, ratioSum
}

// softmax is Accumulate for KL, where the weight and the ratio share one
// exponent, so that neither overflows alone.
func (s Sampled) softmax(ratio, scores, logw []float64, tau float64) (excessSum, ratioSum float64) {
	bound := s.Bound()
	logBound := math.Log(bound)
	if logw != nil { // log p/r + tau
		floats.AddTo(ratio, scores, logw)
		scores = ratio
	}
	apart := len(ratio) > 0 && &ratio[0] != &scores[0]
	if apart || kernel.Max(scores)-tau <= logBound {
		// Where all terms are positive, none is above the sum.
		if sum := kernel.ExpSum(ratio, scores, tau); !apart || sum <= bound {
			return sum, sum
		}
	}
	for m, score := range scores {
		a, e := score-tau, bound // a is log p/r
		if a > logBound {
			excessSum += bound * (1 + a - logBound)
		} else {
			e = math.Exp(a)
			excessSum += e
		}
		ratio[m] = e
		ratioSum += e
	}
	return excessSum, ratioSum
}
