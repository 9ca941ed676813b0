package fenchel_test

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/fenchel/projection"
)

// Which two of four labels: a distribution over a few pairs, by an oracle that
// only knows the best pair.
func ExampleSparseMAP() {
	bestPair := fenchel.OracleFunc(projection.CappedSimplex{K: 2}.Best)
	p, err := fenchel.SparseMAP{Of: bestPair}.Solve([]float64{0.9, 0.3, 0.2, -0.4})
	if err != nil {
		panic(err)
	}
	for i, v := range p.Vertices {
		fmt.Printf("%v with probability %.3f\n", v, p.P[i])
	}
	fmt.Printf("marginals %.3f after %d calls\n", p.Marginals, p.Steps)
	// Output:
	// [1 1 0 0] with probability 0.550
	// [1 0 1 0] with probability 0.450
	// marginals [1.000 0.550 0.450 0.000] after 4 calls
}

// The loss of a pair and its gradient: it is 0 from a lead of 1 on.
func ExampleSparseMAP_loss() {
	l := fenchel.Squared{Onto: fenchel.SparseMAP{Of: projection.CappedSimplex{K: 2}}}
	grad := make([]float64, 4)
	for _, scores := range [][]float64{{0.9, 0.3, 0.2, -0.4}, {0.9, 0.3, 1.5, -0.4}, {1.3, 0.3, 1.5, -0.4}} {
		loss, err := l.Loss(grad, scores, []float64{1, 0, 1, 0})
		fmt.Printf("%.4f %.2f %v\n", loss, grad, err)
	}
	// Output:
	// 0.3025 [0.00 0.55 -0.55 0.00] <nil>
	// 0.0400 [-0.20 0.20 0.00 0.00] <nil>
	// 0.0000 [0.00 0.00 0.00 0.00] <nil>
}

// The same point by steps without linear algebra.
func ExampleConditionalGradient() {
	c := fenchel.ConditionalGradient{Of: projection.CappedSimplex{K: 2}, Direction: fenchel.AwaySteps}
	p, err := c.Solve([]float64{0.9, 0.3, 0.2, -0.4})
	fmt.Printf("%.3f, gap below 1e-9: %t %v\n", p.Marginals, p.Gap <= 1e-9, err)
	// Output:
	// [1.000 0.550 0.450 0.000], gap below 1e-9: true <nil>
}

// A loss for rankings from sorting alone, with the error of its estimate.
func ExamplePerturbed() {
	l := fenchel.Perturbed{Of: projection.Permutahedron{}, Noise: fenchel.Gaussian, Scale: 0.5, Samples: 1000, Antithetic: true}
	scores, target := []float64{0.4, 2.1, 0.3}, []float64{1, 3, 2}
	grad, errs := make([]float64, 3), make([]float64, 3)
	loss, err := l.Loss(grad, errs, scores, target, 1)
	fmt.Printf("%.2f ± %.2f, gradient %.2f ± %.2f %v\n", loss.Value, loss.Error, grad, errs, err)
	// Output:
	// 0.33 ± 0.01, gradient [0.57 -0.02 -0.55] ± [0.01 0.00 0.01] <nil>
}
