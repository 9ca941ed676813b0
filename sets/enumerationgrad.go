package sets

import "github.com/gibbs-ebm/gibbs/internal/numeric"

// The parts of enumeration that sum weights by label and by pair of labels,
// which are the gradient of the log of the sum.

func (e *enumeration) clearGrad() {
	e.one, e.two = numeric.Zeroed(e.one, e.n), numeric.Zeroed(e.two, e.n*e.n)
	if len(e.acc) == 0 {
		e.acc = append(e.acc, nil)
	}
	for i := range e.acc {
		e.acc[i] = numeric.Zeroed(e.acc[i], len(e.inner))
	}
}

// fold reduces the weights of the leaf to their sum and, in q[0], the sums of
// the subsets with each inner label.
func (e *enumeration) fold(scale float64) float64 {
	q := e.q[0]
	clear(q)
	addFolded(q, e.w)
	for j := range q {
		q[j] *= scale
	}
	return scale * e.w[0]
}

// unfoldInner adds what the inner subsets give to one and two.
func (e *enumeration) unfoldInner() {
	p := e.w
	clear(p)
	for at, acc := range e.acc {
		if e.wide {
			for b, a := range acc {
				p[b] += a
			}
		} else if at < len(e.weight) && (at == 0 || e.bounded()) && len(e.weight[at]) == len(p) {
			for b, a := range acc {
				p[b] += a * e.weight[at][b]
			}
		}
		if !e.bounded() {
			break
		}
	}
	for j := e.m - 1; j >= 0; j-- {
		lo, hi := p[:1<<j], p[1<<j:2<<j]
		sum := 0.0
		for b, x := range hi {
			sum += x
			lo[b] += x
		}
		e.one[j] += sum
		// hi is the table of subsets with j of the labels below j.
		for i := j - 1; i >= 0; i-- {
			a, b := hi[:1<<i], hi[1<<i:2<<i]
			pair := 0.0
			for s, x := range b {
				pair += x
				a[s] += x
			}
			e.two[i*e.n+j] += pair
		}
	}
}
