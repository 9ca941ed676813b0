package snl

import (
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// DenoisingScoreMatching learns the density of the data with Gaussian noise on
// them, by the direction in which the noise can be taken off again (Vincent
// 2011, eq. 9): the mean over z ~ N(0, I) of
//
//	|s(y + Sigma z) + z/Sigma|^2/2 - d/(2 Sigma^2),   s = grad_y [ g(x, y) + log q(y) ],
//
// whose mean over the data is that of [ScoreMatching] over the noisy data, so
// that the two compare. It is consistent for p_data * N(0, Sigma^2 I), which is
// wider than the data by Sigma, and never for the data themselves.
//
// Noise comes in pairs z and -z, and |z|^2/(2 Sigma^2) is replaced by its mean,
//
//	loss(x, y) = (1/2M) sum_{+-z} [ |s(y +- Sigma z)|^2/2 +- <s(y +- Sigma z), z>/Sigma ].
//
// That is unbiased and has a variance which stays finite as Sigma tends to 0,
// where the published form has none: it then is [SlicedScoreMatching] with
// Normal directions.
//
// An example costs 2M gradients in y and passes of order 1; no second
// derivatives are needed. The coupling must be Smooth, and the base have a
// gradient and no bounds, or be Lebesgue measure.
type DenoisingScoreMatching struct {
	// Sigma is the standard deviation of the noise, in the units of the space;
	// 0 stands for 0.2.
	Sigma float64
	// Pairs is the number M of pairs of noise per example; 0 stands for 1.
	Pairs int
}

// String is dsm.
func (DenoisingScoreMatching) String() string { return "dsm" }

// Validate reports the first setting that makes no sense, if any.
func (o DenoisingScoreMatching) Validate() error {
	if !(o.Sigma >= 0) || math.IsInf(o.Sigma, 1) {
		return fmt.Errorf("snl: DenoisingScoreMatching.Sigma %g is not positive and finite", o.Sigma)
	}
	if o.Pairs < 0 {
		return fmt.Errorf("snl: DenoisingScoreMatching.Pairs %d is negative", o.Pairs)
	}
	return nil
}

// Bind returns the errors of Validate, an *OrderError for a coupling that is not
// Smooth, ErrBounded, and an error for a base without a gradient.
func (o DenoisingScoreMatching) Bind(p structured.Problem[Point]) (structured.Criterion[Point], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	f, err := bindScores(p, "DenoisingScoreMatching", 1)
	if err != nil {
		return nil, err
	}
	return &denoising{field: f, sigma: orDefault(o.Sigma, 0.2), n: 2 * orDefault(o.Pairs, 1)}, f.unbounded()
}

type denoising struct {
	unnormalised
	field scoreField
	sigma float64
	n     int // noisy points per example
}

type denoisingScratch struct {
	scoreScratch
	points scratch // the noisy points, then the directions of the gradient
	w      []float64
}

func (c *denoising) NewScratch() structured.Scratch { return new(denoisingScratch) }

func (c *denoising) Evaluate(b *structured.Batch[Point], scratch structured.Scratch) error {
	s := scratch.(*denoisingScratch)
	return eachTheta("dsm", b, func(lo, hi int) { c.run(b, s, lo, hi) })
}

func (c *denoising) run(b *structured.Batch[Point], s *denoisingScratch, lo, hi int) {
	f, theta, n := &c.field, b.Theta(lo), (hi-lo)*c.n
	points := s.points.makePoints(2*n, f.dim)
	ys, pulls := points[:n], points[n:]
	s.w = numeric.Grow(s.w, n)
	for i, y := range b.Y[lo:hi] {
		rng := b.Rand(lo + i)
		for at := i * c.n; at < (i+1)*c.n; at += 2 {
			for j, v := range y {
				z := rng.NormFloat64()
				ys[at][j], ys[at+1][j] = v+c.sigma*z, v-c.sigma*z
				pulls[at][j], pulls[at+1][j] = z/c.sigma, -z/c.sigma
			}
		}
	}
	scores := f.evaluate(&s.scoreScratch, theta, ys)
	for i := lo; i < hi; i++ {
		loss, weight := 0.0, scaleOf(b, i)/float64(c.n)
		for at := (i - lo) * c.n; at < (i-lo+1)*c.n; at++ {
			s.w[at] = weight
			for j, v := range scores[at*f.dim : (at+1)*f.dim] {
				loss += v * (0.5*v + pulls[at][j])
				pulls[at][j] += v
			}
		}
		b.Loss[i] = loss / float64(c.n)
	}
	if b.WantsGrad() {
		f.smooth.AddGradJet(b.Grad(lo), theta, ys, pulls, nil, s.w, nil)
	}
}
