package snl

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Student is the multivariate t density with n degrees of freedom, location m
// and scale matrix S,
//
//	log q(y) = c - (n + d)/2 log(1 + (y - m)' S^-1 (y - m) / n),
//	c = log Gamma((n+d)/2) - log Gamma(n/2) - (d log(n pi) + log det S)/2,
//
// whose heavy tails bound the weights of what is drawn from it. The zero value
// has 5 degrees of freedom and is fitted to the targets.
type Student struct {
	// Freedom is n > 0; 0 stands for 5. It is not estimated.
	Freedom float64
	// Location has d entries, Scale d x d, row-major; nil is estimated.
	Location, Scale []float64
	// Widen multiplies the root of an estimated Scale; 0 stands for 1.
	Widen float64
}

func (t Student) freedom() float64 {
	if t.Freedom == 0 {
		return 5
	}
	return t.Freedom
}

// studentSteps is enough for the EM algorithm to converge to a few digits; a
// base or a proposal needs no more.
const studentSteps = 50

// Fit estimates location and scale together by the EM algorithm with weights
// (n + d)/(n + distance) (Lange, Little, Taylor 1989), and keeps what is given.
func (t Student) Fit(ys []Point, weights []float64, _ uint64) (Form, error) {
	if t.Location != nil && t.Scale != nil {
		return t, nil
	}
	dim, err := checkPoints(ys, weights)
	if err != nil {
		return nil, err
	}
	widen, err := widening("Student", t.Widen)
	if err != nil {
		return nil, err
	}
	n := t.freedom()
	mean, cov := covariance(ys, weights, dim, covarianceFloor)
	start := append([]float64(nil), cov...)
	u, z := make([]float64, len(ys)), make([]float64, dim)
	for range studentSteps {
		c, err := newCholesky("Student", cov, dim)
		if err != nil {
			return nil, err
		}
		total, sum := 0.0, 0.0
		for i, y := range ys {
			w := weight(weights, i)
			if u[i] = 0; w > 0 {
				u[i] = w * (n + float64(dim)) / (n + c.whiten(z, y, mean))
				total += w
				sum += u[i]
			}
		}
		// The covariance of the weighted points, times sum/total to be the
		// mean of u (y - m)(y - m)'; a floor keeps it positive definite.
		mean, cov = covariance(ys, u, dim, 0)
		for i := range cov {
			cov[i] *= sum / total
		}
		for j := range dim {
			cov[j*dim+j] += covarianceFloor * start[j*dim+j]
		}
	}
	if t.Location == nil {
		t.Location = mean
	}
	if t.Scale == nil {
		for i := range cov {
			cov[i] *= widen * widen
		}
		t.Scale = cov
	}
	t.Widen = 0
	return t, nil
}

// Bind wants positive degrees of freedom, a finite location and a positive
// definite scale matrix.
func (t Student) Bind(dim int) (Density, error) {
	if t.Location == nil || t.Scale == nil {
		return nil, fmt.Errorf("snl: Student: %w", ErrNotFitted)
	}
	n := t.freedom()
	if !(n > 0) || math.IsInf(n, 1) {
		return nil, fmt.Errorf("snl: Student.Freedom %g is not positive and finite", n)
	}
	if err := checkLocation("Student", t.Location, dim); err != nil {
		return nil, err
	}
	c, err := newCholesky("Student", t.Scale, dim)
	if err != nil {
		return nil, err
	}
	return newStudent(n, clonePoint(t.Location), c), nil
}

func newStudent(freedom float64, location []float64, c cholesky) *student {
	d := float64(c.dim)
	top, _ := math.Lgamma((freedom + d) / 2)
	bottom, _ := math.Lgamma(freedom / 2)
	return &student{
		cholesky: c, location: location, freedom: freedom,
		base: top - bottom - 0.5*d*math.Log(freedom*math.Pi) - c.logSqrt,
	}
}

type student struct {
	cholesky
	location []float64
	freedom  float64
	base     float64 // log q(location)
}

var (
	_ GradDensity = (*student)(nil)
	_ Extended    = (*student)(nil)
)

func (t *student) Dim() int { return t.dim }

func (t *student) in(c coordinates) Density {
	return newStudent(t.freedom, c.location(t.location), t.cholesky.in(c))
}

func (t *student) LogDensity(dst []float64, ys []Point) {
	s := getScratch()
	z, power := s.vector(t.dim), (t.freedom+float64(t.dim))/2
	for i, y := range ys {
		dst[i] = t.base - power*math.Log1p(t.whiten(z, y, t.location)/t.freedom)
	}
	s.release()
}

func (t *student) GradLogDensity(dst []float64, ys []Point) {
	for i, y := range ys {
		row := dst[i*t.dim : (i+1)*t.dim]
		f := -(t.freedom + float64(t.dim)) / (t.freedom + t.whiten(row, y, t.location))
		t.solveTransposed(row)
		for j := range row {
			row[j] *= f
		}
	}
}

func (t *student) Sample(ys []Point, rng *rand.Rand) {
	for _, y := range ys {
		for j := range y {
			y[j] = rng.NormFloat64()
		}
		// A chi-square of n degrees of freedom is twice a Gamma of n/2.
		t.colour(y, y, t.location, math.Sqrt(t.freedom/(2*gamma(t.freedom/2, rng))))
	}
}

// gamma draws from the Gamma distribution of the shape, with scale 1, by the
// method of Marsaglia and Tsang (2000).
func gamma(shape float64, rng *rand.Rand) float64 {
	if shape < 1 { // Gamma(a) is Gamma(a+1) U^(1/a)
		u := 1 - rng.Float64()
		return max(gamma(shape+1, rng)*math.Pow(u, 1/shape), math.SmallestNonzeroFloat64)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := rng.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if u := 1 - rng.Float64(); math.Log(u) < 0.5*x*x+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// Extent holds all but about 1e-7 of each coordinate, or reaches 40 scales.
func (t *student) Extent(low, high Point) bool {
	// The tail of t is about C x^-n; the power law is enough here.
	reach := min(40, max(gaussianReach, math.Sqrt(t.freedom)*math.Pow(1e-7, -1/t.freedom)))
	for j, m := range t.location {
		r := reach * t.deviation(j)
		low[j], high[j] = m-r, m+r
	}
	return false
}
