package sets

import (
	"fmt"
	"math/rand/v2"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// RBM scores labels, and sums over binary hidden units what they say of a set:
//
//	g(x, y) = <u, y> + sum_h log(1 + exp(b_h + <W_h, y>))
//	        = log sum_{s in {0,1}^H} exp( <u, y> + <b, s> + s'Wy )
//
// a restricted Boltzmann machine (Smolensky 1986; conditional: Larochelle, Bengio
// 2008), of the free energy of which this is the negative. Its logits are u (k), then
// with Conditional b (H); its parameters are W (a row of H numbers per label), and
// otherwise b. A set costs O(|y| H).
//
// Up to MaxHidden hidden units log Z, its gradient, marginals and samples are exact
// for any number of labels, as a mixture of 2^H unary models, O(2^H k); so it is up
// to ExactUpTo labels, set by set. Beyond, the objective has to be a sampled one.
// Modes are local maxima over more than ExactUpTo labels.
type RBM struct {
	// Hidden is H; 0 stands for 8.
	Hidden int
	// Conditional makes b logits, so that x says which hidden units are likely.
	Conditional bool
	// ExactUpTo is the largest number of labels with which all sets are scored for
	// a sum, as for Deep; 0 stands for MaxScored.
	ExactUpTo int
}

// MaxHidden is the largest number of hidden units over which an RBM is summed
// exactly.
const MaxHidden = 20

// Bind makes the coupling; a negative Hidden is an error.
func (r RBM) Bind(k int) (structured.Inferrer[Set], error) {
	hidden := r.Hidden
	if hidden < 0 {
		return nil, fmt.Errorf("sets: RBM.Hidden %d is negative", hidden)
	}
	if hidden == 0 {
		hidden = 8
	}
	limit, err := upTo(r.ExactUpTo, "RBM")
	if err != nil {
		return nil, err
	}
	return &rbm{k: k, hidden: hidden, upTo: limit, conditional: r.Conditional}, nil
}

type rbm struct {
	k, hidden   int
	upTo        int // labels to sum over
	conditional bool
	idle        sync.Pool // of *rbmScratch
}

type rbmScratch struct {
	bits         bitScore
	field, slope []float64 // of hidden units
	list         []int
	label        []float64
	rng          rand.PCG

	dense, fields, slopes []float64 // of many sets
}

// rbmRows is from how many sets on they go through matrix products, so many at a
// time.
const rbmRows = 64

func (c *rbm) scratch() *rbmScratch {
	if s, ok := c.idle.Get().(*rbmScratch); ok {
		return s
	}
	return &rbmScratch{field: make([]float64, c.hidden), slope: make([]float64, c.hidden), label: make([]float64, c.k)}
}

func (c *rbm) NumLogits() int {
	if c.conditional {
		return c.k + c.hidden
	}
	return c.k
}

func (c *rbm) NumOwn() int {
	if c.conditional {
		return c.k * c.hidden
	}
	return (c.k + 1) * c.hidden
}

// InitOwn starts b at 0 and W near it, so that no two hidden units are alike.
func (c *rbm) InitOwn(own []float64, key uint64) {
	clear(own)
	rng := stream.New(key)
	for i := range c.k * c.hidden {
		own[i] = 0.1 * rng.NormFloat64()
	}
}

func (c *rbm) split(t structured.Theta) (u, w, b []float64) {
	u, w, b = t.Logits[:c.k], t.Own[:c.k*c.hidden], t.Own[c.k*c.hidden:]
	if c.conditional {
		b = t.Logits[c.k:]
	}
	return u, w, b
}

// visit leaves log(1+exp) of the fields of the hidden units in field, and its
// derivative in slope.
func (c *rbm) visit(s *rbmScratch, w, b []float64, y Set) {
	copy(s.field, b)
	s.list = members(s.list[:0], y.words)
	for _, j := range s.list {
		kernel.Axpy(s.field, 1, w[j*c.hidden:(j+1)*c.hidden])
	}
	kernel.Softplus(s.field, s.slope)
}

// together is visit for several sets, with the results in fields and slopes.
func (s *rbmScratch) together(c *rbm, w, b []float64, ys []Set) {
	n := len(ys)
	s.dense = denseSets(s.dense, ys)
	s.fields, s.slopes = numeric.Grow(s.fields, n*c.hidden), numeric.Grow(s.slopes, n*c.hidden)
	kernel.SpreadRow(s.fields, c.hidden, b, n)
	kernel.NN(s.fields, c.hidden, s.dense, c.k, w, c.hidden, n, c.hidden, c.k, true)
	kernel.Softplus(s.fields, s.slopes)
}

func (c *rbm) Score(dst []float64, theta structured.Theta, ys []Set) {
	s := c.scratch()
	defer c.idle.Put(s)
	u, w, b := c.split(theta)
	s.bits.dot(dst, u, ys)
	if len(ys) >= rbmRows {
		for lo := 0; lo < len(ys); lo += rbmRows {
			hi := min(lo+rbmRows, len(ys))
			s.together(c, w, b, ys[lo:hi])
			for m := range hi - lo {
				dst[lo+m] += sum(s.fields[m*c.hidden : (m+1)*c.hidden])
			}
		}
		return
	}
	for m, y := range ys {
		c.visit(s, w, b, y)
		for _, x := range s.field {
			dst[m] += x
		}
	}
}

func (c *rbm) AddGrad(grad, theta structured.Theta, ys []Set, weights []float64) {
	s := c.scratch()
	defer c.idle.Put(s)
	_, w, b := c.split(theta)
	du, dw, db := c.split(grad)
	s.bits.addWeighted(du, ys, weights)
	if len(ys) >= rbmRows {
		for lo := 0; lo < len(ys); lo += rbmRows {
			n := min(rbmRows, len(ys)-lo)
			s.together(c, w, b, ys[lo:lo+n])
			for m, x := range weights[lo : lo+n] {
				kernel.Scale(s.slopes[m*c.hidden:(m+1)*c.hidden], x)
			}
			kernel.SumRows(db, s.slopes, c.hidden, n)
			kernel.TN(dw, c.hidden, s.dense, c.k, s.slopes, c.hidden, c.k, c.hidden, n, true)
		}
		return
	}
	for m, y := range ys {
		if weights[m] == 0 {
			continue
		}
		c.visit(s, w, b, y)
		kernel.Axpy(db, weights[m], s.slope)
		for _, j := range s.list {
			kernel.Axpy(dw[j*c.hidden:(j+1)*c.hidden], weights[m], s.slope)
		}
	}
}

// MeanField runs sweeps between the means of the hidden units and of the labels,
// from those of the labels without hidden units, halfway at a time; O(k H) each.
func (c *rbm) MeanField(m []float64, theta structured.Theta, odds []float64) {
	s := c.scratch()
	defer c.idle.Put(s)
	u, w, b := c.split(theta)
	for j := range m {
		m[j] = numeric.Sigmoid(u[j] + odds[j])
	}
	for range meanFieldSweeps {
		copy(s.field, b)
		for j, x := range m {
			kernel.Axpy(s.field, x, w[j*c.hidden:(j+1)*c.hidden])
		}
		kernel.Sigmoid(s.slope, s.field)
		for j := range m {
			to := u[j] + odds[j] + kernel.Dot(s.slope, w[j*c.hidden:(j+1)*c.hidden])
			m[j] = (m[j] + numeric.Sigmoid(to)) / 2
		}
	}
}

func (c *rbm) Infer(s structured.Space[Set]) (structured.Inference[Set], error) {
	space, err := asSpace(s, c.k)
	if err != nil {
		return nil, err
	}
	if space.k <= c.upTo || c.hidden > MaxHidden {
		return scored(c, space, c.upTo, fmt.Sprintf("an RBM with more than %d hidden units", MaxHidden)), nil
	}
	return &rbmInference{flipSearch: flipSearch{c: c, space: space}, c: c}, nil
}
