package sets_test

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/sets"
)

func ExampleEvaluation_F1() {
	e := sets.Evaluation{
		Truth:     []sets.Set{sets.New(4, 0, 1), sets.New(4), sets.New(4, 2)},
		Predicted: []sets.Set{sets.New(4, 0), sets.New(4), sets.New(4, 2, 3)},
	}
	for _, avg := range []sets.Average{sets.Samples, sets.Micro, sets.Macro, sets.Weighted} {
		f1, err := e.F1(avg)
		fmt.Printf("%-8s %.3f %v\n", avg, f1, err)
	}
	// Output:
	// samples  0.444 <nil>
	// micro    0.667 <nil>
	// macro    0.500 <nil>
	// weighted 0.667 <nil>
}

// The second row has no label, and none was predicted.
func ExampleZeroDivision() {
	e := sets.Evaluation{
		Truth:     []sets.Set{sets.New(4, 0, 1), sets.New(4), sets.New(4, 2)},
		Predicted: []sets.Set{sets.New(4, 0), sets.New(4), sets.New(4, 2, 3)},
	}
	for _, e.ZeroDivision = range []sets.ZeroDivision{sets.ZeroDivisionZero, sets.ZeroDivisionOne, sets.ZeroDivisionSkip} {
		f1, _ := e.F1(sets.Samples)
		fmt.Printf("%-11s %.3f\n", e.ZeroDivision, f1)
	}
	// Output:
	// 0/0 = 0     0.444
	// 0/0 = 1     0.778
	// 0/0 skipped 0.667
}

// Label 1 of the first row was never looked at: neither a hit nor a miss.
func ExampleEvaluation_observed() {
	e := sets.Evaluation{
		Truth:     []sets.Set{sets.New(3, 0), sets.New(3, 2)},
		Predicted: []sets.Set{sets.New(3, 0, 1), sets.New(3, 2)},
	}
	all, _ := e.SubsetAccuracy()
	e.Observed = []sets.Set{sets.New(3, 0, 2), sets.All(3)}
	known, _ := e.SubsetAccuracy()
	fmt.Println(all, known)
	// Output: 0.5 1
}

func ExampleEvaluation_Report() {
	e := sets.Evaluation{
		Truth:     []sets.Set{sets.New(4, 0, 1), sets.New(4), sets.New(4, 2)},
		Predicted: []sets.Set{sets.New(4, 0), sets.New(4), sets.New(4, 2, 3)},
	}
	r, err := e.Report()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(r)
	// Output:
	// 3 rows, 4 labels
	// subset accuracy    0.3333
	// Hamming loss       0.1667
	// both sets empty    0.3333
	//
	// 0/0 = 0           samples    micro    macro weighted
	// precision          0.5000   0.6667   0.5000   0.6667
	// recall             0.5000   0.6667   0.5000   0.6667
	// F1                 0.4444   0.6667   0.5000   0.6667
	// Jaccard            0.3333   0.5000   0.5000   0.6667
	//
	// 0/0 = 1           samples    micro    macro weighted
	// precision          0.8333   0.6667   0.7500   1.0000
	// recall             0.8333   0.6667   0.7500   0.6667
	// F1                 0.7778   0.6667   0.5000   0.6667
	// Jaccard            0.6667   0.5000   0.5000   0.6667
}

func ExampleRankingEvaluation() {
	e := sets.RankingEvaluation{
		Truth: []sets.Set{sets.New(3, 0), sets.New(3, 2)},
		Scores: []float64{
			0.75, 0.5, 1,
			1, 0.2, 0.1,
		},
	}
	lrap, _ := e.LabelRankingAveragePrecision()
	loss, _ := e.RankingLoss()
	coverage, _ := e.CoverageError()
	recall, _ := e.RecallAt(2)
	fmt.Printf("%.4f %.4f %.4f %.4f\n", lrap, loss, coverage, recall)
	// Output: 0.4167 0.7500 2.5000 0.5000
}
