package fenchel

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// An Oracle knows a polytope by its best vertices alone: a linear program, the
// MAP inference of a structured model. [SparseMAP], [ConditionalGradient] and
// [Perturbed] need nothing else. The sets of package projection that are
// polytopes have a Best where it is simple, and structured.Oracle makes one of
// a coupling that proves its modes.
//
// An Oracle is deterministic and safe for concurrent use.
type Oracle interface {
	// Best overwrites vertex with a vertex of largest <scores, vertex>, any of
	// them where there are several. It leaves scores, which are finite, alone.
	Best(vertex, scores []float64) error
}

// OracleFunc is a function as an Oracle.
type OracleFunc func(vertex, scores []float64) error

// Best calls f.
func (f OracleFunc) Best(vertex, scores []float64) error { return f(vertex, scores) }

// A Posterior is a point of a polytope as a convex combination of vertices: a
// distribution over structures with few of them in its support. The point is
// unique, the distribution need not be.
type Posterior struct {
	// Vertices are those of positive probability, as the oracle gave them, the
	// most probable first.
	Vertices [][]float64
	// P has their probabilities; they sum to 1.
	P []float64
	// Calls says which call of the oracle, counted from 0, found each of them
	// first.
	Calls []int
	// Marginals is sum_i P_i Vertices_i, the point itself.
	Marginals []float64
	// Objective is <x, Marginals> - |Marginals|^2/2.
	Objective float64
	// Gap is max_v <x - Marginals, v - Marginals> by the last call of the
	// oracle: no point of the polytope has an objective larger by more, and
	// the maximiser is within sqrt(Gap). It is 0 but for rounding.
	Gap float64
	// Steps is the number of calls of the oracle.
	Steps int
}

// hull is a convex combination of vertices that an oracle found, on its way to
// the point closest to x. Vertices are kept less the first of all, origin: what
// they have in common then costs no precision.
type hull struct {
	n, m    int
	origin  []float64
	raw     []float64 // m x n, the vertices
	rows    []float64 // m x n, less origin
	p       []float64
	call    []int
	calls   int
	mean    []float64 // of rows under p
	slope   []float64 // x - origin - mean
	found   []float64 // by the last call
	forward []float64 // found - origin - mean
	shifted []float64 // x - origin
	product []float64
}

func grow(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}

// start makes the best vertex for x the whole hull.
func (h *hull) start(o Oracle, x []float64) error {
	h.n, h.m, h.calls = len(x), 0, 0
	h.origin, h.mean, h.slope = grow(h.origin, h.n), grow(h.mean, h.n), grow(h.slope, h.n)
	h.found, h.forward, h.shifted = grow(h.found, h.n), grow(h.forward, h.n), grow(h.shifted, h.n)
	h.raw, h.rows, h.p, h.call = h.raw[:0], h.rows[:0], h.p[:0], h.call[:0]
	if err := allFinite(x, ErrNaN); err != nil {
		return err
	}
	if err := h.best(o, x); err != nil {
		return err
	}
	copy(h.origin, h.found)
	for k, v := range x {
		h.shifted[k] = v - h.origin[k]
	}
	h.push()
	h.p[0] = 1
	h.combine()
	return nil
}

// best fills found.
func (h *hull) best(o Oracle, scores []float64) error {
	if err := o.Best(h.found, scores); err != nil {
		return err
	}
	h.calls++
	return allFinite(h.found, ErrOracle)
}

// allFinite returns err for the first entry that is not.
func allFinite(x []float64, err error) error {
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return &EntryError{i, v, err}
		}
	}
	return nil
}

// push adds found with probability 0.
func (h *hull) push() {
	h.raw = append(h.raw, h.found...)
	for k, v := range h.found {
		h.rows = append(h.rows, v-h.origin[k])
	}
	h.p, h.call = append(h.p, 0), append(h.call, h.calls-1)
	h.m++
}

// drop takes vertex i out.
func (h *hull) drop(i int) {
	h.raw = append(h.raw[:i*h.n], h.raw[(i+1)*h.n:]...)
	h.rows = append(h.rows[:i*h.n], h.rows[(i+1)*h.n:]...)
	h.p, h.call = append(h.p[:i], h.p[i+1:]...), append(h.call[:i], h.call[i+1:]...)
	h.m--
}

func (h *hull) row(i int) []float64 { return h.rows[i*h.n : (i+1)*h.n] }

// place is the vertex that found is, or -1.
func (h *hull) place() int {
next:
	for i := range h.m {
		for k, v := range h.raw[i*h.n : (i+1)*h.n] {
			if v != h.found[k] {
				continue next
			}
		}
		return i
	}
	return -1
}

// combine computes mean and slope, anew, so that rounding does not add up.
func (h *hull) combine() {
	clear(h.mean)
	for i, p := range h.p {
		floats.AddScaled(h.mean, p, h.row(i))
	}
	for k, v := range h.shifted {
		h.slope[k] = v - h.mean[k]
	}
}

// ask calls the oracle and returns the gap, and what of it may be rounding.
func (h *hull) ask(o Oracle) (gap, rounding float64, err error) {
	if err := h.best(o, h.slope); err != nil {
		return 0, 0, err
	}
	size := 0.0
	for k, v := range h.found {
		d := v - h.origin[k] - h.mean[k]
		h.forward[k] = d
		gap += d * h.slope[k]
		size += math.Abs(d) * (math.Abs(h.slope[k]) + math.Abs(h.mean[k]) + math.Abs(d))
	}
	if gap < -accepted*size {
		return gap, 0, ErrOracle
	}
	return max(0, gap), epsilon * size, nil
}

const (
	epsilon  = 0x1p-50
	accepted = 1e-9 // times the size of what is subtracted, where rounding ends it
)

// clean takes out what has no probability but for rounding.
func (h *hull) clean() {
	for i := h.m - 1; i >= 0 && h.m > 1; i-- {
		if h.p[i] < 1e-15 {
			h.drop(i)
		}
	}
	total := floats.Sum(h.p)
	for i := range h.p {
		h.p[i] /= total
	}
	h.combine()
}

// posterior is the hull as a result.
func (h *hull) posterior(gap float64) *Posterior {
	order := make([]int, h.m)
	sorted := make([]float64, h.m)
	for i, p := range h.p {
		sorted[i] = -p
	}
	floats.ArgsortStable(sorted, order)
	out := &Posterior{Marginals: make([]float64, h.n), Gap: gap, Steps: h.calls}
	for _, i := range order {
		out.Vertices = append(out.Vertices, append([]float64(nil), h.raw[i*h.n:(i+1)*h.n]...))
		out.P = append(out.P, h.p[i])
		out.Calls = append(out.Calls, h.call[i])
	}
	h.point(out.Marginals)
	var value total
	for k, m := range out.Marginals {
		value.add(m * (h.shifted[k] + h.origin[k] - m/2))
	}
	out.Objective = value.value()
	return out
}

// point overwrites dst with the combination.
func (h *hull) point(dst []float64) {
	for k := range dst {
		dst[k] = h.origin[k] + h.mean[k]
	}
}
