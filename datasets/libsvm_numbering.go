package datasets

// numbering turns the numbers of labels or features in a file into positions
// from 0, of which there are as many as given or as the file shows.
type numbering struct {
	what  string // "label" or "feature"
	given int    // how many there are, or 0
	base  IndexBase
	limit string // the name of the limit on how many, and its value
	most  int

	any, zero    bool // whether some number, and whether a 0, has been seen
	largest      int
	line, column int // where the largest is
}

// read reads the number text[i:end] of a line.
func (n *numbering) read(lines *lineReader, text []byte, i, end int) (int, error) {
	word := text[i:end]
	if len(word) == 0 {
		return 0, lines.fail(i, because(ErrSyntax, "a %s without a number", n.what))
	}
	v, err := parseIndex(word)
	if err == ErrSyntax {
		return 0, lines.fail(i, because(ErrSyntax, "%q is not the number of a %s", cut(word), n.what))
	}
	if err != nil || v == 0 && n.base == OneBased {
		return 0, lines.fail(i, because(ErrIndexRange, "%s %s is out of range", n.what, cut(word)))
	}
	if !n.any || v > n.largest {
		n.any, n.largest, n.line, n.column = true, v, lines.line, i+1
		if err := over(n.limit, v, n.most); err != nil {
			return 0, lines.fail(i, err)
		}
	}
	n.zero = n.zero || v == 0
	return v, nil
}

// finish returns the base and how many there are.
func (n *numbering) finish(file string) (base, count int, err error) {
	base = 1
	if n.base == ZeroBased || n.zero {
		base = 0
	}
	if n.any {
		count = n.largest + 1 - base
	}
	if n.given > 0 {
		if count > n.given {
			err = because(ErrIndexRange, "%s %d is out of range: there are to be %d, from %d", n.what, n.largest, n.given, base)
			return 0, 0, &ParseError{File: file, Line: n.line, Column: n.column, Err: err}
		}
		count = n.given
	}
	if err := over(n.limit, count, n.most); err != nil {
		return 0, 0, &ParseError{File: file, Line: n.line, Column: n.column, Err: err}
	}
	return base, count, nil
}
