package nn

import (
	"math"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
)

// jetOrder is the order up to which an activation has jets.
func (a Activation) jetOrder() int {
	if a.smooth() {
		return 2
	}
	return 1
}

// jetUnits are the jets of a hidden layer: of its inputs z and its activations
// a, and the derivatives of the activation at the former.
type jetUnits struct {
	z, a []float64    // a stack each; z only from order 1 on
	d    [3][]float64 // of order 1, 2 and 3
}

// resize makes room for n units of each order and returns where their inputs
// go.
func (u *jetUnits) resize(act Activation, n, order int) []float64 {
	resize(&u.a, (order+1)*n)
	if act.smooth() {
		for k := range order + 1 {
			resize(&u.d[k], n)
		}
	}
	if order == 0 {
		return u.a
	}
	return resize(&u.z, (order+1)*n)
}

// forward turns the inputs of the units into their activations: the chain rule
//
//	a = phi(z),  a' = phi'(z) z',  a'' = phi''(z) z'^2 + phi'(z) z''.
func (u *jetUnits) forward(act Activation, n, order int) {
	if order == 0 {
		act.forward(u.a, u.d[0])
		return
	}
	copy(u.a, u.z)
	a0, a1, z1 := u.a[:n], u.a[n:2*n], u.z[n:2*n]
	act.forward(a0, u.d[0])
	if !act.smooth() {
		kernel.ReLUMask(a1, a0)
		return
	}
	act.higher(&u.d, u.z[:n], a0, order)
	d1, d2 := u.d[0][:n], u.d[1][:n]
	for i, d := range d1 {
		a1[i] = d * z1[i]
	}
	if order < 2 {
		return
	}
	a2, z2 := u.a[2*n:3*n], u.z[2*n:3*n]
	for i, d := range d1 {
		a2[i] = d2[i]*z1[i]*z1[i] + d*z2[i]
	}
}

// backward turns the derivatives of a loss with respect to the activations,
// the stack g, into those with respect to the inputs of the units.
func (u *jetUnits) backward(act Activation, g []float64, n, order int) {
	if order == 0 || !act.smooth() {
		act.backward(g[:n], u.a[:n], u.d[0], 1)
		if order > 0 {
			kernel.ReLUMask(g[n:2*n], u.a[:n])
		}
		return
	}
	g0, g1, z1 := g[:n], g[n:2*n], u.z[n:2*n]
	d1, d2 := u.d[0][:n], u.d[1][:n]
	if order == 1 {
		for i, d := range d1 {
			g0[i] = g0[i]*d + g1[i]*d2[i]*z1[i]
			g1[i] *= d
		}
		return
	}
	g2, z2, d3 := g[2*n:3*n], u.z[2*n:3*n], u.d[2][:n]
	for i, d := range d1 {
		g0[i] = g0[i]*d + g1[i]*d2[i]*z1[i] + g2[i]*(d3[i]*z1[i]*z1[i]+d2[i]*z2[i])
		g1[i] = g1[i]*d + 2*g2[i]*d2[i]*z1[i]
		g2[i] *= d
	}
}

// higher fills d[1] and, for order 2, d[2] with the second and third
// derivatives at z, given the activations a and the first derivatives d[0].
// They are algebra, with no further exponential:
//
//	Tanh      t = a:   phi'' = -2 t phi',  phi''' = phi' (6 t^2 - 2)
//	Softplus  s = phi', p = s(1-s):  phi'' = p,  phi''' = p (1-2s)
//	SiLU      s = a/z, p = s(1-s), q = p(1-2s):
//	          phi'' = 2p + z q,  phi''' = 3q + z (q (1-2s) - 2 p^2)
func (a Activation) higher(d *[3][]float64, z, y []float64, order int) {
	n := len(z)
	d1, d2, d3 := d[0][:n], d[1][:n], d[1][:n]
	if order >= 2 {
		d3 = d[2][:n]
	}
	for i, v := range z {
		var second, third float64
		switch a {
		case Tanh:
			t := y[i]
			second, third = -2*t*d1[i], d1[i]*(6*t*t-2)
		case Softplus:
			s := d1[i]
			p := s * (1 - s)
			second, third = p, p*(1-2*s)
		case SiLU:
			s := 0.5 + 0.25*v // where the quotient loses digits
			if math.Abs(v) > 1e-6 {
				s = y[i] / v
			}
			p := s * (1 - s)
			q := p * (1 - 2*s)
			second, third = 2*p+v*q, 3*q+v*(q*(1-2*s)-2*p*p)
		default:
			panic("nn: activation without higher derivatives")
		}
		d3[i] = third
		d2[i] = second // after d3, which is the same slice at order 1
	}
}
