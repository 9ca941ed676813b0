package sets

import (
	"math"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/internal/numeric"
	"github.com/gibbs-ebm/gibbs/structured"
)

// unaryDraws are packed draws with unary scores.
type unaryDraws struct {
	draws
	u, tables, e, sums []float32
	grad               []float64
}

var _ structured.SingleDraws = (*unaryDraws)(nil)

// Score costs k/8 look-ups a set.
func (d *unaryDraws) Score(dst []float64, theta structured.Theta) { d.packed.dot(dst, theta.Logits) }

// AddGrad costs k/8 look-ups a set.
func (d *unaryDraws) AddGrad(grad, _ structured.Theta, weights []float64) {
	d.packed.addWeighted(grad.Logits, weights)
}

// weighed32 is for how many words of sets sums are in float32.
const weighed32 = 8

// worst is the relative error of an exponential that Exponentials puts up with,
// by a rule of thumb for its rounding; it is 1e-5 and less for most models.
const worst = 0.01

// Exponentials costs k/4 look-ups a set, in blocks whose exponentials stay in the
// first cache.
func (d *unaryDraws) Exponentials(grad, theta structured.Theta, tau, factor, most float64) (sum, squares float64) {
	p := &d.packed
	room, words := p.room(), wordsFor(p.k)
	wide := up(p.k, kernel.Lanes32)
	d.u, d.tables = numeric.Zeroed(d.u, wide), numeric.Grow(d.tables, max(4*wide, weighed32*tablesOfWord))
	size := math.Abs(tau)
	for j, v := range theta.Logits {
		d.u[j] = float32(v)
		size += math.Abs(v)
	}
	if !(size*0x1p-24*math.Sqrt(float64(p.k)/8+1) < worst) {
		return math.NaN(), math.NaN()
	}
	d.e = numeric.Grow(d.e, min(room, blockOfSets))
	if factor != 0 {
		p.turn()
		d.grad, d.sums = numeric.Zeroed(d.grad, p.k), numeric.Grow(d.sums, wide)
	}
	shift := float32(tau)
	for from := 0; from < p.n; from += blockOfSets {
		kernel.SubsetSums32(d.tables[:4*wide], d.u)
		n := min(p.n-from, blockOfSets)
		e := d.e[:up(n, kernel.Lanes32)]
		for m := range e {
			e[m] = -shift
		}
		for w := range words {
			at := w*room + from
			bytes := (min(p.k-w*wordBits, wordBits) + 7) / 8
			kernel.AddBitSums32(e, p.bySet[at:at+len(e)], d.tables[w*tablesOfWord:][:32*bytes])
		}
		for m := n; m < len(e); m++ {
			e[m] = float32(math.Inf(-1)) // not a set
		}
		s, q := kernel.Exp32(e)
		sum += s
		squares += q
		if factor != 0 {
			clear(d.e[len(e):up(n, wordBits)])
			d.addExponentials(d.e[:up(n, wordBits)], from/wordBits)
		}
	}
	rest := math.Exp(float64(shift) - tau)
	if sum *= rest; factor != 0 && sum <= most {
		kernel.Axpy(grad.Logits, factor*rest, d.grad)
	}
	return sum, squares * rest * rest
}

// addExponentials adds sum_m e_m y_m over the sets of the words from the given
// one on.
func (d *unaryDraws) addExponentials(e []float32, word int) {
	p := &d.packed
	labels := p.labels()
	for len(e) > 0 {
		some := e[:min(len(e), weighed32*wordBits)]
		e = e[len(some):]
		kernel.SubsetSums32(d.tables[:4*len(some)], some)
		clear(d.sums)
		for t := range len(some) / wordBits {
			kernel.AddBitSums32(d.sums, p.byLabel[word*labels:word*labels+len(d.sums)], d.tables[t*tablesOfWord:(t+1)*tablesOfWord])
			word++
		}
		for j := range d.grad {
			d.grad[j] += float64(d.sums[j])
		}
	}
}

// up is n up to a multiple of m.
func up(n, m int) int { return (n + m - 1) / m * m }
