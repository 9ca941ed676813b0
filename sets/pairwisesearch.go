package sets

import (
	"fmt"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// pairwiseSearch finds modes of a pairwise coupling over too many labels for
// sums; see search.
type pairwiseSearch struct {
	c     *pairwise
	space *Space
	idle  sync.Pool // of *pairwiseProblem
}

type pairwiseProblem struct {
	quadratic
	dense []float64
}

// Limit says why there are no exact sums.
func (inf *pairwiseSearch) Limit() string {
	return fmt.Sprintf("%d labels, pairwise sums take at most %d", inf.c.k, MaxEnumerated)
}

// Mode is proven where the interactions are attractive, or weak enough for the
// roof dual to decide all but a few labels; see search.
func (inf *pairwiseSearch) Mode(dst *Set, theta structured.Theta, key uint64) (float64, bool) {
	p, ok := inf.idle.Get().(*pairwiseProblem)
	if !ok {
		p = &pairwiseProblem{dense: make([]float64, inf.c.k*inf.c.k)}
	}
	defer inf.idle.Put(p)
	u, v := inf.c.split(theta)
	inf.c.dense(p.dense, v)
	p.fromMatrix(inf.c.k, p.dense)
	return inf.space.searchMode(dst, &p.quadratic, u, nil, key)
}

// searchMode searches the mode of q exp g, where p has the interactions, and adds
// u and h.
func (s *Space) searchMode(dst *Set, p *quadratic, u, h []float64, key uint64) (float64, bool) {
	for j := range p.v {
		p.v[j] = u[j] + s.ref.odds[j]
	}
	p.h, p.min, p.max = h, s.ref.min, s.ref.max
	rng, one := stream.New(key), make([]Set, 1)
	of := search{p: p, rng: rng, draw: func(y Set) {
		one[0] = y
		s.Sample(one, rng)
	}}
	value, proven := of.mode(*dst)
	return s.ref.logBase + value, proven
}
