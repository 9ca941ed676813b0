package sets

import (
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

// determinantalSized is exact under references that bound sizes (Kulesza, Taskar
// 2011): with the eigenvalues l_n and eigenvectors e_n of L
//
//	sum_{|y|=s} det L_y = e_s(l_1, ..., l_k)
//
// is an elementary symmetric polynomial, so that the law is a mixture over the
// subsets J of eigenvectors, as probable as sets of labels with the logits log l_n,
// of projections: given J, |y| = |J| and det of the sum of e_n e_n' over J is the
// probability. log Z, gradient, marginals also by size, and draws are exact, O(k^2
// (k + r)) for the eigenvectors, and O(k |y|^2) for each draw.
type determinantalSized struct {
	determinantalSearch
	idle sync.Pool // of *sizedVolume
}

var (
	_ structured.ConditionalLogPartition[Set] = (*determinantalSized)(nil)
	_ structured.ExactSampler[Set]            = (*determinantalSized)(nil)
	_ LabelMarginalizer                       = (*determinantalSized)(nil)
	_ SizeMarginalizer                        = (*determinantalSized)(nil)
)

// sizedVolume is the memory of one call. The rows of a label are q_j (e_j, V_j),
// q_j = exp((u_j + b_j - scale)/2), in R^(k+r).
type sizedVolume struct {
	spectrum
	sizes        *sizeRecursion
	known, open  []int // labels that are present, and unknown
	quality      []float64
	scale        float64
	given        []float64 // rows of the known labels
	gram         []float64 // L of them, and its Cholesky factor
	logGiven     float64   // log det of it
	share        []float64 // P(eigenvector n in J)
	dual         []float64 // E[L_y^-1 G_y], the rows of labels not in y being 0
	span, weight []float64 // to draw
}

func (inf *determinantalSized) memory() *sizedVolume {
	if s, ok := inf.idle.Get().(*sizedVolume); ok {
		return s
	}
	return &sizedVolume{sizes: newSizeRecursion(inf.c.k)}
}

// logZ readies the memory and returns the log of the sum without what is constant
// in the reference; e may be nil.
func (inf *determinantalSized) logZ(s *sizedVolume, theta structured.Theta, e structured.Evidence[Set]) (float64, error) {
	c, ref := inf.c, &inf.space.ref
	u, v := c.split(theta)
	s.known, s.open = s.known[:0], s.open[:0]
	var o Observation
	if e != nil {
		var err error
		if o, _, s.open, err = inf.space.observed(e, s.open); err != nil {
			return math.NaN(), err
		}
	}
	s.open, s.scale = s.open[:0], math.Inf(-1)
	for j, b := range ref.odds {
		switch {
		case e == nil || !has(o.Known, j):
			s.open = append(s.open, j)
		case has(o.Values, j):
			s.known = append(s.known, j)
		default:
			continue
		}
		s.scale = max(s.scale, u[j]+b)
	}
	if math.IsInf(s.scale, -1) {
		s.scale = 0
	}
	s.quality = numeric.Zeroed(s.quality, c.k)
	for j, b := range ref.odds {
		s.quality[j] = math.Exp((u[j] + b - s.scale) / 2)
	}
	d := c.k + c.r
	s.given = numeric.Zeroed(s.given, len(s.known)*d)
	for i, j := range s.known {
		s.fill(s.given[i*d:(i+1)*d], v, j, c)
	}
	g := s.reset(len(s.open), d)
	for i, j := range s.open {
		s.fill(g[i*d:(i+1)*d], v, j, c)
	}
	if err := s.condition(); err != nil {
		return math.NaN(), err
	}
	s.solve()
	for n := range s.log {
		s.log[n] += s.scale
	}
	s.sizes.n = s.n
	s.sizes.p, s.sizes.q = numeric.Grow(s.sizes.p, s.n), numeric.Grow(s.sizes.q, s.n)
	lo, hi := max(0, ref.min-len(s.known)), min(s.n, ref.max-len(s.known))
	return s.logGiven + s.scale*float64(len(s.known)) + s.sizes.logZ(s.log, lo, hi), nil
}

// fill writes the row of a label.
func (s *sizedVolume) fill(row, v []float64, j int, c *determinantal) {
	row[j] = s.quality[j]
	copy(row[c.k:], v[j*c.r:(j+1)*c.r])
	kernel.Scale(row[c.k:], s.quality[j])
}

// condition takes out of the rows of the unknown labels what the known ones span,
// twice for its rounding: det L_(known and y) = det L_known det of what is left.
func (s *sizedVolume) condition() error {
	a, d := len(s.known), s.d
	s.logGiven = 0
	if a == 0 {
		return nil
	}
	s.gram = numeric.Zeroed(s.gram, a*a)
	kernel.NT(s.gram, a, s.given, d, s.given, d, a, a, d, false)
	sym := blas64.Symmetric{Uplo: blas.Upper, N: a, Stride: a, Data: s.gram}
	if _, ok := lapack64.Potrf(sym); !ok {
		return structured.ErrNotFinite
	}
	for i := range a {
		s.logGiven += 2 * math.Log(s.gram[i*a+i])
	}
	s.weight = numeric.Grow(s.weight, a)
	for i := range s.n {
		row := s.row(i)
		for range 2 {
			for b := range a {
				s.weight[b] = kernel.Dot(row, s.given[b*d:(b+1)*d])
			}
			s.solveGiven(s.weight, 1)
			for b, w := range s.weight {
				kernel.Axpy(row, -w, s.given[b*d:(b+1)*d])
			}
		}
	}
	return nil
}

// solveGiven solves L_known x = rhs for columns of them, in place.
func (s *sizedVolume) solveGiven(rhs []float64, columns int) {
	a := len(s.known)
	lapack64.Potrs(blas64.Triangular{Uplo: blas.Upper, Diag: blas.NonUnit, N: a, Stride: a, Data: s.gram},
		blas64.General{Rows: a, Cols: columns, Stride: columns, Data: rhs})
}

// shares leaves P(n in J) in share.
func (s *sizedVolume) shares() []float64 {
	s.share = numeric.Zeroed(s.share, s.n)
	s.sizes.marginals(s.share, 1)
	return s.share
}

func (inf *determinantalSized) LogZ(theta structured.Theta) float64 {
	logZ, _ := inf.AddGradLogZGiven(structured.Theta{}, theta, nil, 0)
	return logZ
}

func (inf *determinantalSized) AddGradLogZ(grad, theta structured.Theta, weight float64) float64 {
	logZ, _ := inf.AddGradLogZGiven(grad, theta, nil, weight)
	return logZ
}

// AddGradLogZGiven differentiates log det L_y = log det G_y G_y' with respect to the
// rows, 2 L_y^-1 G_y, and those with respect to quality and features. The mean over
// y for the unknown labels is sum_n P(n in J) e_n (R G)_n / l_n, and the rows of the
// known labels follow from the inverse of a matrix in blocks.
func (inf *determinantalSized) AddGradLogZGiven(grad, theta structured.Theta, e structured.Evidence[Set], weight float64) (float64, error) {
	s := inf.memory()
	defer inf.idle.Put(s)
	logZ, err := inf.logZ(s, theta, e)
	if err != nil || weight == 0 || math.IsInf(logZ, -1) {
		return inf.space.ref.logBase + logZ, err
	}
	c, d := inf.c, s.d
	s.dual = numeric.Zeroed(s.dual, (s.n+len(s.known))*d)
	dual := func(i int) []float64 { return s.dual[i*d : (i+1)*d] }
	for n, p := range s.shares() {
		if s.log[n] <= s.scale+nothing {
			continue
		}
		f := p * math.Exp(s.scale-s.log[n])
		for i, x := range s.vector(n) {
			kernel.Axpy(dual(i), f*x, s.row(n))
		}
	}
	_, v := c.split(theta)
	du, dv := c.split(grad)
	own := numeric.Zeroed(s.span, d)
	s.span = own
	add := func(row []float64, j int) {
		clear(own)
		s.fill(own, v, j, c)
		du[j] += weight * kernel.Dot(row, own)
		kernel.Axpy(dv[j*c.r:(j+1)*c.r], 2*weight*s.quality[j], row[c.k:])
	}
	known := s.dual[s.n*d:]
	copy(known, s.given)
	for i, j := range s.open {
		clear(own)
		s.fill(own, v, j, c)
		for b := range s.known {
			kernel.Axpy(known[b*d:(b+1)*d], -kernel.Dot(s.given[b*d:(b+1)*d], own), dual(i))
		}
	}
	if len(s.known) > 0 {
		s.solveGiven(known, d)
	}
	for i, j := range s.open {
		add(dual(i), j)
	}
	for b, j := range s.known {
		add(known[b*d:(b+1)*d], j)
	}
	return inf.space.ref.logBase + logZ, nil
}

// LabelMarginals are sum_n P(n in J) (e_n)_j^2.
func (inf *determinantalSized) LabelMarginals(dst []float64, theta structured.Theta) {
	s := inf.memory()
	defer inf.idle.Put(s)
	inf.logZ(s, theta, nil)
	clear(dst)
	for n, p := range s.shares() {
		for j, x := range s.vector(n) {
			dst[j] += p * x * x
		}
	}
}

// SizeMarginals costs O(k^2 m) more, m the largest size.
func (inf *determinantalSized) SizeMarginals(size, joint []float64, theta structured.Theta) {
	s := inf.memory()
	defer inf.idle.Put(s)
	inf.logZ(s, theta, nil)
	k, ref := inf.c.k, &inf.space.ref
	of := &sizedLabels{v: s.log, h: make([]float64, k+1)}
	for i := range of.h {
		if i < ref.min || i > ref.max {
			of.h[i] = math.Inf(-1)
		}
	}
	p, each := of.marginals()
	clear(size)
	clear(joint)
	copy(size, p)
	top := len(p) - 1
	for n := range k {
		for j, x := range s.vector(n) {
			kernel.Axpy(joint[j*k:j*k+top], x*x, each[n*top:(n+1)*top])
		}
	}
}

// SampleModel draws J, then the labels one by one, each as probable as its row in
// the matrix of the eigenvectors of J is long once the rows before are projected
// out, divided by how many are left.
func (inf *determinantalSized) SampleModel(ys []Set, theta structured.Theta, key uint64) {
	s := inf.memory()
	defer inf.idle.Put(s)
	inf.logZ(s, theta, nil)
	rng, k := stream.New(key), inf.c.k
	chosen, of := New(k), []int(nil)
	s.weight = numeric.Grow(s.weight, k)
	for _, y := range ys {
		s.sizes.sample(chosen, rng)
		of = members(of[:0], chosen.words)
		m := len(of)
		y.Clear()
		s.span = numeric.Grow(s.span, m*m) // orthonormal rows, of the labels so far
		x := func(j, l int) float64 { return s.turn[of[l]*k+j] }
		for j := range k {
			s.weight[j] = 0
			for l := range m {
				s.weight[j] += x(j, l) * x(j, l)
			}
		}
		for count := range m {
			total := 0.0
			for j, w := range s.weight {
				if has(y, j) || w < 0 {
					s.weight[j], w = 0, 0
				}
				total += w
			}
			at := inverse(s.weight, rng.Float64()*total)
			y.Add(at)
			row := s.span[count*m : (count+1)*m]
			for l := range row {
				row[l] = x(at, l)
			}
			for range 2 {
				for before := range count {
					b := s.span[before*m : (before+1)*m]
					kernel.Axpy(row, -kernel.Dot(row, b), b)
				}
			}
			kernel.Scale(row, 1/math.Sqrt(kernel.Dot(row, row)))
			for j := range s.weight {
				dot := 0.0
				for l, b := range row {
					dot += x(j, l) * b
				}
				s.weight[j] -= dot * dot
			}
		}
	}
}
