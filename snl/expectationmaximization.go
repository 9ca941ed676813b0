package snl

import (
	"math"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// expectationMaximization fits a mixture of Gaussians.
type expectationMaximization struct {
	form    GaussianMixture
	ys      []Point   // of positive weight
	example []float64 // their weights; nil for ones
	dim     int
	total   float64
	scale   []float64 // standard deviations of the points
	floor   []float64 // least variance per coordinate

	weights []float64
	means   [][]float64
	covs    [][]float64
	resp    []float64 // n x K
}

const (
	// emSteps bounds the steps from one start.
	emSteps = 500
	// emTolerance is the gain of the mean log-likelihood, in nats, below
	// which a start has converged.
	emTolerance = 1e-7
)

func newExpectationMaximization(g GaussianMixture, ys []Point, weights []float64, dim int) *expectationMaximization {
	e := &expectationMaximization{form: g, ys: ys, example: weights, dim: dim}
	_, e.scale = moments(ys, weights, dim)
	for _, s := range e.scale {
		e.floor = append(e.floor, g.floor()*s*s)
	}
	if weights != nil {
		e.ys, e.example = nil, nil
		for i, w := range weights {
			if w > 0 {
				e.ys, e.example = append(e.ys, ys[i]), append(e.example, w)
			}
		}
	}
	for i := range e.ys {
		e.total += weight(e.example, i)
	}
	return e
}

// parameters are copies of the current ones.
func (e *expectationMaximization) parameters() (weights []float64, means, covs [][]float64) {
	return e.weights, e.means, e.covs
}

// run makes steps from one start until they gain nothing, and returns the mean
// log-likelihood.
func (e *expectationMaximization) run(rng *rand.Rand) (float64, error) {
	e.start(rng)
	last := math.Inf(-1)
	for range emSteps {
		likelihood, err := e.expect()
		if err != nil {
			return 0, err
		}
		if likelihood-last < emTolerance {
			return likelihood, nil
		}
		last = likelihood
		e.maximize()
	}
	return last, nil
}

// start puts components of equal weight and the spread of the nearest points
// at k-means++ centres: one hard assignment and a maximisation.
func (e *expectationMaximization) start(rng *rand.Rand) {
	centres := kMeansPlusPlus(e.ys, e.example, e.scale, e.form.components(), rng)
	k := len(centres)
	e.weights, e.means, e.covs = make([]float64, k), make([][]float64, k), make([][]float64, k)
	e.resp = numeric.Zeroed(e.resp, len(e.ys)*k)
	for i, y := range e.ys {
		best, at := math.Inf(1), 0
		for c, centre := range centres {
			d := 0.0
			for j := range centre {
				z := (y[j] - centre[j]) / e.scale[j]
				d += z * z
			}
			if d < best {
				best, at = d, c
			}
		}
		e.resp[i*k+at] = weight(e.example, i)
	}
	e.maximize()
}

// expect computes responsibilities, times the weights of the examples, and
// returns the mean log-likelihood.
func (e *expectationMaximization) expect() (float64, error) {
	n, k := len(e.ys), len(e.weights)
	column := make([]float64, n)
	for c := range k {
		d, err := (FullGaussian{Mean: e.means[c], Covariance: e.covs[c]}).Bind(e.dim)
		if err != nil {
			return 0, err
		}
		d.LogDensity(column, e.ys)
		share := math.Log(e.weights[c])
		for i, l := range column {
			e.resp[i*k+c] = share + l
		}
	}
	likelihood := 0.0
	for i := range n {
		row, w := e.resp[i*k:(i+1)*k], weight(e.example, i)
		l := numeric.LogSumExp(row)
		likelihood += w / e.total * l
		kernel.ExpSum(row, row, l)
		if w != 1 {
			kernel.Scale(row, w)
		}
	}
	return likelihood, nil
}

// maximize sets the parameters from the responsibilities, into memory of their
// own.
func (e *expectationMaximization) maximize() {
	n, d, k := len(e.ys), e.dim, len(e.weights)
	e.weights = make([]float64, k)
	e.means, e.covs = make([][]float64, k), make([][]float64, k)
	for c := range k {
		mass, mean, cov := 0.0, make([]float64, d), make([]float64, d*d)
		for i := range n {
			if r := e.resp[i*k+c]; r > 0 {
				mass += r
				for j, v := range e.ys[i] {
					mean[j] += r / mass * (v - mean[j])
				}
			}
		}
		for i := range n {
			r := e.resp[i*k+c]
			if r == 0 {
				continue
			}
			for a := range d {
				da := r / mass * (e.ys[i][a] - mean[a])
				for b := range a + 1 {
					if a == b || !e.form.Diagonal {
						cov[a*d+b] += da * (e.ys[i][b] - mean[b])
					}
				}
			}
		}
		for a := range d {
			for b := range a {
				cov[b*d+a] = cov[a*d+b]
			}
			// Adding the floor, and not only raising to it, keeps
			// correlations away from 1.
			cov[a*d+a] += e.floor[a]
		}
		// A component that lost all its points keeps a trace of weight.
		e.weights[c] = max(mass/e.total, 1e-12)
		e.means[c], e.covs[c] = mean, cov
	}
	sum := 0.0
	for _, w := range e.weights {
		sum += w
	}
	for c := range e.weights {
		e.weights[c] /= sum
	}
}
