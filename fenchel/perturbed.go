package fenchel

import (
	"fmt"
	"math"
	"sync"

	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// Perturbed is the Fenchel-Young loss of an oracle whose scores are perturbed by
// noise Z (Berthet, Blondel, Teboul, Cuturi, Vert, Bach 2020),
//
//	F(s) = E[ max_v <s + Scale Z, v> ],   dF/ds = E[ argmax_v <s + Scale Z, v> ]
//	L(s; y) = F(s) + Omega(y) - <s, y> >= 0,   Omega the conjugate of F,
//
// smooth and convex in the scores. The mean vertex lies inside the polytope,
// and Omega is 0 at vertices: L is 0 only in the limit, as for the softmax,
// which it is for Gumbel noise on the simplex. Elsewhere it is another loss than
// that of the distribution exp(s).
//
// It is estimated from Samples calls of the oracle. Everything returned is an
// unbiased estimate with its standard error, and a function of the arguments and
// key alone. For one key the estimates are a convex piecewise linear function
// of the scores and its gradient.
//
// It is immutable and safe for concurrent use. Destinations are overwritten and
// must not overlap the scores. Errors are those of the oracle, ErrNaN and
// ErrOracle.
type Perturbed struct {
	// Of is the oracle; it is needed.
	Of Oracle
	// Noise is the distribution of Z.
	Noise Noise
	// Scale is the temperature; 0 stands for 1.
	Scale float64
	// Samples is the number of perturbations; 0 stands for 100. From a single
	// one the errors are +Inf: nothing is known of them.
	Samples int
	// Antithetic draws them in mirrored pairs, whose mean is one draw for the
	// errors: Samples is even. Where a vertex entry or the maximum is monotone
	// in each score, as on the simplex, their variance is never larger.
	Antithetic bool
}

// Estimate is the mean of independent draws, and its standard error.
type Estimate struct{ Value, Error float64 }

func (p Perturbed) scale() float64 {
	if p.Scale == 0 {
		return 1
	}
	return p.Scale
}

// units is the number of independent draws, of each calls of the oracle.
func (p Perturbed) units() (units, each int) {
	n := p.Samples
	if n == 0 {
		n = 100
	}
	if p.Antithetic {
		return n / 2, 2
	}
	return n, 1
}

// perturbation is the memory of one estimate.
type perturbation struct {
	source                      stream.Source
	noise, scores, vertex, unit []float64
	mean, square                []float64 // of unit, as it comes in
	value                       welford
}

// welford is a mean and a sum of squares around it (Welford 1962).
type welford struct{ n, mean, square float64 }

func (w *welford) add(x float64) {
	w.n++
	d := x - w.mean
	w.mean += d / w.n
	w.square += d * (x - w.mean)
}

func standardError(square, n float64) float64 {
	if n < 2 {
		return math.Inf(1)
	}
	return math.Sqrt(square / (n - 1) / n)
}

var perturbations = sync.Pool{New: func() any { return new(perturbation) }}

// Argmax overwrites mean with the mean vertex and errs, which may be nil, with
// the standard errors of its entries, and returns F.
func (p Perturbed) Argmax(mean, errs, scores []float64, key uint64) (conjugate Estimate, err error) {
	if len(mean) != len(scores) {
		panic("fenchel: Argmax: wrong lengths")
	}
	return p.estimate(mean, errs, scores, key, func(s *perturbation) (value, weight float64) {
		return floats.Dot(s.scores, s.vertex), 1
	})
}

// Loss returns the mean over the noise of the perceptron's loss,
//
//	E[ max_v <s + Scale Z, v> - <s + Scale Z, y> ],
//
// and overwrites grad, which may be nil, with its gradient E[argmax] - y, and
// errs, which may be nil, with the standard errors of that. It is L where the
// target is a vertex, and otherwise L - Omega(y): too large by what does not
// depend on the scores. No sample is negative (for a target in the polytope),
// and those where the target wins are 0, with no gradient.
func (p Perturbed) Loss(grad, errs, scores, target []float64, key uint64) (Estimate, error) {
	if len(target) != len(scores) || grad != nil && len(grad) != len(scores) {
		panic("fenchel: Loss: wrong lengths")
	}
	if err := allFinite(target, ErrTarget); err != nil {
		return Estimate{}, err
	}
	return p.estimate(grad, errs, scores, key, func(s *perturbation) (value, weight float64) {
		floats.Sub(s.vertex, target)
		return floats.Dot(s.scores, s.vertex), 1
	})
}

// JVP overwrites dst with the Jacobian of the mean vertex times direction, and
// errs, which may be nil, with its standard errors: the derivative is taken of
// the density of the noise (Stein's lemma; Abernethy, Lee, Tewari 2016),
//
//	J d = E[ (argmax_v <s + Scale Z, v> - argmax_v <s, v>) <-(log f)'(Z), d> ] / Scale.
//
// The vertex without noise, whose product has mean 0, takes out most of the
// variance where the noise rarely matters.
func (p Perturbed) JVP(dst, errs, scores, direction []float64, key uint64) error {
	if len(dst) != len(scores) || len(direction) != len(scores) {
		panic("fenchel: JVP: wrong lengths")
	}
	base := make([]float64, len(scores))
	if err := allFinite(scores, ErrNaN); err != nil {
		return err
	}
	if err := p.Of.Best(base, scores); err != nil {
		return err
	}
	_, err := p.estimate(dst, errs, scores, key, func(s *perturbation) (value, weight float64) {
		floats.Sub(s.vertex, base)
		for i, z := range s.noise {
			weight += p.Noise.slope(z) * direction[i]
		}
		return 0, weight / p.scale()
	})
	return err
}

// estimate is the mean, over the draws, of value and of weight times what of
// leaves in vertex.
func (p Perturbed) estimate(mean, errs, scores []float64, key uint64, of func(*perturbation) (value, weight float64)) (Estimate, error) {
	if errs != nil && len(errs) != len(scores) {
		panic("fenchel: Perturbed: wrong lengths")
	}
	if err := allFinite(scores, ErrNaN); err != nil {
		return Estimate{}, err
	}
	s := perturbations.Get().(*perturbation)
	defer perturbations.Put(s)
	n := len(scores)
	s.noise, s.scores, s.vertex = grow(s.noise, n), grow(s.scores, n), grow(s.vertex, n)
	s.unit, s.mean, s.square = grow(s.unit, n), grow(s.mean, n), grow(s.square, n)
	clear(s.mean)
	clear(s.square)
	s.value = welford{}
	units, each := p.units()
	for u := range units {
		clear(s.unit)
		value := 0.0
		for half := range each {
			p.Noise.Draw(s.noise, half == 1, s.source.At(stream.Key(key, uint64(u))))
			for i, z := range s.noise {
				s.scores[i] = scores[i] + p.scale()*z
			}
			if err := p.Of.Best(s.vertex, s.scores); err != nil {
				return Estimate{}, err
			}
			if err := allFinite(s.vertex, ErrOracle); err != nil {
				return Estimate{}, err
			}
			v, weight := of(s)
			value += v / float64(each)
			floats.AddScaled(s.unit, weight/float64(each), s.vertex)
		}
		s.value.add(value)
		for i, x := range s.unit {
			d := x - s.mean[i]
			s.mean[i] += d / float64(u+1)
			s.square[i] += d * (x - s.mean[i])
		}
	}
	if mean != nil {
		copy(mean, s.mean)
	}
	for i := range errs {
		errs[i] = standardError(s.square[i], float64(units))
	}
	return Estimate{s.value.mean, standardError(s.value.square, s.value.n)}, nil
}

// Validate wants an oracle, a noise there is, a positive finite Scale, and
// Samples that are not negative, even where they are Antithetic.
func (p Perturbed) Validate() error {
	if err := p.Noise.Validate(); err != nil {
		return err
	}
	if c := p.scale(); !(c > 0) || math.IsInf(c, 1) {
		return fmt.Errorf("fenchel: scale %g is not positive and finite", c)
	}
	if p.Antithetic && p.Samples%2 != 0 {
		return fmt.Errorf("fenchel: %d antithetic Samples are not in pairs", p.Samples)
	}
	return validOracle("Perturbed", p.Of, p.Samples)
}

// String names the noise, as in perturbed by gumbel.
func (p Perturbed) String() string {
	name := "perturbed by " + p.Noise.String()
	if p.scale() != 1 {
		name += fmt.Sprintf("/%g", p.scale())
	}
	return name
}
