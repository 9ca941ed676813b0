package structured

import (
	"gonum.org/v1/gonum/floats"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// tauBase is the base of a structure-aware tau on its way through a worker.
// Where the gradient is wanted it is taken together with the value, and scaled
// once d loss/d tau is known.
type tauBase struct {
	value       []float64
	logits, own []float64 // d base/d theta, per row
}

// forwardBase returns the base of n rows, for whose theta the batch is ready
// but for Aux.
func forwardBase[Y any](t *tauBase, s LogPartitionSurrogate[Y], b *Batch[Y], n int, gradient bool) []float64 {
	t.value = numeric.Grow(t.value, n)
	if gradient {
		t.logits = numeric.Zeroed(t.logits, n*b.logits)
		t.own = numeric.Zeroed(t.own, n*len(b.Own))
	}
	for i := range t.value {
		theta := Theta{Logits: b.Logits[i*b.logits : (i+1)*b.logits], Own: b.Own}
		if gradient {
			t.value[i] = s.AddGradSurrogate(t.row(i, b.logits, len(b.Own)), theta, 1)
		} else {
			t.value[i] = s.Surrogate(theta)
		}
	}
	return t.value
}

// row is the gradient of row i.
func (t *tauBase) row(i, logits, own int) Theta {
	return Theta{Logits: t.logits[i*logits : (i+1)*logits], Own: t.own[i*own : (i+1)*own]}
}

// backward adds what d loss/d tau of each example makes of the gradient.
func (t *tauBase) backward(dTau, dLogits, dOwn []float64) {
	logits, own := len(dLogits)/max(1, len(dTau)), len(dOwn)
	for i, d := range dTau {
		row := t.row(i, logits, own)
		floats.AddScaled(dLogits[i*logits:(i+1)*logits], d, row.Logits)
		floats.AddScaled(dOwn, d, row.Own)
	}
}
