package sets

import "github.com/gibbs-ebm/gibbs/structured"

// sparseSearch finds modes on a graph that is too wide for sums; see search.
type sparseSearch struct {
	c     *sparse
	space *Space
	limit string
}

// Limit says why there are no exact sums.
func (inf *sparseSearch) Limit() string { return inf.limit }

// Mode is proven where the interactions are attractive, or weak enough for the
// roof dual to leave only small or thin parts undecided, and there is no h; see
// search.
func (inf *sparseSearch) Mode(dst *Set, theta structured.Theta, key uint64) (float64, bool) {
	u, pairs, h := inf.c.split(theta)
	var p quadratic
	p.fromEdges(inf.c.k, inf.c.edges, pairs)
	return inf.space.searchMode(dst, &p, u, h, key)
}
