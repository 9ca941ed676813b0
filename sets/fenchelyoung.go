package sets

import (
	"fmt"
	"math"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// FenchelYoung is the generalised Fenchel-Young loss (Blondel, Llinares-López,
// Dadashi, Hussenot, Geist 2022) over fractional sets,
//
//	loss(x, y) = max_{mu in [0,1]^k} [ g(x, mu) + <b, mu> - Omega(mu) ] - g(x, y) - <b, y> + Omega(y) >= 0,
//
// b being the log odds of the reference. The gradient is that of the envelope
// theorem, dg(x, mu*)/dtheta - dg(x, y)/dtheta, with no derivative of the
// maximiser mu*. With the Entropy of independent labels and scores that are
// affine in each label the maximum is the mean-field bound of log Z (up to a
// constant), and for [Unary] scores log Z itself: the loss is then -log p(y|x).
//
// mu* is found by mirror (Entropy) or projected (Quadratic) gradient ascent with
// backtracking. It is a global maximum where the objective is concave, as for
// Unary scores; elsewhere it may be a local one, and the loss a lower bound of
// the one above. It needs a coupling that is [Relaxable] and a reference without
// bounds on sizes; partly observed sets are ErrPartial.
type FenchelYoung struct {
	// Regularizer is Omega.
	Regularizer Regularizer
	// Strength scales Omega; 0 stands for 1. The smaller it is, the nearer the
	// loss to that of [Perceptron].
	Strength float64
	// Steps is the most steps of ascent; 0 stands for 100.
	Steps int
}

// Regularizer is a convex function of fractional sets.
type Regularizer int

const (
	// Entropy is minus the entropy of independent labels,
	// sum_j mu_j log mu_j + (1-mu_j) log(1-mu_j); 0 on sets.
	Entropy Regularizer = iota
	// Quadratic is half the squared norm, (1/2) sum_j (mu_j - y_j)^2 measured
	// from the corner 1/2: (1/2) sum_j mu_j (mu_j - 1), which is 0 on sets too.
	// mu* can then have labels of exactly 0 and 1 (the sparsemax of each label).
	Quadratic
)

// String is entropy or quadratic.
func (r Regularizer) String() string {
	switch r {
	case Entropy:
		return "entropy"
	case Quadratic:
		return "quadratic"
	}
	return fmt.Sprintf("Regularizer(%d)", int(r))
}

func (o FenchelYoung) strength() float64 {
	if o.Strength == 0 {
		return 1
	}
	return o.Strength
}

// String is gfy.
func (FenchelYoung) String() string { return "gfy" }

// Validate reports the first setting that makes no sense, if any.
func (o FenchelYoung) Validate() error {
	if o.Regularizer != Entropy && o.Regularizer != Quadratic {
		return fmt.Errorf("sets: unknown FenchelYoung.Regularizer %d", int(o.Regularizer))
	}
	if s := o.strength(); !(s > 0) || math.IsInf(s, 1) {
		return fmt.Errorf("sets: FenchelYoung.Strength %g is not positive and finite", s)
	}
	if o.Steps < 0 {
		return fmt.Errorf("sets: FenchelYoung.Steps %d is negative", o.Steps)
	}
	return nil
}

// Bind wants a *Space without bounds on sizes and a coupling that is Relaxable.
func (o FenchelYoung) Bind(p structured.Problem[Set]) (structured.Criterion[Set], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	space, ok := p.Space.(*Space)
	if !ok || space.ref.bounded() {
		return nil, fmt.Errorf("objective %s: %w: it wants a *sets.Space whose reference does not bound sizes", o, structured.ErrIntractable)
	}
	c, ok := p.Coupling.(Relaxable)
	if !ok {
		return nil, fmt.Errorf("objective %s: %w: scores of type %T are not defined on fractional sets", o, structured.ErrIntractable, p.Coupling)
	}
	if o.Steps == 0 {
		o.Steps = 100
	}
	return &fenchelYoung{o, space, c}, nil
}

type fenchelYoung struct {
	FenchelYoung
	space    *Space
	coupling Relaxable
}

type fenchelYoungScratch struct {
	mu, next, slope, nextSlope []float64
	one                        []Set
	score, weight              [1]float64
}

func (*fenchelYoung) Generator() fenchel.Generator { return fenchel.Softmax }
func (*fenchelYoung) UsesTau() bool                { return false }

func (c *fenchelYoung) NewScratch() structured.Scratch {
	v := func() []float64 { return make([]float64, c.space.k) }
	return &fenchelYoungScratch{mu: v(), next: v(), slope: v(), nextSlope: v(), one: c.space.Make(1)}
}

func (c *fenchelYoung) Evaluate(b *structured.Batch[Set], scratch structured.Scratch) error {
	s := scratch.(*fenchelYoungScratch)
	for i, y := range b.Y {
		if b.Evidence != nil && b.Evidence[i] != nil {
			return fmt.Errorf("objective %s: %w", c.FenchelYoung, structured.ErrPartial)
		}
		theta := b.Theta(i)
		s.one[0].CopyFrom(y)
		c.coupling.Score(s.score[:], theta, s.one)
		for j := range y.Labels() {
			s.score[0] += c.space.ref.odds[j]
		}
		b.Loss[i] = max(0, c.maximize(s, theta)-s.score[0])
		if b.WantsGrad() {
			c.coupling.AddGradRelaxed(b.Grad(i), theta, s.mu, b.Scale[i])
			s.weight[0] = -b.Scale[i]
			c.coupling.AddGrad(b.Grad(i), theta, s.one, s.weight[:])
		}
	}
	return nil
}

// value is the objective at mu, and overwrites slope with dg/dmu + b.
func (c *fenchelYoung) value(slope, mu []float64, theta structured.Theta) float64 {
	v := c.coupling.Relaxed(slope, mu, theta)
	for j, m := range mu {
		slope[j] += c.space.ref.odds[j]
		v += m * c.space.ref.odds[j]
		v -= c.strength() * c.Regularizer.of(m)
	}
	return v
}

// of is the part of a label.
func (r Regularizer) of(m float64) float64 {
	if r == Quadratic {
		return m * (m - 1) / 2
	}
	v := 0.0
	if m > 0 {
		v += m * math.Log(m)
	}
	if m < 1 {
		v += (1 - m) * math.Log1p(-m)
	}
	return v
}

// argmax is the best m for the slope v alone, max_m v m - strength Omega(m).
func (r Regularizer) argmax(v, strength float64) float64 {
	if r == Quadratic {
		return min(1, max(0, 0.5+v/strength))
	}
	return numeric.Sigmoid(v / strength)
}

// maximize overwrites s.mu with the maximiser and returns the maximum. A step
// goes to the best mu for the slope here, or part of the way to its dual point:
//
//	mu <- argmax( (1-eta) Omega'(mu) + eta slope ),
//
// with eta halved until the value grows.
func (c *fenchelYoung) maximize(s *fenchelYoungScratch, theta structured.Theta) float64 {
	strength := c.strength()
	dual := func(m float64) float64 { // Omega' times the strength
		if c.Regularizer == Quadratic {
			return strength * (m - 0.5)
		}
		return strength * (math.Log(m) - math.Log1p(-m))
	}
	for j, b := range c.space.ref.odds {
		s.mu[j] = c.Regularizer.argmax(b, strength)
	}
	value := c.value(s.slope, s.mu, theta)
	eta := 1.0
	for range c.Steps {
		moved, next := 0.0, 0.0
		for {
			moved = 0
			for j, m := range s.mu {
				to := s.slope[j]
				if eta < 1 && m > 0 && m < 1 || eta < 1 && c.Regularizer == Quadratic {
					to = (1-eta)*dual(m) + eta*to
				}
				s.next[j] = c.Regularizer.argmax(to, strength)
				moved = max(moved, math.Abs(s.next[j]-m))
			}
			next = c.value(s.nextSlope, s.next, theta)
			if next >= value || moved < 1e-9 {
				break
			}
			eta /= 2
		}
		if next >= value {
			value = next
			s.mu, s.next = s.next, s.mu
			s.slope, s.nextSlope = s.nextSlope, s.slope
		}
		if moved < 1e-9 {
			break
		}
		eta = min(1, 1.5*eta)
	}
	return value
}
