package datasets

import (
	"slices"
	"strings"
)

// labelNames numbers the labels of a file, in the order in which they are met
// unless they are known before.
type labelNames struct {
	number map[string]int
	names  []string
	known  bool // all of them
}

// knownLabels are the labels that can occur, numbered in this order.
func knownLabels(names []string) (*labelNames, error) {
	l := &labelNames{number: make(map[string]int, len(names)), known: true}
	for _, name := range names {
		if _, ok := l.number[name]; ok {
			return nil, because(ErrDuplicateAttribute, "there are two labels %q", cut(name))
		}
		l.add(name)
	}
	return l, nil
}

func (l *labelNames) add(name string) int {
	name = strings.Clone(name) // a part of a whole record otherwise
	l.number[name] = len(l.names)
	l.names = append(l.names, name)
	return len(l.names) - 1
}

// find returns the number of a label.
func (l *labelNames) find(name string, limits Limits) (int, error) {
	if j, ok := l.number[name]; ok {
		return j, nil
	}
	if l.known {
		return 0, because(ErrUnknownLabel, "label %q is none of %s", cut(name), braces(l.names))
	}
	if err := limits.checkLabels(len(l.names) + 1); err != nil {
		return 0, err
	}
	return l.add(name), nil
}

// sorted returns the names in the order they get in the data set, and the
// number there of each label, nil where it is the same: labels that were not
// known before are sorted, numbers at the end by value, L2 before L10.
func (l *labelNames) sorted() (names []string, number []int) {
	if l.known {
		return l.names, nil
	}
	names = slices.Clone(l.names)
	slices.SortFunc(names, compareNatural)
	number = make([]int, len(names))
	for j, name := range names {
		number[l.number[name]] = j
	}
	return names, number
}

// compareNatural orders names by what comes before the digits at their end,
// then by these as a number.
func compareNatural(a, b string) int {
	stemA, stemB := strings.TrimRight(a, "0123456789"), strings.TrimRight(b, "0123456789")
	if c := strings.Compare(stemA, stemB); c != 0 {
		return c
	}
	digitsA, digitsB := strings.TrimLeft(a[len(stemA):], "0"), strings.TrimLeft(b[len(stemB):], "0")
	if len(digitsA) != len(digitsB) {
		return len(digitsA) - len(digitsB)
	}
	if c := strings.Compare(digitsA, digitsB); c != 0 {
		return c
	}
	return strings.Compare(a, b) // L1 and L01
}
