package safetensors_test

import (
	"bytes"
	"fmt"

	"github.com/gibbs-ebm/gibbs/internal/safetensors"
)

func Example() {
	f := &safetensors.File{
		Metadata: map[string]string{"model_kind": "sets"},
		Tensors: []safetensors.Tensor{
			{Name: "weights", Shape: []int{2, 3}, Data: safetensors.F64{1, 2, 3, 4, 5, 6}},
			{Name: "pcg", Shape: []int{2}, Data: safetensors.U64{17, 42}},
		},
	}
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		panic(err)
	}

	g, err := safetensors.Read(bytes.NewReader(b.Bytes()), safetensors.Limits{})
	if err != nil {
		panic(err)
	}
	weights, err := g.F64("weights", 2, 3)
	fmt.Println(weights, err)
	_, err = g.F64("weights", 3, 2)
	fmt.Println(err)

	_, err = safetensors.Read(bytes.NewReader(b.Bytes()[:b.Len()-1]), safetensors.Limits{})
	fmt.Println(err)
	// Output:
	// [1 2 3 4 5 6] <nil>
	// safetensors: tensor "weights": wrong shape: want [3 2], got [2 3]
	// safetensors: tensor "weights": the file ends early
}
