package permutations

import "fmt"

// Why some inference has no sums over orderings, for errors.

// Limit names the number of labels.
func (inf *luceInference) Limit() string { return limit(inf.k) }

// Limit names the number of labels.
func (inf *assignmentInference) Limit() string { return limit(inf.k) }

// Limit names the number of labels, or the reference.
func (inf *searchInference) Limit() string {
	if inf.k > MaxExact {
		return limit(inf.k)
	}
	return fmt.Sprintf("the recursion over subsets does not cover the reference %T%+v", inf.space.of, inf.space.of)
}

func limit(k int) string {
	return fmt.Sprintf("%d labels, sums over orderings take at most %d", k, MaxExact)
}
