package structured

import "math"

// Diagnostic sums up, over the examples of an epoch, a number that the
// objective reports of each:
//
//	ess       the effective sample size of the draws for the model of the
//	          moment, (sum w)^2 / sum w^2: at most their number; a mean near 1
//	          says that the estimator is not to be believed, and that a
//	          proposal is needed that follows the model
//	meeting   the steps until two coupled chains met
//	capped    1 where they had not met in time, so that the estimate is biased
type Diagnostic struct {
	Name string  `json:"name"`
	Mean float64 `json:"mean"`
	Min  float64 `json:"min"`
	Max  float64 `json:"max"`
}

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
			v := b.diagnostics[i*b.kinds+k]
			t.merge(tally{1, v, v, v})
		}
		dst = append(dst, t)
	}
	return dst
}

func diagnostics(names []string, of []tally) []Diagnostic {
	var out []Diagnostic
	for k, t := range of {
		out = append(out, Diagnostic{Name: names[k], Mean: t.sum / float64(t.n), Min: t.min, Max: t.max})
	}
	return out
}
