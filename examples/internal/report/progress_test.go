package report

import (
	"bytes"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/vbauerster/mpb/v8"
)

// buffer is a bytes.Buffer that goroutines may share.
type buffer struct {
	sync.Mutex
	bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.Lock()
	defer b.Unlock()
	return b.Buffer.Write(p)
}

func (b *buffer) String() string {
	b.Lock()
	defer b.Unlock()
	return b.Buffer.String()
}

func TestProgressInALogIsLinesOnly(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/log")
	require.NoError(t, err)
	defer file.Close()
	var b buffer
	for _, p := range []*Progress{NewProgress(&b, 10), NewProgress(file, 10)} {
		p.Doing("epoch %d", 1)
		p.Set(3)
		p.Note("done with %s", "votes")
		p.Set(10)
		p.Close()
	}
	assert.Equal(t, "done with votes\n", b.String())
	written, err := os.ReadFile(file.Name())
	require.NoError(t, err)
	assert.Equal(t, "done with votes\n", string(written))
}

func TestProgressOnATerminalIsABar(t *testing.T) {
	for _, last := range []int{5, 10} { // abandoned, complete
		var b buffer
		p := newBar(&b, 10, mpb.WithOutput(&b), mpb.ForceTTY(), mpb.WithAutoRefresh())
		p.Doing("votes %s", "unary")
		p.Set(last)
		p.Note("not shown beside a bar")
		p.Set(5)
		require.Eventually(t, func() bool { return last == 10 || bytes.Contains([]byte(b.String()), []byte("votes unary")) },
			5*time.Second, 10*time.Millisecond)
		p.Close()
		if last == 5 {
			assert.Contains(t, b.String(), "50 %")
		}
		assert.Contains(t, b.String(), "\x1b[", "the bar is drawn over")
		assert.NotContains(t, b.String(), "not shown")
	}
}

func TestNoProgressIsFine(t *testing.T) {
	var p *Progress
	p.Doing("nothing")
	p.Set(1)
	p.Note("nothing")
	p.Close()
}
