package sets

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestConversions(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for _, k := range setSizes {
		for range 20 {
			r := randomMapSet(k, rng)
			s, err := FromIndices(k, append(r.sorted(), r.sorted()...))
			require.NoError(t, err)
			requireSame(t, k, r, s)
			bools := s.Bools()
			require.Len(t, bools, k)
			for j := range k {
				require.Equal(t, r[j], bools[j])
			}
			requireSame(t, k, r, FromBools(bools))
			if k <= 64 {
				require.Equal(t, r.number().Uint64(), s.Uint64())
				requireSame(t, k, r, FromUint64(k, s.Uint64()))
			}
			text, err := s.MarshalText()
			require.NoError(t, err)
			back, err := ParseSet(string(text))
			require.NoError(t, err)
			requireSame(t, k, r, back)
		}
	}
}

func TestFromIndicesErrors(t *testing.T) {
	_, err := FromIndices(5, []int{1, 5})
	assert.Equal(t, &LabelError{Label: 5, K: 5}, err)
	assert.EqualError(t, err, "sets: label 5 is outside 0..4")
	_, err = FromIndices(5, []int{-1})
	assert.Equal(t, &LabelError{Label: -1, K: 5}, err)
	_, err = FromIndices(0, []int{0})
	assert.EqualError(t, err, "sets: label 0 where there are no labels")
	_, err = FromIndices(-2, nil)
	assert.EqualError(t, err, "sets: negative number of labels -2")
}

func TestKeyIsUnique(t *testing.T) {
	seen := map[string]Set{}
	for k := range 9 {
		for w := range uint64(1) << k {
			s := FromUint64(k, w)
			old, ok := seen[s.Key()]
			require.False(t, ok, "%v and %v", s, old)
			seen[s.Key()] = s
		}
	}
	for _, k := range []int{63, 64, 65, 128, 129} {
		for _, s := range []Set{New(k), All(k), New(k, 0), New(k, k-1)} {
			assert.NotContains(t, seen, s.Key())
			seen[s.Key()] = s
		}
	}
	s := All(174)
	assert.Equal(t, 1.0, testing.AllocsPerRun(5, func() { keySink = s.Key() }))
}

var keySink string // keeps the compiler from leaving Key out

func TestParseSet(t *testing.T) {
	for text, want := range map[string]Set{
		"{}/0":             {},
		"{ }/3":            New(3),
		"{0}/1":            New(1, 0),
		"{7, 0, 3}/14":     New(14, 0, 3, 7),
		"{ 7,0 ,  003 }/8": New(8, 0, 3, 7),
		"{173}/174":        New(174, 173),
		"{}/4194304":       New(MaxTextLabels),
	} {
		got, err := ParseSet(text)
		require.NoError(t, err, text)
		assert.True(t, want.Equal(got), text)
	}
	for text, want := range map[string]SyntaxError{
		"":                            {0, ErrSetSyntax},
		"0, 3":                        {0, ErrSetSyntax},
		" {}/3":                       {0, ErrSetSyntax},
		"{0, 3}":                      {6, ErrSetSyntax},
		"{0, 3}/":                     {7, ErrSetSyntax},
		"{0, 3}/x":                    {7, ErrSetSyntax},
		"{0, 3}/-4":                   {7, ErrSetSyntax},
		"{0, 3}/4 ":                   {7, ErrSetSyntax},
		"{0, 3}/4\n":                  {7, ErrSetSyntax},
		"{0,, 3}/4":                   {3, ErrSetSyntax},
		"{0, 3,}/4":                   {6, ErrSetSyntax},
		"{,}/4":                       {1, ErrSetSyntax},
		"{0 3}/4":                     {1, ErrSetSyntax},
		"{0, -1}/4":                   {4, ErrSetSyntax},
		"{0, +1}/4":                   {4, ErrSetSyntax},
		"{0, 1.0}/4":                  {4, ErrSetSyntax},
		"{0, \t1}/4":                  {4, ErrSetSyntax},
		"{0}/2}/4":                    {1, ErrSetSyntax},
		"{0, 3, 4}/4":                 {7, &LabelError{4, 4}},
		"{0}/0":                       {1, &LabelError{0, 0}},
		"{99999999999999999999}/4":    {1, &LabelError{math.MaxInt, 4}},
		"{0, 2,   0}/4":               {9, ErrRepeatedLabel},
		"{}/4194305":                  {3, ErrTooManyLabels},
		"{}/999999999999999999999999": {3, ErrTooManyLabels},
	} {
		_, err := ParseSet(text)
		assert.Equal(t, &want, err, "%q", text)
	}
	_, err := ParseSet("{9}/4")
	assert.EqualError(t, err, "sets: at byte 1 of a set: label 9 is outside 0..3")
	var label *LabelError
	assert.ErrorAs(t, err, &label)
	_, err = ParseSet("{9}")
	assert.ErrorIs(t, err, ErrSetSyntax)
	assert.EqualError(t, err, `sets: at byte 3 of a set: want a set as in "{0, 3, 7}/14"`)
}

func TestTextOfManyLabels(t *testing.T) {
	_, err := New(MaxTextLabels).MarshalText()
	assert.NoError(t, err)
	text, err := New(MaxTextLabels + 1).AppendText([]byte("kept"))
	assert.ErrorIs(t, err, ErrTooManyLabels)
	assert.Equal(t, "kept", string(text))
}

func TestSetInJSON(t *testing.T) {
	type file struct {
		Labels Set
		Counts map[string]int
		Rows   []Set
	}
	in := file{Labels: New(14, 0, 3, 7), Rows: []Set{New(2), New(2, 1)}}
	text, err := json.Marshal(in)
	require.NoError(t, err)
	assert.Equal(t, `{"Labels":"{0, 3, 7}/14","Counts":null,"Rows":["{}/2","{1}/2"]}`, string(text))
	var out file
	require.NoError(t, json.Unmarshal(text, &out))
	assert.Equal(t, in, out)

	// A failed read changes nothing, and a good one does not touch words that
	// are shared with another set.
	s := New(2, 0)
	shared := s
	assert.ErrorIs(t, json.Unmarshal([]byte(`"{0, 0}/2"`), &s), ErrRepeatedLabel)
	assert.Equal(t, "{0}", s.String())
	require.NoError(t, json.Unmarshal([]byte(`"{1}/2"`), &s))
	assert.Equal(t, "{1}", s.String())
	assert.Equal(t, "{0}", shared.String())
	assert.Error(t, json.Unmarshal([]byte(`7`), &s))
}

// FuzzParseSet: what is read is written in the one canonical way, and read
// again as the same set.
func FuzzParseSet(f *testing.F) {
	for _, text := range []string{"{}/0", "{0, 3, 7}/14", "{ 2,1}/70", "{0}/2}/4", "{", "{}/4194305", strings.Repeat("{,", 9)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSet(text)
		if err != nil {
			var syntax *SyntaxError
			require.ErrorAs(t, err, &syntax)
			require.True(t, 0 <= syntax.Offset && syntax.Offset <= len(text), "offset %d", syntax.Offset)
			return
		}
		canonical, err := s.MarshalText()
		require.NoError(t, err)
		again, err := ParseSet(string(canonical))
		require.NoError(t, err)
		require.True(t, s.Equal(again))
		require.Equal(t, s.Bools(), again.Bools())
	})
}
