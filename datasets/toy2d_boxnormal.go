package datasets

import "math"

// boxNormal is the log-density of v + e, with v uniform in [0, w] and e
// standard normal,
//
//	log( (Phi(z) - Phi(z-w)) / w ),
//
// from a table: error below 1e-9 for all z.
type boxNormal struct {
	w     float64
	table []float64 // at -boxReach + i/boxSteps
}

const (
	boxReach = 40  // the table is for -boxReach <= z <= w + boxReach
	boxSteps = 128 // per unit
)

func newBoxNormal(w float64) *boxNormal {
	b := &boxNormal{w: w, table: make([]float64, int((2*boxReach+w)*boxSteps)+4)}
	for i := range b.table {
		b.table[i] = b.exact(-boxReach + float64(i)/boxSteps)
	}
	return b
}

// log interpolates by the cubic through the four nearest entries.
func (b *boxNormal) log(z float64) float64 {
	at := (z + boxReach) * boxSteps
	if !(at >= 1 && at < float64(len(b.table)-3)) {
		return b.exact(z)
	}
	i := int(at)
	s := at - float64(i)
	f := b.table[i-1 : i+3]
	return f[1] + s*((f[2]-f[0])/2+s*(f[0]-2.5*f[1]+2*f[2]-f[3]/2+s*((f[3]-f[0])/2+1.5*(f[1]-f[2]))))
}

func (b *boxNormal) exact(z float64) float64 {
	z = min(z, b.w-z) // symmetric around w/2; now Phi(z) does not cancel
	ratio := logNormalCDF(z-b.w) - logNormalCDF(z)
	if z < logNormalTail { // without the difference of two squares
		ratio = z*b.w - b.w*b.w/2 + normalTail(z-b.w) - normalTail(z)
	}
	return logNormalCDF(z) + math.Log1p(-math.Exp(ratio)) - math.Log(b.w)
}

// logNormalCDF is log Phi(z), by the asymptotic series below logNormalTail,
// where Phi would underflow before long.
func logNormalCDF(z float64) float64 {
	if z > logNormalTail {
		return math.Log(math.Erfc(-z/math.Sqrt2) / 2)
	}
	return -z*z/2 + normalTail(z)
}

const logNormalTail = -30

// normalTail is log Phi(z) + z^2/2 for z <= logNormalTail.
func normalTail(z float64) float64 {
	r := 1 / (z * z)
	return -math.Log(-z) - logSqrt2Pi + math.Log1p(-r*(1-r*(3-r*(15-r*105))))
}

// logSqrt2Pi is log sqrt(2 pi).
const logSqrt2Pi = 0.918938533204672741780329736405617639861397473637783412817
