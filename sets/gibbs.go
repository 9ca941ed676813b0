package sets

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Gibbs runs Markov chains on sets whose law tends to the model,
// p(y|x) proportional to q(y) exp g(x,y) (Geman, Geman 1984). A sweep goes
// through the labels in random order, in blocks, and draws each block anew from
// its exact distribution given all other labels:
//
//	P(y_B | the others) proportional to q(y) exp g(x,y),  2^|B| candidates.
//
// It is a sampler for any k and any coupling, consistent in the number of sweeps
// and not exact for any. Blocks of several labels cross valleys that single
// labels do not, and under a reference of one fixed size they are needed: labels
// then change places.
//
// A sweep of single labels costs O(|y|) a label for Pairwise, O(1) for Unary and
// two evaluations of a score for other couplings; one of blocks 2^Block/Block
// evaluations a label. For RBM with Block 0 it draws all hidden units given the
// labels and then all labels given those, O(k H), unless the reference bounds
// sizes. Two chains that are given the same random numbers draw
// each block from a maximal coupling, so that the kernel can be used with
// structured.UnbiasedContrastiveDivergence.
type Gibbs struct {
	// Sweeps is the number of sweeps of a run; 0 stands for 1.
	Sweeps int
	// Block is the number of labels drawn together, up to 12; 0 stands for 1, or
	// 2 under a reference of one fixed size.
	Block int
}

const maxBlock = 12

// Validate reports the first setting that makes no sense, if any.
func (g Gibbs) Validate() error {
	if g.Sweeps < 0 {
		return fmt.Errorf("sets: Gibbs.Sweeps %d is negative", g.Sweeps)
	}
	if g.Block < 0 || g.Block > maxBlock {
		return fmt.Errorf("sets: Gibbs.Block %d is not in 0..%d", g.Block, maxBlock)
	}
	return nil
}

// ErrFixedSize is returned where one label at a time is to change under a
// reference that allows a single size.
var ErrFixedSize = errors.New("sets: under a reference of one fixed size no label can change alone")

// fixed reports whether there is a single size, but not a single set.
func (r *reference) fixed() bool { return r.min == r.max && r.min > 0 && r.max < len(r.odds) }

// labelGainer is implemented by couplings that know at once what a label adds.
type labelGainer interface {
	// labelGain is g(y with j) - g(y without j), whether y has j or not.
	labelGain(theta structured.Theta, y Set, j int) float64
}

func (c unary) labelGain(theta structured.Theta, _ Set, j int) float64 { return theta.Logits[j] }

func (c *pairwise) labelGain(theta structured.Theta, y Set, j int) float64 {
	u, v := c.split(theta)
	gain := u[j]
	for w, word := range y.words {
		for ; word != 0; word &= word - 1 {
			if i := w*wordBits + trailing(word); i != j {
				gain += c.interaction(v, min(i, j), max(i, j))
			}
		}
	}
	return gain
}

// interaction is U_ij for i < j.
func (c *pairwise) interaction(v []float64, i, j int) float64 {
	if c.rank == 0 {
		return v[c.row(i)+j]
	}
	r, b, sum := c.rank, v[c.k*c.rank:], 0.0
	for l := range r {
		sum += v[i*r+l]*b[j*r+l] + b[i*r+l]*v[j*r+l]
	}
	return sum / 2
}

// Bind makes the sampler ready for a coupling and a *Space.
func (g Gibbs) Bind(p structured.Problem[Set]) (structured.Chains[Set], error) {
	if err := g.Validate(); err != nil {
		return nil, err
	}
	space, ok := p.Space.(*Space)
	if !ok {
		return nil, fmt.Errorf("sets: Gibbs over a space of type %T: want *sets.Space", p.Space)
	}
	c := &gibbs{sweeps: max(1, g.Sweeps), block: max(1, g.Block), space: space, coupling: p.Coupling}
	if space.ref.fixed() {
		if g.Block == 1 {
			return nil, fmt.Errorf("Gibbs.Block 1: %w", ErrFixedSize)
		}
		c.block = max(2, c.block)
	}
	c.block = min(c.block, space.k)
	c.gains, _ = p.Coupling.(labelGainer)
	if g.Block == 0 && !space.ref.bounded() {
		c.own, _ = p.Coupling.(sweeper)
	}
	return c, nil
}

// gibbs is Gibbs bound to a model.
type gibbs struct {
	sweeps, block int
	space         *Space
	coupling      structured.Coupling[Set]
	gains         labelGainer // nil for couplings that do not know them
	own           sweeper     // nil for couplings that have none
	idle          sync.Pool   // of *gibbsScratch
}

var _ structured.CoupledChains[Set] = (*gibbs)(nil)

type gibbsScratch struct {
	source     stream.Source
	order      []int
	candidates []Set
	p          [2][]float64 // of the candidates, for each chain
	pair       [2]Set
}

func (c *gibbs) scratch() *gibbsScratch {
	if s, ok := c.idle.Get().(*gibbsScratch); ok {
		return s
	}
	n := 1 << c.block
	s := &gibbsScratch{order: make([]int, c.space.k), candidates: c.space.Make(n)}
	s.p[0], s.p[1] = make([]float64, n), make([]float64, n)
	return s
}

// Run moves every set of ys by the sweeps of a chain of its own, in place.
func (c *gibbs) Run(ys []Set, theta structured.Theta, key uint64) {
	s := c.scratch()
	defer c.idle.Put(s)
	for m, y := range ys {
		s.pair[0] = y
		c.run(s, s.pair[:1], theta, s.source.At(stream.Key(key, uint64(m))))
	}
}

// RunCoupled gives both chains the same blocks and maximally coupled draws.
func (c *gibbs) RunCoupled(x, y *Set, theta structured.Theta, key uint64) bool {
	s := c.scratch()
	defer c.idle.Put(s)
	s.pair = [2]Set{*x, *y}
	c.run(s, s.pair[:], theta, s.source.At(stream.Key(key, 0)))
	return x.Equal(*y)
}

// run moves one set, or two together.
func (c *gibbs) run(s *gibbsScratch, ys []Set, theta structured.Theta, rng *rand.Rand) {
	for j := range s.order {
		s.order[j] = j
	}
	for range c.sweeps {
		if c.own != nil {
			c.own.sweep(ys, theta, c.space.ref.odds, rng)
			continue
		}
		rng.Shuffle(len(s.order), func(i, j int) { s.order[i], s.order[j] = s.order[j], s.order[i] })
		if c.block == 1 {
			for _, j := range s.order {
				u := rng.Float64()
				for _, y := range ys {
					y.Set(j, u < c.present(s, y, j, theta))
				}
			}
			continue
		}
		for block := range slices.Chunk(s.order, c.block) {
			c.draw(s, ys, block, theta, rng)
		}
	}
}

// present is the probability of label j given the others.
func (c *gibbs) present(s *gibbsScratch, y Set, j int, theta structured.Theta) float64 {
	if others := y.Count() - int(zeroOne(has(y, j))); c.space.ref.bounded() {
		switch {
		case others < c.space.ref.min:
			return 1
		case others >= c.space.ref.max:
			return 0
		}
	}
	if c.gains != nil {
		return numeric.Sigmoid(c.gains.labelGain(theta, y, j) + c.space.ref.odds[j])
	}
	two := s.candidates[:2]
	two[0].CopyFrom(y)
	two[0].Remove(j)
	two[1].CopyFrom(y)
	two[1].Add(j)
	c.coupling.Score(s.p[0][:2], theta, two)
	return numeric.Sigmoid(s.p[0][1] - s.p[0][0] + c.space.ref.odds[j])
}

// draw draws the labels of a block given the others.
func (c *gibbs) draw(s *gibbsScratch, ys []Set, block []int, theta structured.Theta, rng *rand.Rand) {
	n := 1 << len(block)
	for i, y := range ys {
		c.conditional(s.p[i][:n], s.candidates[:n], y, block, theta)
	}
	at := inverse(s.p[0][:n], rng.Float64())
	u, v := rng.Float64(), rng.Float64()
	put(ys[0], block, at)
	if len(ys) < 2 {
		return
	}
	// The second takes the draw of the first with probability min(1, p1/p0), and
	// otherwise draws from what is left of p1.
	p0, p1 := s.p[0][:n], s.p[1][:n]
	if u*p0[at] > p1[at] {
		rest := 0.0
		for i := range p1 {
			p1[i] = max(0, p1[i]-p0[i])
			rest += p1[i]
		}
		at = inverse(p1, v*rest)
	}
	put(ys[1], block, at)
}

// conditional overwrites p with the probabilities of the subsets of a block given
// the other labels of y, bit b being label block[b].
func (c *gibbs) conditional(p []float64, candidates []Set, y Set, block []int, theta structured.Theta) {
	for i, z := range candidates {
		z.CopyFrom(y)
		put(z, block, i)
	}
	c.coupling.Score(p, theta, candidates)
	high := math.Inf(-1)
	for i, z := range candidates {
		for b, j := range block {
			if i>>b&1 != 0 {
				p[i] += c.space.ref.odds[j]
			}
		}
		if size := z.Count(); size < c.space.ref.min || size > c.space.ref.max {
			p[i] = math.Inf(-1)
		}
		high = max(high, p[i])
	}
	total := 0.0
	for i := range p {
		p[i] = math.Exp(p[i] - high)
		total += p[i]
	}
	for i := range p {
		p[i] /= total
	}
}

// put makes the labels of a block the subset with the given bits.
func put(y Set, block []int, bits int) {
	for b, j := range block {
		y.Set(j, bits>>b&1 != 0)
	}
}

// inverse is the first i of which the sum of p up to i is above u.
func inverse(p []float64, u float64) int {
	last := 0
	for i, x := range p {
		if x > 0 {
			if last = i; u < x {
				return i
			}
			u -= x
		}
	}
	return last
}
