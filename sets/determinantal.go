package sets

import (
	"fmt"
	"math"
	"sync"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Determinantal scores labels, and how different those of a set are from each
// other:
//
//	g(x, y) = log det L_y = <u, y> + log det( I + sum_{j in y} V_j V_j' ),    V_j in R^r
//
// where L = Q (I + V V') Q, Q = diag exp(u/2), and L_y has the rows and columns of
// the labels in y: a determinantal point process (Macchi 1975; Kulesza, Taskar
// 2012) with the quality exp(u_j/2) and the features V_j of label j. The I keeps
// every set possible and V = 0 is the unary model. Labels repel each other, the
// more the more alike their features are: g is submodular in y.
//
// Its logits are u (k), then V (k x r, row-major); with Shared only u comes from x,
// and V is k r parameters of the coupling. A set costs O(|y| r^2 + r^3).
//
// Under an independent reference with odds b, and s_j = sigmoid(u_j + b_j),
//
//	log Z = const + sum_j log(1 + exp(u_j + b_j)) + log det M,    M = I + sum_j s_j V_j V_j'
//	P(j in y) = s_j (1 + (1-s_j) V_j' M^-1 V_j)
//	P(i, j in y) = P(i) P(j) - s_i (1-s_i) s_j (1-s_j) (V_i' M^-1 V_j)^2
//
// exactly and in O(k r^2 + r^3), because a determinant is affine in each label;
// draws are exact too, O(k r^2) each. Where the reference bounds sizes, all that is
// exact by the eigenvalues of L, O(k^3). Modes are found by ascent, and proven where
// submodularity leaves few labels open.
type Determinantal struct {
	// Rank is r; 0 stands for 8, or k if that is less.
	Rank int
	// Shared makes V parameters of the coupling.
	Shared bool
}

// Bind makes the coupling; a negative Rank is an error.
func (d Determinantal) Bind(k int) (structured.Inferrer[Set], error) {
	r := d.Rank
	if r < 0 {
		return nil, fmt.Errorf("sets: Determinantal.Rank %d is negative", r)
	}
	if r == 0 {
		r = min(8, k)
	}
	return &determinantal{k: k, r: r, shared: d.Shared}, nil
}

type determinantal struct {
	k, r   int
	shared bool
	idle   sync.Pool // of *volume
}

var _ structured.Inferrer[Set] = (*determinantal)(nil)

func (c *determinantal) NumLogits() int {
	if c.shared {
		return c.k
	}
	return c.k * (1 + c.r)
}

func (c *determinantal) NumOwn() int {
	if c.shared {
		return c.k * c.r
	}
	return 0
}

// InitOwn starts near 0: at 0 the features would have no gradient.
func (c *determinantal) InitOwn(own []float64, key uint64) {
	rng := stream.New(key)
	for i := range own {
		own[i] = 0.1 * rng.NormFloat64()
	}
}

func (c *determinantal) split(t structured.Theta) (u, v []float64) {
	if c.shared {
		return t.Logits, t.Own
	}
	return t.Logits[:c.k], t.Logits[c.k:]
}

// volume is a positive definite r x r matrix I + sum_j w_j V_j V_j'.
type volume struct {
	r      int
	a      []float64 // the matrix; its Cholesky factor, then its inverse
	x      []float64 // r
	bits   bitScore
	list   []int
	s, w   []float64 // k: sigmoids, and the weights of labels
	field  []float64
	chosen []int
}

func (c *determinantal) volume() *volume {
	if m, ok := c.idle.Get().(*volume); ok {
		return m
	}
	return &volume{
		r: c.r, a: make([]float64, c.r*c.r), x: make([]float64, c.r),
		s: make([]float64, c.k), w: make([]float64, c.k), field: make([]float64, c.k),
	}
}

// identity starts a matrix.
func (m *volume) identity() {
	clear(m.a)
	for i := range m.r {
		m.a[i*m.r+i] = 1
	}
}

// add adds w v v' to the upper triangle.
func (m *volume) add(v []float64, w float64) {
	for i, x := range v {
		kernel.Axpy(m.a[i*m.r+i:(i+1)*m.r], w*x, v[i:])
	}
}

func (m *volume) symmetric() blas64.Symmetric {
	return blas64.Symmetric{Uplo: blas.Upper, N: m.r, Stride: m.r, Data: m.a}
}

func (m *volume) triangular() blas64.Triangular {
	return blas64.Triangular{Uplo: blas.Upper, Diag: blas.NonUnit, N: m.r, Stride: m.r, Data: m.a}
}

// factor replaces the matrix by its Cholesky factor and returns the log of its
// determinant; NaN where numbers are beyond what can be represented.
func (m *volume) factor() float64 {
	if _, ok := lapack64.Potrf(m.symmetric()); !ok {
		return math.NaN()
	}
	log := 0.0
	for i := range m.r {
		log += math.Log(m.a[i*m.r+i])
	}
	return 2 * log
}

// invert replaces the factor by the inverse of the matrix, both triangles.
func (m *volume) invert() {
	lapack64.Potri(m.triangular())
	for i := range m.r {
		for j := range i {
			m.a[i*m.r+j] = m.a[j*m.r+i]
		}
	}
}

// times leaves A v in x, after invert the solution for v, and returns v' A v.
func (m *volume) times(v []float64) float64 {
	for i := range m.x {
		m.x[i] = kernel.Dot(m.a[i*m.r:(i+1)*m.r], v)
	}
	return kernel.Dot(m.x, v)
}

// of readies the factor for a set, and returns the log of the determinant.
func (m *volume) of(v []float64, y Set) float64 {
	m.identity()
	m.list = members(m.list[:0], y.words)
	for _, j := range m.list {
		m.add(v[j*m.r:(j+1)*m.r], 1)
	}
	return m.factor()
}

func (c *determinantal) Score(dst []float64, theta structured.Theta, ys []Set) {
	m := c.volume()
	defer c.idle.Put(m)
	u, v := c.split(theta)
	m.bits.dot(dst, u, ys)
	for i, y := range ys {
		dst[i] += m.of(v, y)
	}
}

// AddGrad uses dg/dV_j = 2 (I + sum_{i in y} V_i V_i')^-1 V_j.
func (c *determinantal) AddGrad(grad, theta structured.Theta, ys []Set, weights []float64) {
	m := c.volume()
	defer c.idle.Put(m)
	_, v := c.split(theta)
	du, dv := c.split(grad)
	m.bits.addWeighted(du, ys, weights)
	for i, y := range ys {
		if weights[i] == 0 {
			continue
		}
		m.of(v, y)
		m.invert()
		for _, j := range m.list {
			m.times(v[j*c.r : (j+1)*c.r])
			kernel.Axpy(dv[j*c.r:(j+1)*c.r], 2*weights[i], m.x)
		}
	}
}

// MeanField gives the exact marginals.
func (c *determinantal) MeanField(dst []float64, theta structured.Theta, odds []float64) {
	m := c.volume()
	defer c.idle.Put(m)
	u, v := c.split(theta)
	m.weigh(u, v, odds)
	m.invert()
	for j, s := range m.s {
		dst[j] = min(s*(1+(1-s)*m.times(v[j*c.r:(j+1)*c.r])), 1)
	}
}

// weigh readies the factor of M, with s in s and w, and returns the log of its
// determinant.
func (m *volume) weigh(u, v, odds []float64) float64 {
	m.identity()
	for j := range m.s {
		m.s[j] = numeric.Sigmoid(u[j] + odds[j])
		m.w[j] = m.s[j]
		m.add(v[j*m.r:(j+1)*m.r], m.s[j])
	}
	return m.factor()
}

func (c *determinantal) Infer(s structured.Space[Set]) (structured.Inference[Set], error) {
	space, err := asSpace(s, c.k)
	if err != nil {
		return nil, err
	}
	sized := &determinantalSized{determinantalSearch: determinantalSearch{c: c, space: space}}
	switch {
	case space.ref.bounded() && space.k <= MaxScored:
		return newListed(c, space), nil // which knows more
	case space.ref.bounded():
		return sized, nil
	}
	return &determinantalInference{determinantalSearch: sized.determinantalSearch, sized: sized}, nil
}
