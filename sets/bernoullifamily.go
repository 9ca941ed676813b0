package sets

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/structured"
)

// BernoulliFamily is independent labels as a generator for the min-max objective
// or a learned proposal: its k logits phi are relative to the reference,
//
//	p_phi(y) proportional to q(y) exp <phi, y>,
//
// which for phi = 0 is the reference, and where that bounds sizes is restricted
// to them. Draws and probabilities are exact, O(k) each, O(k Max) more where the
// sizes are bounded.
type BernoulliFamily struct{}

// Bind wants a *Space.
func (BernoulliFamily) Bind(p structured.Problem[Set]) (structured.BoundFamily[Set], error) {
	space, ok := p.Space.(*Space)
	if !ok {
		return nil, fmt.Errorf("sets: the Bernoulli family does not know spaces of type %T", p.Space)
	}
	return &bernoulliFamily{unary{space.k}, &unaryInference{space: space}}, nil
}

// bernoulliFamily is a unary model.
type bernoulliFamily struct {
	unary
	inference *unaryInference
}

func (f *bernoulliFamily) Sample(ys []Set, logp, phi []float64, key uint64) {
	f.inference.SampleModel(ys, structured.Theta{Logits: phi}, key)
	f.LogProb(logp, phi, ys)
}

func (f *bernoulliFamily) LogProb(dst, phi []float64, ys []Set) {
	theta := structured.Theta{Logits: phi}
	logq := make([]float64, len(ys))
	f.Score(dst, theta, ys)
	f.inference.space.LogProb(logq, ys)
	logZ := f.inference.LogZ(theta)
	for m := range dst {
		dst[m] += logq[m] - logZ
	}
}

// AddGradLogProb adds sum_m weights[m] (y_m - E[y]).
func (f *bernoulliFamily) AddGradLogProb(grad, phi []float64, ys []Set, weights []float64) {
	g, theta := structured.Theta{Logits: grad}, structured.Theta{Logits: phi}
	f.AddGrad(g, theta, ys, weights)
	total := 0.0
	for _, w := range weights {
		total += w
	}
	f.inference.AddGradLogZ(g, theta, -total)
}
