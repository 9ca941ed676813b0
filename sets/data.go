package sets

import (
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/structured"
)

// Data is n multilabel examples. It is never changed by the library.
type Data struct {
	// X has the features, n x d: a *mat.Dense, an *nn.CSR or another
	// mat.Matrix; nil for an unconditional model.
	X mat.Matrix
	// Y has the n label sets, all over the same k labels.
	Y []Set
	// Observed says, where not nil, which labels of each example are known;
	// the others are missing, neither present nor absent, whatever Y says.
	// Training and likelihoods then count what was observed.
	Observed []Set
	// Weights has the weight of each example; nil stands for ones.
	Weights []float64
}

// K is the number of labels, of the first row with a weight; 0 where there are
// no examples.
func (d *Data) K() int {
	for i, y := range d.Y {
		if i >= len(d.Weights) || d.Weights[i] != 0 {
			return y.K()
		}
	}
	return 0
}

// validate reports sizes, labels and weights that make no sense. Rows of
// weight 0 may have any labels.
func (d *Data) validate() error {
	s, err := d.Structured()
	if err != nil {
		return err
	}
	return s.CheckRows(func(i int) error {
		if got := d.Y[i].K(); got != d.K() {
			return &structured.DimensionError{What: "labels of a set", Want: d.K(), Got: got}
		}
		return nil
	})
}

// Structured returns the data in the form that structured.Fit takes.
func (d *Data) Structured() (structured.Data[Set], error) {
	out := structured.Data[Set]{X: d.X, Y: d.Y, Weights: d.Weights}
	if d.Observed == nil {
		return out, nil
	}
	if len(d.Observed) != len(d.Y) {
		return out, &structured.DimensionError{What: "rows of Observed", Want: len(d.Y), Got: len(d.Observed)}
	}
	out.Evidence = make([]structured.Evidence[Set], len(d.Y))
	for i, known := range d.Observed {
		if known.K() != d.Y[i].K() {
			err := &structured.DimensionError{What: "labels", Want: d.Y[i].K(), Got: known.K()}
			return out, &structured.DataError{What: "Observed", Row: i, Column: -1, Err: err}
		}
		if known.Count() < known.K() {
			out.Evidence[i] = Observation{Values: d.Y[i], Known: known}
		}
	}
	return out, nil
}
