package permutations

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

// PlackettLuceFamily is Plackett-Luce as a generator for the min-max objective:
// its logits are the log weights, k of them.
type PlackettLuceFamily struct{}

// Bind wants a *Space.
func (PlackettLuceFamily) Bind(p structured.Problem[Ordering]) (structured.BoundFamily[Ordering], error) {
	space, ok := p.Space.(*Space)
	if !ok {
		return nil, fmt.Errorf("permutations: the Plackett-Luce family does not know spaces of type %T", p.Space)
	}
	return &plackettLuceFamily{luce: luce{k: space.k}}, nil
}

type plackettLuceFamily struct {
	luce
}

// Sample draws by Gumbel-argsort.
func (f *plackettLuceFamily) Sample(ys []Ordering, logp, phi []float64, key uint64) {
	s := f.scratch()
	defer f.idle.Put(s)
	s.choice.set(phi)
	rng := stream.New(key)
	for m, y := range ys {
		s.choice.sample(y, s.keys, rng)
		logp[m] = s.choice.logProb(y)
	}
}

// LogProb costs O(k) an ordering.
func (f *plackettLuceFamily) LogProb(dst, phi []float64, ys []Ordering) {
	s := f.scratch()
	defer f.idle.Put(s)
	s.choice.set(phi)
	for m, y := range ys {
		dst[m] = s.choice.logProb(y)
	}
}

// AddGradLogProb costs O(k) an ordering.
func (f *plackettLuceFamily) AddGradLogProb(grad, phi []float64, ys []Ordering, weights []float64) {
	f.AddGrad(structured.Theta{Logits: grad}, structured.Theta{Logits: phi}, ys, weights)
}
