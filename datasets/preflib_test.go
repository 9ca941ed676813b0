package datasets

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/permutations"
)

const (
	newPrefLib = `# FILE NAME: 00001-00000001.toi
# TITLE: Town
# DESCRIPTION: a: b
# DATA TYPE: toi
# NUMBER ALTERNATIVES: 4
# NUMBER VOTERS: 10
# NUMBER UNIQUE ORDERS: 4
# ALTERNATIVE NAME 1: Ann A.
# ALTERNATIVE NAME 2: Bob, B.
# ALTERNATIVE NAME 3: Cat
# ALTERNATIVE NAME 4: Dan
5: 3,1,4,2
3: 2, {1, 3} ,4
1: {4}
1:1,2,3
`
	oldPrefLib = "4\n1,Ann A.\n2, Bob, B.\n3,Cat\n4,Dan\n10,10,4\n5,3,1,4,2\n3,2,{1,3},4\n1,{4}\n1,1,2,3\n"
)

func readPrefLib(t *testing.T, text string, o PrefLibOptions) *LabelRanking {
	t.Helper()
	m, err := ReadPrefLib(strings.NewReader(text), o)
	require.NoError(t, err)
	require.NoError(t, m.Validate())
	return m
}

func TestPrefLib(t *testing.T) {
	m := readPrefLib(t, newPrefLib, PrefLibOptions{})
	assert.Equal(t, "Town", m.Name)
	assert.Equal(t, []string{"Ann A.", "Bob, B.", "Cat", "Dan"}, m.Labels)
	assert.Nil(t, m.X)
	assert.Equal(t, []permutations.Ordering{{2, 0, 3, 1}, nil, nil, nil}, m.Y)
	assert.Equal(t, "[/0 1>0=2>3/4 3/4 0>1>2/4]", sprint(m.Partial))
	almost.Slice(t, []float64{5, 3, 1, 1}, m.Weights, 0, 0)

	old := readPrefLib(t, oldPrefLib, PrefLibOptions{})
	m.Name = "" // the old header has none
	sameRankings(t, m, old)

	below := readPrefLib(t, oldPrefLib, PrefLibOptions{Unlisted: permutations.UnlistedBelow})
	assert.Equal(t, []permutations.Ordering{{2, 0, 3, 1}, nil, nil, {0, 1, 2, 3}}, below.Y)
	assert.Equal(t, "[/0 1>0=2>3/4 3>0=1=2/4 /0]", sprint(below.Partial))

	strict := readPrefLib(t, "\n2\n1,a\n2,b\n\n2,2,2\n1,2,1\n\n1,1,2\n", PrefLibOptions{})
	assert.Equal(t, []permutations.Ordering{{1, 0}, {0, 1}}, strict.Y)
	assert.Nil(t, strict.Partial)
	assert.Nil(t, strict.Weights)
	free := readPrefLib(t, "# NUMBER ALTERNATIVES: 1\n# a comment\n\n# ALTERNATIVE NAME 1: x\n7: 1\n", PrefLibOptions{})
	assert.Equal(t, []permutations.Ordering{{0}}, free.Y, "what a header does not count is not compared")
}

func TestPrefLibErrors(t *testing.T) {
	for name, c := range map[string]struct {
		old, new     string // replaced in the file with the new header
		kind         error
		line, column int
		says         string
	}{
		"type":              {"TYPE: toi", "TYPE: cat", ErrUnknownFormat, 4, 14, `"cat"`},
		"no type":           {"TYPE: toi", "TYPE: ", ErrUnknownFormat, 4, 14, `""`},
		"strict":            {"TYPE: toi", "TYPE: soi", ErrKind, 13, 0, "ties"},
		"complete":          {"TYPE: toi", "TYPE: toc", ErrKind, 14, 0, "all 4 alternatives"},
		"alternatives":      {"ALTERNATIVES: 4", "ALTERNATIVES: four", ErrSyntax, 5, 24, `"four"`},
		"no alternatives":   {"ALTERNATIVES: 4", "ALTERNATIVES: 0", ErrNoLabels, 5, 24, ""},
		"not said":          {"# NUMBER ALTERNATIVES: 4\n", "", ErrIndexRange, 7, 1, "not one of the 0"},
		"too many":          {"ALTERNATIVES: 4", "ALTERNATIVES: 99999999999", ErrIndexRange, 5, 24, ""},
		"limit":             {"ALTERNATIVES: 4", "ALTERNATIVES: 2000000", ErrLimit, 5, 24, "MaxLabels"},
		"name missing":      {"# ALTERNATIVE NAME 3: Cat\n", "", ErrSyntax, 11, 0, "does not name alternative 3 of 4"},
		"no name":           {"NAME 3: Cat", "NAME 3:", ErrSyntax, 10, 22, "alternative 3 has no name"},
		"name of another":   {"NAME 3: Cat", "NAME 5: Cat", ErrIndexRange, 10, 1, "alternative 5"},
		"named twice":       {"NAME 3: Cat", "NAME 2: Cat", ErrDuplicateAttribute, 10, 1, "alternative 2 has two names"},
		"name of nobody":    {"NAME 3: Cat", "NAME x: Cat", ErrSyntax, 10, 1, `"x"`},
		"voters":            {"VOTERS: 10", "VOTERS: 11", ErrCount, 0, 0, "11 voters, but the counts sum to 10"},
		"orders":            {"ORDERS: 4", "ORDERS: 5", ErrCount, 0, 0, "5 different votes, but there are 4"},
		"no number":         {"ORDERS: 4", "ORDERS: -", ErrSyntax, 7, 25, ""},
		"count":             {"5: 3,1", "x: 3,1", ErrSyntax, 12, 1, `"x"`},
		"zero":              {"5: 3,1", "0: 3,1", ErrIndexRange, 12, 1, ""},
		"no count":          {"5: 3,1", "5 3,1", ErrSyntax, 12, 1, "no count before"},
		"range":             {"3,1,4,2", "3,1,5,2", ErrIndexRange, 12, 8, "5 is not one of the alternatives 1..4"},
		"from zero":         {"3,1,4,2", "3,1,0,2", ErrIndexRange, 12, 8, ""},
		"repeated":          {"3,1,4,2", "3,1,4,3", permutations.ErrRepeated, 12, 10, `"Cat"`},
		"no comma":          {"3,1,4,2", "3,1 4,2", ErrSyntax, 12, 8, "comma"},
		"comma at the end":  {"3,1,4,2", "3,1,4,", ErrSyntax, 12, 10, "want the number"},
		"no vote":           {"3,1,4,2", "", ErrSyntax, 12, 4, ""},
		"brace left open":   {"{4}", "{4", ErrUnterminated, 14, 6, ""},
		"empty braces":      {"{4}", "{}", ErrSyntax, 14, 5, ""},
		"braces in braces":  {"{1, 3}", "{1, {3}}", ErrSyntax, 13, 11, ""},
		"brace not open":    {"{4}", "4}", ErrSyntax, 14, 5, ""},
		"repeated in a tie": {"{1, 3}", "{1, 1}", permutations.ErrRepeated, 13, 11, ""},
		"header again":      {"1: {4}", "# TITLE: x", ErrSyntax, 14, 1, ""},
	} {
		require.Contains(t, newPrefLib, c.old, name)
		_, err := ReadPrefLib(strings.NewReader(strings.Replace(newPrefLib, c.old, c.new, 1)), PrefLibOptions{})
		wantParseError(t, err, c.kind, c.line, c.column, name)
		assert.ErrorContains(t, err, c.says, name)
	}
}

func TestPrefLibOldErrors(t *testing.T) {
	for text, c := range map[string]struct {
		kind         error
		line, column int
		says         string
	}{
		"":                                {ErrEmpty, 0, 0, ""},
		"\n \n":                           {ErrEmpty, 0, 0, ""},
		"# x\n":                           {ErrSyntax, 2, 0, "no NUMBER ALTERNATIVES"},
		"two\n":                           {ErrSyntax, 1, 1, ""},
		" 0\n":                            {ErrNoLabels, 1, 2, ""},
		"2\n1,a\n":                        {ErrSyntax, 3, 0, "ends within its header"},
		"2\n1,a\n2\n":                     {ErrSyntax, 3, 1, "no name"},
		"2\n1,a\n2,\n":                    {ErrSyntax, 3, 2, "no name"},
		"2\n1,a\n3,b\n":                   {ErrIndexRange, 3, 1, ""},
		"2\n1,a\n1,b\n":                   {ErrDuplicateAttribute, 3, 1, ""},
		"2\n1,a\n2,b\n":                   {ErrSyntax, 4, 0, "ends within its header"},
		"2\n1,a\n2,b\n1,1\n":              {ErrSyntax, 4, 1, "is not the number of voters"},
		"2\n1,a\n2,b\n1,1,x\n":            {ErrSyntax, 4, 1, ""},
		"2\n1,a\n2,b\n0,0,0\n":            {ErrEmpty, 0, 0, ""},
		"2\n1,a\n2,b\n1,2,1\n1,1,2\n":     {ErrCount, 0, 0, ""},
		"2\n1,a\n2,b\n1,1,1\n1\n":         {ErrSyntax, 5, 1, ""},
		"2\n1,a\n2,b\n1,1,1\n1: 1,2\n":    {ErrSyntax, 5, 1, ""},
		"2\n1,a\n2,b\n1,1,1\n1,\x001,2\n": {ErrEncoding, 5, 3, ""},
	} {
		_, err := ReadPrefLib(strings.NewReader(text), PrefLibOptions{File: "v.soc"})
		wantParseError(t, err, c.kind, c.line, c.column, text)
		assert.ErrorContains(t, err, "v.soc", text)
		assert.ErrorContains(t, err, c.says, text)
	}
	_, err := ReadPrefLib(strings.NewReader(oldPrefLib), PrefLibOptions{Unlisted: -1})
	assert.ErrorContains(t, err, "Unlisted is -1")
	_, err = ReadPrefLib(strings.NewReader(oldPrefLib), PrefLibOptions{Limits: Limits{MaxCells: -1}})
	assert.ErrorContains(t, err, "MaxCells is -1")
	_, err = ReadPrefLib(strings.NewReader(oldPrefLib), PrefLibOptions{Limits: Limits{MaxRows: 3}})
	wantParseError(t, err, ErrLimit, 10, 0)
	_, err = ReadPrefLib(strings.NewReader(oldPrefLib), PrefLibOptions{Limits: Limits{MaxCells: 4 + 3*12 - 1}})
	wantParseError(t, err, ErrLimit, 0, 0)
	readPrefLib(t, oldPrefLib, PrefLibOptions{Limits: Limits{MaxCells: 4 + 3*12}})
}
