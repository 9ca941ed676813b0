package datasets

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"unicode/utf8"
)

// WriteMulanXML writes the label list that belongs beside an ARFF file, for
// Mulan; nested where l.Parents says so. Names that XML cannot express, such as
// one with a control character or not in UTF-8, are ErrNotRepresentable, and
// no labels are ErrNoLabels, and a name that occurs twice is
// ErrDuplicateAttribute. Parents must be nil, or hold for each label -1, the
// label before it or an ancestor of that; anything else is ErrIndexOrder.
func WriteMulanXML(w io.Writer, l *MulanLabels) error {
	if len(l.Names) == 0 {
		return fmt.Errorf("datasets: %w", ErrNoLabels)
	}
	if l.Parents != nil && len(l.Parents) != len(l.Names) {
		return fmt.Errorf("datasets: %w: %d parents for %d labels", ErrRagged, len(l.Parents), len(l.Names))
	}
	out := bufio.NewWriter(w)
	out.WriteString(xml.Header + `<labels xmlns="http://mulan.sourceforge.net/labels">` + "\n")
	var open []int // the labels that are not closed yet
	seen := make(map[string]bool, len(l.Names))
	for j, name := range l.Names {
		if seen[name] {
			return fmt.Errorf("datasets: %w: %q", ErrDuplicateAttribute, cut(name))
		}
		seen[name] = true
		if name == "" || !inXML(name) {
			return fmt.Errorf("datasets: %w: XML and the label name %q", ErrNotRepresentable, cut(name))
		}
		parent := -1
		if l.Parents != nil {
			parent = l.Parents[j]
		}
		for len(open) > 0 && open[len(open)-1] != parent {
			out.WriteString("</label>\n")
			open = open[:len(open)-1]
		}
		if parent != -1 && len(open) == 0 {
			return fmt.Errorf("datasets: %w: the parent %d of label %q is neither the label before it nor an ancestor of that", ErrIndexOrder, parent, cut(name))
		}
		out.WriteString(`<label name="`)
		xml.EscapeText(out, []byte(name)) // an error stays in out until Flush
		out.WriteString(`">`)
		open = append(open, j)
	}
	for range open {
		out.WriteString("</label>\n")
	}
	out.WriteString("</labels>\n")
	return out.Flush()
}

// inXML reports whether all of s can stand in an XML document.
func inXML(s string) bool {
	for _, r := range s {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return false
		}
	}
	return utf8.ValidString(s)
}
