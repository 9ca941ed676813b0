package datasets

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// PrefLibWriteOptions say how to write a PrefLib file.
type PrefLibWriteOptions struct {
	// Merge writes equal votes once, with the sum of their counts, where the
	// first of them stands: what PrefLib's own files have. Without it every
	// row is a line.
	Merge bool
}

// WritePrefLib writes votes, rankings without features, in the format of
// PrefLib with the header of today: .soc, .soi, .toc or .toi, whichever is the
// narrowest. Reading it gives, without Merge, equal rows, weights and names; a
// Partial that only one ordering agrees with comes back as that ordering.
// (Labels below the listed ones of a top-m ranking are its last tied group,
// so that nothing depends on the Unlisted of the reader.)
//
// The error is that of m.Validate; ErrNotRepresentable for features, a weight
// that is no count from 1 to 2^53, a row that ranks no label, and a name that is
// empty (of the data set it may be), has a line end in it, or blanks around it;
// or that of w.
func WritePrefLib(w io.Writer, m *LabelRanking, o PrefLibWriteOptions) error {
	if err := m.Validate(); err != nil {
		return err
	}
	if m.D() > 0 {
		return fmt.Errorf("datasets: %w: PrefLib and features", ErrNotRepresentable)
	}
	votes, err := m.countVotes(o.Merge)
	if err != nil {
		return err
	}
	out := newTextWriter(w)
	if err := m.writePrefLibHeader(out, votes); err != nil {
		return err
	}
	for _, v := range votes {
		out.WriteString(strconv.FormatInt(v.count, 10) + ": " + v.order + "\n")
	}
	return out.Flush()
}

type countedVote struct {
	count int64
	order string
}

// countVotes returns the lines.
func (m *LabelRanking) countVotes(merge bool) ([]countedVote, error) {
	votes := make([]countedVote, 0, m.Len())
	line, total := map[string]int{}, int64(0)
	for i := range m.Len() {
		v := countedVote{count: 1, order: m.prefLibOrder(i)}
		if m.Weights != nil {
			w := m.Weights[i]
			if !(w >= 1 && w <= 1<<53 && w == math.Trunc(w)) {
				return nil, fmt.Errorf("datasets: row %d: %w: PrefLib and the weight %g", i, ErrNotRepresentable, w)
			}
			v.count = int64(w)
		}
		if v.order == "" {
			return nil, fmt.Errorf("datasets: row %d: %w: PrefLib and a ranking of no labels", i, ErrNotRepresentable)
		}
		if total += v.count; total > 1<<53 {
			return nil, fmt.Errorf("datasets: row %d: %w: PrefLib and more than 2^53 votes", i, ErrNotRepresentable)
		}
		if at, ok := line[v.order]; ok && merge {
			votes[at].count += v.count
			continue
		}
		line[v.order] = len(votes)
		votes = append(votes, v)
	}
	return votes, nil
}

// prefLibOrder is the ranking of a row by numbers from 1, as in 3,{1,2}.
func (m *LabelRanking) prefLibOrder(row int) string {
	var b []byte
	if !m.isPartial(row) {
		for r, j := range m.Y[row] {
			if r > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(b, int64(j+1), 10)
		}
		return string(b)
	}
	p := m.Partial[row]
	for g := range p.Groups() {
		group := p.Group(g)
		if g > 0 {
			b = append(b, ',')
		}
		if len(group) > 1 {
			b = append(b, '{')
		}
		for t, j := range group {
			if t > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(b, int64(j+1), 10)
		}
		if len(group) > 1 {
			b = append(b, '}')
		}
	}
	return string(b)
}

// prefLibType is the narrowest of soc, soi, toc and toi.
func (m *LabelRanking) prefLibType() string {
	ties, incomplete := "s", "c"
	for i := range m.Partial {
		if !m.isPartial(i) {
			continue
		}
		if m.Partial[i].Ranked() > m.Partial[i].Groups() {
			ties = "t"
		}
		if m.Partial[i].Ranked() < m.K() {
			incomplete = "i"
		}
	}
	return ties + "o" + incomplete
}

func (m *LabelRanking) writePrefLibHeader(out textWriter, votes []countedVote) error {
	key := func(key, value string) { out.WriteString("# " + key + ": " + value + "\n") }
	if m.Name != "" {
		if err := checkPrefLibName(m.Name); err != nil {
			return err
		}
		key("TITLE", m.Name)
	}
	total := int64(0)
	for _, v := range votes {
		total += v.count
	}
	key("DATA TYPE", m.prefLibType())
	key("NUMBER ALTERNATIVES", strconv.Itoa(m.K()))
	key("NUMBER VOTERS", strconv.FormatInt(total, 10))
	key("NUMBER UNIQUE ORDERS", strconv.Itoa(len(votes)))
	for j := range m.K() {
		name := m.LabelName(j)
		if err := checkPrefLibName(name); err != nil {
			return err
		}
		key("ALTERNATIVE NAME "+strconv.Itoa(j+1), name)
	}
	return nil
}

func checkPrefLibName(name string) error {
	if name == "" || strings.TrimSpace(name) != name || strings.Contains(name, "\n") {
		return fmt.Errorf("datasets: %w: PrefLib and the name %q", ErrNotRepresentable, cut(name))
	}
	return nil
}
