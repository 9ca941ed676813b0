package datasets

import (
	"bytes"
	"io"
	"strings"
)

// readHeader reads the header of either kind and returns the line after it, or
// io.EOF.
func (p *prefLibParser) readHeader() ([]byte, error) {
	p.names = map[int]string{}
	line, err := p.nextText()
	if err == io.EOF {
		return nil, failFile(p.file, ErrEmpty)
	}
	if err == nil && line[0] != '#' {
		p.oldHeader = true
		return p.readOldHeader(line)
	}
	for ; err == nil && line[0] == '#'; line, err = p.nextText() {
		if err := p.readKey(line); err != nil {
			return nil, err
		}
	}
	if err != nil && err != io.EOF {
		return nil, err
	}
	if missing := p.missing(); missing != nil {
		return nil, p.fail(-1, missing)
	}
	return line, err
}

// nextText returns the next line that is not blank.
func (p *prefLibParser) nextText() ([]byte, error) {
	for {
		line, err := p.next()
		if err != nil || skipBlanks(line, 0) < len(line) {
			return line, err
		}
	}
}

// readKey reads a line such as "# NUMBER VOTERS: 5".
func (p *prefLibParser) readKey(line []byte) error {
	colon := bytes.IndexByte(line, ':')
	if colon < 0 {
		return nil // a comment
	}
	at := skipBlanks(line, colon+1)
	value := bytes.TrimSpace(line[at:])
	switch key := string(bytes.TrimSpace(line[1:colon])); key {
	case "TITLE":
		p.title = string(value)
	case "DATA TYPE":
		switch string(value) {
		case "soc", "soi", "toc", "toi":
			p.strict, p.full = value[0] == 's', value[2] == 'c'
		default:
			return p.fail(at, because(ErrUnknownFormat, "the data type is %q; rankings are of type soc, soi, toc or toi", cut(value)))
		}
	case "NUMBER ALTERNATIVES":
		return p.setAlternatives(value, at)
	case "NUMBER VOTERS":
		return p.setNumber(&p.voters, value, at)
	case "NUMBER UNIQUE ORDERS":
		return p.setNumber(&p.orders, value, at)
	default: // a name, or one of the other facts on the file
		if number, ok := strings.CutPrefix(key, "ALTERNATIVE NAME"); ok {
			return p.addName(bytes.TrimSpace([]byte(number)), 0, value, at)
		}
	}
	return nil
}

// readOldHeader reads the header of the files up to 2022, which begins with
// the number of alternatives.
func (p *prefLibParser) readOldHeader(line []byte) ([]byte, error) {
	at := skipBlanks(line, 0)
	if err := p.setAlternatives(bytes.TrimSpace(line[at:]), at); err != nil {
		return nil, err
	}
	for range p.alternatives {
		line, err := p.headerLine()
		if err != nil {
			return nil, err
		}
		number, name, _ := bytes.Cut(line, []byte(","))
		if err := p.addName(bytes.TrimSpace(number), 0, bytes.TrimSpace(name), min(len(number)+1, len(line)-1)); err != nil {
			return nil, err
		}
	}
	line, err := p.headerLine()
	if err != nil {
		return nil, err
	}
	fields := bytes.Split(line, []byte(","))
	if len(fields) != 3 {
		return nil, p.fail(0, because(ErrSyntax, "%q is not the number of voters, the sum of the counts and the number of different votes", cut(line)))
	}
	var voters int // of the people; the counts sum to the second number
	for i, n := range []*int{&voters, &p.voters, &p.orders} {
		if err := p.setNumber(n, bytes.TrimSpace(fields[i]), 0); err != nil {
			return nil, err
		}
	}
	return p.nextText()
}

// headerLine returns the next line, which the old header must have.
func (p *prefLibParser) headerLine() ([]byte, error) {
	line, err := p.nextText()
	if err == io.EOF {
		return nil, p.fail(-1, because(ErrSyntax, "the file ends within its header"))
	}
	return line, err
}

func (p *prefLibParser) setNumber(dst *int, value []byte, at int) error {
	n, err := parseIndex(value)
	if err != nil {
		return p.fail(at, because(err, "%q is no number of things", cut(value)))
	}
	*dst = n
	return nil
}

func (p *prefLibParser) setAlternatives(value []byte, at int) error {
	if err := p.setNumber(&p.alternatives, value, at); err != nil {
		return err
	}
	if p.alternatives == 0 {
		return p.fail(at, ErrNoLabels)
	}
	if err := p.limits.checkLabels(p.alternatives); err != nil {
		return p.fail(at, err)
	}
	return nil
}

// addName names an alternative; the number begins at numberAt in the line, the
// name at nameAt. What it keeps follows what was read, not what was declared.
func (p *prefLibParser) addName(number []byte, numberAt int, name []byte, nameAt int) error {
	n, err := parseIndex(number)
	switch {
	case err != nil:
		err = because(err, "%q is no number of an alternative", cut(number))
	case n < 1 || n > p.alternatives:
		err = because(ErrIndexRange, "alternative %d is not one of the %d that the header declares before", n, max(p.alternatives, 0))
	case p.names[n] != "":
		err = because(ErrDuplicateAttribute, "alternative %d has two names", n)
	case len(name) == 0:
		return p.fail(nameAt, because(ErrSyntax, "alternative %d has no name", n))
	}
	if err != nil {
		return p.fail(numberAt, err)
	}
	p.names[n] = string(name)
	return nil
}

// missing is what the header should have and has not.
func (p *prefLibParser) missing() error {
	if p.alternatives < 0 {
		return because(ErrSyntax, "the header has no NUMBER ALTERNATIVES")
	}
	if len(p.names) == p.alternatives {
		return nil
	}
	n := 1
	for p.names[n] != "" {
		n++
	}
	return because(ErrSyntax, "the header does not name alternative %d of %d", n, p.alternatives)
}
