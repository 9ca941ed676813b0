package fenchel_test

import (
	"math"
	"math/big"

	"github.com/gibbs-ebm/gibbs/fenchel"
)

// The reference: the problems of the losses in long arithmetic, written from
// their definitions and by another method: the threshold is bracketed by
// doubling and found by Newton's method between bisections, until nothing moves.

// program is max_p <s,p> - Omega(p) over p >= 0, sum p = mass (at most mass if
// atMost), p <= 1 if capped.
type program struct {
	of             divergence
	scores, q      []float64
	mass           float64
	capped, atMost bool

	top float64      // the highest score
	z   []*big.Float // scores less that
	all bool         // the mass is as much as all entries can have
}

// centre fills z.
func (p *program) centre() {
	p.top = math.Inf(-1)
	for i, s := range p.scores {
		if p.weight(i) > 0 {
			p.top = max(p.top, s)
		}
	}
	p.z = make([]*big.Float, len(p.scores))
	for i, s := range p.scores {
		p.z[i] = zero()
		if !math.IsInf(s, -1) {
			p.z[i] = sub(num(s), num(p.top))
		}
	}
}

func (p *program) weight(i int) float64 {
	if p.q == nil {
		return 1
	}
	return p.q[i]
}

// at is p_i and its slope at the threshold top + t; nil where a ratio is infinite.
func (p *program) at(i int, t *big.Float) (x, slope *big.Float) {
	w := p.weight(i)
	if w == 0 || math.IsInf(p.scores[i], -1) {
		return zero(), zero()
	}
	v := div(sub(p.z[i], t), num(p.of.scale))
	u, slope := p.of.ratio(v)
	if u != nil {
		u, slope = mul(num(w), u), div(mul(num(w), slope), num(p.of.scale))
	}
	if p.all || p.capped && (u == nil || u.Cmp(sub(num(1), zero().SetMantExp(num(1), -int(precision)/2))) >= 0) {
		return num(1), zero()
	}
	return u, slope
}

// sum is the mass at top + t less that wanted, and its slope.
func (p *program) sum(t *big.Float) (excess, slope *big.Float) {
	excess, slope = num(-p.mass), zero()
	for i := range p.scores {
		x, s := p.at(i, t)
		if x == nil {
			return num(1), nil
		}
		excess.Add(excess, x)
		slope.Add(slope, s)
	}
	return excess, slope
}

// solve returns the threshold less top, and whether it is what the budget says.
func (p *program) solve() (t *big.Float, bound bool) {
	p.centre()
	if p.atMost {
		if e, _ := p.sum(num(-p.top)); e.Sign() <= 0 {
			return num(-p.top), false
		}
	}
	if p.of.closed && !p.capped { // log-sum-exp
		sum := zero()
		for i, z := range p.z {
			if w := p.weight(i); w > 0 && !math.IsInf(p.scores[i], -1) {
				sum.Add(sum, mul(num(w), exp(div(z, num(p.of.scale)))))
			}
		}
		return mul(num(p.of.scale), log(div(sum, num(p.mass)))), true
	}
	if p.capped {
		full := 0.0
		for i, x := range p.scores {
			if p.weight(i) > 0 && !math.IsInf(x, -1) {
				full++
			}
		}
		if p.all = full == p.mass; p.all {
			return zero(), true
		}
	}
	lo, hi := zero(), zero()
	for step := num(p.of.scale); ; step = mul(step, num(4)) {
		if e, _ := p.sum(lo); e.Sign() >= 0 || step.MantExp(nil) > 1100 {
			break
		}
		lo = sub(lo, step)
	}
	for step := num(p.of.scale); ; step = mul(step, num(4)) {
		if e, _ := p.sum(hi); e.Sign() <= 0 {
			break
		}
		hi = add(hi, step)
	}
	t = lo
	for i := range 4 * int(precision) {
		e, slope := p.sum(t)
		if e.Sign() >= 0 {
			lo = t
		} else {
			hi = t
		}
		next := div(add(lo, hi), num(2))
		if i%5 < 4 && slope != nil && slope.Sign() > 0 {
			if n := add(t, div(e, slope)); n.Cmp(lo) > 0 && n.Cmp(hi) < 0 {
				next = n
			}
		}
		step := sub(next, t)
		t = next
		if step.Sign() == 0 || step.MantExp(nil) < -int(precision)+min(60, int(precision)/4)+max(0, t.MantExp(nil)) {
			break
		}
	}
	return t, true
}

// omega is Omega at p, by its definition.
func (p *program) omega(at []*big.Float) *big.Float {
	centre := p.of.f(zero())
	if centre == nil {
		centre = zero()
	}
	sum := mul(num(p.mass), centre)
	for i, x := range at {
		w := p.weight(i)
		if w == 0 || x.Sign() == 0 && math.IsInf(p.scores[i], -1) { // as if it were not there
			continue
		}
		f := p.of.f(div(x, num(w)))
		if f == nil {
			return nil
		}
		sum.Add(sum, mul(num(w), sub(f, centre)))
	}
	return mul(num(p.of.scale), sum)
}

// solution is what the reference says.
type solution struct {
	p         []*big.Float
	slope     []*big.Float // of p_i against minus the threshold
	bound     bool         // the sum of p is fixed
	conjugate *big.Float
	omega     func(p []*big.Float) *big.Float
	scores    []float64
	z         []*big.Float                        // less top, if bound
	top       *big.Float                          // what that takes off the conjugate
	left      *big.Float                          // mass and
	high      *big.Float                          // the highest score, if targets may be short of it
	jacobian  func(direction []float64) []float64 // nil for that of a sum of terms
}

func (p *program) solution() solution {
	t, bound := p.solve()
	s := solution{omega: p.omega, scores: p.scores, bound: bound, z: p.z, top: mul(num(p.top), num(p.mass)), left: zero(), high: zero()}
	if p.atMost && bound {
		s.left, s.high = num(p.mass), num(p.top)
	}
	if !bound {
		p.top = 0
		for i, x := range p.scores {
			s.z[i] = num(max(x, -math.MaxFloat64))
		}
		s.top, t = zero(), zero()
	}
	for i := range p.scores {
		x, slope := p.at(i, t)
		s.p, s.slope = append(s.p, x), append(s.slope, slope)
	}
	if p.of.closed && !p.capped {
		s.conjugate = add(s.top, t)
	} else {
		s.conjugate = add(s.top, sub(s.inner(s.p), p.omega(s.p)))
	}
	return s
}

func (s *solution) inner(p []*big.Float) *big.Float {
	sum := zero()
	for i, x := range p {
		if x.Sign() != 0 {
			sum.Add(sum, mul(x, s.z[i]))
		}
	}
	return sum
}

// loss is that of a target, nil where it is infinite.
func (s *solution) loss(target []float64) *big.Float {
	y := make([]*big.Float, len(target))
	for i, x := range target {
		y[i] = num(x)
	}
	omega := s.omega(y)
	if omega == nil {
		return nil
	}
	// What is left of the budget counts with the scores as they are.
	left := zero().Set(s.left)
	for _, x := range y {
		left.Sub(left, x)
	}
	return add(sub(add(sub(s.conjugate, s.top), omega), s.inner(y)), mul(left, s.high))
}

// jvp is the Jacobian times a direction.
func (s *solution) jvp(direction []float64) []float64 {
	if s.jacobian != nil {
		return s.jacobian(direction)
	}
	mean, weight := zero(), zero()
	for i, d := range direction {
		mean.Add(mean, mul(s.slope[i], num(d)))
		weight.Add(weight, s.slope[i])
	}
	if !s.bound || weight.Sign() == 0 {
		mean = zero()
	} else {
		mean = div(mean, weight)
	}
	out := make([]float64, len(direction))
	for i, d := range direction {
		out[i] = float(mul(s.slope[i], sub(num(d), mean)))
	}
	return out
}

// normmax is the solution of Norm, by its definition.
func normmax(n fenchel.Norm, scores []float64) solution {
	a, scale := n.Alpha, n.Scale
	if a == 0 {
		a = 2
	}
	if scale == 0 {
		scale = 1
	}
	one := num(1)
	m := div(one, sub(num(a), one))
	weight := func(i int) *big.Float {
		if n.Reference == nil {
			return one
		}
		return num(n.Reference[i])
	}
	// sum q z^{m+1} = 1, z = (s - t)/scale.
	dual := divergence{
		ratio: func(v *big.Float) (u, slope *big.Float) {
			if v.Sign() <= 0 {
				return zero(), zero()
			}
			r := pow(v, m)
			return mul(r, v), mul(add(m, one), r)
		},
		scale: scale,
	}
	p := program{of: dual, scores: scores, q: n.Reference, mass: 1}
	t, _ := p.solve()
	s := solution{scores: scores, bound: true, z: p.z, top: num(p.top), left: zero(), high: zero()}
	mass := zero()
	for i, x := range scores {
		w, slope := zero(), zero()
		if z := div(sub(p.z[i], t), num(scale)); z.Sign() > 0 && !math.IsInf(x, -1) {
			w = mul(weight(i), pow(z, m))
			slope = div(mul(m, w), mul(z, num(scale)))
		}
		s.p, s.slope = append(s.p, w), append(s.slope, slope)
		mass.Add(mass, w)
	}
	for i, x := range s.p {
		s.p[i], s.slope[i] = div(x, mass), div(s.slope[i], mass)
	}
	s.jacobian = func(direction []float64) []float64 {
		dt, sum := zero(), zero()
		for i, d := range direction {
			dt.Add(dt, mul(s.p[i], num(d)))
		}
		dp := make([]*big.Float, len(direction))
		for i, d := range direction {
			dp[i] = mul(s.slope[i], sub(num(d), dt))
			sum.Add(sum, dp[i])
		}
		out := make([]float64, len(direction))
		for i, d := range dp {
			out[i] = float(sub(d, mul(s.p[i], sum)))
		}
		return out
	}
	s.omega = func(p []*big.Float) *big.Float {
		sum := zero()
		for i, x := range p {
			if w := weight(i); w.Sign() > 0 && x.Sign() > 0 {
				sum.Add(sum, mul(w, pow(div(x, w), num(a))))
			}
		}
		return mul(num(scale), sub(pow(sum, div(one, num(a))), one))
	}
	s.conjugate = add(s.top, sub(s.inner(s.p), s.omega(s.p)))
	return s
}

// pairs is the solution of OneVersusAll: that of (s, 0) for every score, relative
// to (q, 1-q) if there is q.
func pairs(of divergence, scores, q []float64) solution {
	s := solution{scores: scores, conjugate: zero(), top: zero(), left: zero(), high: zero()}
	one := func(i int, x float64) *program {
		p := &program{of: of, scores: []float64{x, 0}, mass: 1}
		if q != nil {
			p.q = []float64{q[i], 1 - q[i]}
		}
		return p
	}
	for i, x := range scores {
		p, slope, z := zero(), zero(), zero()
		if !math.IsInf(x, -1) {
			z = num(x)
			r := one(i, x).solution()
			p = r.p[0]
			if h := add(r.slope[0], r.slope[1]); h.Sign() > 0 {
				slope = div(mul(r.slope[0], r.slope[1]), h)
			}
			s.conjugate.Add(s.conjugate, r.conjugate)
		} else if q != nil {
			s.conjugate.Sub(s.conjugate, one(i, 0).omega([]*big.Float{zero(), num(1)}))
		}
		s.p, s.slope, s.z = append(s.p, p), append(s.slope, slope), append(s.z, z)
	}
	s.omega = func(p []*big.Float) *big.Float {
		sum := zero()
		for i, x := range p {
			sum.Add(sum, one(i, 0).omega([]*big.Float{x, sub(num(1), x)}))
		}
		return sum
	}
	return s
}
