package sets

import (
	"context"
	"math"

	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
)

// Reliability says whether the probabilities of a model come true.
type Reliability struct {
	// Labels compares P(j in y | x) of every label of every example with whether
	// the example has it; labels that were not observed are left out.
	Labels logpart.Calibration `json:"labels"`
	// Sets compares the probability of the most probable set with whether it is
	// right, over the examples of which all labels were observed.
	Sets logpart.Calibration `json:"sets"`
	// Kind says how the probabilities were had: the weaker of the two.
	Kind structured.Normalization `json:"-"`
}

// Reliability compares the probabilities of the model with data; bins is the
// number of bins of the reliability diagrams, 0 for 10. Examples count alike,
// whatever their weights, but for weight 0.
func (m *Model) Reliability(ctx context.Context, d Data, bins int) (*Reliability, error) {
	data, err := d.Structured()
	if err != nil {
		return nil, err
	}
	marginals, kind, err := m.Marginals(ctx, d.X)
	if err != nil {
		return nil, err
	}
	modes, err := m.PredictData(ctx, &data)
	if err != nil {
		return nil, err
	}
	lps, err := m.Model.LogProbs(ctx, &structured.Data[Set]{X: d.X, Y: modes})
	if err != nil {
		return nil, err
	}
	c := &Reliability{Kind: kind}
	var p, sure []float64
	var has, right []bool
	rows, _ := marginals.Dims()
	for i, y := range d.Y {
		if d.Weights != nil && d.Weights[i] == 0 {
			continue
		}
		known := true
		for j := range m.K() {
			if d.Observed != nil && !d.Observed[i].Has(j) {
				known = false
				continue
			}
			p, has = append(p, marginals.At(min(i, rows-1), j)), append(has, y.Has(j))
		}
		c.Kind = max(c.Kind, lps[i].Kind)
		if known {
			// An estimated normaliser may leave a little more than 1.
			sure, right = append(sure, min(1, math.Exp(lps[i].Value))), append(right, modes[i].Equal(y))
		}
	}
	if c.Labels, err = logpart.Calibrate(p, has, bins); err != nil {
		return nil, err
	}
	c.Sets, err = logpart.Calibrate(sure, right, bins)
	return c, err
}
