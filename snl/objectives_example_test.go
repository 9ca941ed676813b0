package snl_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/snl"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// A network learns the density of two clumps by its slope alone, without ever
// estimating a normaliser; quadrature makes a density of it afterwards, and the
// kernel Stein discrepancy, which needs none either, says whether it fits.
func ExampleScoreMatching() {
	rng := rand.New(rand.NewPCG(1, 1))
	draw := func(n int) []snl.Point {
		y := make([]float64, n)
		for i := range y {
			y[i] = 18.5 + 3*float64(rng.IntN(2)) + rng.NormFloat64()
		}
		return snl.Points(y)
	}
	ctx := context.Background()
	m, err := snl.Fit(ctx, snl.Data{Y: draw(2000)}, snl.Config{
		Objective: snl.ScoreMatching{},
		Training:  structured.Training{Epochs: 20, Seed: 1, Schedule: nn.Cosine{}},
	})
	if err != nil {
		panic(err)
	}
	p, err := m.Predictive(ctx, nil)
	if err != nil {
		panic(err)
	}
	fit, err := snl.SteinTest{}.Run(ctx, m, draw(1000))
	if err != nil {
		panic(err)
	}
	fmt.Printf("mean %.0f, rejected at 1 %%: %v\n", p.Mean(), fit.PValue < 0.01)
	// Output:
	// mean 20, rejected at 1 %: false
}
