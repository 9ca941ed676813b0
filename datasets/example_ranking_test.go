package datasets_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/permutations"
)

func ExampleOpenRanking() {
	iris, err := datasets.OpenRanking(context.Background(), "iris")
	if err != nil {
		fmt.Println(err)
		return
	}
	n, d, k := iris.Dims()
	fmt.Println(n, "rows,", d, "features,", k, "labels")
	fmt.Println(iris.Features)
	fmt.Println(iris.Order(0))
	fmt.Println(iris.Order(149))
	// Output:
	// 150 rows, 4 features, 3 labels
	// [Sepal.Length Sepal.Width Petal.Length Petal.Width]
	// setosa>versicolor>virginica
	// virginica>versicolor>setosa
}

func ExampleReadKEBI() {
	// The columns a, b and c have the target once more.
	const file = "A1,A2,ranking,a,b,c\n0.91,0.02,b>c>a,2.0,0.0,1.0\n-0.42,-0.51,a>b>c,0.0,1.0,2.0\n"
	m, err := datasets.ReadKEBI(strings.NewReader(file), datasets.KEBIOptions{})
	fmt.Println(m.Features, m.Labels, m.Y, err)
	// Output: [A1 A2] [a b c] [1>2>0 0>1>2] <nil>
}

func ExampleReadPrefLib() {
	const file = `# TITLE: Town
# DATA TYPE: toi
# NUMBER ALTERNATIVES: 3
# ALTERNATIVE NAME 1: Ann
# ALTERNATIVE NAME 2: Bob
# ALTERNATIVE NAME 3: Cat
4: 3,{1,2}
2: 2
1: 1,2,3
`
	m, err := datasets.ReadPrefLib(strings.NewReader(file), datasets.PrefLibOptions{Unlisted: permutations.UnlistedBelow})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range m.Len() {
		fmt.Println(m.Weights[i], m.Order(i))
	}
	// Output:
	// 4 Cat>Ann=Bob
	// 2 Bob>Ann=Cat
	// 1 Ann>Bob>Cat
}

func ExampleReadRankingCSV() {
	const file = "age,tea,coffee,water\n31,2,1,3\n64,1,,1\n"
	m, err := datasets.ReadRankingCSV(strings.NewReader(file), datasets.RankingCSVOptions{Ranks: []string{"tea", "coffee", "water"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range m.Len() {
		fmt.Println(m.X.At(i, 0), m.Order(i))
	}
	// Output:
	// 31 coffee>tea>water
	// 64 tea=water
}

func ExampleLinearPlackettLuce() {
	truth, err := datasets.NewLinearPlackettLuce(datasets.RankingConfig{Labels: 4, Features: 2, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	train, err := truth.Sample(context.Background(), 1000, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	n, d, k := train.Dims()
	fmt.Println(n, "rows,", d, "features,", k, "labels")
	logP, err := truth.LogProb([]float64{0.5, -1}, permutations.Ordering{2, 0, 3, 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("log p(y|x) = %.4f nats\n", logP)
	// Output:
	// 1000 rows, 2 features, 4 labels
	// log p(y|x) = -3.6187 nats
}
