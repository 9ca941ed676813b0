package permutations

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gibbs-ebm/gibbs/internal/numeric"
)

// condition prepares draws given a partial ranking.
func (p *plackettLuceReference) condition(e Partial) (conditional, error) {
	k := len(p.choice.logw)
	c := &plackettLuceGiven{
		logw: p.choice.logw, e: e, ties: make([]tiedChoice, e.Groups()),
		ranked: make([]int, e.Ranked()), after: make([]float64, e.Ranked()), keys: make([]float64, k),
	}
	for j, g := range e.group {
		if g < 0 {
			c.unranked = append(c.unranked, j)
		}
	}
	var l plackettLuceLikelihood
	var err error
	if c.logProb, err = l.partial(nil, c.logw, e, 0); err != nil {
		return nil, err
	}
	for g := range e.Groups() - 1 {
		if group := e.Group(g); len(group) > 1 {
			c.ties[g].run(c.logw, group, l.below[g])
		}
	}
	return c, nil
}

// plackettLuceGiven draws from a Plackett-Luce distribution given e, exactly.
// The race of exponential clocks has no memory: given the order of the ranked
// labels, which is drawn group by group, the times between their rings are
// independent, exponential with the sums of the weights still to ring, and the
// clocks of the unranked labels run on their own.
type plackettLuceGiven struct {
	logw     []float64
	logProb  float64
	e        Partial
	ties     []tiedChoice // of the groups where labels are tied, but the last
	unranked []int
	ranked   []int     // the ranked labels in a drawn order
	after    []float64 // the log of their times
	keys     []float64
}

func (c *plackettLuceGiven) logEvidence() float64 { return c.logProb }

func (c *plackettLuceGiven) sample(y Ordering, rng *rand.Rand) {
	for g := range c.e.Groups() {
		group, order := c.e.Group(g), c.ranked[c.e.start[g]:c.e.start[g+1]]
		switch {
		case len(group) == 1:
			order[0] = group[0]
		case g == c.e.Groups()-1:
			c.race(order, group, rng)
		default:
			c.ties[g].sample(order, group, rng)
		}
	}
	if len(c.unranked) == 0 {
		copy(y, c.ranked)
		return
	}
	suffix := math.Inf(-1)
	for i := len(c.ranked) - 1; i >= 0; i-- {
		suffix = numeric.LogAddExp(suffix, c.logw[c.ranked[i]])
		c.after[i] = math.Log(rng.ExpFloat64()) - suffix
	}
	for i := 1; i < len(c.after); i++ {
		c.after[i] = numeric.LogAddExp(c.after[i-1], c.after[i])
	}
	// Merged, not sorted: rounding must not change the order of the ranked.
	order := y[len(c.ranked):]
	c.race(order, c.unranked, rng)
	at := 0
	for r := range y {
		if at < len(c.ranked) && (len(order) == 0 || -c.after[at] >= c.keys[order[0]]) {
			y[r] = c.ranked[at]
			at++
		} else {
			y[r] = order[0]
			order = order[1:]
		}
	}
}

// race overwrites order with the labels by their clocks, the first to ring
// first, and leaves minus the log of their times in keys.
func (c *plackettLuceGiven) race(order, labels []int, rng *rand.Rand) {
	for i, j := range labels {
		order[i] = j
		c.keys[j] = c.logw[j] - math.Log(rng.ExpFloat64())
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(c.keys[b], c.keys[a]) })
}
