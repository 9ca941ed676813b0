package sets

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/binomial"
	"github.com/gibbs-ebm/gibbs/internal/stream"
	"github.com/gibbs-ebm/gibbs/structured"
)

func normals(rng *rand.Rand, n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = rng.NormFloat64()
	}
	return v
}

// referencesOf are one of each kind.
func referencesOf(k int, rng *rand.Rand) []Reference {
	p := make([]float64, k)
	for j := range p {
		p[j] = 0.02 + 0.9*rng.Float64()
	}
	return []Reference{Uniform{}, Bernoulli{P: p}, BoundedSize{Min: 1, Max: (k + 1) / 2}}
}

// Packed draws are those of Space.Sample, with the same scores and gradients to
// the last bit, and these are the sums that they should be.
func TestDrawsAreTheListOfDraws(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 1))
	for _, k := range []int{1, 7, 8, 14, 63, 64, 65, 130, 174} {
		for _, ref := range referencesOf(k, rng) {
			space, err := NewSpace(k, ref)
			require.NoError(t, err)
			for _, n := range []int{tabled, 63, 64, 100, 1000, blockOfSets + 70} {
				what := fmt.Sprintf("k=%d, %T, %d draws", k, ref, n)
				c := unary{k: k}
				d := c.NewDraws(space, n)
				require.NotNil(t, d)
				ys := space.Make(n)
				for key := range uint64(2) { // again: the memory is used again
					theta := structured.Theta{Logits: normals(rng, k)}
					d.Sample(stream.New(key))
					space.Sample(ys, stream.New(key))
					listed, packed := make([]float64, n), normals(rng, n)
					c.Score(listed, theta, ys)
					d.Score(packed, theta)
					require.Equal(t, listed, packed, what)

					weights, want := normals(rng, n), normals(rng, k)
					one := structured.Theta{Logits: append([]float64(nil), want...)}
					two := structured.Theta{Logits: append([]float64(nil), want...)}
					c.AddGrad(one, theta, ys, weights)
					d.AddGrad(two, theta, weights)
					require.Equal(t, one, two, what)
					for m, y := range ys {
						require.NoError(t, space.Check(y))
						sum := 0.0
						for j := range y.Labels() {
							sum += theta.Logits[j]
							want[j] += weights[m]
						}
						almost.Equal(t, sum, packed[m], 1e-12, 1e-12)
					}
					almost.Slice(t, want, one.Logits, 1e-11, 1e-11)
				}
			}
		}
	}
}

// Pairwise scores and gradients from the bits are those of walking through the
// labels.
func TestPairwiseDraws(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 6))
	for _, k := range []int{1, 2, 9, 64, 70, 130} {
		for _, c := range []*pairwise{{k: k}, {k: k, rank: 1}, {k: k, rank: min(3, k)}, {k: k, shared: true}, {k: k, rank: min(2, k), shared: true}} {
			space, err := NewSpace(k, nil)
			require.NoError(t, err)
			const n = 150
			what := fmt.Sprintf("k=%d, rank %d", k, c.rank)
			d, ys := c.NewDraws(space, n), space.Make(n)
			for key := range uint64(2) {
				theta := structured.Theta{Logits: normals(rng, c.NumLogits()), Own: normals(rng, c.NumOwn())}
				zero := func() structured.Theta {
					return structured.Theta{Logits: make([]float64, c.NumLogits()), Own: make([]float64, c.NumOwn())}
				}
				d.Sample(stream.New(key))
				space.Sample(ys, stream.New(key))
				walked, listed, packed := make([]float64, n), make([]float64, n), make([]float64, n)
				weights := normals(rng, n)
				c.Score(listed, theta, ys)
				d.Score(packed, theta)
				require.Equal(t, listed, packed, what)
				few, list, pack := zero(), zero(), zero()
				for m := range ys {
					c.Score(walked[m:m+1], theta, ys[m:m+1])
					c.AddGrad(few, theta, ys[m:m+1], weights[m:m+1])
				}
				almost.Slice(t, walked, packed, 1e-10, 1e-10, what)
				c.AddGrad(list, theta, ys, weights)
				d.AddGrad(pack, theta, weights)
				require.Equal(t, list, pack, what)
				almost.Slice(t, few.Logits, pack.Logits, 1e-10, 1e-10, what)
				almost.Slice(t, few.Own, pack.Own, 1e-10, 1e-10, what)
			}
		}
	}
}

// A score does not depend on whether a set is scored alone.
func TestScoresOfOneAndOfManyAreEqual(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 2))
	for _, k := range []int{3, 14, 100, 174} {
		space, err := NewSpace(k, nil)
		require.NoError(t, err)
		ys, theta := space.Make(300), structured.Theta{Logits: normals(rng, k)}
		space.Sample(ys, rng)
		many, one := make([]float64, len(ys)), []float64{0}
		unary{k: k}.Score(many, theta, ys)
		for m := range ys {
			unary{k: k}.Score(one, theta, ys[m:m+1])
			require.Equal(t, many[m], one[0])
		}
	}
}

// Few draws, and those of spaces of other kinds, are kept as a list.
func TestNoDrawsWhereTheyDoNotPay(t *testing.T) {
	space, err := NewSpace(5, nil)
	require.NoError(t, err)
	assert.Nil(t, unary{k: 5}.NewDraws(space, tabled-1))
	assert.Nil(t, unary{k: 6}.NewDraws(space, 100))
	assert.Nil(t, unary{k: 5}.NewDraws(nil, 100))
}

// Labels of draws are as frequent as they should be, alone and in pairs within a
// set and in sets that follow each other.
func TestDrawsAreIndependent(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 3))
	const k, n = 70, 20000
	for _, ref := range referencesOf(k, rng)[:2] {
		space, err := NewSpace(k, ref)
		require.NoError(t, err)
		p := func(j int) float64 {
			if space.ref.bits == nil {
				return 0.5
			}
			return space.ref.bits.p(j)
		}
		ys := space.Make(n)
		space.Sample(ys, stream.New(5))
		check := func(p float64, in func(m int) bool) {
			t.Helper()
			total := 0
			for m := range ys {
				if in(m) {
					total++
				}
			}
			lo, hi := binomial.Band(n, p, 1e-9)
			require.True(t, lo <= total && total <= hi, "%T: %d of %d, want %g", ref, total, n, p)
		}
		for j := range k {
			i := (j + 64) % k // in the other word
			check(p(j), func(m int) bool { return ys[m].Has(j) })
			check(p(j)*p(i), func(m int) bool { return ys[m].Has(j) && ys[m].Has(i) })
			check(p(j)*p(j), func(m int) bool { return ys[m].Has(j) && ys[(m+1)%n].Has(j) })
		}
	}
}

func TestDrawsDoNotAllocate(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 4))
	const k, n = 100, 500
	for _, ref := range referencesOf(k, rng) {
		space, err := NewSpace(k, ref)
		require.NoError(t, err)
		d := unary{k: k}.NewDraws(space, n)
		theta, grad := structured.Theta{Logits: normals(rng, k)}, structured.Theta{Logits: make([]float64, k)}
		scores := make([]float64, n)
		assert.Zero(t, testing.AllocsPerRun(10, func() {
			d.Sample(rng)
			d.Score(scores, theta)
			d.AddGrad(grad, theta, scores)
		}), "%T", ref)
	}
}

func BenchmarkPairwiseDraws(b *testing.B) {
	rng := rand.New(rand.NewPCG(21, 7))
	const n = 1000
	for _, k := range []int{14, 174} {
		for _, rank := range []int{0, 8} {
			c := &pairwise{k: k, rank: rank}
			space, err := NewSpace(k, nil)
			require.NoError(b, err)
			d, ys, scores := c.NewDraws(space, n), space.Make(n), make([]float64, n)
			theta := structured.Theta{Logits: normals(rng, c.NumLogits())}
			grad := structured.Theta{Logits: make([]float64, c.NumLogits())}
			d.Sample(rng)
			space.Sample(ys, rng)
			for _, run := range []struct {
				name string
				f    func()
			}{
				{"Score", func() { d.Score(scores, theta) }},
				{"AddGrad", func() { d.AddGrad(grad, theta, scores) }},
				{"WalkScore", func() {
					for m := range ys {
						c.Score(scores[m:m+1], theta, ys[m:m+1])
					}
				}},
			} {
				b.Run(fmt.Sprintf("k=%d/rank=%d/%s", k, rank, run.name), func(b *testing.B) {
					for b.Loop() {
						run.f()
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/set")
				})
			}
		}
	}
}

// BenchmarkDraws counts a label of a sample as one operation, of which a sample
// of n sets over k labels has n·k.
func BenchmarkDraws(b *testing.B) {
	rng := rand.New(rand.NewPCG(21, 5))
	for _, k := range []int{14, 174, 1000} {
		for _, n := range []int{tabled, 100, 1000, 10000} {
			for _, ref := range referencesOf(k, rng)[:2] {
				space, err := NewSpace(k, ref)
				require.NoError(b, err)
				c := unary{k: k}
				d := c.NewDraws(space, n)
				theta, grad := structured.Theta{Logits: normals(rng, k)}, structured.Theta{Logits: make([]float64, k)}
				scores, ys := make([]float64, n), space.Make(n)
				space.Sample(ys, rng)
				d.Sample(rng)
				for _, run := range []struct {
					name string
					f    func()
				}{
					{"Sample", func() { d.Sample(rng) }},
					{"Score", func() { d.Score(scores, theta) }},
					{"AddGrad", func() { d.AddGrad(grad, theta, scores) }},
					{"Turn", func() { d.(*unaryDraws).packed.turned = false; d.(*unaryDraws).packed.turn() }},
					{"ListScore", func() { c.Score(scores, theta, ys) }},
					{"WalkScore", func() { walkDot(scores, theta.Logits, ys) }},
				} {
					b.Run(fmt.Sprintf("k=%d/n=%d/%T/%s", k, n, ref, run.name), func(b *testing.B) {
						for b.Loop() {
							run.f()
						}
						b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n*k), "ns/label")
					})
				}
			}
		}
	}
}
