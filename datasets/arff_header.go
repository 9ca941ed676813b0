package datasets

import (
	"bytes"
	"io"
	"strings"
)

// arffAttribute is one declaration of the header.
type arffAttribute struct {
	name         string
	kind         arffKind
	values       []string       // of a nominal attribute
	position     map[string]int // in values, where these are more than fewValues
	line, column int            // of the name
}

// fewValues are searched in order, more by a map.
const fewValues = 8

type arffKind uint8

const (
	arffNumeric arffKind = iota
	arffNominal
	arffString
	arffDate
)

func (k arffKind) String() string {
	return [...]string{"numeric", "nominal", "string", "date"}[k]
}

// arffFile is the generic layer under ReadARFF: the relation, the attributes
// and, by nextRow, the rows.
type arffFile struct {
	tokenizer
	relation   string
	attributes []arffAttribute
}

// openARFF reads the header of an ARFF file, up to @data.
func openARFF(r io.Reader, file string, limits Limits) (*arffFile, error) {
	f := &arffFile{tokenizer: tokenizer{lines: newLineReader(r, file, limits)}}
	names := map[string]int{} // to the lines they are declared in
	for {
		var err error
		if f.text, err = f.lines.next(); err == io.EOF {
			return nil, failFile(file, because(ErrEmpty, "%v: there is no @data", ErrEmpty))
		} else if err != nil {
			return nil, err
		}
		i := skipBlanks(f.text, 0)
		if i == len(f.text) || f.text[i] == '%' {
			continue
		}
		keyword, _, next, err := f.token(i, wordStops)
		if err != nil {
			return nil, err
		}
		switch strings.ToLower(cut(keyword)) {
		case "@relation":
			err = f.readRelation(next)
		case "@attribute":
			if err = f.readAttribute(next); err == nil {
				err = f.declare(names, limits)
			}
		case "@data":
			return f, f.rest(next)
		default:
			err = f.lines.fail(i, because(ErrSyntax, "%q is not @relation, @attribute or @data", cut(keyword)))
		}
		if err != nil {
			return nil, err
		}
	}
}

// readRelation reads the name after @relation: a quoted one, or what is left
// of the line.
func (f *arffFile) readRelation(i int) error {
	i = skipBlanks(f.text, i)
	if i < len(f.text) && (f.text[i] == '\'' || f.text[i] == '"') {
		name, _, next, err := f.token(i, wordStops)
		if err != nil {
			return err
		}
		f.relation = string(name)
		return f.rest(next)
	}
	name := f.text[i:]
	for j := range name {
		if name[j] == '%' && (j == 0 || name[j-1] == ' ' || name[j-1] == '\t') {
			name = name[:j]
			break
		}
	}
	f.relation = string(bytes.TrimRight(name, " \t"))
	return nil
}

// readAttribute reads the name and the type after @attribute.
func (f *arffFile) readAttribute(i int) error {
	i = skipBlanks(f.text, i)
	if i == len(f.text) || f.text[i] == '%' {
		return f.lines.fail(i, because(ErrSyntax, "an attribute without a name"))
	}
	a := arffAttribute{line: f.lines.line, column: i + 1}
	name, _, next, err := f.token(i, nameStops)
	if err != nil {
		return err
	}
	if len(name) == 0 {
		return f.lines.fail(i, because(ErrSyntax, "an attribute without a name"))
	}
	a.name = string(name)
	i = skipBlanks(f.text, next)
	if i < len(f.text) && f.text[i] == '{' {
		a.kind = arffNominal
		next, err = f.readValues(i, &a)
	} else {
		a.kind, next, err = f.readType(i)
	}
	if err != nil {
		return err
	}
	f.attributes = append(f.attributes, a)
	return f.rest(next)
}

// readType reads a type that is not a list of values.
func (f *arffFile) readType(i int) (arffKind, int, error) {
	word, _, next, err := f.token(i, wordStops)
	if err != nil {
		return 0, 0, err
	}
	switch strings.ToLower(cut(word)) {
	case "numeric", "real", "integer":
		return arffNumeric, next, nil
	case "string":
		return arffString, next, nil
	case "date":
		if i = skipBlanks(f.text, next); i < len(f.text) && f.text[i] != '%' { // its format
			_, _, next, err = f.token(i, wordStops)
		}
		return arffDate, next, err
	case "":
		return 0, 0, f.lines.fail(i, because(ErrSyntax, "an attribute without a type"))
	}
	return 0, 0, f.lines.fail(i, because(ErrAttributeType, "the type %q is not supported: numeric, real, integer or a list of values in braces are", cut(word)))
}

// readValues reads the list of values whose brace is at open.
func (f *arffFile) readValues(open int, a *arffAttribute) (next int, err error) {
	position := map[string]int{}
	for i := open + 1; ; i++ {
		i = skipBlanks(f.text, i)
		if i < len(f.text) && (f.text[i] == ',' || f.text[i] == '}') {
			return 0, f.lines.fail(i, because(ErrSyntax, "an empty value in a list of values"))
		}
		token, _, next, err := f.token(i, itemStops)
		if err != nil {
			return 0, err
		}
		value := string(token)
		if _, ok := position[value]; ok {
			return 0, f.lines.fail(i, because(ErrSyntax, "the value %q is declared twice", cut(value)))
		}
		position[value] = len(a.values)
		a.values = append(a.values, value)
		switch i = skipBlanks(f.text, next); {
		case i == len(f.text):
			return 0, f.lines.fail(open, because(ErrUnterminated, "a brace is not closed on its line"))
		case f.text[i] == '}':
			if len(position) > fewValues {
				a.position = position
			}
			return i + 1, nil
		case f.text[i] != ',':
			return 0, f.lines.fail(i, because(ErrSyntax, "two values without a comma; quote a value that has blanks in it"))
		}
	}
}

// declare checks the attribute just read against the others.
func (f *arffFile) declare(names map[string]int, limits Limits) error {
	a := &f.attributes[len(f.attributes)-1]
	if line, ok := names[a.name]; ok {
		return f.lines.fail(a.column-1, because(ErrDuplicateAttribute, "attribute %q was declared in line %d", cut(a.name), line))
	}
	names[a.name] = a.line
	if n := len(f.attributes); n-limits.MaxLabels > limits.MaxFeatures {
		return f.lines.fail(a.column-1, limits.checkFeatures(n-limits.MaxLabels))
	}
	return nil
}
