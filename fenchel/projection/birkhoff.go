package projection

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Birkhoff is the polytope of doubly stochastic n x n matrices, row-major: the
// hull of the permutation matrices. The projection of x is
//
//	p_ij = [x_ij - u_i - v_j]_+,
//
// where u and v minimise the convex, piecewise quadratic dual
//
//	sum_ij [x_ij - u_i - v_j]_+^2 / 2 + sum_i u_i + sum_j v_j.
//
// It is minimised by the semismooth Newton method on the active entries with a
// line search (Li, Sun, Toh 2020), which ends on the right active set after a
// handful of steps of O(n^3): rows and columns then sum to 1 to about 1e-12.
type Birkhoff struct {
	// N is the number of rows; 0 stands for the square root of the length.
	N int
}

const (
	birkhoffTolerance = 1e-13
	birkhoffAccepted  = 1e-9 // where rounding stops it earlier
	birkhoffSteps     = 500
)

// birkhoff is the state of one projection.
type birkhoff struct {
	n        int
	x        []float64 // centred
	u, v     []float64
	row, col []float64 // 1 less the sums of p: the gradient of the dual
	value    float64
	step     []float64
	schur    *mat.SymDense
	chol     mat.Cholesky
}

func (b Birkhoff) size(x []float64) (int, error) {
	n := b.N
	if n == 0 {
		n = int(math.Round(math.Sqrt(float64(len(x)))))
	}
	if n*n != len(x) || n == 0 {
		return 0, ErrSize
	}
	return n, nil
}

// solve finds u and v.
func (b Birkhoff) solve(x []float64) (*birkhoff, error) {
	n, err := b.size(x)
	if err != nil {
		return nil, err
	}
	if err := finite(x); err != nil {
		return nil, err
	}
	s := &birkhoff{n: n, x: append([]float64(nil), x...), u: make([]float64, n), v: make([]float64, n),
		row: make([]float64, n), col: make([]float64, n), step: make([]float64, 2*n), schur: mat.NewSymDense(n, nil)}
	s.centre()
	residual := s.evaluate(s.u, s.v)
	u, v := make([]float64, n), make([]float64, n)
	for range birkhoffSteps {
		if residual <= birkhoffTolerance {
			return s, nil
		}
		if !s.newton(s.row, s.col, min(1e-3, residual*1e-3)) {
			break
		}
		slope := 0.0
		for i := range n {
			slope += s.row[i]*s.step[i] + s.col[i]*s.step[n+i]
		}
		value, t, better := s.value, 1.0, false
		for range 40 {
			for i := range n {
				u[i], v[i] = s.u[i]+t*s.step[i], s.v[i]+t*s.step[n+i]
			}
			next := s.evaluate(u, v)
			// Near the end the value no longer tells; the residual does.
			if s.value <= value+1e-4*t*slope || next < residual/2 {
				residual, better = next, true
				break
			}
			t /= 2
		}
		if !better {
			residual = s.evaluate(s.u, s.v)
			break
		}
		copy(s.u, u)
		copy(s.v, v)
	}
	if residual <= birkhoffAccepted {
		return s, nil
	}
	return nil, ErrConvergence
}

// centre takes off every row its maximum and adds what a uniform row would
// lack: the projection does not change, and the numbers are small.
func (s *birkhoff) centre() {
	for i := range s.n {
		row := s.x[i*s.n : (i+1)*s.n]
		top := math.Inf(-1)
		for _, x := range row {
			top = max(top, x)
		}
		for j := range row {
			row[j] -= top
		}
	}
	for j := range s.n {
		top := math.Inf(-1)
		for i := range s.n {
			top = max(top, s.x[i*s.n+j])
		}
		for i := range s.n {
			s.x[i*s.n+j] -= top
		}
	}
}

// evaluate computes the dual at u and v and its gradient, and returns the
// largest entry of that.
func (s *birkhoff) evaluate(u, v []float64) (residual float64) {
	for i := range s.n {
		s.row[i], s.col[i] = 1, 1
	}
	s.value = 0
	for i := range s.n {
		s.value += u[i] + v[i]
		for j, x := range s.x[i*s.n : (i+1)*s.n] {
			if d := x - u[i] - v[j]; d > 0 {
				s.row[i] -= d
				s.col[j] -= d
				s.value += d * d / 2
			}
		}
	}
	for i := range s.n {
		residual = max(residual, math.Abs(s.row[i]), math.Abs(s.col[i]))
	}
	return residual
}

// newton solves (H + ridge) step = -(row, col), where H is the generalised
// Hessian at u and v, by its Schur complement.
func (s *birkhoff) newton(row, col []float64, ridge float64) bool {
	n := s.n
	ridge = max(ridge, 1e-12)
	degree := make([]float64, n)
	right := mat.NewVecDense(n, nil)
	active := make([]int, 0, n)
	s.schur.Zero()
	for j := range n {
		right.SetVec(j, -col[j])
		s.schur.SetSym(j, j, ridge)
	}
	for i := range n {
		active = active[:0]
		for j, x := range s.x[i*n : (i+1)*n] {
			if x-s.u[i]-s.v[j] > 0 {
				active = append(active, j)
			}
		}
		degree[i] = float64(len(active)) + ridge
		for a, j := range active {
			s.schur.SetSym(j, j, s.schur.At(j, j)+1)
			right.SetVec(j, right.AtVec(j)+row[i]/degree[i])
			for _, k := range active[a:] {
				s.schur.SetSym(j, k, s.schur.At(j, k)-1/degree[i])
			}
		}
	}
	if !s.chol.Factorize(s.schur) {
		return false
	}
	var dv mat.VecDense
	if err := s.chol.SolveVecTo(&dv, right); err != nil {
		if _, bad := err.(mat.Condition); !bad {
			return false
		}
	}
	for j := range n {
		s.step[n+j] = dv.AtVec(j)
	}
	for i := range n {
		sum := -row[i]
		for j, x := range s.x[i*n : (i+1)*n] {
			if x-s.u[i]-s.v[j] > 0 {
				sum -= s.step[n+j]
			}
		}
		s.step[i] = sum / degree[i]
	}
	return true
}

// Project overwrites dst with the closest doubly stochastic matrix to x.
func (b Birkhoff) Project(dst, x []float64) error {
	sameLength(dst, x)
	s, err := b.solve(x)
	if err != nil {
		return err
	}
	for i := range s.n {
		for j := range s.n {
			dst[i*s.n+j] = max(0, s.x[i*s.n+j]-s.u[i]-s.v[j])
		}
	}
	return nil
}

// ProjectJVP is direction, projected on the matrices that vanish off the
// support and whose rows and columns sum to 0.
func (b Birkhoff) ProjectJVP(dst, x, direction []float64) error {
	sameLength(dst, x)
	sameLength(dst, direction)
	s, err := b.solve(x)
	if err != nil {
		return err
	}
	n := s.n
	active := func(i, j int) bool { return s.x[i*n+j]-s.u[i]-s.v[j] > 0 }
	row, col := make([]float64, n), make([]float64, n)
	for i := range n {
		for j := range n {
			d := 0.0
			if active(i, j) {
				d = direction[i*n+j]
			}
			dst[i*n+j] = d
		}
	}
	for range 4 { // the ridge leaves a little over
		clear(row)
		clear(col)
		for i := range n {
			for j := range n {
				row[i] -= dst[i*n+j]
				col[j] -= dst[i*n+j]
			}
		}
		if !s.newton(row, col, 0) {
			return ErrConvergence
		}
		for i := range n {
			for j := range n {
				if active(i, j) {
					dst[i*n+j] -= s.step[i] + s.step[n+j]
				}
			}
		}
	}
	return nil
}

// Validate wants N not to be negative.
func (b Birkhoff) Validate() error {
	if b.N < 0 {
		return ErrSize
	}
	return nil
}

// String is birkhoff.
func (b Birkhoff) String() string { return "birkhoff" }
