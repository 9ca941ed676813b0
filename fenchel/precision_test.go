package fenchel_test

import (
	"fmt"
	"maps"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/race"
)

// ulps is what is allowed beyond 1e-12: as many units of rounding in the
// differences between scores, each score moved by its own.
const ulps = 8 * 0x1p-53

// differences are the sizes of the scores as the loss sees them: less the
// highest, or their own where the budget does not bind.
func (s *solution) differences() []float64 {
	top := 0.0
	if s.bound {
		top = slices.Max(s.scores)
	}
	r := make([]float64, len(s.scores))
	for i, x := range s.scores {
		if d := math.Abs(x - top); float(s.slope[i]) > 0 && !math.IsInf(d, 1) {
			r[i] = d
		}
	}
	return r
}

// moved is by how much p_i moves where every score does by its difference.
func (s *solution) moved(r []float64) []float64 {
	out, h, total, mean := make([]float64, len(r)), make([]float64, len(r)), 0.0, 0.0
	for i, x := range s.slope {
		h[i] = float(x)
		total += h[i]
	}
	for i := range h {
		if total > 0 && s.bound {
			mean += r[i] * (h[i] / total)
		}
	}
	for i := range h {
		out[i] = h[i] * (r[i] + mean)
		if s.bound && total > 0 {
			share := h[i] / total
			out[i] = h[i] * (r[i]*(1-share) + (mean - r[i]*share))
		}
	}
	return out
}

// compare wants agreement to 1e-12, or to what the rounding of differences
// between scores means.
func compare(t *testing.T, l fenchel.Loss, scale float64, want solution, note string, targets ...[]float64) {
	t.Helper()
	scores := want.scores
	n := len(scores)
	p := make([]float64, n)
	conjugate, err := l.Argmax(p, scores)
	require.NoError(t, err)
	r := want.differences()
	moved := want.moved(r)
	// An entry next to 1 is 1 less what all others have: known to its last bit.
	bit := 0.0
	if s, ok := l.(fenchel.Subsets); ok && s.K > 1 {
		bit = s.K * 0x1p-51
	}
	size := scale * max(1, bit*0x1p51)
	for i, x := range want.p {
		almost.Equal(t, float(x), p[i], ulps*moved[i]+bit+1e-300, 1e-12, "%v %s: entry %d", l, note, i)
		if f := float(x); f > 0 && !math.IsInf(scores[i], -1) {
			size += f * math.Abs(scores[i])
		}
	}
	almost.Equal(t, float(want.conjugate), conjugate, ulps*size, 1e-12, "%v %s: conjugate", l, note)

	grad := make([]float64, n)
	for k, target := range targets {
		loss := want.loss(target)
		if loss == nil {
			continue
		}
		exact := float(loss)
		allowed := scale * 0x1p-100 // a loss is of the order of the square of differences
		for i, x := range want.p {
			if h := float(want.slope[i]); h > 0 {
				allowed += bit * (bit + math.Abs(float(x)-target[i])) / h
				allowed += float(x) * 0x1p-45 * (float(x) * 0x1p-45 / h)
			}
		}
		if noise := math.Ldexp(size, 100-int(precision)); math.Abs(exact) < noise {
			exact = 0 // up to the rounding of the reference
			allowed += noise
		}
		for i, y := range target {
			if float(want.p[i]) != y || y > 0 {
				allowed += ulps * (math.Abs(float(want.p[i])-y)*r[i] + y*moved[i])
			}
		}
		for _, g := range [][]float64{grad, nil} {
			got, err := l.Loss(g, scores, target)
			if err != nil {
				t.Errorf("%v %s: loss of target %d: %v", l, note, k, err)
				continue
			}
			almost.Equal(t, exact, got, allowed, 1e-12, "%v %s: loss of target %d", l, note, k)
		}
		for i, y := range target {
			almost.Equal(t, p[i]-y, grad[i], 4*ulps*y, 1e-12, "%v %s: gradient %d", l, note, i)
		}
	}
	direction := make([]float64, n)
	for i := range direction {
		direction[i] = math.Cos(float64(3 * i))
	}
	if want.slope != nil {
		steep := 0.0
		for _, h := range want.slope {
			steep = max(steep, float(h))
		}
		for _, x := range want.p {
			if f := float(x); bit > 0 && f > 1-1e-12 && f < 1 {
				steep = math.Inf(1) // next to a kink
			}
		}
		if steep < 1e6 { // else a probability of 0 counts, or not
			require.NoError(t, l.JVP(grad, p, scores, direction))
			almost.Slice(t, want.jvp(direction), grad, 1e-10*steep+1e-14/scale, 1e-10, "%v %s: Jacobian", l, note)
		}
	}
	at := make([]*big.Float, n)
	for i, x := range p {
		at[i] = num(x)
	}
	if n >= 2000 {
		return // a logarithm each
	}
	zeros := slices.Contains(p, 0)
	if omega := want.omega(at); omega != nil && !(zeros && math.IsInf(l.Entropy(p), -1)) {
		almost.Equal(t, -float(omega), l.Entropy(p), 1e-13*scale, 1e-12, "%v %s: entropy", l, note)
	}
}

func scaled(f fenchel.Generator, scale float64) fenchel.Generator {
	if scale == 1 {
		return f
	}
	return fenchel.Scaled{Of: f, Scale: scale}
}

// divergences are all generators that the reference knows.
func divergences() []fenchel.Generator {
	fs := []fenchel.Generator{fenchel.Softmax, fenchel.Sparsemax, fenchel.Hellinger{}, fenchel.JensenShannon{}, fenchel.ReverseKL{}}
	for _, a := range []float64{1 + 1e-7, 1.001, 1.05, 1.25, 1.3, 1.5, 2, 3, 7.5} {
		fs = append(fs, fenchel.Tsallis{Alpha: a})
	}
	return fs
}

func TestHighPrecision(t *testing.T) {
	if race.Enabled {
		t.Skip("long arithmetic")
	}
	rng := rand.New(rand.NewPCG(11, 11))
	vectors := inputs(rng)
	for _, name := range slices.Sorted(maps.Keys(vectors)) {
		t.Run(name, func(t *testing.T) {
			defer func(p uint) { precision = p }(precision)
			if name == "huge" { // a rounding of 1e30 is much
				precision = 600
			}
			scores := vectors[name]
			scores = scores[:min(len(scores), 6)]
			for k, q := range weights(rng, scores) {
				scale, note := []float64{1, 0.3, 2.5}[k], fmt.Sprint("reference ", k)
				for i, f := range divergences() {
					if (i+k+len(name))%2 == 0 {
						continue // every other time
					}
					f = scaled(f, scale)
					p := program{of: long(f), scores: scores, q: q, mass: 1}
					compare(t, fenchel.Simplex{Of: f, Reference: q}, scale, p.solution(), note, labels(scores, q)...)
				}
				for _, a := range []float64{1.1, 2, 3, 20} {
					l := fenchel.Norm{Alpha: a, Scale: scale, Reference: q}
					compare(t, l, scale, normmax(l, scores), note, labels(scores, q)...)
				}
			}
		})
	}
}

// Subsets of exactly and of at most k, with k at its edges and between them, and
// labels on their own.
func TestHighPrecisionSubsets(t *testing.T) {
	if race.Enabled {
		t.Skip("long arithmetic")
	}
	rng := rand.New(rand.NewPCG(13, 13))
	vectors := inputs(rng)
	for _, name := range slices.Sorted(maps.Keys(vectors)) {
		t.Run(name, func(t *testing.T) {
			defer func(p uint) { precision = p }(precision)
			if name == "huge" { // a rounding of 1e30 is much
				precision = 600
			}
			scores := vectors[name]
			scores = scores[:min(len(scores), 4)]
			for r, q := range weights(rng, scores) {
				open := 0.0
				for i, s := range scores {
					if !math.IsInf(s, -1) && (q == nil || q[i] > 0) {
						open++
					}
				}
				for i, f := range []fenchel.Generator{fenchel.Softmax, fenchel.Sparsemax, fenchel.Hellinger{}, fenchel.Tsallis{}, fenchel.Tsallis{Alpha: 1.05}, fenchel.Tsallis{Alpha: 4}} {
					scale := []float64{1, 0.3, 2.5}[(r+i)%3]
					f = scaled(f, scale)
					for j, k := range []float64{1e-9, 1, open / 2, open - 1e-9, open} {
						if k > open || k == 0 || (i+j+len(name)+r)%3 > 0 {
							continue // every third time
						}
						l := fenchel.Subsets{Of: f, K: k, AtMost: (i+j)%2 == 0, Reference: q}
						p := program{of: long(f), scores: scores, q: q, mass: k, capped: true, atMost: l.AtMost}
						compare(t, l, scale, p.solution(), fmt.Sprint("reference ", r), subsetTargets(scores, q, k, l.AtMost)...)
					}
					if r > 1 {
						continue
					}
					prior := q // as probabilities
					if r > 0 {
						prior = []float64{0.5, 1e-9, 0.75, 1 - 0x1p-30}[:len(scores)]
					}
					targets := make([][]float64, 4)
					for j := range targets {
						targets[j] = make([]float64, len(scores))
						for i, s := range scores {
							if !math.IsInf(s, -1) {
								targets[j][i] = []float64{0, 1, 0.25, 1e-9}[(i+j)%4]
							}
						}
					}
					compare(t, fenchel.OneVersusAll{Of: f, Reference: prior}, scale, pairs(long(f), scores, prior), fmt.Sprint("prior ", prior), targets...)
				}
			}
		})
	}
}

// Scores from 1e-300 to 1e300, and denormal ones, in long enough numbers.
func TestHighPrecisionExtremes(t *testing.T) {
	if race.Enabled {
		t.Skip("long arithmetic")
	}
	defer func(p uint) { precision = p }(precision)
	precision = 2400
	for name, scores := range map[string][]float64{
		"huge":     {1e300, -1e300, 1e300, 5e299, 1e-300, 0},
		"powers":   {1e300, 1e200, 1e100, 1, 1e-100, 1e-300},
		"below":    {-1e-300, -1e-200, -1, -1e100, -1e300, -1e-16},
		"mixed":    {-1e155, 3, 3 - 0x1p-50, 1e-310, 2, -1e-3},
		"denormal": {5e-324, 0, -5e-324, 3e-310, math.Inf(-1), 1e-320},
	} {
		t.Run(name, func(t *testing.T) {
			for r, q := range [][]float64{nil, {1e-12, 0.5, 3, 1e-3, 0, 1}} {
				for i, f := range []fenchel.Generator{fenchel.Sparsemax, fenchel.Tsallis{}, fenchel.Tsallis{Alpha: 1.25}, fenchel.Tsallis{Alpha: 3}, fenchel.Hellinger{}, fenchel.ReverseKL{}} {
					if (i+r+len(name))%2 == 0 {
						continue // every other time
					}
					if _, infinite := f.(fenchel.ReverseKL); !infinite || name == "denormal" {
						p := program{of: long(f), scores: scores, q: q, mass: 1}
						compare(t, fenchel.Simplex{Of: f, Reference: q}, 1, p.solution(), fmt.Sprint("reference ", r), labels(scores, q)...)
					}
					if _, infinite := f.(fenchel.ReverseKL); infinite {
						continue
					}
					for i, k := range []float64{0.5, 2, 3.5} {
						l := fenchel.Subsets{Of: f, K: k, AtMost: i == 0, Reference: q}
						p := program{of: long(f), scores: scores, q: q, mass: k, capped: true, atMost: l.AtMost}
						compare(t, l, 1, p.solution(), fmt.Sprint("reference ", r), subsetTargets(scores, q, k, l.AtMost)...)
					}
				}
				for _, a := range []float64{1.5, 2, 3} {
					l := fenchel.Norm{Alpha: a, Reference: q}
					compare(t, l, 1, normmax(l, scores), fmt.Sprint("reference ", r), labels(scores, q)[:3]...)
				}
			}
		})
	}
}

func TestHighPrecisionLong(t *testing.T) {
	if testing.Short() || race.Enabled {
		t.Skip("long arithmetic")
	}
	defer func(p uint) { precision = p }(precision)
	precision = 192
	rng := rand.New(rand.NewPCG(12, 12))
	draw := func(spread float64) []float64 {
		scores := make([]float64, 100_000)
		for i := range scores {
			scores[i] = 2 + spread*rng.NormFloat64()
		}
		return scores
	}
	label := func(scores []float64) []float64 {
		y := make([]float64, len(scores))
		y[7] = 1
		return y
	}
	for _, c := range []struct {
		of     fenchel.Generator
		spread float64
		n      int
	}{
		{fenchel.Sparsemax, 1e-5, 2000}, {fenchel.Sparsemax, 0.3, 100_000}, {fenchel.Tsallis{}, 0.3, 100_000},
		{fenchel.Softmax, 1, 100_000}, {fenchel.Tsallis{Alpha: 1.25}, 1, 2000}, {fenchel.Hellinger{}, 1, 2000},
	} {
		scores := draw(c.spread)[:c.n]
		p := program{of: long(c.of), scores: scores, mass: 1}
		compare(t, fenchel.Simplex{Of: c.of}, 1, p.solution(), "long", label(scores))
	}
	scores := draw(0.1)[:2000]
	compare(t, fenchel.Norm{}, 1, normmax(fenchel.Norm{}, scores), "long", label(scores))
	l := fenchel.Subsets{Of: fenchel.Sparsemax, K: 1000}
	p := program{of: long(l.Of), scores: scores, mass: l.K, capped: true}
	compare(t, l, 1, p.solution(), "long")
}
