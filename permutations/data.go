package permutations

import (
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Data is n label-ranking examples. It is never changed by the library.
type Data struct {
	// X has the features, n x d: a *mat.Dense, an *nn.CSR or another
	// mat.Matrix; nil for an unconditional model.
	X mat.Matrix
	// Y has the n orderings, all of the same k labels.
	Y []Ordering
	// Partial says, where not nil, for the rows where it is not the zero
	// Partial, that of Y only this is known, whatever Y says. Training and
	// likelihoods then count what is known. Where all rows are partial, Y may
	// be nil.
	Partial []Partial
	// Weights has the weight of each example; nil stands for ones.
	Weights []float64
}

// Len is the number of examples.
func (d *Data) Len() int { return max(len(d.Y), len(d.Partial)) }

// K is the number of labels, of the first row with a weight; 0 where there are
// no examples.
func (d *Data) K() int {
	row := 0
	for row < d.Len()-1 && d.weightless(row) {
		row++
	}
	switch {
	case row < len(d.Partial) && !d.Partial[row].IsZero():
		return d.Partial[row].K()
	case row < len(d.Y):
		return d.Y[row].K()
	}
	return 0
}

// weightless reports whether row i has weight 0, and so may have anything in it.
func (d *Data) weightless(i int) bool { return i < len(d.Weights) && d.Weights[i] == 0 }

// Structured returns the data in the form that structured.Fit takes. A partial
// ranking that only one ordering agrees with becomes that ordering.
func (d *Data) Structured() (structured.Data[Ordering], error) {
	out := structured.Data[Ordering]{X: d.X, Y: d.Y, Weights: d.Weights}
	if d.Partial == nil {
		return out, nil
	}
	n := len(d.Partial)
	if d.Y != nil && len(d.Y) != n {
		return out, &structured.DimensionError{What: "rows of Partial", Want: len(d.Y), Got: n}
	}
	k := d.K()
	if n > 0 && k == 0 {
		return out, ErrNoLabels
	}
	out.Y = make([]Ordering, n)
	copy(out.Y, d.Y)
	out.Evidence = make([]structured.Evidence[Ordering], n)
	for i, p := range d.Partial {
		if d.weightless(i) || p.IsZero() && d.Y != nil {
			continue
		}
		if p.K() != k {
			err := &structured.DimensionError{What: "labels", Want: k, Got: p.K()}
			return out, &structured.DataError{What: "Partial", Row: i, Column: -1, Err: err}
		}
		if y, ok := p.Complete(); ok {
			out.Y[i] = y
		} else {
			out.Evidence[i] = p
		}
	}
	return out, nil
}
