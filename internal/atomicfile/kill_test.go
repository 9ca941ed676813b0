package atomicfile

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The test binary started with this variable set writes to that path until it
// is killed.
const victimPath = "GIBBS_ATOMICFILE_VICTIM"

func TestMain(m *testing.M) {
	if path := os.Getenv(victimPath); path != "" {
		victim(path)
	}
	os.Exit(m.Run())
}

func victim(path string) {
	for number := uint64(1); ; number++ {
		err := Write(path, 0o600, func(w io.Writer) error {
			for b := version(number); len(b) > 0; b = b[min(len(b), 4096):] {
				if _, err := w.Write(b[:min(len(b), 4096)]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		if number == 1 {
			fmt.Println("at work")
		}
	}
}

// version is a content that cannot be taken for a part of another.
func version(number uint64) []byte {
	b := binary.LittleEndian.AppendUint64(nil, number)
	return append(b, bytes.Repeat([]byte{byte(number)}, 300_000+int(number%7)*10_000)...)
}

// A process that writes all the time is killed at any moment. What it leaves
// is always one of its versions, whole.
func TestKilledProcess(t *testing.T) {
	rounds := 30
	if testing.Short() {
		rounds = 10
	}
	self, err := os.Executable()
	require.NoError(t, err)
	dir := t.TempDir()
	path := filepath.Join(dir, "model")
	rng := rand.New(rand.NewPCG(1, 2))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for round := range rounds {
		process := exec.CommandContext(ctx, self)
		process.Env = append(os.Environ(), victimPath+"="+path)
		out, err := process.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, process.Start())
		line := make([]byte, len("at work"))
		_, err = io.ReadFull(out, line)
		assert.NoError(t, err)
		time.Sleep(time.Duration(rng.IntN(10_000)) * time.Microsecond)
		require.NoError(t, process.Process.Kill()) // SIGKILL, where there are signals
		process.Wait()
		require.Equal(t, "at work", string(line))

		b, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Greater(t, len(b), 8)
		number := binary.LittleEndian.Uint64(b)
		require.True(t, bytes.Equal(version(number), b), "round %d: version %d is damaged", round, number)
	}
	// Kills that hit between two writes would prove nothing.
	left := 0
	for _, name := range names(t, dir) {
		if name != "model" {
			require.True(t, strings.HasPrefix(name, "model"+infix), name)
			left++
		}
	}
	assert.Positive(t, left)
	t.Logf("%d of %d kills hit in the middle of a write", left, rounds)
}
