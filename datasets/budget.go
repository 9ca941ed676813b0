package datasets

import (
	"bufio"
	"io"
)

// budgetReader bounds how much a parser that buffers on its own, such as
// encoding/csv, reads for one record. It fails once left bytes are read; the
// caller refills left after each record.
type budgetReader struct {
	r    *bufio.Reader
	max  int // MaxLineBytes
	left int

	utf16 bool  // the file begins as UTF-16 does
	err   error // of Read, but io.EOF
}

// newBudgetReader skips a byte order mark. An error of r comes with Read.
func newBudgetReader(r io.Reader, limits Limits) *budgetReader {
	b := &budgetReader{r: bufio.NewReaderSize(r, 1<<16), max: limits.MaxLineBytes}
	start, _ := b.r.Peek(3)
	b.utf16 = isUTF16(start)
	if string(start) == "\ufeff" {
		b.r.Discard(3) // they are in the buffer
	}
	b.refill()
	return b
}

// readAhead is more than what the parsers read beyond the record they return.
const readAhead = 1 << 13

func (b *budgetReader) refill() { b.left = b.max + readAhead }

func (b *budgetReader) Read(p []byte) (n int, err error) {
	switch {
	case b.utf16:
		err = errUTF16
	case b.left <= 0:
		err = &LimitError{Limit: "MaxLineBytes", Max: b.max}
	default:
		n, err = b.r.Read(p[:min(len(p), b.left)])
		b.left -= n
	}
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}
