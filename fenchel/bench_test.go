package fenchel

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
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

// How the time of the argmax grows with the length, per entry: flat where it is
// linear. Inputs are those that selection could dislike too.
func BenchmarkLength(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 3))
	vectors := map[string]func(i, n int) float64{
		"normal":     func(i, n int) float64 { return rng.NormFloat64() },
		"ascending":  func(i, n int) float64 { return float64(i) / float64(n) },
		"descending": func(i, n int) float64 { return -float64(i) / float64(n) },
		"geometric":  func(i, n int) float64 { return -math.Pow(float64(i+1)/float64(n), 8) },
		"close":      func(i, n int) float64 { return float64(rng.IntN(4)) * 1e-12 },
	}
	for _, f := range []Generator{Sparsemax, Tsallis{}} {
		for _, name := range slices.Sorted(maps.Keys(vectors)) {
			for _, n := range []int{1000, 10_000, 100_000, 1_000_000} {
				b.Run(fmt.Sprintf("%v/%s/n=%d", f, name, n), func(b *testing.B) {
					x, p := make([]float64, n), make([]float64, n)
					for i := range x {
						x[i] = vectors[name](i, n)
					}
					for b.Loop() {
						if _, err := (Simplex{Of: f}).Argmax(p, x); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/entry")
				})
			}
		}
	}
}

// SparseMAP on 1,000 label sets of 100 labels, at most 5 at a time, for scores
// of several sizes: from a few sets to dozens in the answer.
func BenchmarkSparseMAP(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	budget := OracleFunc(func(vertex, scores []float64) error {
		order := make([]int, len(scores))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
		clear(vertex)
		for _, i := range order[:5] {
			if scores[i] > 0 {
				vertex[i] = 1
			}
		}
		return nil
	})
	for _, scale := range []float64{3, 1, 0.1} {
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("scale=%g/workers=%d", scale, workers), func(b *testing.B) {
				x, grad, y := mat.NewDense(1000, 100, nil), mat.NewDense(1000, 100, nil), mat.NewDense(1000, 100, nil)
				for i := range x.RawMatrix().Data {
					x.RawMatrix().Data[i] = scale * rng.NormFloat64()
				}
				support := 0
				for i := range 1000 {
					if err := budget.Best(y.RawRowView(i), x.RawRowView((i+1)%1000)); err != nil {
						b.Fatal(err)
					}
					p, err := SparseMAP{Of: budget}.Solve(x.RawRowView(i))
					if err != nil {
						b.Fatal(err)
					}
					support += len(p.P)
				}
				batch := Batch{Of: Squared{Onto: SparseMAP{Of: budget}}, Workers: workers}
				b.ReportAllocs()
				for b.Loop() {
					if err := batch.Loss(nil, grad, x, y); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(support)/1000, "structures/row")
			})
		}
	}
}
