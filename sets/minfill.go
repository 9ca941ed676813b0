package sets

import "math/bits"

// adjacency is a graph over labels.
type adjacency struct {
	k        int
	words    int
	near     []uint64 // k rows of words: neighbours as bits
	numbered map[Edge]int
}

// newAdjacency takes edges with different ends, each once.
func newAdjacency(k int, edges []Edge) *adjacency {
	g := &adjacency{k: k, words: wordsFor(k), numbered: make(map[Edge]int, len(edges))}
	g.near = make([]uint64, k*g.words)
	for e, ij := range edges {
		i, j := ij.I, ij.J
		g.numbered[Edge{min(i, j), max(i, j)}] = e
		g.link(i, j)
	}
	return g
}

func (g *adjacency) row(j int) []uint64 { return g.near[j*g.words : (j+1)*g.words] }

func (g *adjacency) link(i, j int) {
	g.row(i)[j/wordBits] |= 1 << (j % wordBits)
	g.row(j)[i/wordBits] |= 1 << (i % wordBits)
}

// edge is the number of an edge, -1 if there is none.
func (g *adjacency) edge(i, j int) int {
	if e, ok := g.numbered[Edge{min(i, j), max(i, j)}]; ok {
		return e
	}
	return -1
}

// members appends the labels in a row of bits to dst.
func members(dst []int, row []uint64) []int {
	for w, word := range row {
		for ; word != 0; word &= word - 1 {
			dst = append(dst, w*wordBits+trailing(word))
		}
	}
	return dst
}

// minFill returns an order of elimination, by the greedy rule that takes a label
// whose elimination adds the fewest edges between its neighbours, of those one of
// the fewest neighbours, and of those the first; with the neighbours that each
// label has at its turn. No order of least width is known to be found fast; this
// one is exact for chains, trees and chordal graphs, and near elsewhere (Kjaerulff
// 1990). O(k d^2) for graphs whose separators stay at d, and no work where there
// is no hope of few states.
func (g *adjacency) minFill() (order []int, separators [][]int, err error) {
	left := &adjacency{k: g.k, words: g.words, near: append([]uint64(nil), g.near...)}
	fill, degree := make([]int, g.k), make([]int, g.k)
	done, stale := make([]bool, g.k), make([]bool, g.k)
	for j := range g.k {
		stale[j] = true
	}
	var some []int
	for range g.k {
		best := -1
		for j := range g.k {
			if done[j] {
				continue
			}
			if stale[j] {
				some = members(some[:0], left.row(j))
				fill[j], degree[j], stale[j] = left.missing(some), len(some), false
			}
			if best < 0 || fill[j] < fill[best] || fill[j] == fill[best] && degree[j] < degree[best] {
				best = j
			}
		}
		near := members(nil, left.row(best))
		if len(near) > maxWidth {
			return nil, nil, &tooManyStates{len(near) + 1, g.k}
		}
		order, separators, done[best] = append(order, best), append(separators, near), true
		for _, i := range near {
			left.row(i)[best/wordBits] &^= 1 << (best % wordBits)
			stale[i] = true
			if fill[best] == 0 {
				continue
			}
			for _, j := range near {
				if i < j && left.row(i)[j/wordBits]>>(j%wordBits)&1 == 0 {
					left.link(i, j)
					some = members(some[:0], left.row(i))
					for _, far := range some { // who sees both, or one more
						stale[far] = true
					}
				}
			}
		}
	}
	return order, separators, nil
}

// missing is the number of pairs of labels that are no neighbours; more than
// enough where the labels are far too many.
func (g *adjacency) missing(of []int) int {
	if len(of) > 64 {
		return 1 << 30
	}
	n := 0
	for a, i := range of {
		row := g.row(i)
		for _, j := range of[:a] {
			if row[j/wordBits]>>(j%wordBits)&1 == 0 {
				n++
			}
		}
	}
	return n
}

// narrowPath returns an order of decisions that keeps the frontier small, the
// labels decided that have neighbours undecided, with the frontier that each
// label is decided at: it takes the label after which the frontier is smallest,
// of those one with the fewest undecided neighbours, and of those the first.
// O(k^2 d).
func (g *adjacency) narrowPath() (order []int, frontiers [][]int) {
	open, degree := make([]bool, g.k), make([]int, g.k) // open: undecided
	for j := range g.k {
		open[j] = true
		for _, word := range g.row(j) {
			degree[j] += bits.OnesCount64(word)
		}
	}
	// degree counts undecided neighbours from here on.
	var frontier, near []int
	for range g.k {
		best, least := -1, 0
		for j := range g.k {
			if !open[j] {
				continue
			}
			grow := 0
			if degree[j] > 0 {
				grow = 1
			}
			near = members(near[:0], g.row(j))
			for _, i := range near {
				if !open[i] && degree[i] == 1 { // j was its last
					grow--
				}
			}
			if best < 0 || grow < least || grow == least && degree[j] < degree[best] {
				best, least = j, grow
			}
		}
		order, frontiers = append(order, best), append(frontiers, append([]int(nil), frontier...))
		open[best] = false
		near = members(near[:0], g.row(best))
		for _, i := range near {
			degree[i]--
		}
		frontier = append(frontier, best)
		kept := frontier[:0]
		for _, i := range frontier {
			if degree[i] > 0 {
				kept = append(kept, i)
			}
		}
		frontier = kept
	}
	return order, frontiers
}
