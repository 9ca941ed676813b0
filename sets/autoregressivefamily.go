package sets

import (
	"fmt"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// AutoregressiveFamily is a chain of labels as a generator for the min-max
// objective or a learned proposal (a fully visible sigmoid belief network: Frey,
// Hinton, Dayan 1996; with a Rank nearly NADE: Larochelle, Murray 2011),
//
//	P(j in y | y_0, ..., y_{j-1}) = sigmoid( a_j + b_j + sum_{i<j in y} W_ji ),
//
// b being the log odds of the reference. Where that bounds sizes a label is left
// out, or there, as soon as it has to be. Unlike independent labels it can follow
// dependent ones. Its logits are a (k), then W for i < j, row by row in j,
// k(k-1)/2; or, with a Rank r, A and B (k x r each, row-major) with W_ji =
// A_j·B_i. (A and B at 0 have no gradient; the random weights of a network are
// enough.) Draws and probabilities are exact, O(k |y|) each, O(k r) with a Rank.
type AutoregressiveFamily struct {
	// Rank is r; 0 stands for all pairs.
	Rank int
}

// Bind wants a *Space and a Rank that is not negative.
func (f AutoregressiveFamily) Bind(p structured.Problem[Set]) (structured.BoundFamily[Set], error) {
	space, ok := p.Space.(*Space)
	if !ok {
		return nil, fmt.Errorf("sets: the autoregressive family does not know spaces of type %T", p.Space)
	}
	if f.Rank < 0 {
		return nil, fmt.Errorf("sets: AutoregressiveFamily.Rank %d is negative", f.Rank)
	}
	return &autoregressiveFamily{
		labelChain: labelChain{order: inOrder(space.k), odds: space.ref.odds, min: space.ref.min, max: space.ref.max, rank: f.Rank},
	}, nil
}

type autoregressiveFamily struct {
	labelChain
	idle sync.Pool // of *chainState
}

func (f *autoregressiveFamily) state() *chainState {
	if s, ok := f.idle.Get().(*chainState); ok {
		return s
	}
	return &chainState{}
}

func (f *autoregressiveFamily) NumLogits() int { return len(f.order) + f.interactions() }

func (f *autoregressiveFamily) Sample(ys []Set, logp, phi []float64, key uint64) {
	s, k, rng := f.state(), len(f.order), stream.New(key)
	defer f.idle.Put(s)
	for m, y := range ys {
		logp[m] = f.sample(s, y, phi[:k], phi[k:], rng)
	}
}

func (f *autoregressiveFamily) LogProb(dst, phi []float64, ys []Set) {
	s, k := f.state(), len(f.order)
	defer f.idle.Put(s)
	for m, y := range ys {
		dst[m] = f.logProb(s, y, phi[:k], phi[k:])
	}
}

func (f *autoregressiveFamily) AddGradLogProb(grad, phi []float64, ys []Set, weights []float64) {
	s, k := f.state(), len(f.order)
	defer f.idle.Put(s)
	for m, y := range ys {
		f.addGrad(s, grad[:k], grad[k:], y, phi[:k], phi[k:], weights[m])
	}
}
