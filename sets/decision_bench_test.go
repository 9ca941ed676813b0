package sets

import (
	"math/rand/v2"
	"testing"
)

// Decisions from 174 independent labels, about 26 of which are there.
func BenchmarkDecide(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	p := make([]float64, 174)
	for j := range p {
		x := rng.Float64()
		p[j] = x * x * 0.45
	}
	for _, u := range []Utility{F1, FBeta{Beta: 2}, Jaccard{}, RecallAt{N: 5}, Hamming{}} {
		b.Run(u.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := DecideIndependent(p, u); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	ys := Make(4096, 174)
	for _, y := range ys {
		for j, x := range p {
			y.Set(j, rng.Float64() < x)
		}
	}
	for _, u := range []Utility{F1, Jaccard{}} {
		b.Run("4096 draws/"+u.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := DecideFromSample(ys, nil, u); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
