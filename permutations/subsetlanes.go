package permutations

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"github.com/gibbs-ebm/gibbs/internal/kernel"
	"github.com/gibbs-ebm/gibbs/structured"
)

// mostInLanes is the largest number of labels for which the recursions of
// several examples run side by side, by measurement: two tables of 2^k numbers
// for each of the examples no longer fit in the second cache beyond.
const mostInLanes = 12

// fewestInLanes is the least number of examples for which that pays.
const fewestInLanes = 4

// subsetLanes are the recursions of several examples side by side, for scores of
// labels at their ranks and nothing else.
type subsetLanes struct {
	k    int
	sets [][]uint32 // by size, from the largest number down
	f, g []float64  // by set, then example
	e    []float64  // by rank, label, example
	at   []float64  // the same
	each [kernel.SubsetLanes]*exactScratch
}

func newSubsetLanes(k int) *subsetLanes {
	const lanes = kernel.SubsetLanes
	n := lanes << k
	l := &subsetLanes{k: k, sets: make([][]uint32, k+1)}
	l.f, l.g = make([]float64, n), make([]float64, n)
	l.e, l.at = make([]float64, k*k*lanes), make([]float64, k*k*lanes)
	for t := range uint32(1) << k {
		l.sets[bits.OnesCount32(t)] = append(l.sets[bits.OnesCount32(t)], t)
	}
	for _, sets := range l.sets {
		slices.SortFunc(sets, func(a, b uint32) int { return cmp.Compare(b, a) })
	}
	return l
}

// inLanes reports whether examples may run side by side.
func (inf *exactInference) inLanes() bool {
	return inf.k > 0 && inf.k <= mostInLanes && inf.byPosition() && kernel.SubsetSumsInLanes()
}

// AddGradLogZs takes 16 examples at a time for scores of up to 12 labels at
// their ranks where there are vector instructions for that.
func (inf *exactInference) AddGradLogZs(logZ []float64, grads, thetas []structured.Theta, weights []float64) {
	if len(thetas) < fewestInLanes || !inf.inLanes() {
		for i, theta := range thetas {
			if weights == nil {
				logZ[i] = inf.LogZ(theta)
			} else {
				logZ[i] = inf.AddGradLogZ(grads[i], theta, weights[i])
			}
		}
		return
	}
	l, ok := inf.many.Get().(*subsetLanes)
	if !ok {
		l = newSubsetLanes(inf.k)
		for i := range l.each {
			l.each[i] = inf.scratch()
		}
	}
	defer inf.many.Put(l)
	for from := 0; from < len(thetas); from += kernel.SubsetLanes {
		to := min(len(thetas), from+kernel.SubsetLanes)
		if weights == nil {
			inf.lanes(l, logZ[from:to], nil, thetas[from:to], nil)
		} else {
			inf.lanes(l, logZ[from:to], grads[from:to], thetas[from:to], weights[from:to])
		}
	}
}

// lanes is AddGradLogZs for a few examples.
func (inf *exactInference) lanes(l *subsetLanes, logZ []float64, grads, thetas []structured.Theta, weights []float64) {
	const lanes = kernel.SubsetLanes
	k := l.k
	for n, theta := range thetas {
		s := l.each[n]
		inf.fill(s, theta)
		s.subsets.reduce(false)
		for r := range k {
			for i, e := range s.subsets.e[r][:k] {
				l.e[(r*k+i)*lanes+n] = e
			}
		}
	}
	kernel.Exp(l.e, l.e)
	for n := range lanes {
		l.f[n] = 1
	}
	for r := 1; r <= k; r++ {
		kernel.SumOverSubsets(l.f, l.e[(r-1)*k*lanes:r*k*lanes], l.sets[r])
	}
	full := uint32(1)<<k - 1
	sums := l.f[int(full)*lanes:][:lanes]
	if weights != nil {
		for n := range lanes {
			l.g[int(full)*lanes+n] = 1
		}
		clear(l.at)
		for r := k - 1; r >= 0; r-- {
			row := l.e[r*k*lanes : (r+1)*k*lanes]
			kernel.SumOverSupersets(l.g, l.at[r*k*lanes:(r+1)*k*lanes], l.f, row, full, l.sets[r])
		}
	}
	for n, theta := range thetas {
		s, sum := l.each[n], sums[n]
		if !(sum >= leastSum) { // by another reduction, or in the log domain
			if weights == nil {
				logZ[n] = inf.LogZ(theta)
			} else {
				logZ[n] = inf.AddGradLogZ(grads[n], theta, weights[n])
			}
			continue
		}
		logZ[n] = inf.terms.base + (s.subsets.shift + math.Log(sum))
		if weights == nil || weights[n] == 0 {
			continue
		}
		scale := 1 / sum
		for r := range k {
			for i := range k {
				at := (r*k+i)*lanes + n
				s.terms[i*k+r] = l.at[at] * l.e[at] * scale
			}
		}
		inf.c.addTerms(grads[n], s.terms, weights[n])
	}
}
