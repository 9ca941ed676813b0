package sets

import (
	"fmt"
	"sync"

	"github.com/gibbs-ebm/gibbs/structured"
)

// An Edge joins two labels.
type Edge struct{ I, J int }

// Graph scores labels, and pairs of labels that are the ends of an edge:
//
//	g(x, y) = <u, y> + sum_{edges ij in y} U_ij [+ h(|y|)]
//
// Its logits are u (k), then U by edge, then with Sizes h (k+1). With Shared only
// u comes from x, and U and h are parameters of the coupling, the same for all x.
//
// log Z, its gradient, marginals, modes, the best sets, samples and the entropy
// are exact by variable elimination as long as its tables hold no more than
// MaxStates numbers: O(k 2^w), where the treewidth w is how many labels a decision
// depends on at a time. With Sizes, or a reference of bounded sizes, the decisions
// also depend on the number of labels, in a row: O(k m 2^w), where w is the
// pathwidth and m the largest size. Beyond, modes are searched as those of
// Pairwise, and sums are out of reach.
type Graph struct {
	// Edges are pairs of different labels, each once.
	Edges []Edge
	// Shared makes U and h parameters of the coupling.
	Shared bool
	// Sizes adds h.
	Sizes bool
}

// Cardinality scores labels, and the number of labels:
//
//	g(x, y) = <u, y> + h(|y|)
//
// Its logits are u (k), then h (k+1); with Shared only u comes from x, and h is
// k+1 parameters of the coupling, the same for all x. (h is there up to a linear
// function, which u can absorb.) All sums are exact in O(k^2), O(k m) under a
// reference with sizes up to m: elementary symmetric polynomials with a weight for
// each degree (Tarlow, Swersky, Zemel, Adams, Frey 2012).
type Cardinality struct{ Shared bool }

// Chain is a Graph whose edges join each label with the next: a conditional
// random field over labels that have an order. Everything is exact in O(k),
// O(k m) under a reference with sizes up to m.
type Chain struct{ Shared bool }

// Tree is a Graph without cycles; it need not be connected. [ChowLiu] finds the
// best one for data. Everything is exact in O(k), and O(k^2 m) at most under a
// reference with sizes up to m.
type Tree struct {
	// Edges are pairs of different labels, each once.
	Edges []Edge
	// Shared makes U parameters of the coupling.
	Shared bool
}

// An EdgeError reports an edge that makes no sense.
type EdgeError struct {
	At      int // its number
	Edge    Edge
	Problem string
}

func (e *EdgeError) Error() string {
	return fmt.Sprintf("sets: edge %d between labels %d and %d %s", e.At, e.Edge.I, e.Edge.J, e.Problem)
}

// checkEdges wants different labels in 0..k-1 and each pair once; without cycles
// where it has to be a forest.
func checkEdges(k int, edges []Edge, forest bool) error {
	seen, root := make(map[Edge]bool, len(edges)), make([]int, k)
	for j := range root {
		root[j] = j
	}
	find := func(j int) int {
		for root[j] != j {
			root[j] = root[root[j]]
			j = root[j]
		}
		return j
	}
	for at, e := range edges {
		key := Edge{min(e.I, e.J), max(e.I, e.J)}
		switch {
		case key.I < 0 || key.J >= k:
			return &EdgeError{at, e, fmt.Sprintf("leaves the labels 0..%d", k-1)}
		case key.I == key.J:
			return &EdgeError{at, e, "joins a label with itself"}
		case seen[key]:
			return &EdgeError{at, e, "is there twice"}
		}
		seen[key] = true
		a, b := find(e.I), find(e.J)
		if forest && a == b {
			return &EdgeError{at, e, "closes a cycle in what should be a tree"}
		}
		root[a] = b
	}
	return nil
}

// Bind makes the coupling; an edge that makes no sense is an *EdgeError.
func (g Graph) Bind(k int) (structured.Inferrer[Set], error) {
	if err := checkEdges(k, g.Edges, false); err != nil {
		return nil, err
	}
	return newSparse(k, g.Edges, g.Shared, g.Sizes), nil
}

// Bind makes the coupling.
func (c Cardinality) Bind(k int) (structured.Inferrer[Set], error) {
	return newSparse(k, nil, c.Shared, true), nil
}

// Bind makes the coupling.
func (c Chain) Bind(k int) (structured.Inferrer[Set], error) {
	edges := make([]Edge, max(0, k-1))
	for j := range edges {
		edges[j] = Edge{j, j + 1}
	}
	return newSparse(k, edges, c.Shared, false), nil
}

// Bind makes the coupling; an edge that makes no sense, or closes a cycle, is an
// *EdgeError.
func (t Tree) Bind(k int) (structured.Inferrer[Set], error) {
	if err := checkEdges(k, t.Edges, true); err != nil {
		return nil, err
	}
	return newSparse(k, t.Edges, t.Shared, false), nil
}

// sparse is a Graph for k labels.
type sparse struct {
	k      int
	edges  []Edge
	shared bool
	sizes  bool
	idle   sync.Pool // of *sparseScratch
}

func newSparse(k int, edges []Edge, shared, sizes bool) *sparse {
	return &sparse{k: k, edges: append([]Edge(nil), edges...), shared: shared, sizes: sizes}
}

type sparseScratch struct {
	bits  bitScore
	field []float64
}

func (c *sparse) scratch() *sparseScratch {
	if s, ok := c.idle.Get().(*sparseScratch); ok {
		return s
	}
	return &sparseScratch{}
}

// extra is the number of numbers that U and h are made of.
func (c *sparse) extra() int {
	if c.sizes {
		return len(c.edges) + c.k + 1
	}
	return len(c.edges)
}

func (c *sparse) NumLogits() int {
	if c.shared {
		return c.k
	}
	return c.k + c.extra()
}

func (c *sparse) NumOwn() int {
	if c.shared {
		return c.extra()
	}
	return 0
}

// InitOwn starts at 0, with independent labels.
func (c *sparse) InitOwn(own []float64, _ uint64) { clear(own) }

// split returns the parts of theta, h being nil where there is none.
func (c *sparse) split(t structured.Theta) (u, pairs, h []float64) {
	u, rest := t.Logits, t.Own
	if !c.shared {
		u, rest = t.Logits[:c.k], t.Logits[c.k:]
	}
	pairs = rest[:len(c.edges)]
	if c.sizes {
		h = rest[len(c.edges):]
	}
	return u, pairs, h
}

// Score costs O(|y| + edges) a set.
func (c *sparse) Score(dst []float64, theta structured.Theta, ys []Set) {
	s := c.scratch()
	defer c.idle.Put(s)
	u, pairs, h := c.split(theta)
	s.bits.dot(dst, u, ys)
	for m, y := range ys {
		sum := 0.0
		for e, ij := range c.edges {
			if has(y, ij.I) && has(y, ij.J) {
				sum += pairs[e]
			}
		}
		if h != nil {
			sum += h[y.Count()]
		}
		dst[m] += sum
	}
}

// has is Set.Has for labels that are there.
func has(y Set, j int) bool { return y.words[uint(j)/wordBits]>>(uint(j)%wordBits)&1 != 0 }

// AddGrad costs O(|y| + edges) a set.
func (c *sparse) AddGrad(grad, theta structured.Theta, ys []Set, weights []float64) {
	s := c.scratch()
	defer c.idle.Put(s)
	du, dpairs, dh := c.split(grad)
	s.bits.addWeighted(du, ys, weights)
	for m, y := range ys {
		w := weights[m]
		for e, ij := range c.edges {
			if has(y, ij.I) && has(y, ij.J) {
				dpairs[e] += w
			}
		}
		if dh != nil {
			dh[y.Count()] += w
		}
	}
}

func (c *sparse) Infer(s structured.Space[Set]) (structured.Inference[Set], error) {
	space, err := asSpace(s, c.k)
	if err != nil {
		return nil, err
	}
	r, err := newRecursion(c.k, c.edges, c.sizes || space.ref.bounded(), space.ref.max)
	if err != nil {
		return &sparseSearch{c: c, space: space, limit: err.Error()}, nil
	}
	return &sparseInference{c: c, space: space, r: r}, nil
}
