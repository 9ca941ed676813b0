package snl

import (
	"fmt"
	"testing"

	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// BenchmarkCoupling is one example with 64 samples of a scalar y: the scores,
// their gradient in theta, and that of a denoising score matching loss.
func BenchmarkCoupling(b *testing.B) {
	net := nn.MLP{Hidden: []int{64, 64}, Activation: nn.SiLU}
	for _, c := range []Coupling{Joint{Network: net}, MixtureDensity{}, Tilted{Energy: Joint{Network: net}}, ExponentialFamily{Polynomial{}}} {
		s := bind(b, c, 1)
		theta, ys, vs := thetaFor(s, 0.3, 1), randomPoints(64, 1, 1), randomPoints(64, 1, 2)
		grad := structured.Theta{Logits: make([]float64, s.NumLogits()), Own: make([]float64, s.NumOwn())}
		v, g := make([]float64, 64), make([]float64, 64)
		for name, do := range map[string]func(){
			"score":     func() { s.Score(v, theta, ys) },
			"gradient":  func() { s.AddGrad(grad, theta, ys, v) },
			"grad y":    func() { s.GradY(g, theta, ys) },
			"jet":       func() { s.Jet(nil, v, g, theta, ys, vs) },
			"of jet":    func() { s.AddGradJet(grad, theta, ys, vs, nil, v, g) },
			"MALA step": malaStep(b, s, theta, ys),
		} {
			b.Run(fmt.Sprintf("%T/%s", c, name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					do()
				}
			})
		}
	}
}

func malaStep(b *testing.B, s Smooth, theta structured.Theta, ys []Point) func() {
	chains, err := MALA{Steps: 1}.Bind(structured.Problem[Point]{Coupling: s, Space: spaceOver(b, Lebesgue{}, 1)})
	if err != nil {
		b.Fatal(err)
	}
	return func() { chains.Run(ys, theta, 1) }
}
