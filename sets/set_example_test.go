package sets_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/gibbs-ebm/gibbs/sets"
)

func ExampleSet() {
	a := sets.New(8, 0, 3, 7)
	b := sets.New(8, 3, 4)
	fmt.Println(a.Union(b), a.Intersect(b), a.Difference(b), a.Complement())
	fmt.Println(a.Count(), a.Has(3), a.Distance(b))
	for j := range a.Labels() {
		fmt.Print(j, " ")
	}
	// Output:
	// {0, 3, 4, 7} {3} {0, 7} {1, 2, 4, 5, 6}
	// 3 true 3
	// 0 3 7
}

// In place methods change the words, which copies of the value share.
func ExampleSet_Clone() {
	a := sets.New(4, 0)
	shared, own := a, a.Clone()
	a.UnionWith(sets.New(4, 2))
	a.Toggle(0)
	fmt.Println(a, shared, own)
	// Output: {2} {2} {0}
}

func ExampleMake() {
	rows := sets.Make(3, 174) // one allocation for all words
	rows[1].Add(173)
	rows[2].Fill()
	fmt.Println(rows[0], rows[1], rows[2].Count())
	// Output: {} {173} 174
}

func ExampleSet_Compare() {
	rows := []sets.Set{sets.New(3, 2), sets.New(3, 0, 1), sets.New(3), sets.New(3, 1)}
	slices.SortFunc(rows, sets.Set.Compare)
	fmt.Println(rows)
	// Output: [{} {1} {0, 1} {2}]
}

func ExampleSet_Key() {
	count := map[string]int{}
	for _, y := range []sets.Set{sets.New(3, 1), sets.New(3), sets.New(3, 1)} {
		count[y.Key()]++
	}
	fmt.Println(count[sets.New(3, 1).Key()])
	// Output: 2
}

func ExampleFromIndices() {
	_, err := sets.FromIndices(6, []int{2, 6})
	var bad *sets.LabelError
	fmt.Println(errors.As(err, &bad), bad.Label)
	fmt.Println(err)
	// Output:
	// true 6
	// sets: label 6 is outside 0..5
}

func ExampleParseSet() {
	y, err := sets.ParseSet("{0, 3, 7}/14")
	fmt.Println(y, y.K(), err)
	_, err = sets.ParseSet("{0, 3, 3}/14")
	fmt.Println(err)
	// Output:
	// {0, 3, 7} 14 <nil>
	// sets: at byte 7 of a set: repeated label
}

func ExampleSet_MarshalText() {
	text, err := json.Marshal(map[string]sets.Set{"labels": sets.New(14, 0, 3, 7)})
	fmt.Println(string(text), err)
	// Output: {"labels":"{0, 3, 7}/14"} <nil>
}
