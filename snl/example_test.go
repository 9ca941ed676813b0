package snl_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/snl"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// Regression where the noise has two sides: the mean says little, the density
// says what there is to know.
func Example() {
	ctx, rng := context.Background(), rand.New(rand.NewPCG(1, 2))
	x, y := mat.NewDense(1000, 1, nil), make([]float64, 1000)
	for i := range y {
		x.Set(i, 0, 2*rng.Float64()-1)
		y[i] = 100 + 10*math.Copysign(1, rng.Float64()-0.5) + rng.NormFloat64()
	}
	model, err := snl.Fit(ctx, snl.Data{X: x, Y: snl.Points(y)}, snl.Config{
		Coupling: snl.Joint{Logits: 4, Network: nn.MLP{Hidden: []int{16, 16}, Activation: nn.SiLU}},
		Network:  nn.MLP{Hidden: []int{8}},
		Training: structured.Training{Epochs: 30, Seed: 1, Optimizer: nn.AdamW{Rate: 0.01}},
	})
	if err != nil {
		fmt.Println(err) // names the row and column of a bad number
		return
	}
	p, _ := model.Predictive(ctx, []float64{0.2})
	region, _ := p.Region(0.9)
	fmt.Println("modes near 90 and 110:", len(p.Modes()) == 2)
	fmt.Println("pieces of the 90 % region:", len(region))
	fmt.Printf("P(95 < y < 105): %.2f\n", p.CDF(105)-p.CDF(95))
	fmt.Println("log Z", p.LogZ().Kind, "within", p.LogZ().Error < 1e-8)
	// Output:
	// modes near 90 and 110: true
	// pieces of the 90 % region: 2
	// P(95 < y < 105): 0.00
	// log Z estimate within true
}
