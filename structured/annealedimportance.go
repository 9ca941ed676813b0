package structured

import (
	"errors"
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
)

// AnnealedImportance estimates Z by annealed importance sampling (Neal 2001):
// chains start at independent draws from r and are moved under the
// distributions pi_b proportional to r exp(b v) as b grows from 0 to 1, v = log
// q + g - log r; each has the weight
//
//	log w = sum_t (b_{t+1} - b_t) v(y_t),   E[w] = Z.
//
// The estimate of Z is unbiased for any kernel that leaves pi_b as it is, and
// that of log Z is low on average, by half the squared error where the weights
// are even. The standard error is that of the delta method. How small it is
// depends on how many temperatures there are, and how far the kernel moves.
//
// The temperatures are adapted to theta by chains of a pilot run: each next one
// is as far as keeps the conditional effective sample size of the increments at
// the Overlap (Zhou, Johansen, Aston 2016). They are then fixed, and other
// chains make the estimate, so that it stays unbiased.
type AnnealedImportance[Y any] struct {
	// Kernel moves the chains; it is needed.
	Kernel AnnealingKernel[Y]
	// Chains is the number of chains that make the estimate; 0 stands for 128.
	Chains int
	// Pilot is the number of chains that find the temperatures; 0 stands for
	// 32.
	Pilot int
	// Overlap of neighbouring temperatures, in (0, 1): the effective share of
	// the pilot's chains. 0 stands for 0.995. The variance of log w falls
	// like the square root of 1 - Overlap where the kernel mixes, and the
	// cost grows so.
	Overlap float64
	// Steps is the number of steps of the kernel at each temperature; 0
	// stands for 1.
	Steps int
	// Error is the standard error to be reached: Chains are added until it is,
	// up to 16 times as many, and where their weights are so uneven that more
	// would be of little use, the run begins again with twice as many
	// temperatures, up to 4 times. 0 stands for no more than Chains. Stopping
	// by what was seen costs the estimate a little of being unbiased.
	Error float64
}

// maxRounds bounds how often chains are added.
const maxRounds = 16

// The relative variance of the weights beyond which temperatures are doubled, which
// about halves the variance of their logarithms, rather than chains added; and how
// often.
const (
	mostVariance = 1.0
	maxFiner     = 4
)

// maxTemperatures ends a pilot run that gets nowhere.
const maxTemperatures = 100_000

// ErrAnnealing is returned where no ladder of temperatures leads to the model.
var ErrAnnealing = errors.New("structured: annealing does not get from the start to the model")

// Validate reports the first setting that makes no sense, if any.
func (a AnnealedImportance[Y]) Validate() error {
	if a.Kernel == nil {
		return errors.New("structured: AnnealedImportance.Kernel is missing")
	}
	if a.Chains < 0 || a.Chains == 1 || a.Pilot < 0 || a.Pilot == 1 || a.Steps < 0 {
		return fmt.Errorf("structured: AnnealedImportance with %d chains, %d pilots, %d steps", a.Chains, a.Pilot, a.Steps)
	}
	if !(a.Overlap >= 0 && a.Overlap < 1) {
		return fmt.Errorf("structured: AnnealedImportance.Overlap %g is not in (0, 1)", a.Overlap)
	}
	if !(a.Error >= 0) {
		return fmt.Errorf("structured: AnnealedImportance.Error %g is negative", a.Error)
	}
	return nil
}

// Bind returns the errors of Validate and of the Kernel.
func (a AnnealedImportance[Y]) Bind(p Problem[Y]) (BoundEstimator[Y], error) {
	return a.bind(p)
}

func (a AnnealedImportance[Y]) bind(p Problem[Y]) (*annealed[Y], error) {
	if err := a.Validate(); err != nil {
		return nil, err
	}
	path, err := a.Kernel.BindAnnealing(p)
	if err != nil {
		return nil, err
	}
	overlap := a.Overlap
	if overlap == 0 {
		overlap = 0.995
	}
	return &annealed[Y]{
		path: path, chains: orDefault(a.Chains, 128), pilot: orDefault(a.Pilot, 32), steps: orDefault(a.Steps, 1),
		overlap: overlap, target: a.Error,
	}, nil
}

type annealed[Y any] struct {
	path                 Annealing[Y]
	chains, pilot, steps int
	overlap, target      float64
}

// Places of the random numbers of a run.
const (
	annealPilot = iota
	annealChains
	annealReverse
)

func (a *annealed[Y]) EstimateLogZ(theta Theta, key uint64) (ImportanceEstimate, error) {
	ladder, err := a.ladder(theta, stream.Key(key, annealPilot))
	if err != nil {
		return ImportanceEstimate{}, err
	}
	c := a.path.Begin(a.chains, theta)
	defer c.End()
	for finer := uint64(0); ; finer++ {
		e, uneven, err := a.rounds(c, ladder, stream.Key(key, annealChains, finer), finer == maxFiner)
		if err != nil || !uneven {
			return e, err
		}
		ladder = halved(ladder)
	}
}

// rounds adds chains until the error is reached. Unless it is the last resort, it
// gives up, and reports so, where their weights turn out to be too uneven.
func (a *annealed[Y]) rounds(c AnnealedChains[Y], ladder []float64, key uint64, last bool) (e ImportanceEstimate, uneven bool, err error) {
	var logw []float64
	for round := range uint64(maxRounds) {
		logw = append(logw, a.forward(c, ladder, stream.Key(key, round))...)
		e, err = weighted(logw) // sorts: the weights are exchangeable
		if err != nil || a.target == 0 || e.Error <= a.target {
			return e, false, err
		}
		if !last && e.Error*e.Error*float64(len(logw)) > mostVariance {
			return e, true, nil
		}
	}
	return e, false, nil
}

// halved has a temperature in the middle of every two more.
func halved(ladder []float64) []float64 {
	out := ladder[:1:1]
	for t := 1; t < len(ladder); t++ {
		out = append(out, ladder[t-1]+(ladder[t]-ladder[t-1])/2, ladder[t])
	}
	return out
}

// Sample returns where the chains of one run end, with log weights: E[w f(y)] =
// Z E_p[f(y)] for any f, so that with weights of sum 1 they are a sample of the
// model, as good as their effective sample size. Error is not used. It is for
// one theta, and uses no randomness but key's.
func (a AnnealedImportance[Y]) Sample(p Problem[Y], theta Theta, key uint64) (ys []Y, logw []float64, err error) {
	bound, err := a.bind(p)
	if err != nil {
		return nil, nil, err
	}
	ladder, err := bound.ladder(theta, stream.Key(key, annealPilot))
	if err != nil {
		return nil, nil, err
	}
	c := bound.path.Begin(bound.chains, theta)
	defer c.End()
	logw = bound.forward(c, ladder, stream.Key(key, annealChains))
	ys = p.Space.Make(bound.chains)
	for i, y := range c.States() {
		p.Space.Copy(&ys[i], y)
	}
	return ys, logw, nil
}

// forward returns the log weights of chains from r to the model.
func (a *annealed[Y]) forward(c AnnealedChains[Y], ladder []float64, key uint64) []float64 {
	v, logw := make([]float64, a.chains), make([]float64, a.chains)
	c.Start(v, stream.Key(key, 0))
	for t := 1; t < len(ladder); t++ {
		for i := range v {
			logw[i] += (ladder[t] - ladder[t-1]) * v[i]
		}
		if t < len(ladder)-1 {
			a.move(c, v, ladder[t], stream.Key(key, uint64(t)))
		}
	}
	return logw
}

func (a *annealed[Y]) move(c AnnealedChains[Y], v []float64, b float64, key uint64) {
	for step := range a.steps {
		c.Move(v, b, stream.Key(key, uint64(step)))
	}
}

// ladder is 0 = b_0 < ... < b_T = 1.
func (a *annealed[Y]) ladder(theta Theta, key uint64) ([]float64, error) {
	c := a.path.Begin(a.pilot, theta)
	defer c.End()
	v := make([]float64, a.pilot)
	scratch := make([]float64, a.pilot)
	c.Start(v, stream.Key(key, 0))
	ladder := []float64{0}
	for t := uint64(1); t < maxTemperatures; t++ {
		for _, x := range v {
			if math.IsNaN(x) || math.IsInf(x, 1) {
				return nil, ErrAnnealing
			}
		}
		b := ladder[t-1]
		step := 1 - b
		if overlap(scratch, v, step) < a.overlap {
			low := 0.0
			for range 30 {
				mid := (low + step) / 2
				if overlap(scratch, v, mid) < a.overlap {
					step = mid
				} else {
					low = mid
				}
			}
			step = low
		}
		next := min(1, b+step)
		if !(next > b) {
			return nil, ErrAnnealing
		}
		ladder = append(ladder, next)
		if next == 1 {
			return ladder, nil
		}
		a.move(c, v, next, stream.Key(key, t))
	}
	return nil, ErrAnnealing
}

// overlap is the effective share of weights exp(step v).
func overlap(scratch, v []float64, step float64) float64 {
	for i, x := range v {
		scratch[i] = step * x
	}
	sum := numeric.LogSumExp(scratch)
	for i, x := range v {
		scratch[i] = 2 * step * x
	}
	return math.Exp(2*sum-numeric.LogSumExp(scratch)) / float64(len(v))
}

// AnnealedUpper estimates log Z from above, given structures that are exact
// draws from the model for theta, such as those of an ExactSampler or of a
// simulation: chains go from them down to r, with weights
//
//	log w = sum_t (b_t - b_{t+1}) v(y_t),   E[w] = 1/Z,
//
// so that -log mean w is above log Z on average (bidirectional Monte Carlo,
// Grosse, Ghahramani, Adams 2015). With the estimate from below it says how far
// off annealing can be. Only the number of structures counts of Chains.
func (a AnnealedImportance[Y]) AnnealedUpper(p Problem[Y], theta Theta, exact []Y, key uint64) (ImportanceEstimate, error) {
	bound, err := a.bind(p)
	if err != nil {
		return ImportanceEstimate{}, err
	}
	bound.chains = len(exact)
	ladder, err := bound.ladder(theta, stream.Key(key, annealPilot))
	if err != nil {
		return ImportanceEstimate{}, err
	}
	c := bound.path.Begin(len(exact), theta)
	defer c.End()
	key = stream.Key(key, annealReverse)
	v, logw := make([]float64, len(exact)), make([]float64, len(exact))
	c.Place(v, exact)
	for t := len(ladder) - 1; t > 0; t-- {
		if t < len(ladder)-1 {
			bound.move(c, v, ladder[t], stream.Key(key, uint64(t)))
		}
		for i := range v {
			logw[i] -= (ladder[t] - ladder[t-1]) * v[i]
		}
	}
	e, err := weighted(logw)
	e.Value = -e.Value
	return e, err
}
