package datasets

import (
	"fmt"

	"github.com/gibbs-ebm/gibbs/permutations"
)

// rankingRows gathers rankings while the number of labels may not be known
// yet. Its memory follows the labels that are listed.
type rankingRows struct {
	listed []int32 // the labels of all rows from the best to the worst; ^j is tied with the one before
	end    []int   // where each row ends
	ties   bool    // in the current row
	strict []bool  // by row: no ties
	seen   []int   // by label: one more than the row that listed it last
}

// add appends a label, tied with the one before or below it, to the current
// row, and reports false if the row has it already.
func (r *rankingRows) add(label int, tied bool) bool {
	for label >= len(r.seen) {
		r.seen = append(r.seen, 0)
	}
	if r.seen[label] == len(r.end)+1 {
		return false
	}
	r.seen[label] = len(r.end) + 1
	j := int32(label)
	if tied {
		j, r.ties = ^j, true
	}
	r.listed = append(r.listed, j)
	return true
}

// everListed reports whether any row lists the label.
func (r *rankingRows) everListed(label int) bool { return label < len(r.seen) && r.seen[label] > 0 }

func (r *rankingRows) start(row int) int {
	if row == 0 {
		return 0
	}
	return r.end[row-1]
}

func (r *rankingRows) endRow() {
	r.end = append(r.end, len(r.listed))
	r.strict = append(r.strict, !r.ties)
	r.ties = false
}

func (r *rankingRows) len() int { return len(r.end) }

// isComplete reports whether a row is an ordering of all k labels.
func (r *rankingRows) isComplete(row, k int) bool {
	return r.strict[row] && r.end[row]-r.start(row) == k
}

// build makes the orderings and partial rankings of k labels; partial is nil
// if all rows are orderings. Label j in the lists becomes number[j], or stays
// j where number is nil. d is the number of features, for the limits.
func (r *rankingRows) build(k, d int, number []int, unlisted permutations.Unlisted, limits Limits) (y []permutations.Ordering, partial []permutations.Partial, err error) {
	n, complete := r.len(), 0
	for row := range n {
		if r.isComplete(row, k) {
			complete++
		}
	}
	if err := limits.checkCells([2]int{n, d}, [2]int{complete, k}, [2]int{n - complete, 3 * k}); err != nil {
		return nil, nil, err
	}
	y = make([]permutations.Ordering, n)
	slab := permutations.Make(complete, k)
	var labels []int
	var groups [][]int
	for row := range n {
		listed := r.listed[r.start(row):r.end[row]]
		labels = labels[:0]
		for _, j := range listed {
			label := int(max(j, ^j))
			if number != nil {
				label = number[label]
			}
			labels = append(labels, label)
		}
		if r.isComplete(row, k) {
			y[row], slab = slab[0], slab[1:]
			copy(y[row], labels)
			continue
		}
		groups = groups[:0]
		for i, from := 0, 0; i < len(listed); i++ {
			if i+1 == len(listed) || listed[i+1] >= 0 {
				groups = append(groups, labels[from:i+1])
				from = i + 1
			}
		}
		p, err := permutations.NewPartial(k, groups, unlisted)
		if err != nil {
			return nil, nil, fmt.Errorf("row %d: %w", row, err)
		}
		if only, ok := p.Complete(); ok { // one label was left, and is below
			y[row] = only
			continue
		}
		if partial == nil {
			partial = make([]permutations.Partial, n)
		}
		partial[row] = p
	}
	return y, partial, nil
}

// repeated is the error of a row that lists a label twice.
func repeated(label string) error {
	return because(permutations.ErrRepeated, "label %q is listed twice", cut(label))
}
