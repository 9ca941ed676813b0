package sets

import (
	"math"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// determinantalInference is exact under independent references; see
// Determinantal.
type determinantalInference struct {
	determinantalSearch
	sized *determinantalSized
}

var (
	_ structured.ConditionalLogPartition[Set] = (*determinantalInference)(nil)
	_ structured.ExactSampler[Set]            = (*determinantalInference)(nil)
	_ LabelMarginalizer                       = (*determinantalInference)(nil)
	_ PairMarginalizer                        = (*determinantalInference)(nil)
	_ SizeMarginalizer                        = (*determinantalInference)(nil)
)

func (inf *determinantalInference) LogZ(theta structured.Theta) float64 {
	logZ, _ := inf.AddGradLogZGiven(structured.Theta{}, theta, nil, 0)
	return logZ
}

func (inf *determinantalInference) AddGradLogZ(grad, theta structured.Theta, weight float64) float64 {
	logZ, _ := inf.AddGradLogZGiven(grad, theta, nil, weight)
	return logZ
}

// AddGradLogZGiven costs as much as without evidence, for which e is nil: the
// labels known have the weight 1 or 0 in M.
func (inf *determinantalInference) AddGradLogZGiven(grad, theta structured.Theta, e structured.Evidence[Set], weight float64) (float64, error) {
	c := inf.c
	m := c.volume()
	defer c.idle.Put(m)
	var o Observation
	if e != nil {
		var err error
		if o, _, m.list, err = inf.space.observed(e, m.list); err != nil {
			return math.NaN(), err
		}
	}
	u, v := c.split(theta)
	logZ := inf.space.ref.logBase
	m.identity()
	for j, b := range inf.space.ref.odds {
		w := u[j] + b
		switch {
		case e == nil || !has(o.Known, j):
			logZ += numeric.Softplus(w)
			m.s[j] = numeric.Sigmoid(w)
		case has(o.Values, j):
			logZ += w
			m.s[j] = 1
		default:
			m.s[j] = 0
		}
		m.add(v[j*c.r:(j+1)*c.r], m.s[j])
	}
	logZ += m.factor()
	if weight == 0 {
		return logZ, nil
	}
	m.invert()
	du, dv := c.split(grad)
	for j, s := range m.s {
		q := m.times(v[j*c.r : (j+1)*c.r])
		du[j] += weight * s * (1 + (1-s)*q)
		kernel.Axpy(dv[j*c.r:(j+1)*c.r], 2*weight*s, m.x)
	}
	return logZ, nil
}

// LabelMarginals costs O(k r^2 + r^3).
func (inf *determinantalInference) LabelMarginals(dst []float64, theta structured.Theta) {
	inf.c.MeanField(dst, theta, inf.space.ref.odds)
}

// SizeMarginals goes by the eigenvalues of L, O(k^3).
func (inf *determinantalInference) SizeMarginals(size, joint []float64, theta structured.Theta) {
	inf.sized.SizeMarginals(size, joint, theta)
}

// PairMarginals costs O(k^2 r + r^3).
func (inf *determinantalInference) PairMarginals(dst []float64, theta structured.Theta) {
	c := inf.c
	m := c.volume()
	defer c.idle.Put(m)
	u, v := c.split(theta)
	m.weigh(u, v, inf.space.ref.odds)
	m.invert()
	for i, s := range m.s {
		m.w[i] = min(s*(1+(1-s)*m.times(v[i*c.r:(i+1)*c.r])), 1)
	}
	for i, s := range m.s {
		m.times(v[i*c.r : (i+1)*c.r])
		for j := range i {
			x := kernel.Dot(m.x, v[j*c.r:(j+1)*c.r])
			p := m.w[i]*m.w[j] - s*(1-s)*m.s[j]*(1-m.s[j])*x*x
			dst[i*c.k+j] = max(p, 0)
			dst[j*c.k+i] = dst[i*c.k+j]
		}
		dst[i*c.k+i] = m.w[i]
	}
}

// SampleModel decides the labels in turn: of those decided, the present ones have
// weight 1 in M and the absent ones 0, and P(j in y | those) has the same form as
// without. M^-1 follows by the rank-one formula of Sherman and Morrison.
func (inf *determinantalInference) SampleModel(ys []Set, theta structured.Theta, key uint64) {
	c := inf.c
	m := c.volume()
	defer c.idle.Put(m)
	u, v := c.split(theta)
	m.weigh(u, v, inf.space.ref.odds)
	m.invert()
	first := append([]float64(nil), m.a...)
	rng := stream.New(key)
	for _, y := range ys {
		copy(m.a, first)
		m.decide(y, v, func(p float64) bool { return rng.Float64() < p })
	}
}

// decide goes through the labels, with the probability of each given those before,
// after weigh and invert.
func (m *volume) decide(y Set, v []float64, present func(p float64) bool) {
	y.Clear()
	for j, s := range m.s {
		q := m.times(v[j*m.r : (j+1)*m.r])
		change := -s
		if present(s * (1 + (1-s)*q)) {
			y.Add(j)
			change = 1 - s
		}
		m.update(change, q)
	}
}

// update adds w v v' to the matrix whose inverse is there, given x = A v and
// q = v'x for the inverse A.
func (m *volume) update(w, q float64) {
	f := -w / (1 + w*q)
	for i, x := range m.x {
		kernel.Axpy(m.a[i*m.r:(i+1)*m.r], f*x, m.x)
	}
}
