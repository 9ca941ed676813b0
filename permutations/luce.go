package permutations

import (
	"errors"
	"math"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Luce is the Plackett-Luce model (Luce 1959; Plackett 1975) as a coupling: its
// logits are the log weights of the labels, k of them, and its score is
//
//	g(x, y) = log PL(y; h(x)) - log q(y),
//
// so that log Z = 0 whatever the logits. With the objective Exact it is the
// classical likelihood of label ranking, normalised without a sum over
// orderings; partial rankings count with their exact probability. It is for
// comparison with the energies of this package, and wants the uniform
// reference.
type Luce struct{}

// Bind makes the coupling for k labels.
func (Luce) Bind(k int) (structured.Inferrer[Ordering], error) { return &luce{k: k}, nil }

type luce struct {
	k    int
	idle sync.Pool // of *luceScratch
}

type luceScratch struct {
	likelihood plackettLuceLikelihood
	choice     repeatedChoice
	keys       []float64
}

func (c *luce) scratch() *luceScratch {
	if s, ok := c.idle.Get().(*luceScratch); ok {
		return s
	}
	s := &luceScratch{keys: make([]float64, c.k)}
	s.choice.init(c.k)
	return s
}

func (c *luce) NumLogits() int                    { return c.k }
func (c *luce) NumOwn() int                       { return 0 }
func (c *luce) InitOwn(own []float64, key uint64) {}

// Score costs O(k) an ordering.
func (c *luce) Score(dst []float64, theta structured.Theta, ys []Ordering) {
	s := c.scratch()
	defer c.idle.Put(s)
	s.choice.set(theta.Logits)
	base := numeric.LogFactorial(c.k)
	for m, y := range ys {
		dst[m] = base + s.choice.logProb(y)
	}
}

// AddGrad costs O(k) an ordering.
func (c *luce) AddGrad(grad, theta structured.Theta, ys []Ordering, weights []float64) {
	s := c.scratch()
	defer c.idle.Put(s)
	for m, y := range ys {
		s.likelihood.addGrad(grad.Logits, theta.Logits, y, weights[m])
	}
}

// plackettLuceLogits are its own: the proposal that follows it is exact.
func (c *luce) plackettLuceLogits(dst []float64, theta structured.Theta) { copy(dst, theta.Logits) }

var errLuceReference = errors.New("permutations: Luce wants the uniform reference")

// Infer wants a *Space over as many labels with the uniform reference.
func (c *luce) Infer(s structured.Space[Ordering]) (structured.Inference[Ordering], error) {
	space, err := asSpace(s, c.k)
	if err != nil {
		return nil, err
	}
	if !space.Uniform() {
		return nil, errLuceReference
	}
	inf := &luceInference{c}
	if c.k <= MaxExact {
		return &luceSubsets{luceInference: inf}, nil
	}
	return inf, nil
}

// luceInference is exact for any number of labels; see luceSubsets for what
// takes a sum over subsets of them.
type luceInference struct{ *luce }

var (
	_ structured.ConditionalLogPartition[Ordering] = (*luceInference)(nil)
	_ structured.ExactSampler[Ordering]            = (*luceInference)(nil)
	_ PairMarginalizer                             = (*luceInference)(nil)
)

// LogZ is 0.
func (inf *luceInference) LogZ(theta structured.Theta) float64 {
	for _, l := range theta.Logits {
		if math.IsNaN(l) {
			return l
		}
	}
	return 0
}

// AddGradLogZ adds nothing.
func (inf *luceInference) AddGradLogZ(grad, theta structured.Theta, weight float64) float64 {
	return inf.LogZ(theta)
}

// AddGradLogZGiven takes a Partial: the log-probability of a partial ranking.
func (inf *luceInference) AddGradLogZGiven(grad, theta structured.Theta, e structured.Evidence[Ordering], weight float64) (float64, error) {
	p, err := asPartial(e, inf.k)
	if err != nil {
		return math.NaN(), err
	}
	s := inf.scratch()
	defer inf.idle.Put(s)
	var dst []float64
	if weight != 0 {
		dst = grad.Logits
	}
	return s.likelihood.partial(dst, theta.Logits, p, weight)
}

// Mode sorts the labels by their weights; ties go to the lower label.
func (inf *luceInference) Mode(dst *Ordering, theta structured.Theta, _ uint64) (float64, bool) {
	sortByScore(*dst, theta.Logits)
	s := inf.scratch()
	defer inf.idle.Put(s)
	s.choice.set(theta.Logits)
	return s.choice.logProb(*dst), true
}

// SampleModel draws by Gumbel-argsort, O(k log k) each.
func (inf *luceInference) SampleModel(ys []Ordering, theta structured.Theta, key uint64) {
	s := inf.scratch()
	defer inf.idle.Put(s)
	s.choice.set(theta.Logits)
	rng := stream.New(key)
	for _, y := range ys {
		s.choice.sample(y, s.keys, rng)
	}
}

// PairMarginals are w_i/(w_i + w_j), by Luce's axiom.
func (inf *luceInference) PairMarginals(dst []float64, theta structured.Theta) {
	for i, a := range theta.Logits {
		for j, b := range theta.Logits {
			dst[i*inf.k+j] = 1 / (1 + math.Exp(b-a))
		}
		dst[i*inf.k+i] = 0
	}
}

// K is the number of labels.
func (inf *luceInference) K() int { return inf.k }
