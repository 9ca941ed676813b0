package datasets

import (
	"fmt"
	"math/rand/v2"

	"github.com/gibbs-ebm/gibbs/sets"
)

// StratifiedSplit deals the rows into len(fractions) parts so that each label
// is shared out as the fractions say, by iterative stratification: again and
// again take the label that the fewest undealt rows have, and give each of its
// rows to the part that still wants most rows of this label,
//
//	wanted(part, label) = fraction(part) * rows(label) - dealt(part, label),
//
// then, among equals, to the part that still wants most rows at all, then to
// one at random. Rows without labels come last and go to the part that wants
// most rows. Rows are visited in a random order, so two seeds give two
// different splits and one seed always the same.
//
// Every row is in exactly one part, in increasing order. The part sizes follow
// the fractions closely but not exactly, and with few rows a part can be empty.
// A missing label counts as absent. The rule is a heuristic; it takes
// O(n p + m p + k min(n, k)) for n rows with m labels in all, k different
// ones, and p parts.
//
// The fractions must be positive and sum to 1 (*FractionError) and the sets
// be over as many labels (*LabelCountError).
//
// Source: Sechidis, Tsoumakas and Vlahavas, On the stratification of
// multi-label data, ECML PKDD 2011.
func StratifiedSplit(y []sets.Set, fractions []float64, rng *rand.Rand) ([][]int, error) {
	if rng == nil {
		return nil, ErrNilRand
	}
	if err := checkFractions(fractions); err != nil {
		return nil, err
	}
	for i := range y {
		if y[i].K() != y[0].K() {
			return nil, &LabelCountError{Row: i, Got: y[i].K(), Want: y[0].K()}
		}
	}
	s := newStratifier(y, fractions, rng)
	for l := s.rarest(); l >= 0; l = s.rarest() {
		for _, i := range s.rowsOf(l) {
			if s.part[i] < 0 {
				s.deal(i, s.neediest(s.wantLabel[l*s.parts:(l+1)*s.parts]))
			}
		}
	}
	for _, i := range s.order {
		if s.part[i] < 0 {
			s.deal(i, s.neediest(s.want))
		}
	}
	return s.result(), nil
}

// A Fold is one of several ways to hold out rows: each row is in Test of
// exactly one fold and in Train of all others.
type Fold struct{ Train, Test []int }

// StratifiedFolds makes the given number of folds for cross-validation, with
// the test rows of each dealt by [StratifiedSplit] in equal fractions. There
// must be at least 2 folds and no more folds than rows: a *FoldsError
// otherwise.
func StratifiedFolds(y []sets.Set, folds int, rng *rand.Rand) ([]Fold, error) {
	if folds < 2 || folds > len(y) {
		return nil, &FoldsError{Folds: folds, Rows: len(y)}
	}
	fractions := make([]float64, folds)
	for f := range fractions {
		fractions[f] = 1 / float64(folds)
	}
	parts, err := StratifiedSplit(y, fractions, rng)
	if err != nil {
		return nil, err
	}
	fold := make([]int32, len(y))
	for f, part := range parts {
		for _, i := range part {
			fold[i] = int32(f)
		}
	}
	out := make([]Fold, folds)
	for f, part := range parts {
		out[f] = Fold{Train: make([]int, 0, len(y)-len(part)), Test: part}
		for i := range y {
			if fold[i] != int32(f) {
				out[f].Train = append(out[f].Train, i)
			}
		}
	}
	return out, nil
}

// LabelCountError reports a row whose set is over another number of labels
// than the others'.
type LabelCountError struct{ Row, Got, Want int }

func (e *LabelCountError) Error() string {
	return fmt.Sprintf("datasets: row %d is a set over %d labels, the first row over %d", e.Row, e.Got, e.Want)
}

// stratifier is the state of one iterative stratification.
type stratifier struct {
	y     []sets.Set
	rng   *rand.Rand
	parts int
	order []int   // the rows in the order they are visited
	part  []int32 // the part of each row, -1 while undealt

	first, rows []int // the rows of label l are rows[first[l]:first[l+1]], in visiting order
	left        []int // how many of them are undealt

	wantLabel []float64 // labels x parts: rows of the label that the part still wants
	want      []float64 // rows the part still wants
	best      []int     // scratch of neediest
}

func newStratifier(y []sets.Set, fractions []float64, rng *rand.Rand) *stratifier {
	n, k, p := len(y), 0, len(fractions)
	if n > 0 {
		k = y[0].K()
	}
	s := &stratifier{
		y: y, rng: rng, parts: p, order: rng.Perm(n), part: make([]int32, n),
		first: make([]int, k+1), left: make([]int, k),
		wantLabel: make([]float64, k*p), want: make([]float64, p), best: make([]int, p),
	}
	for i := range y {
		s.part[i] = -1
		for l := range y[i].Labels() {
			s.left[l]++
		}
	}
	for l, c := range s.left {
		s.first[l+1] = s.first[l] + c
		for j, f := range fractions {
			s.wantLabel[l*p+j] = f * float64(c)
		}
	}
	for j, f := range fractions {
		s.want[j] = f * float64(n)
	}
	s.rows = make([]int, s.first[k])
	next := append([]int(nil), s.first...)
	for _, i := range s.order {
		for l := range y[i].Labels() {
			s.rows[next[l]] = i
			next[l]++
		}
	}
	return s
}

func (s *stratifier) rowsOf(l int) []int { return s.rows[s.first[l]:s.first[l+1]] }

// rarest returns the label that the fewest undealt rows have, of those that
// some has, or -1. A label is returned once at most: its rows are dealt next.
func (s *stratifier) rarest() int {
	best, ties := -1, 0
	for l, c := range s.left {
		switch {
		case c == 0 || best >= 0 && c > s.left[best]:
		case best < 0 || c < s.left[best]:
			best, ties = l, 1
		default: // one of the ties, each as likely
			if ties++; s.rng.IntN(ties) == 0 {
				best = l
			}
		}
	}
	return best
}

// neediest returns the part of largest wanted, ties going to the largest want
// and then to chance.
func (s *stratifier) neediest(wanted []float64) int {
	best := s.best[:0]
	for j := range wanted {
		if len(best) > 0 {
			b := best[0]
			if wanted[j] < wanted[b] || wanted[j] == wanted[b] && s.want[j] < s.want[b] {
				continue
			}
			if wanted[j] > wanted[b] || s.want[j] > s.want[b] {
				best = best[:0]
			}
		}
		best = append(best, j)
	}
	if len(best) == 1 {
		return best[0]
	}
	return best[s.rng.IntN(len(best))]
}

func (s *stratifier) deal(i, part int) {
	s.part[i] = int32(part)
	s.want[part]--
	for l := range s.y[i].Labels() {
		s.left[l]--
		s.wantLabel[l*s.parts+part]--
	}
}

func (s *stratifier) result() [][]int {
	size := make([]int, s.parts)
	for _, p := range s.part {
		size[p]++
	}
	out := make([][]int, s.parts)
	for p := range out {
		out[p] = make([]int, 0, size[p])
	}
	for i, p := range s.part {
		out[p] = append(out[p], i)
	}
	return out
}
