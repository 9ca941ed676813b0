package datasets

import "github.com/gibbs-ebm/gibbs/sets"

// labelRows gathers the labels of rows while k may not be known yet. Its
// memory follows the labels that are present or missing.
type labelRows struct {
	on, unknown       []int32 // the labels of all rows, one row after the other
	onEnd, unknownEnd []int   // where each row ends
}

func (r *labelRows) add(label int)        { r.on = append(r.on, int32(label)) }
func (r *labelRows) addMissing(label int) { r.unknown = append(r.unknown, int32(label)) }

func (r *labelRows) endRow() {
	r.onEnd = append(r.onEnd, len(r.on))
	r.unknownEnd = append(r.unknownEnd, len(r.unknown))
}

func (r *labelRows) len() int { return len(r.onEnd) }

// words is the size of the sets over k labels, for Limits.checkCells.
func (r *labelRows) words(k int) [2]int {
	w := (k + 63) / 64
	if len(r.unknown) > 0 {
		w *= 2
	}
	return [2]int{r.len(), w}
}

// build makes the sets over k labels; labels in the lists count from base.
func (r *labelRows) build(k, base int) (y, observed []sets.Set) {
	y = sets.Make(r.len(), k)
	at := 0
	for i, end := range r.onEnd {
		for _, j := range r.on[at:end] {
			y[i].Add(int(j) - base)
		}
		at = end
	}
	if len(r.unknown) == 0 {
		return y, nil
	}
	observed = sets.Make(r.len(), k)
	all := sets.All(k)
	at = 0
	for i, end := range r.unknownEnd {
		observed[i].CopyFrom(all)
		for _, j := range r.unknown[at:end] {
			observed[i].Remove(int(j) - base)
		}
		at = end
	}
	return y, observed
}
