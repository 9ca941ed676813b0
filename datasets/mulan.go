package datasets

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
)

// MulanLabels is the label list that Mulan keeps in an XML file beside an ARFF
// file:
//
//	<labels xmlns="http://mulan.sourceforge.net/labels">
//	<label name="sports"><label name="chess"/></label>
//	<label name="politics"/>
//	</labels>
type MulanLabels struct {
	// Names are the labels in the order of the file, so that each comes
	// before those nested in it. In a hierarchy, all are labels: Mulan keeps
	// an attribute for each.
	Names []string
	// Parents[j] is the position in Names of the label that label j is
	// nested in, or -1. It is nil for a flat list.
	Parents []int
}

// MulanOptions say how to read a label list.
type MulanOptions struct {
	// File is the name that errors mention; "xml" if empty.
	File string
	// Limits bound what is accepted: MaxLabels, and MaxLineBytes for each tag
	// or text.
	Limits Limits
}

// Validate reports the first option that makes no sense, if any.
func (o MulanOptions) Validate() error { return o.Limits.Validate() }

// ReadMulanXML reads a label list; its Names are what ARFFOptions.Labels
// wants. The file must be in UTF-8. A document type, and with it any entity
// beyond XML's five, is an error, so that nothing in the file can expand.
// Errors in the file are *ParseError: ErrSyntax, ErrEncoding, ErrNoLabels,
// ErrDuplicateAttribute for a label named twice, ErrUnterminated for a file
// that was cut, and ErrLimit.
func ReadMulanXML(r io.Reader, o MulanOptions) (*MulanLabels, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	o.Limits = o.Limits.withDefaults()
	if o.File == "" {
		o.File = "xml"
	}
	p := newMulanParser(r, o)
	for {
		if done, err := p.next(); err != nil {
			return nil, err
		} else if done {
			break
		}
	}
	if len(p.labels.Names) == 0 {
		return nil, failFile(o.File, ErrNoLabels)
	}
	if !slices.ContainsFunc(p.labels.Parents, func(parent int) bool { return parent >= 0 }) {
		p.labels.Parents = nil
	}
	return &p.labels, nil
}

type mulanParser struct {
	MulanOptions
	input  *budgetReader
	dec    *xml.Decoder
	labels MulanLabels
	seen   map[string]bool
	open   []int // the labels we are in, -1 for the root
	ended  bool  // the root is closed
	// where the last token begins
	line, column int
}

func newMulanParser(r io.Reader, o MulanOptions) *mulanParser {
	p := &mulanParser{MulanOptions: o, input: newBudgetReader(r, o.Limits), seen: map[string]bool{}}
	p.dec = xml.NewDecoder(p.input)
	p.dec.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		return nil, because(ErrEncoding, "the file is in %q; UTF-8 is needed", cut(charset))
	}
	return p
}

// next takes one token; done at the end of the file.
func (p *mulanParser) next() (done bool, err error) {
	p.line, p.column = p.dec.InputPos()
	start := p.dec.InputOffset()
	p.input.refill()
	token, err := p.dec.RawToken()
	if err == io.EOF {
		if !p.ended {
			return false, p.failHere(because(ErrUnterminated, "the file ends before </labels>"))
		}
		return true, nil
	}
	if err == nil {
		err = over("MaxLineBytes", int(p.dec.InputOffset()-start), p.Limits.MaxLineBytes)
	}
	if err != nil {
		return false, p.failToken(err)
	}
	switch t := token.(type) {
	case xml.StartElement:
		err = p.start(t)
	case xml.EndElement:
		err = p.end(t)
	case xml.CharData:
		if len(strings.TrimSpace(string(t))) > 0 {
			err = because(ErrSyntax, "unexpected text %q", cut([]byte(t)))
		}
	case xml.Directive:
		err = because(ErrSyntax, "a document type is not supported")
	}
	if err != nil {
		return false, p.failHere(err)
	}
	return false, nil
}

func (p *mulanParser) start(t xml.StartElement) error {
	switch {
	case p.ended:
		return because(ErrSyntax, "<%s> after </labels>", cut(t.Name.Local))
	case len(p.open) == 0 && t.Name.Local == "labels":
		p.open = append(p.open, -1)
		return nil
	case len(p.open) == 0 || t.Name.Local != "label":
		return because(ErrSyntax, "unexpected <%s>: labels are in <labels>, each a <label>", cut(t.Name.Local))
	}
	name, found := "", false
	for _, a := range t.Attr {
		if a.Name.Space == "" && a.Name.Local == "name" {
			if found {
				return because(ErrSyntax, "a label with two names")
			}
			name, found = a.Value, true
		}
	}
	if name == "" {
		return because(ErrSyntax, "a label without a name")
	}
	if p.seen[name] {
		return because(ErrDuplicateAttribute, "label %q is there twice", cut(name))
	}
	p.seen[name] = true
	l := &p.labels
	l.Parents = append(l.Parents, p.open[len(p.open)-1])
	p.open = append(p.open, len(l.Names))
	l.Names = append(l.Names, name)
	return p.Limits.checkLabels(len(l.Names))
}

// end closes an element; RawToken does not check that tags match.
func (p *mulanParser) end(t xml.EndElement) error {
	want := "label"
	if len(p.open) == 1 {
		want = "labels"
	}
	if len(p.open) == 0 || t.Name.Local != want {
		return because(ErrSyntax, "unexpected </%s>", cut(t.Name.Local))
	}
	p.open = p.open[:len(p.open)-1]
	p.ended = len(p.open) == 0
	return nil
}

// failHere makes a ParseError at the last token.
func (p *mulanParser) failHere(err error) error {
	return &ParseError{File: p.File, Line: p.line, Column: p.column, Err: err}
}

// failToken makes a ParseError of an error of the decoder.
func (p *mulanParser) failToken(err error) error {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		line, column := p.dec.InputPos()
		kind := ErrSyntax
		if strings.Contains(syntax.Msg, "EOF") {
			kind = ErrUnterminated
		} else if strings.Contains(syntax.Msg, "UTF-8") {
			kind = ErrEncoding
		}
		return &ParseError{File: p.File, Line: line, Column: column, Err: because(kind, "%s", syntax.Msg)}
	}
	return p.failHere(err)
}
