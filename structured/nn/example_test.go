package nn_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// Fits exclusive or by least squares.
func Example() {
	x := nn.DenseInput([]float64{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2)
	y := []float64{0, 1, 1, 0}

	net, err := nn.MLP{Hidden: []int{16}, Activation: nn.Tanh}.Build(2, 1)
	if err != nil {
		panic(err)
	}
	params, grad := make([]float64, net.NumParams()), make([]float64, net.NumParams())
	net.Init(params, rand.New(rand.NewPCG(1, 0)))
	decay := make([]bool, net.NumParams())
	net.Decay(decay)

	const steps = 500
	stepper := nn.AdamW{Rate: 0.02, WeightDecay: nn.Off}.Start(decay)
	schedule := nn.Cosine{Warmup: 0.05}
	tape := net.NewTape()
	dOut := make([]float64, 4)
	for step := range steps {
		for i, h := range tape.Forward(params, x, nil) {
			dOut[i] = h - y[i]
		}
		clear(grad)
		tape.Backward(params, grad, dOut, nil)
		nn.ClipNorm(grad, 1)
		stepper.Step(params, grad, schedule.Scale(step, steps))
	}
	for i, h := range tape.Forward(params, x, nil) {
		fmt.Print(math.Abs(h-y[i]) < 0.01, " ")
	}
	// Output: true true true true
}

func ExampleMLP() {
	net, err := nn.MLP{Hidden: []int{256}, Dropout: 0.2}.Build(103, 14)
	fmt.Println(net.NumParams(), err)
	_, err = nn.MLP{Hidden: []int{256, 0}}.Build(103, 14)
	fmt.Println(err)
	// Output:
	// 30222 <nil>
	// nn: MLP.Hidden[1] is 0, want a positive number
}

func ExampleNewCSR() {
	// 0 5 0
	// 7 0 8
	x, err := nn.NewCSR(2, 3, []int{0, 1, 3}, []int32{1, 0, 2}, []float64{5, 7, 8})
	fmt.Println(x.At(0, 1), x.At(1, 1), err)
	net, _ := nn.Linear{NoBias: true}.Build(3, 1)
	fmt.Println(net.NewTape().Forward([]float64{1, 10, 100}, x.Input(), nil))
	// Output:
	// 5 0 <nil>
	// [50 807]
}

func ExampleCosine() {
	s := nn.Cosine{Warmup: 0.25}
	for step := range 9 {
		fmt.Printf("%.2f ", s.Scale(step, 8))
	}
	// Output: 0.33 0.67 1.00 0.93 0.75 0.50 0.25 0.07 0.00
}

func ExampleClipNorm() {
	grad := []float64{3, 4}
	fmt.Println(nn.ClipNorm(grad, 1))
	fmt.Printf("%.1f\n", grad)
	// Output:
	// 5
	// [0.6 0.8]
}
