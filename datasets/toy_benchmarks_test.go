package datasets

import (
	"context"
	"testing"
)

func BenchmarkToy2DLogDensity(b *testing.B) {
	for _, toy := range Toys2D() {
		if toy.Singular() {
			continue
		}
		b.Run(toy.Name(), func(b *testing.B) {
			sample, err := toy.Sample(context.Background(), 1000, 1)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := toy.LogDensity(sample.Y[i%1000]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
