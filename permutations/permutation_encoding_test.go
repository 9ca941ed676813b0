package permutations

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestText(t *testing.T) {
	o := Ordering{2, 0, 1}
	assert.Equal(t, "2>0>1", o.String())
	assert.Equal(t, "#2 #3 #1", o.Ranking().String())
	assert.Equal(t, "", Ordering{}.String())

	type both struct {
		O Ordering
		R Ranking
	}
	b, err := json.Marshal(both{o, o.Ranking()})
	require.NoError(t, err)
	assert.JSONEq(t, `{"O":"2>0>1","R":"#2 #3 #1"}`, string(b))
	var back both
	require.NoError(t, json.Unmarshal(b, &back))
	assert.Equal(t, both{o, o.Ranking()}, back)

	// The one is never read as the other, nor are bare numbers.
	for _, text := range []string{`"#2 #3 #1"`, `[2,0,1]`} {
		assert.Error(t, json.Unmarshal([]byte(text), &back.O), text)
	}
	for _, text := range []string{`"2>0>1"`, `[2,0,1]`, `"2 3 1"`} {
		assert.Error(t, json.Unmarshal([]byte(text), &back.R), text)
	}
	assert.Equal(t, both{o, o.Ranking()}, back, "unchanged where it fails")

	_, err = Ordering{0, 0}.MarshalText()
	assert.ErrorIs(t, err, ErrRepeated)
	_, err = Ranking{0, 7}.MarshalText()
	assert.ErrorIs(t, err, ErrOutOfRange)
}

func TestParseOrdering(t *testing.T) {
	o, err := ParseOrdering(" 2 > 0>1 ")
	require.NoError(t, err)
	assert.Equal(t, Ordering{2, 0, 1}, o)
	o, err = ParseOrdering("  ")
	require.NoError(t, err)
	assert.Equal(t, Ordering{}, o)
	for _, c := range []struct {
		text   string
		offset int
		err    error
	}{
		{"2>0,1", 2, ErrOrderingSyntax},
		{"1>>0", 2, ErrOrderingSyntax},
		{"1>0>", 4, ErrOrderingSyntax},
		{"1>-0", 2, ErrOrderingSyntax},
		{"1 > 0 > 1", 8, ErrRepeated},
		{"0> 2", 3, ErrOutOfRange},
		{"99999999999999999999999>0", 0, ErrOutOfRange},
	} {
		_, err := ParseOrdering(c.text)
		var at *SyntaxError
		require.ErrorAs(t, err, &at, c.text)
		assert.ErrorIs(t, err, c.err, c.text)
		assert.Equal(t, c.offset, at.Offset, c.text)
	}
	_, err = ParseOrdering("0>2")
	assert.EqualError(t, err, "permutations: at byte 2: ordering: label 2 at rank 1 is outside 0..1")
}

func TestParseRanking(t *testing.T) {
	r, err := ParseRanking("  #2  #3 #1 ")
	require.NoError(t, err)
	assert.Equal(t, Ranking{1, 2, 0}, r)
	for _, c := range []struct {
		text   string
		offset int
		err    error
	}{
		{"#1 2", 3, ErrRankingSyntax},
		{"#1 #", 3, ErrRankingSyntax},
		{"#1#2", 0, ErrRankingSyntax},
		{"#0 #1", 0, ErrOutOfRange},
		{"#1 #3", 3, ErrOutOfRange},
		{"#2 #1 #2", 6, ErrRepeated},
	} {
		_, err := ParseRanking(c.text)
		var at *SyntaxError
		require.ErrorAs(t, err, &at, c.text)
		assert.ErrorIs(t, err, c.err, c.text)
		assert.Equal(t, c.offset, at.Offset, c.text)
	}
}

// FuzzParse: what is accepted is valid and survives a round trip.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "2>0>1", "#2 #3 #1", "3>0=1/5", " 1 = 0 / 2", "/3", "0/1048577", "1>1/2", "#9999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if o, err := ParseOrdering(text); err == nil {
			require.NoError(t, o.Validate())
			back, err := ParseOrdering(o.String())
			require.NoError(t, err)
			require.Equal(t, o, back)
		}
		if r, err := ParseRanking(text); err == nil {
			require.NoError(t, r.Validate())
			back, err := ParseRanking(r.String())
			require.NoError(t, err)
			require.Equal(t, r, back)
		}
		if p, err := ParsePartial(text); err == nil {
			back, err := ParsePartial(p.String())
			require.NoError(t, err)
			require.True(t, p.Equal(back), "%v and %v", p, back)
		}
	})
}
