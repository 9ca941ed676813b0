package snl

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// kronrodNodes is the number of nodes of the Gauss-Kronrod rule (7, 15).
const kronrodNodes = 15

// The rule on [-1, 1] (Kronrod 1965; the digits are those of QUADPACK's qk15,
// Piessens et al. 1983): non-negative nodes from the outermost in, the weights
// of the 15-point rule, and of the 7-point Gauss rule in every second node.
var (
	kronrodHalf = [8]float64{
		0.991455371120812639206854697526329, 0.949107912342758524526189684047851,
		0.864864423359769072789712788640926, 0.741531185599394439863864773280788,
		0.586087235467691130294144691693013, 0.405845151377397166906606412076961,
		0.207784955007898467600689403773245, 0,
	}
	kronrodHalfWeights = [8]float64{
		0.022935322010529224963732008058970, 0.063092092629978553290700663189204,
		0.104790010322250183839876322541518, 0.140653259715525918745189590510238,
		0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
		0.204432940075298892414161999234649, 0.209482141084727828012999174891714,
	}
	gaussHalfWeights = [4]float64{
		0.129484966168869693270611432679082, 0.279705391489276667901467771423780,
		0.381830050505118944950369775488975, 0.417959183673469387755102040816327,
	}
)

// kronrod is the rule in increasing order, with the Legendre coefficients of
// the polynomial through 15 values.
var kronrod = newKronrod()

type kronrodRule struct {
	nodes, weights [kronrodNodes]float64
	gauss          [kronrodNodes]float64               // 0 where the Gauss rule has no node
	series         [kronrodNodes][kronrodNodes]float64 // coefficient of degree d from value i
}

func newKronrod() *kronrodRule {
	k := &kronrodRule{}
	for i, x := range kronrodHalf {
		j := kronrodNodes - 1 - i
		k.nodes[i], k.nodes[j] = -x, x
		k.weights[i], k.weights[j] = kronrodHalfWeights[i], kronrodHalfWeights[i]
		if i%2 == 1 {
			k.gauss[i], k.gauss[j] = gaussHalfWeights[i/2], gaussHalfWeights[i/2]
		}
	}
	// In the Legendre basis the matrix of values is well conditioned.
	values := mat.NewDense(kronrodNodes, kronrodNodes, nil)
	for i, x := range k.nodes {
		p := legendre(x)
		values.SetRow(i, p[:kronrodNodes])
	}
	var inverse mat.Dense
	if err := inverse.Inverse(values); err != nil {
		panic("snl: the Gauss-Kronrod rule: " + err.Error())
	}
	for d := range k.series {
		copy(k.series[d][:], inverse.RawRowView(d))
	}
	return k
}

// legendre has the Legendre polynomials of degree 0 to 15 at x.
func legendre(x float64) (p [kronrodNodes + 1]float64) {
	p[0], p[1] = 1, x
	for d := 1; d < kronrodNodes; d++ {
		f := float64(d)
		p[d+1] = ((2*f+1)*x*p[d] - f*p[d-1]) / (f + 1)
	}
	return p
}

// interpolant is the polynomial through 15 values at the nodes.
type interpolant [kronrodNodes]float64

func (k *kronrodRule) interpolate(f *[kronrodNodes]float64) (c interpolant) {
	for d := range c {
		for i, w := range k.series[d] {
			c[d] += w * f[i]
		}
	}
	return c
}

// at returns the value at x in [-1, 1] and the integral from -1 to x.
func (c *interpolant) at(x float64) (value, integral float64) {
	p := legendre(x)
	value, integral = c[0], c[0]*(x+1)
	for d := 1; d < kronrodNodes; d++ {
		value += c[d] * p[d]
		integral += c[d] * (p[d+1] - p[d-1]) / float64(2*d+1) // of P_d
	}
	return value, integral
}

// panel is a piece [a, b] of the line with log f at the nodes of the rule.
type panel struct {
	a, b float64
	logf [kronrodNodes]float64
	// logMass is the log of the integral of f over the panel, logError that of
	// the estimated error of the integral; high the largest of logf.
	logMass, logError, high float64
}

// node is the place of node i.
func (p *panel) node(i int) float64 { return p.a + 0.5*(p.b-p.a)*(1+kronrod.nodes[i]) }

// integrate computes mass and error from logf, as QUADPACK does: the
// difference of the two rules, which is that of the worse one, is scaled down
// where it is small against the variation of f in the panel.
func (p *panel) integrate() {
	p.high = math.Inf(-1)
	for _, l := range p.logf {
		p.high = max(p.high, l)
	}
	if math.IsInf(p.high, -1) {
		p.logMass, p.logError = math.Inf(-1), math.Inf(-1)
		return
	}
	var f [kronrodNodes]float64
	fine, coarse := 0.0, 0.0
	for i, l := range p.logf {
		f[i] = math.Exp(l - p.high)
		fine += kronrod.weights[i] * f[i]
		coarse += kronrod.gauss[i] * f[i]
	}
	spread := 0.0
	for i := range f {
		spread += kronrod.weights[i] * math.Abs(f[i]-fine/2)
	}
	e := math.Abs(fine - coarse)
	if spread > 0 && e > 0 {
		e = spread * min(1, math.Pow(200*e/spread, 1.5))
	}
	e = max(e, 50*0x1p-53*fine)
	width := math.Log(0.5 * (p.b - p.a))
	p.logMass, p.logError = p.high+math.Log(fine)+width, p.high+math.Log(e)+width
}
