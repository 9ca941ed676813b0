package fenchel

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// 1,000 rows of 1,000 normal scores, at three scales: few entries in the
// support, some, one.
func BenchmarkArgmax(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, f := range []Generator{Sparsemax, Tsallis{}, Softmax, Tsallis{Alpha: 1.25}} {
		for _, scale := range []float64{1, 0.01, 10} {
			for _, workers := range []int{1, 2} {
				b.Run(fmt.Sprintf("%v/scale=%g/workers=%d", f, scale, workers), func(b *testing.B) {
					x := mat.NewDense(1000, 1000, nil)
					for i := range x.RawMatrix().Data {
						x.RawMatrix().Data[i] = scale * rng.NormFloat64()
					}
					p := mat.NewDense(1000, 1000, nil)
					batch := Batch{Of: Simplex{Of: f}, Workers: workers}
					b.ReportAllocs()
					for b.Loop() {
						if err := batch.Argmax(nil, p, x); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}
