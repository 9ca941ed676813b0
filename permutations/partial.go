package permutations

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gibbs-ebm/gibbs/structured"
)

// A Partial is partial knowledge of an ordering of k labels: some of the
// labels, in groups from the best to the worst. Every label of a group is
// better than every label of a later one; labels of one group are tied, which
// here means that nothing is known of their order. The other labels are
// unranked: they may stand anywhere.
//
//	TopM(5, 3, 0)            3 > 0 > {1, 2, 4}     the best two, in order
//	Subset(5, 3, 0)          3 > 0                 1, 2 and 4 unranked
//	Ties(5, {3}, {0, 1}, ..) 3 > {0, 1} > {2, 4}   a bucket order
//
// It is the Evidence of this space: it allows the complete orderings that
// agree with it, and as a set of orderings it is a partial order of labels.
// A Partial is immutable. The zero Partial is over no labels; where a slice
// of them describes data it stands for a complete ordering.
type Partial struct {
	labels []int // the ranked labels, group after group, increasing in each
	start  []int // group g is labels[start[g]:start[g+1]]
	group  []int // the group of each of the k labels, -1 for unranked ones
}

var _ structured.Evidence[Ordering] = Partial{}

// Unlisted says what is known of the labels that a partial ranking does not
// list.
type Unlisted int

const (
	// UnlistedAnywhere leaves them unranked.
	UnlistedAnywhere Unlisted = iota
	// UnlistedBelow ranks them below all listed ones, tied with each other.
	UnlistedBelow
)

// Reasons of a *PartialError, besides ErrOutOfRange and ErrRepeated.
var (
	ErrEmptyGroup   = errors.New("empty group")
	ErrMissingLabel = errors.New("missing label")
)

// ErrNoLabels is returned for a space, data or partial ranking over no labels.
var ErrNoLabels = errors.New("permutations: there are no labels (k = 0)")

// A PartialError reports groups that are not a partial ranking.
type PartialError struct {
	Group    int // counted from 0; -1 for a missing label
	Position int // in the group, from 0; -1 where there is none
	Label    int // -1 where there is none
	K        int
	Err      error // ErrOutOfRange, ErrRepeated, ErrEmptyGroup or ErrMissingLabel
}

func (e *PartialError) Error() string {
	switch e.Err {
	case ErrEmptyGroup:
		return fmt.Sprintf("permutations: partial ranking: group %d is empty", e.Group)
	case ErrMissingLabel:
		return fmt.Sprintf("permutations: partial ranking: label %d of %d is in no group", e.Label, e.K)
	case ErrRepeated:
		return fmt.Sprintf("permutations: partial ranking: label %d at position %d of group %d is repeated", e.Label, e.Position, e.Group)
	}
	return fmt.Sprintf("permutations: partial ranking: label %d at position %d of group %d is outside 0..%d", e.Label, e.Position, e.Group, e.K-1)
}

func (e *PartialError) Unwrap() error { return e.Err }

// NewPartial returns the partial ranking of k labels by groups of tied labels,
// the best first. The groups are copied. A label outside 0..k-1, a label
// listed twice and an empty group are a *PartialError.
func NewPartial(k int, groups [][]int, unlisted Unlisted) (Partial, error) {
	if k < 1 {
		return Partial{}, ErrNoLabels
	}
	p := Partial{group: make([]int, k), start: []int{0}}
	for j := range p.group {
		p.group[j] = -1
	}
	for g, labels := range groups {
		if len(labels) == 0 {
			return Partial{}, &PartialError{Group: g, Position: -1, Label: -1, K: k, Err: ErrEmptyGroup}
		}
		for at, j := range labels {
			switch {
			case j < 0 || j >= k:
				return Partial{}, &PartialError{Group: g, Position: at, Label: j, K: k, Err: ErrOutOfRange}
			case p.group[j] >= 0:
				return Partial{}, &PartialError{Group: g, Position: at, Label: j, K: k, Err: ErrRepeated}
			}
			p.group[j] = g
		}
		p.add(labels)
	}
	if unlisted == UnlistedBelow && len(p.labels) < k {
		rest := make([]int, 0, k-len(p.labels))
		for j, g := range p.group {
			if g < 0 {
				rest = append(rest, j)
				p.group[j] = len(groups)
			}
		}
		p.add(rest)
	}
	return p, nil
}

// add appends a group.
func (p *Partial) add(labels []int) {
	from := len(p.labels)
	p.labels = append(p.labels, labels...)
	slices.Sort(p.labels[from:])
	p.start = append(p.start, len(p.labels))
}

// TopM returns the partial ranking in which the given labels are the best, in
// this order, and all others are below them.
func TopM(k int, best ...int) (Partial, error) { return strict(k, best, UnlistedBelow) }

// Subset returns the partial ranking that says only that the given labels are
// in this order.
func Subset(k int, labels ...int) (Partial, error) { return strict(k, labels, UnlistedAnywhere) }

func strict(k int, labels []int, unlisted Unlisted) (Partial, error) {
	groups := make([][]int, len(labels))
	for i := range labels {
		groups[i] = labels[i : i+1]
	}
	return NewPartial(k, groups, unlisted)
}

// Ties returns the bucket order of all k labels; a label in no group is a
// *PartialError.
func Ties(k int, groups ...[]int) (Partial, error) {
	p, err := NewPartial(k, groups, UnlistedAnywhere)
	if err != nil {
		return Partial{}, err
	}
	if j := slices.Index(p.group, -1); j >= 0 {
		return Partial{}, &PartialError{Group: -1, Position: -1, Label: j, K: k, Err: ErrMissingLabel}
	}
	return p, nil
}

// Partial returns the partial ranking that only o agrees with.
func (o Ordering) Partial() (Partial, error) {
	if err := o.Validate(); err != nil {
		return Partial{}, err
	}
	return strict(len(o), o, UnlistedAnywhere)
}

// K is the number of labels, ranked or not.
func (p Partial) K() int { return len(p.group) }

// IsZero reports whether p is the zero Partial.
func (p Partial) IsZero() bool { return p.group == nil }

// Groups is the number of groups, counting the one of the labels below the
// listed ones.
func (p Partial) Groups() int { return max(0, len(p.start)-1) }

// Group returns the labels of group g, the best group being 0, in increasing
// order. They are shared with p and must not be changed.
func (p Partial) Group(g int) []int {
	return p.labels[p.start[g]:p.start[g+1]:p.start[g+1]]
}

// GroupOf is the group of label j, -1 if it is unranked.
func (p Partial) GroupOf(j int) int { return p.group[j] }

// Ranked is the number of labels that are in a group.
func (p Partial) Ranked() int { return len(p.labels) }

// Equal reports whether the two say the same in the same way.
func (p Partial) Equal(q Partial) bool {
	return slices.Equal(p.group, q.group)
}

// Complete returns the only ordering that agrees with p, if there is only one.
func (p Partial) Complete() (Ordering, bool) {
	if p.Groups() < p.K() {
		return nil, false
	}
	return Ordering(p.labels).Clone(), true
}

// An UnsupportedEvidenceError reports evidence of a kind that orderings do not
// know.
type UnsupportedEvidenceError struct{ Evidence structured.Evidence[Ordering] }

func (e *UnsupportedEvidenceError) Error() string {
	return fmt.Sprintf("permutations: evidence of type %T: want permutations.Partial", e.Evidence)
}

// asPartial returns evidence as a partial ranking of k labels.
func asPartial(e structured.Evidence[Ordering], k int) (Partial, error) {
	p, ok := e.(Partial)
	if !ok {
		return Partial{}, &UnsupportedEvidenceError{e}
	}
	if p.K() != k {
		return Partial{}, &structured.DimensionError{What: "labels of a partial ranking", Want: k, Got: p.K()}
	}
	return p, nil
}
