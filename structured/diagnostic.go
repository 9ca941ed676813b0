package structured

import (
	"math"

	"github.com/gibbs-ebm/gibbs/logpart"
)

// Diagnostic sums up, over the examples of an epoch, a number that the
// objective reports of each:
//
//	ess       the effective sample size of the draws for the model of the
//	          moment, (sum w)^2 / sum w^2: at most their number; a mean near 1
//	          says that the estimator is not to be believed, and that a
//	          proposal is needed that follows the model
//	pareto_k  the shape of the tail of the weights, for one example in every 16
//	          steps, since a fit costs as much as some examples do: above
//	          0.7 neither the estimates nor their apparent precision are to be
//	          believed (see logpart.ParetoK)
//	meeting   the steps until two coupled chains met
//	capped    1 where they had not met in time, so that the estimate is biased
//	standard_error  that of the loss of an example over its perturbed modes
//	unproven  the part of those modes that are not proven
type Diagnostic struct {
	Name string  `json:"name"`
	Mean float64 `json:"mean"`
	Min  float64 `json:"min"`
	Max  float64 `json:"max"`
	// Warning says what is wrong, empty where nothing is: of an ess below 5 or a
	// pareto_k above 0.7 on average, that the objective's estimator is not to be
	// believed.
	Warning string `json:"warning,omitempty"`
}

// Names of the diagnostics of draws.
const (
	essName     = "ess"
	paretoKName = "pareto_k"
)

// The worst means without a warning.
const (
	leastESS    = 5
	mostParetoK = 0.7
)

func (d *Diagnostic) warn() {
	switch {
	case d.Name == essName && d.Mean < leastESS:
		d.Warning = "a handful of the draws carry all weight: use a proposal that follows the model, or more samples"
	case d.Name == paretoKName && d.Mean > mostParetoK:
		d.Warning = "the largest weights dominate, the estimator is not to be believed: use a proposal that follows the model"
	}
}

// paretoEvery is how many steps share a fit of the tail of the weights.
const paretoEvery = 16

// diagnoseTail reports pareto_k of weights up to a factor, as the second of the
// diagnostics, for the first example of some steps.
func (b *Batch[Y]) diagnoseTail(i int, weights []float64) {
	if !b.fitsTail(i) {
		return
	}
	logw := make([]float64, len(weights))
	for m, w := range weights {
		logw[m] = math.Log(math.Abs(w))
	}
	if k, ok := logpart.ParetoK(logw); ok {
		b.Diagnose(i, 1, k)
	}
}

// fitsTail reports whether diagnoseTail does anything for example i.
func (b *Batch[Y]) fitsTail(i int) bool { return b.kinds > 1 && i == 0 && b.tail }

// tally gathers a diagnostic. Tallies are merged in the order of the shards, so
// that their bits do not depend on workers.
type tally struct {
	n             int
	sum, min, max float64
}

func (t *tally) merge(u tally) {
	if u.n == 0 {
		return
	}
	if t.n == 0 {
		*t = u
		return
	}
	t.n += u.n
	t.sum += u.sum
	t.min, t.max = math.Min(t.min, u.min), math.Max(t.max, u.max)
}

// merged adds the tallies of a piece to those of the whole.
func merged(whole, piece []tally) []tally {
	for len(whole) < len(piece) {
		whole = append(whole, tally{})
	}
	for k, u := range piece {
		whole[k].merge(u)
	}
	return whole
}

// tallied sums up the diagnostics of a batch in place of dst.
func (b *Batch[Y]) tallied(dst []tally) []tally {
	dst = dst[:0]
	for k := range b.kinds {
		var t tally
		for i := range b.Len() {
			if v := b.diagnostics[i*b.kinds+k]; !math.IsNaN(v) {
				t.merge(tally{1, v, v, v})
			}
		}
		dst = append(dst, t)
	}
	return dst
}

func diagnostics(names []string, of []tally) []Diagnostic {
	var out []Diagnostic
	for k, t := range of {
		if t.n == 0 {
			continue
		}
		d := Diagnostic{Name: names[k], Mean: t.sum / float64(t.n), Min: t.min, Max: t.max}
		d.warn()
		out = append(out, d)
	}
	return out
}
