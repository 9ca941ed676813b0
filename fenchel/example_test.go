package fenchel_test

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/fenchel/projection"
)

func ExampleSimplex() {
	scores := []float64{1.2, 0.9, -0.5, 0.4}
	p := make([]float64, 4)
	for _, f := range []fenchel.Generator{fenchel.Softmax, fenchel.Tsallis{Alpha: 1.5}, fenchel.Sparsemax} {
		loss := fenchel.Simplex{Of: f}
		if _, err := loss.Argmax(p, scores); err != nil {
			panic(err)
		}
		fmt.Printf("%-10v p %.3f entropy %.3f\n", loss, p, loss.Entropy(p))
	}
	// Output:
	// softmax    p [0.421 0.312 0.077 0.189] entropy 1.240
	// entmax-1.5 p [0.543 0.344 0.000 0.113] entropy 0.480
	// sparsemax  p [0.650 0.350 0.000 0.000] entropy 0.227
}

func ExampleSimplex_LabelLoss() {
	grad := make([]float64, 3)
	loss, err := fenchel.Simplex{Of: fenchel.Sparsemax}.LabelLoss(grad, []float64{0.5, 0.25, -1}, 1)
	fmt.Println(loss, grad, err)
	// The label leads by the margin: nothing is left to learn.
	loss, err = fenchel.Simplex{Of: fenchel.Sparsemax}.LabelLoss(grad, []float64{0.5, 1.5, -1}, 1)
	fmt.Println(loss, grad, err)
	// Output:
	// 0.390625 [0.625 -0.625 0] <nil>
	// 0 [0 0 0] <nil>
}

// A soft target, and a reference: the prior probability of every class.
func ExampleSimplex_Loss() {
	l := fenchel.Simplex{Reference: []float64{0.7, 0.2, 0.1}}
	grad := make([]float64, 3)
	loss, err := l.Loss(grad, []float64{0, 0, 0}, []float64{0.6, 0.4, 0})
	fmt.Printf("KL(y, q) = %.4f, gradient %.2f %v\n", loss, grad, err)
	// Output:
	// KL(y, q) = 0.1848, gradient [0.10 -0.20 0.10] <nil>
}

func ExampleSubsets() {
	scores := []float64{0.9, 0.3, 0.2, -0.4, 2}
	p := make([]float64, 5)
	for _, l := range []fenchel.Subsets{
		{Of: fenchel.Sparsemax, K: 2},
		{Of: fenchel.Softmax, K: 2},
		{Of: fenchel.Sparsemax, K: 4, AtMost: true},
	} {
		if _, err := l.Argmax(p, scores); err != nil {
			panic(err)
		}
		fmt.Printf("%v: %.3f\n", l, p)
	}
	// Output:
	// subsets-2 of sparsemax: [0.767 0.167 0.067 0.000 1.000]
	// subsets-2 of softmax: [0.431 0.237 0.214 0.118 1.000]
	// budget-4 of sparsemax: [0.900 0.300 0.200 0.000 1.000]
}

func ExampleOneVersusAll() {
	grad := make([]float64, 3)
	loss, err := fenchel.OneVersusAll{}.Loss(grad, []float64{2, -1, 0.5}, []float64{1, 0, 0})
	fmt.Printf("%.4f %.3f %v\n", loss, grad, err)
	// Output:
	// 1.4143 [-0.119 0.269 0.622] <nil>
}

func ExampleNorm() {
	p := make([]float64, 4)
	for _, a := range []float64{1.5, 2, 8} {
		if _, err := (fenchel.Norm{Alpha: a}).Argmax(p, []float64{0.6, -1, 0.8, 0.5}); err != nil {
			panic(err)
		}
		fmt.Printf("%.3f\n", p)
	}
	// Output:
	// [0.291 0.000 0.502 0.207]
	// [0.314 0.000 0.432 0.254]
	// [0.331 0.000 0.353 0.315]
}

// The soft rank, and how it moves with the scores.
func ExampleSquared() {
	scores := []float64{2.3, 0.2, 0.6, -4}
	l := fenchel.Squared{Onto: projection.Permutahedron{}}
	p, slope := make([]float64, 4), make([]float64, 4)
	if _, err := l.Argmax(p, scores); err != nil {
		panic(err)
	}
	if err := l.JVP(slope, p, scores, []float64{0, 1, 0, 0}); err != nil {
		panic(err)
	}
	fmt.Printf("%.2f\n%.2f\n", p, slope)
	// Output:
	// [4.00 2.30 2.70 1.00]
	// [0.00 0.50 -0.50 0.00]
}

func ExampleBatch() {
	scores := mat.NewDense(2, 3, []float64{
		0.5, 0.25, -1,
		3, 0, 0,
	})
	grad, losses := mat.NewDense(2, 3, nil), make([]float64, 2)
	b := fenchel.Batch{Of: fenchel.Simplex{Of: fenchel.Sparsemax}}
	err := b.LabelLoss(losses, grad, scores, []int{1, 0})
	fmt.Println(losses, grad.RawMatrix().Data, err)
	// Output:
	// [0.390625 0] [0.625 -0.625 0 0 0 0] <nil>
}

func ExampleThreshold() {
	tau, logSumExp, err := fenchel.Threshold(fenchel.Softmax, []float64{0, 0, 0, 0}, nil)
	fmt.Printf("%.4f %.4f %v\n", tau, logSumExp, err)
	q := []float64{0.25, 0.25, 0.25, 0.25} // relative to a probability
	tau, logZ, err := fenchel.Threshold(fenchel.Softmax, []float64{0, 0, 0, 0}, q)
	fmt.Printf("%.4f %.4f %v\n", tau, logZ, err)
	// Output:
	// 1.3863 1.3863 <nil>
	// 0.0000 0.0000 <nil>
}

// Two samples of q, with scores 0.5 and -1, at tau = 0.
func ExampleSampled() {
	dscores := make([]float64, 2)
	value, dtau := fenchel.Sampled{Loss: fenchel.Softmax}.Evaluate(dscores, []float64{0.5, -1}, nil, 0)
	fmt.Printf("%.4f %.4f %.4f\n", value, dscores, dtau)
	// Output:
	// 0.0083 [0.8244 0.1839] -0.0083
}
