package structured

import "github.com/gibbs-ebm/gibbs/internal/stream"

// An AnnealingKernel is a Markov chain that can also move under the
// distributions on the way from one that can be drawn from to the model,
//
//	pi_b(y) proportional to r(y) exp(b v(y)),   v = log q + g - log r,   0 <= b <= 1,
//
// pi_0 = r and pi_1 = p. Which r is its own: the reference, or a distribution
// near the model.
type AnnealingKernel[Y any] interface {
	Kernel[Y]
	// BindAnnealing fits it to a problem, or says why it does not fit.
	BindAnnealing(p Problem[Y]) (Annealing[Y], error)
}

// Annealing is an AnnealingKernel for a problem. It is immutable and safe for
// concurrent use.
type Annealing[Y any] interface {
	// Begin returns n chains for theta, for one goroutine, which returns
	// them by End.
	Begin(n int, theta Theta) AnnealedChains[Y]
}

// AnnealedChains are chains at work.
type AnnealedChains[Y any] interface {
	// Start places the chains at independent draws from r and overwrites v,
	// of length n.
	Start(v []float64, key uint64)
	// Place places the chains at structures and overwrites v.
	Place(v []float64, ys []Y)
	// Move moves each chain by a step that leaves pi_b as it is, and
	// overwrites v. The random numbers derive from key.
	Move(v []float64, b float64, key uint64)
	// States are where the chains are, valid until the next call.
	States() []Y
	// End gives the memory back.
	End()
}

// BindAnnealing starts from the Proposal, or the reference; a step proposes
// draws from it, Steps times, and accepts with probability
// min(1, exp(b (v(y') - v(y)))).
func (k IndependenceMetropolis[Y]) BindAnnealing(p Problem[Y]) (Annealing[Y], error) {
	c, err := k.Bind(p)
	if err != nil {
		return nil, err
	}
	return c.(*independence[Y]), nil
}

func (c *independence[Y]) Begin(n int, theta Theta) AnnealedChains[Y] {
	return &annealedIndependence[Y]{
		independence: c, theta: theta, ys: c.source.space.Make(n), next: c.source.space.Make(n),
		logw: make([]float64, n), logr: make([]float64, n), logq: make([]float64, n),
	}
}

type annealedIndependence[Y any] struct {
	*independence[Y]
	theta            Theta
	ys, next         []Y
	logw, logr, logq []float64
	source           stream.Source
}

func (a *annealedIndependence[Y]) States() []Y { return a.ys }
func (a *annealedIndependence[Y]) End()        {}

// draw overwrites ys with draws from r.
func (a *annealedIndependence[Y]) draw(ys []Y, key uint64) {
	if p := a.independence.source.proposal; p != nil {
		p.Sample(ys, a.logr, a.theta, key)
		return
	}
	a.independence.source.space.Sample(ys, a.source.At(key))
}

// value overwrites v.
func (a *annealedIndependence[Y]) value(v []float64, ys []Y) {
	a.coupling.Score(v, a.theta, ys)
	if s := &a.independence.source; !s.reference() {
		s.space.LogProb(a.logq, ys)
		s.density.LogProb(a.logr, ys, a.theta)
		for i := range v {
			v[i] += a.logq[i] - a.logr[i]
		}
	}
}

func (a *annealedIndependence[Y]) Start(v []float64, key uint64) {
	a.draw(a.ys, key)
	a.value(v, a.ys)
}

func (a *annealedIndependence[Y]) Place(v []float64, ys []Y) {
	for i, y := range ys {
		a.independence.source.space.Copy(&a.ys[i], y)
	}
	a.value(v, a.ys)
}

func (a *annealedIndependence[Y]) Move(v []float64, b float64, key uint64) {
	for step := range a.steps {
		a.draw(a.next, stream.Key(key, uint64(step), 0))
		a.value(a.logw, a.next)
		rng := a.source.At(stream.Key(key, uint64(step), 1))
		for i, w := range a.logw {
			if accept(b*(w-v[i]), rng.Float64()) {
				a.independence.source.space.Copy(&a.ys[i], a.next[i])
				v[i] = w
			}
		}
	}
}
