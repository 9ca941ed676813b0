package sets

import (
	"errors"
	"fmt"
	"sync"

	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// Deep scores labels, and what a network of its own makes of the set and of some
// more logits together:
//
//	g(x, y) = <u, y> + net([z, y])
//
// a structured prediction energy network (Belanger, McCallum 2016) with a global
// part that may depend on x. Its logits are u (k), then z; its parameters are those
// of net, which take y as k numbers 0 or 1. All sets of an example go through net in
// matrix products, and the part of the first layer that multiplies z is done once
// per example.
//
// There is no structure to sum over: up to ExactUpTo labels everything is exact,
// set by set; beyond, the objective has to be a sampled one, and modes are local
// maxima.
type Deep struct {
	// Logits is the number of z; 0 stands for 32, and nn.Off for none: a global
	// part of y alone.
	Logits int
	// Network is net; its tapes must be nn.JetTape, as those of package nn are.
	// nil stands for nn.MLP of one layer of 64 with nn.Softplus. Its dropout is not
	// used.
	Network nn.Architecture
	// ExactUpTo is the largest number of labels with which all sets are scored for
	// a sum; 0 stands for MaxScored, and MaxListed is the most. A sum is 2^k scores:
	// for every example where there are features, once a step where there are none.
	ExactUpTo int
}

func (d Deep) network() nn.Architecture {
	if d.Network == nil {
		return nn.MLP{Hidden: []int{64}, Activation: nn.Softplus}
	}
	return d.Network
}

func (d Deep) logits() int {
	switch d.Logits {
	case 0:
		return 32
	case nn.Off:
		return 0
	}
	return d.Logits
}

// Validate reports the first setting that makes no sense, if any.
func (d Deep) Validate() error {
	if d.logits() < 0 {
		return fmt.Errorf("sets: Deep.Logits is %d: want a positive number, 0 for 32 or nn.Off for none", d.Logits)
	}
	if _, err := upTo(d.ExactUpTo, "Deep"); err != nil {
		return err
	}
	return d.network().Validate()
}

// ErrNoJets is returned for a network whose inputs cannot be differentiated.
var ErrNoJets = errors.New("sets: the network of a Deep coupling needs tapes that are nn.JetTape")

// Bind makes the coupling.
func (d Deep) Bind(k int) (structured.Inferrer[Set], error) {
	if err := d.Validate(); err != nil {
		return nil, err
	}
	net, err := d.network().Build(d.logits()+k, 1)
	if err != nil {
		return nil, err
	}
	if _, ok := net.NewTape().(nn.JetTape); !ok {
		return nil, ErrNoJets
	}
	c := &deep{k: k, extra: d.logits(), net: net}
	c.upTo, _ = upTo(d.ExactUpTo, "Deep")
	c.idle.New = func() any { return &deepScratch{tape: net.NewTape().(nn.JetTape), shared: make([]float64, c.extra)} }
	return c, nil
}

type deep struct {
	k, extra int
	upTo     int // labels to sum over
	net      nn.Network
	idle     sync.Pool // of *deepScratch
}

// deepRows is how many sets go through the network at a time: few enough that a
// layer stays in the cache.
const deepRows = 256

type deepScratch struct {
	tape   nn.JetTape
	bits   bitScore
	dense  []float64 // the sets as numbers
	shared []float64 // derivative with respect to z
	back   []float64
}

func (c *deep) NumLogits() int { return c.k + c.extra }
func (c *deep) NumOwn() int    { return c.net.NumParams() }

func (c *deep) InitOwn(own []float64, key uint64) { c.net.Init(own, stream.New(key)) }

// forward evaluates the network at rows of k numbers.
func (c *deep) forward(s *deepScratch, theta structured.Theta, rows []float64) nn.Jet {
	in := nn.Jet{Rows: len(rows) / c.k, Value: rows}
	if c.extra > 0 {
		in.Shared = theta.Logits[c.k:]
	}
	return s.tape.ForwardJet(theta.Own, in, 0)
}

// denseSets are the sets as rows of numbers, in dst where they fit.
func denseSets(dst []float64, ys []Set) []float64 {
	k := ys[0].k
	dst = numeric.Zeroed(dst, len(ys)*k)
	for m, y := range ys {
		for w, word := range y.words {
			for ; word != 0; word &= word - 1 {
				dst[m*k+w*wordBits+trailing(word)] = 1
			}
		}
	}
	return dst
}

// fill writes sets as rows of numbers.
func (c *deep) fill(s *deepScratch, ys []Set) []float64 {
	s.dense = denseSets(s.dense, ys)
	return s.dense
}

func (c *deep) Score(dst []float64, theta structured.Theta, ys []Set) {
	s := c.idle.Get().(*deepScratch)
	defer c.idle.Put(s)
	s.bits.dot(dst, theta.Logits[:c.k], ys)
	for lo := 0; lo < len(ys); lo += deepRows {
		hi := min(lo+deepRows, len(ys))
		floats.Add(dst[lo:hi], c.forward(s, theta, c.fill(s, ys[lo:hi])).Value)
	}
}

func (c *deep) AddGrad(grad, theta structured.Theta, ys []Set, weights []float64) {
	s := c.idle.Get().(*deepScratch)
	defer c.idle.Put(s)
	s.bits.addWeighted(grad.Logits[:c.k], ys, weights)
	for lo := 0; lo < len(ys); lo += deepRows {
		hi := min(lo+deepRows, len(ys))
		c.forward(s, theta, c.fill(s, ys[lo:hi]))
		var dIn nn.Jet
		if c.extra > 0 {
			dIn.Shared = s.shared
		}
		s.tape.BackwardJet(theta.Own, grad.Own, nn.Jet{Value: weights[lo:hi]}, dIn)
		if c.extra > 0 {
			floats.Add(grad.Logits[c.k:], s.shared)
		}
	}
}

// MeanField runs sweeps from the unary marginals, halfway to where the derivative
// of the score at the means points: what the network makes of means stands for the
// mean of what it makes of sets. A sweep is one pass through it and back.
func (c *deep) MeanField(m []float64, theta structured.Theta, odds []float64) {
	s := c.idle.Get().(*deepScratch)
	defer c.idle.Put(s)
	u := theta.Logits[:c.k]
	for j := range m {
		m[j] = numeric.Sigmoid(u[j] + odds[j])
	}
	s.back = numeric.Grow(s.back, c.k)
	one := [1]float64{1}
	for range meanFieldSweeps {
		c.forward(s, theta, m)
		s.tape.BackwardJet(theta.Own, nil, nn.Jet{Value: one[:]}, nn.Jet{Value: s.back})
		for j, d := range s.back {
			m[j] = (m[j] + numeric.Sigmoid(u[j]+odds[j]+d)) / 2
		}
	}
}

func (c *deep) Infer(s structured.Space[Set]) (structured.Inference[Set], error) {
	space, err := asSpace(s, c.k)
	if err != nil {
		return nil, err
	}
	return scored(c, space, c.upTo, "a deep coupling"), nil
}

// scored is inference for a coupling without structure.
func scored(c structured.Coupling[Set], space *Space, upTo int, what string) structured.Inference[Set] {
	if space.k <= upTo {
		return newListed(c, space)
	}
	return &flipSearch{c: c, space: space, limit: fmt.Sprintf("%d labels, sums over %s take at most %d", space.k, what, upTo)}
}
