package datasets

import (
	"fmt"
	"strings"
)

// readHeader finds out what each column is.
func (p *csvParser) readHeader(record []string) error {
	at, err := p.readNames(record)
	if err != nil {
		return err
	}
	switch {
	case len(p.Labels) > 0:
		err = byName(p.isLabel, at, p.Labels)
	case p.LabelCount != 0:
		err = byCount(p.isLabel, p.LabelCount)
	default:
		err = because(ErrNoLabels, "no labels: set Labels or LabelCount in CSVOptions")
	}
	if err != nil {
		return failFile(p.File, err)
	}
	if err := p.checkIgnored(at); err != nil {
		return err
	}
	p.table, err = p.makeTable(nil)
	return err
}

// readNames reads the names of the columns and returns where they are.
func (p *csvParser) readNames(record []string) (at map[string]int, err error) {
	p.isLabel = make([]bool, len(record))
	p.ignored = make([]bool, len(record))
	at = make(map[string]int, len(record))
	if p.Header == HeaderNone {
		return at, nil
	}
	for i, name := range record {
		if strings.Contains(name, "\r\n") {
			return nil, p.fail(i, because(ErrSyntax, "a line end in the name of a column"))
		}
		if _, ok := at[name]; ok {
			return nil, p.fail(i, because(ErrDuplicateAttribute, "there are two columns %q", cut(name)))
		}
		at[name] = i
		p.names = append(p.names, name)
	}
	return at, nil
}

// checkIgnored marks the columns to ignore, wants a name for each of the
// others, and makes names where there is no header.
func (p *csvParser) checkIgnored(at map[string]int) error {
	for _, name := range p.Ignore {
		i, ok := at[name]
		if !ok {
			return failFile(p.File, because(ErrUnknownAttribute, "there is no column %q to ignore", cut(name)))
		}
		if p.isLabel[i] {
			return p.fail(i, because(ErrUnknownLabel, "column %q is to be ignored and a label", cut(name)))
		}
		p.ignored[i] = true
	}
	if i, ok := at[""]; ok && !p.ignored[i] {
		return p.fail(i, because(ErrSyntax, "column %d has no name; list \"\" in Ignore to leave it out", i+1))
	}
	if p.Header == HeaderNone {
		p.makeNames()
	}
	return nil
}

func (p *csvParser) makeNames() {
	var x, y int
	for _, isLabel := range p.isLabel {
		if isLabel {
			y++
			p.names = append(p.names, fmt.Sprintf("y%d", y))
		} else {
			x++
			p.names = append(p.names, fmt.Sprintf("x%d", x))
		}
	}
}

// makeTable makes the columns; oneHot has the values of the features that are
// not numbers, by column.
func (p *csvParser) makeTable(oneHot map[int][]string) (*table, error) {
	t := newTable(p.MissingFeature, p.Limits)
	for i, name := range p.names {
		var err error
		switch values, nominal := oneHot[i]; {
		case p.ignored[i]:
			t.addIgnored()
		case p.isLabel[i]:
			err = t.addLabel(name, nil)
		case nominal:
			err = t.addOneHot(name, values)
		default:
			err = t.addNumber(name, nil)
		}
		if err != nil {
			return nil, failFile(p.File, err)
		}
	}
	return t, nil
}
