package sets

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// ClassifierChain is the probabilistic classifier chain (Dembczynski, Cheng,
// Hüllermeier 2010) as a coupling: a logistic regression of each label on x and
// the labels before it in an order,
//
//	p(y|x) = prod_j sigmoid( ±( u_j(x) + sum_{i before j, i in y} W_ji ) ),   g = log p - log q,
//
// so that log Z = 0 whatever the logits. With the objective Exact and a linear
// network it is what classifier chains learn (Read, Pfahringer, Holmes, Frank
// 2009): they are learned on the true labels before. It is for comparison with
// the energies of this package, and wants the uniform reference, which is its
// default.
//
// Its logits are u (k); W are k(k-1)/2 parameters of the coupling, by place in
// the order. Draws are exact, O(k |y|) each. Modes are found by beam search
// (Kumar, Vembu, Menon, Elkan 2013), and proven if no prefix that was dropped is
// more probable than the set that was found.
type ClassifierChain struct {
	// Order of the labels, each once; nil stands for 0, ..., k-1.
	Order []int
	// Beam is the number of prefixes that are kept; 0 stands for 16. With 1 each
	// label is predicted given the predictions before it, as the classifier
	// chains of Read et al. are.
	Beam int
}

// Bind makes the coupling; an Order that is none is an error.
func (c ClassifierChain) Bind(k int) (structured.Inferrer[Set], error) {
	order := c.Order
	if order == nil {
		order = inOrder(k)
	}
	sorted := slices.Clone(order)
	slices.Sort(sorted)
	if !slices.Equal(sorted, inOrder(k)) {
		return nil, fmt.Errorf("sets: ClassifierChain.Order %v is no order of %d labels", c.Order, k)
	}
	if c.Beam < 0 {
		return nil, fmt.Errorf("sets: ClassifierChain.Beam %d is negative", c.Beam)
	}
	beam := c.Beam
	if beam == 0 {
		beam = 16
	}
	return &classifierChain{labelChain: labelChain{order: slices.Clone(order), max: k}, beam: beam}, nil
}

// defaultReference is the one that it wants.
func (ClassifierChain) defaultReference() Reference { return Uniform{} }

type classifierChain struct {
	labelChain
	beam int
	idle sync.Pool // of *chainState
}

func (c *classifierChain) state() *chainState {
	if s, ok := c.idle.Get().(*chainState); ok {
		return s
	}
	return &chainState{}
}

func (c *classifierChain) NumLogits() int { return len(c.order) }
func (c *classifierChain) NumOwn() int    { return c.interactions() }

// InitOwn starts with independent labels.
func (c *classifierChain) InitOwn(own []float64, _ uint64) { clear(own) }

func (c *classifierChain) Score(dst []float64, theta structured.Theta, ys []Set) {
	s := c.state()
	defer c.idle.Put(s)
	base := float64(len(c.order)) * math.Ln2
	for m, y := range ys {
		dst[m] = base + c.logProb(s, y, theta.Logits, theta.Own)
	}
}

func (c *classifierChain) AddGrad(grad, theta structured.Theta, ys []Set, weights []float64) {
	s := c.state()
	defer c.idle.Put(s)
	for m, y := range ys {
		c.addGrad(s, grad.Logits, grad.Own, y, theta.Logits, theta.Own, weights[m])
	}
}

var errChainReference = errors.New("sets: a classifier chain is normalised as it is, and wants the uniform reference")

// Infer wants a *Space over as many labels with the uniform reference.
func (c *classifierChain) Infer(s structured.Space[Set]) (structured.Inference[Set], error) {
	space, err := asSpace(s, len(c.order))
	if err != nil {
		return nil, err
	}
	if !space.Uniform() || space.ref.bounded() {
		return nil, errChainReference
	}
	return &chainInference{c}, nil
}

type chainInference struct{ *classifierChain }

var (
	_ structured.LogPartition[Set] = (*chainInference)(nil)
	_ structured.ExactSampler[Set] = (*chainInference)(nil)
)

// LogZ is 0.
func (inf *chainInference) LogZ(theta structured.Theta) float64 {
	for _, u := range theta.Logits {
		if math.IsNaN(u) {
			return u
		}
	}
	return 0
}

// AddGradLogZ adds nothing.
func (inf *chainInference) AddGradLogZ(_, theta structured.Theta, _ float64) float64 {
	return inf.LogZ(theta)
}

// SampleModel decides on one label after the other.
func (inf *chainInference) SampleModel(ys []Set, theta structured.Theta, key uint64) {
	s, rng := inf.state(), stream.New(key)
	defer inf.idle.Put(s)
	for _, y := range ys {
		inf.sample(s, y, theta.Logits, theta.Own, rng)
	}
}

// prefix is a set decided up to a place.
type prefix struct {
	logp  float64
	y     Set
	state chainState
}

// Mode costs O(k |y|) for each prefix that is kept.
func (inf *chainInference) Mode(dst *Set, theta structured.Theta, _ uint64) (float64, bool) {
	c, k := inf.classifierChain, len(inf.order)
	first := prefix{y: New(k)}
	c.start(&first.state)
	kept, dropped := []prefix{first}, math.Inf(-1)
	for t, j := range c.order {
		type option struct {
			logp float64
			from int
			in   bool
		}
		var options []option
		for i := range kept {
			odds, _, _ := c.next(&kept[i].state, theta.Logits, theta.Own, t)
			options = append(options,
				option{kept[i].logp - surprise(odds, false), i, false},
				option{kept[i].logp - surprise(odds, true), i, true})
		}
		slices.SortStableFunc(options, func(a, b option) int {
			switch {
			case a.logp > b.logp:
				return -1
			case a.logp < b.logp:
				return 1
			}
			return 0
		})
		if len(options) > c.beam {
			dropped = max(dropped, options[c.beam].logp)
			options = options[:c.beam]
		}
		next := make([]prefix, len(options))
		for i, o := range options {
			from := kept[o.from]
			next[i] = prefix{o.logp, from.y.Clone(), chainState{slices.Clone(from.state.members), nil}}
			if o.in {
				next[i].y.Add(j)
				c.add(&next[i].state, theta.Own, t)
			}
		}
		kept = next
	}
	dst.CopyFrom(kept[0].y)
	return kept[0].logp, kept[0].logp >= dropped
}
