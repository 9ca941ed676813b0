package sets

import (
	"math"
	"slices"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// spectrum has the eigenvalues and eigenvectors of a kernel L = G G' that is given
// by its n rows G. They come from the method of Jacobi on the rows, which are made
// orthogonal by rotations R of two at a time: L = R' D R, where D has the squared
// norms of the rows of R G. Where rows differ much in size, as those of labels of
// very different quality do, small eigenvalues keep their digits (Demmel, Veselić
// 1992), which they do not in the eigenvalues of L itself. O(n^2 (n + d)) a sweep
// of rows of length d, and a handful of sweeps.
type spectrum struct {
	n, d   int
	g      []float64 // n x d: G, then R G
	turn   []float64 // n x n: R, by rows the eigenvectors
	log    []float64 // n: log eigenvalues
	square []float64 // n
	order  []int
}

const (
	jacobiSweeps    = 60
	jacobiTolerance = 1e-15 // of the cosine between rows
)

// reset makes room for n rows of length d, and returns it, cleared.
func (s *spectrum) reset(n, d int) []float64 {
	s.n, s.d = n, d
	s.g = numeric.Zeroed(s.g, n*d)
	return s.g
}

func (s *spectrum) row(i int) []float64    { return s.g[i*s.d : (i+1)*s.d] }
func (s *spectrum) vector(i int) []float64 { return s.turn[i*s.n : (i+1)*s.n] }

// solve overwrites the rows. Their order in turn and log has no meaning.
func (s *spectrum) solve() {
	n := s.n
	s.turn = numeric.Zeroed(s.turn, n*n)
	s.log, s.square = numeric.Grow(s.log, n), numeric.Grow(s.square, n)
	s.order = s.order[:0]
	for i := range n {
		s.turn[i*n+i] = 1
		s.square[i] = kernel.Dot(s.row(i), s.row(i))
		s.order = append(s.order, i)
	}
	// Long rows first: fewer sweeps.
	slices.SortFunc(s.order, func(a, b int) int {
		switch {
		case s.square[a] > s.square[b]:
			return -1
		case s.square[a] < s.square[b]:
			return 1
		}
		return a - b
	})
	for range jacobiSweeps {
		turned := false
		for a, i := range s.order {
			for _, j := range s.order[a+1:] {
				turned = s.rotate(i, j) || turned
			}
		}
		if !turned {
			break
		}
	}
	for i := range n {
		s.log[i] = max(math.Log(kernel.Dot(s.row(i), s.row(i))), nothing)
	}
}

// nothing stands for the log of an eigenvalue that is too small to be represented.
const nothing = -1500

// rotate makes two rows orthogonal, and reports whether they were not.
func (s *spectrum) rotate(i, j int) bool {
	x, y := s.row(i), s.row(j)
	xx, yy, xy := kernel.Dot(x, x), kernel.Dot(y, y), kernel.Dot(x, y)
	if !(math.Abs(xy) > jacobiTolerance*math.Sqrt(xx)*math.Sqrt(yy)) {
		return false
	}
	zeta := (yy - xx) / (2 * xy)
	t := 1 / (math.Abs(zeta) + math.Hypot(1, zeta))
	if zeta < 0 {
		t = -t
	}
	cos := 1 / math.Hypot(1, t)
	turnRows(x, y, cos, cos*t)
	turnRows(s.vector(i), s.vector(j), cos, cos*t)
	return true
}

func turnRows(x, y []float64, cos, sin float64) {
	for l, a := range x {
		b := y[l]
		x[l], y[l] = cos*a-sin*b, sin*a+cos*b
	}
}
