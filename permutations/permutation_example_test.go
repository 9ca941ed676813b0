package permutations_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/permutations"
)

func ExampleOrdering() {
	o := permutations.Ordering{2, 0, 1} // label 2 is the best
	r := o.Ranking()                    // label 0 has rank 1, label 1 rank 2, label 2 rank 0
	fmt.Println(o, "|", r, "|", r.Ordering())
	fmt.Println(permutations.Ordering{2, 0, 2}.Validate())
	// Output:
	// 2>0>1 | #2 #3 #1 | 2>0>1
	// permutations: ordering: label 2 at rank 2 is repeated
}

func ExamplePartial() {
	top, _ := permutations.TopM(4, 2, 0)
	pair, _ := permutations.Subset(4, 2, 0)
	ties, _ := permutations.Ties(4, []int{2}, []int{0, 3}, []int{1})
	y := permutations.Ordering{2, 1, 0, 3}
	for _, p := range []permutations.Partial{top, pair, ties} {
		fmt.Println(p, p.Allows(y))
	}
	// Output:
	// 2>0>1=3/4 false
	// 2>0/4 true
	// 2>0=3>1/4 false
}

func ExampleMallows() {
	space, err := permutations.NewSpace(5, permutations.Mallows{
		Distance: permutations.Kendall, Center: permutations.Ordering{4, 2, 0, 1, 3}, Dispersion: 1,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ys, logq := space.Make(3), make([]float64, 3)
	space.Sample(ys, rand.New(rand.NewPCG(1, 1)))
	space.LogProb(logq, ys)
	for i, y := range ys {
		fmt.Printf("%v %.3f\n", y, logq[i])
	}
	// Output:
	// 2>0>1>4>3 -4.613
	// 2>0>4>1>3 -3.613
	// 4>2>1>0>3 -2.613
}

func ExampleEvaluation() {
	top, _ := permutations.TopM(4, 3) // of the second row only the best label is known
	e := permutations.Evaluation{
		Truth:     []permutations.Ordering{{0, 1, 2, 3}, nil},
		Partial:   []permutations.Partial{{}, top},
		Predicted: []permutations.Ordering{{1, 0, 2, 3}, {3, 0, 1, 2}},
	}
	tau, _ := e.KendallTau()
	rho, _ := e.SpearmanRho()
	hit, _ := e.TopHit(1)
	ndcg, _ := e.NDCG(3)
	fmt.Printf("%.4f %.4f %.4f %.4f\n", tau, rho, hit, ndcg)
	// Output: 0.8333 0.7873 0.5000 0.9612
}
