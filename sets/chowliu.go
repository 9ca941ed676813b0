package sets

import "math"

// ChowLiu returns the tree that explains the labels best: among all trees the one
// whose edges have the largest sum of mutual information, which is the tree model
// of highest likelihood (Chow, Liu 1968). Probabilities of pairs are the weighted
// frequencies among the examples in which both labels were observed, with a
// quarter of an example added to each of the four cases; an edge that would tell
// nothing at all is left out. Features are not looked at. It takes
// O(n |y|^2 + k^2), and n k more for each missing label of an example. Data whose
// sizes, labels or weights make no sense is an error.
func ChowLiu(d Data) (Tree, error) {
	if err := d.validate(); err != nil {
		return Tree{}, err
	}
	k := d.K()
	c := countPairs(d, k)
	// The tree of largest sum by Prim's algorithm on the complete graph, where
	// it takes no memory for the k^2/2 edges.
	var t Tree
	nearest, gain, done := make([]int, k), make([]float64, k), make([]bool, k)
	for at := 0; at >= 0; {
		done[at] = true
		next := -1
		for j := range k {
			if done[j] {
				continue
			}
			if x := c.information(at, j); x > gain[j] {
				nearest[j], gain[j] = at, x
			}
			if next < 0 || gain[j] > gain[next] {
				next = j
			}
		}
		if next >= 0 && gain[next] > 0 {
			i := nearest[next]
			t.Edges = append(t.Edges, Edge{min(i, next), max(i, next)})
		}
		at = next
	}
	return t, nil
}

// pairCounts are weights of examples.
type pairCounts struct {
	k     int
	total float64
	both  []float64 // k x k: i and j present; on the diagonal i present
	// Missing labels: i missing, i and j missing, i present and j missing.
	gone, goneBoth, lone []float64
}

func countPairs(d Data, k int) *pairCounts {
	c := &pairCounts{k: k, both: make([]float64, k*k), gone: make([]float64, k)}
	if d.Observed != nil {
		c.goneBoth, c.lone = make([]float64, k*k), make([]float64, k*k)
	}
	var present, missing []int
	for i, y := range d.Y {
		w := 1.0
		if d.Weights != nil {
			w = d.Weights[i]
		}
		if w == 0 {
			continue
		}
		c.total += w
		if d.Observed != nil {
			missing = members(missing[:0], d.Observed[i].Complement().words)
			y = y.Intersect(d.Observed[i])
		}
		present = members(present[:0], y.words)
		for _, a := range present {
			for _, b := range present {
				c.both[a*k+b] += w
			}
			for _, b := range missing {
				c.lone[a*k+b] += w
			}
		}
		for _, a := range missing {
			c.gone[a] += w
			for _, b := range missing {
				c.goneBoth[a*k+b] += w
			}
		}
	}
	return c
}

// information is the mutual information of two labels in nats.
func (c *pairCounts) information(i, j int) float64 {
	ij, ji := i*c.k+j, j*c.k+i
	n, a, b, ab := c.total, c.both[i*c.k+i], c.both[j*c.k+j], c.both[ij]
	if c.lone != nil {
		n += c.goneBoth[ij] - c.gone[i] - c.gone[j]
		a -= c.lone[ij]
		b -= c.lone[ji]
	}
	cells := [2][2]float64{{n - a - b + ab, b - ab}, {a - ab, ab}}
	sum := 0.0
	for x := range cells {
		for y := range cells[x] {
			cells[x][y] = max(cells[x][y], 0) + 0.25
			sum += cells[x][y]
		}
	}
	info := 0.0
	for x := range cells {
		for y, n := range cells[x] {
			info += n / sum * math.Log(n*sum/((cells[x][0]+cells[x][1])*(cells[0][y]+cells[1][y])))
		}
	}
	return max(info, 0)
}
