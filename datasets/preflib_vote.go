package datasets

import "bytes"

// readVote reads a line such as "4: 3,{1,2}" or, with the old header,
// "4,3,{1,2}".
func (p *prefLibParser) readVote(line []byte) error {
	if err := p.limits.checkRows(p.rows.len() + 1); err != nil {
		return p.fail(-1, err)
	}
	after := byte(':')
	if p.oldHeader {
		after = ','
	}
	end := bytes.IndexByte(line, after)
	if end < 0 {
		return p.fail(0, because(ErrSyntax, "%q is no vote: there is no count before a %q", cut(line), after))
	}
	start := skipBlanks(line, 0)
	count, err := parseIndex(bytes.TrimSpace(line[start:max(start, end)]))
	if err == nil && count == 0 {
		err = ErrIndexRange
	}
	if err != nil {
		return p.fail(start, because(err, "%q is no count of votes", cut(line[:end])))
	}
	if err := p.readOrder(line, end+1); err != nil {
		return err
	}
	p.rows.endRow()
	row := p.rows.len() - 1
	switch {
	case p.strict && !p.rows.strict[row]:
		return p.fail(-1, because(ErrKind, "the vote has ties, and the header declares strict orders"))
	case p.full && p.rows.end[row]-p.rows.start(row) < p.alternatives:
		return p.fail(-1, because(ErrKind, "the vote does not list all %d alternatives, and the header declares complete ones", p.alternatives))
	}
	p.weights = append(p.weights, float64(count))
	p.sum += count
	return nil
}

// readOrder reads numbers and, in braces, tied numbers, with commas between
// them, from the byte at on.
func (p *prefLibParser) readOrder(line []byte, at int) error {
	inside, tied := false, false // of braces; with the alternative before
	for {
		at = skipBlanks(line, at)
		if !inside && at < len(line) && line[at] == '{' {
			inside, tied = true, false
			at = skipBlanks(line, at+1)
		}
		end := at
		for end < len(line) && line[end]-'0' < 10 {
			end++
		}
		label, err := parseIndex(line[at:end])
		switch {
		case err != nil:
			return p.fail(at, because(err, "want the number of an alternative, as in 3,{1,2}"))
		case label < 1 || label > p.alternatives:
			return p.fail(at, because(ErrIndexRange, "%d is not one of the alternatives 1..%d", label, p.alternatives))
		case !p.rows.add(label-1, tied):
			return p.fail(at, repeated(p.names[label]))
		}
		tied = inside
		at = skipBlanks(line, end)
		if inside && at < len(line) && line[at] == '}' {
			inside, tied = false, false
			at = skipBlanks(line, at+1)
		}
		switch {
		case at == len(line) && inside:
			return p.fail(at, because(ErrUnterminated, "a brace is not closed"))
		case at == len(line):
			return nil
		case line[at] != ',':
			return p.fail(at, because(ErrSyntax, "want a comma between alternatives"))
		}
		at++
	}
}
