package datasets

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rankingFormat is a reader with a small valid file.
type rankingFormat struct {
	name, input string
	read        func(io.Reader, Limits) (*LabelRanking, error)
}

func rankingFormats() []rankingFormat {
	kebi := func(r io.Reader, l Limits) (*LabelRanking, error) { return ReadKEBI(r, KEBIOptions{Limits: l}) }
	preflib := func(r io.Reader, l Limits) (*LabelRanking, error) {
		return ReadPrefLib(r, PrefLibOptions{Limits: l})
	}
	return []rankingFormat{
		{"kebi plain", plainKEBI, kebi},
		{"kebi positions", positionKEBI, kebi},
		{"kebi nominal", nominalKEBI, kebi},
		{"csv order", "x,\"r\"\r\n1,a>b\r\n2,a=b\r\n", func(r io.Reader, l Limits) (*LabelRanking, error) {
			return ReadRankingCSV(r, RankingCSVOptions{Order: "r", Limits: l})
		}},
		{"csv ranks", "x,a,b\n1,2,1\n2,1,?\n", func(r io.Reader, l Limits) (*LabelRanking, error) {
			return ReadRankingCSV(r, RankingCSVOptions{RankCount: -2, Limits: l})
		}},
		{"preflib new", newPrefLib, preflib},
		{"preflib old", oldPrefLib, preflib},
	}
}

func TestRankingReadersTakeAnyReader(t *testing.T) {
	for _, f := range rankingFormats() {
		t.Run(f.name, func(t *testing.T) {
			want, err := f.read(strings.NewReader(f.input), Limits{})
			require.NoError(t, err)
			for name, wrap := range map[string]func(io.Reader) io.Reader{
				"one byte": iotest.OneByteReader, "half": iotest.HalfReader, "data and error": iotest.DataErrReader,
			} {
				got, err := f.read(wrap(strings.NewReader(f.input)), Limits{})
				require.NoError(t, err, name)
				sameRankings(t, want, got)
			}
			plain := strings.ReplaceAll(f.input, "\r", "")
			for name, text := range map[string]string{
				"byte order mark": "\ufeff" + f.input, "CRLF": strings.ReplaceAll(plain, "\n", "\r\n"),
				"no line end at the end": strings.TrimRight(f.input, "\r\n"),
			} {
				got, err := f.read(strings.NewReader(text), Limits{})
				require.NoError(t, err, name)
				sameRankings(t, want, got)
			}
		})
	}
}

func TestRankingReadersPassReadErrorsOn(t *testing.T) {
	broken := errors.New("broken")
	for _, f := range rankingFormats() {
		for cut := range len(f.input) {
			r := io.MultiReader(strings.NewReader(f.input[:cut]), iotest.ErrReader(broken))
			_, err := f.read(r, Limits{})
			require.ErrorIs(t, err, broken, "%s cut at %d", f.name, cut)
			var parse *ParseError
			require.ErrorAs(t, err, &parse, "%s cut at %d", f.name, cut)
			assert.Equal(t, strings.Fields(f.name)[0], parse.File)
		}
	}
}

func TestRankingReadersLimits(t *testing.T) {
	for _, f := range rankingFormats() {
		for _, l := range []Limits{{MaxRows: 1}, {MaxLabels: 1}, {MaxCells: 1}, {MaxLineBytes: 2}} {
			_, err := f.read(strings.NewReader(f.input), l)
			assert.ErrorIs(t, err, ErrLimit, "%s: %+v", f.name, l)
			var parse *ParseError
			assert.ErrorAs(t, err, &parse)
		}
		_, err := f.read(strings.NewReader("\xff\xfe"+f.input), Limits{})
		assert.ErrorIs(t, err, ErrEncoding, f.name)
	}
}

// A header cannot make a reader allocate what the file does not have.
func TestPrefLibHeaderIsNotTrusted(t *testing.T) {
	text := "# NUMBER ALTERNATIVES: 1000000\n# NUMBER VOTERS: 2000000000\n# ALTERNATIVE NAME 1000000: x\n1: 1000000\n"
	allocated := allocatedBytes(func() {
		_, err := ReadPrefLib(strings.NewReader(text), PrefLibOptions{})
		assert.ErrorIs(t, err, ErrSyntax)
	})
	assert.Less(t, allocated, uint64(1<<18))
}
