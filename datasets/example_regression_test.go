package datasets_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/gibbs-ebm/gibbs/datasets"
)

func ExampleOpenRegression() {
	faithful, err := datasets.OpenRegression(context.Background(), "faithful")
	if err != nil {
		fmt.Println(err)
		return
	}
	n, d, m := faithful.All.Dims()
	fmt.Println(n, "rows,", d, "feature,", m, "target:", faithful.All.Features, faithful.All.Targets)
	fmt.Println("after", faithful.All.X.At(0, 0), "minutes of eruption,", faithful.All.Y[0][0], "of waiting")
	// Output:
	// 272 rows, 1 feature, 1 target: [eruptions] [waiting]
	// after 3.6 minutes of eruption, 79 of waiting
}

func ExampleOpenDensity() {
	faithful, err := datasets.OpenDensity(context.Background(), "faithful")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(faithful.Targets, faithful.Y[0], faithful.X)
	// Output: [eruptions waiting] [3.6 79] <nil>
}

func ExampleReadRegressionCSV() {
	const file = "id,area,garden,price\n1,95,yes,310\n2,60,no,205\n"
	m, err := datasets.ReadRegressionCSV(strings.NewReader(file), datasets.RegressionCSVOptions{
		Targets:     []string{"price"},
		Ignore:      []string{"id"},
		Categorical: datasets.CategoricalOneHot,
	})
	fmt.Println(m.Features, m.Targets, m.Y, err)
	// Output: [area garden=no garden=yes] [price] [[310] [205]] <nil>
}

func ExampleReadRegressionText() {
	m, err := datasets.ReadRegressionText(strings.NewReader("1.5 2 3\n2.5 4 5\n"), datasets.RegressionTextOptions{})
	fmt.Println(m.D(), m.Y, err)
	// Output: 2 [[3] [5]] <nil>
}

func ExampleToy2D() {
	toy, err := datasets.Checkerboard{}.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	train, err := toy.Sample(context.Background(), 1000, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	entropy, err := toy.Entropy()
	if err != nil {
		fmt.Println(err)
		return
	}
	logP, err := toy.LogDensity([]float64{1, 0.5})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(train.Len(), "points of", train.M(), "coordinates")
	fmt.Printf("entropy %.4f nats, log p = %.4f\n", entropy, logP)
	// Output:
	// 1000 points of 2 coordinates
	// entropy 3.4657 nats, log p = -3.4657
}

func ExampleToys2D() {
	for _, toy := range datasets.Toys2D()[:5] {
		if h, err := toy.Entropy(); err == nil {
			fmt.Printf("%-12s %.4f\n", toy.Name(), h)
		}
	}
	// Output:
	// 8gaussians   2.8319
	// checkerboard 3.4657
	// rings        2.6232
	// circles      3.2681
	// moons        2.3939
}

func ExampleToy1D() {
	toy, err := datasets.SkewedSine{}.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	parts, err := toy.SampleSplits(context.Background(), 1, 2000, 1000, 1000)
	if err != nil {
		fmt.Println(err)
		return
	}
	logP, err := toy.LogDensity(-1.5, -1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(parts[0].Len(), parts[1].Len(), parts[2].Len())
	fmt.Printf("log p(y=-1|x=-1.5) = %.4f nats, mean entropy %.4f\n", logP, toy.MeanEntropy())
	// Output:
	// 2000 1000 1000
	// log p(y=-1|x=-1.5) = 1.4476 nats, mean entropy -0.3266
}
