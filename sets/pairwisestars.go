package sets

import (
	"math"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// stars bounds log Z = log sum_y exp(<v,y> + sum_{i<j in y} U_ij) over all
// subsets of n labels from above, and the largest score. Each label c is the
// centre of a star, a tree with the interactions n/2 U_cj and unary scores t^c
// of its own; where the t^c average to v, the stars average to the score, and
// by convexity (Wainwright, Jaakkola, Willsky 2005)
//
//	log Z <= (1/n) sum_c log Z(star c),
//	log Z(star c) = log( e^{A_c(0)} + e^{t^c_c + A_c(1)} ),  A_c(y) = sum_{j != c} log(1 + exp(t^c_j + y n/2 U_cj)),
//
// for any such t: a certain bound. Sweeps move the t towards where all stars
// agree on the marginals, where it is least. With max in place of the sums it
// bounds the largest score. O(n^2) a sweep.
type stars struct {
	n    int
	v, u []float64
	t    []float64 // n x n: star by star
	m    []float64 // marginals, star by star
	mean []float64

	terms, p [2][]float64
}

const starSweeps = 20

func (s *stars) reset(n int) {
	s.n = n
	s.v, s.mean = numeric.Grow(s.v, n), numeric.Grow(s.mean, n)
	s.u, s.t, s.m = numeric.Grow(s.u, n*n), numeric.Grow(s.t, n*n), numeric.Grow(s.m, n*n)
	for i := range s.terms {
		s.terms[i], s.p[i] = numeric.Grow(s.terms[i], n), numeric.Grow(s.p[i], n)
	}
}

// upper returns the least bound found: of log Z, or where hard of the largest
// score.
func (s *stars) upper(hard bool) float64 {
	n := s.n
	best := math.Inf(1)
	for c := range n {
		copy(s.t[c*n:(c+1)*n], s.v)
	}
	for sweep := range starSweeps {
		bound := 0.0
		clear(s.mean)
		for c := range n {
			bound += s.star(c, hard) / float64(n)
			for i, m := range s.m[c*n : (c+1)*n] {
				s.mean[i] += m / float64(n)
			}
		}
		best = min(best, bound)
		// Towards agreement, which keeps the mean of the t. Where the bound is
		// smooth, what is compared are probabilities, and their slope in t at the
		// mean is p(1-p).
		step := 1 / (float64(sweep) + 2)
		for c := range n {
			t, m := s.t[c*n:(c+1)*n], s.m[c*n:(c+1)*n]
			for i, mean := range s.mean {
				move := step * (mean - m[i])
				if !hard {
					move /= max(mean*(1-mean), 0.02)
				}
				t[i] += move
			}
		}
	}
	return best
}

// star returns log Z of star c, or its largest score, and fills its row of m
// with the probabilities of the labels, or the gains of having them.
func (s *stars) star(c int, hard bool) float64 {
	n := s.n
	t, m, u := s.t[c*n:(c+1)*n], s.m[c*n:(c+1)*n], s.u[c*n:(c+1)*n]
	zero, one := s.terms[0], s.terms[1] // of the others, without the centre and with it
	for j, x := range t {
		zero[j], one[j] = x, x+float64(n)/2*u[j]
	}
	if hard {
		absent, present := 0.0, t[c]
		for j := range t {
			if j != c {
				absent += max(0, zero[j])
				present += max(0, one[j])
			}
		}
		if copy(m, zero); present > absent {
			copy(m, one)
		}
		m[c] = present - absent
		return max(absent, present)
	}
	kernel.Softplus(zero, s.p[0])
	kernel.Softplus(one, s.p[1])
	absent, present := -zero[c], t[c]-one[c]
	for j := range t {
		absent += zero[j]
		present += one[j]
	}
	p := numeric.Sigmoid(present - absent)
	for j := range m {
		m[j] = p*s.p[1][j] + (1-p)*s.p[0][j]
	}
	m[c] = p
	return numeric.LogAddExp(absent, present)
}
