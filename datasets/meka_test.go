package datasets

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMEKARelation(t *testing.T) {
	for _, c := range []struct {
		relation, name string
		n              int
		ok             bool
	}{
		{"Music: -C 6", "Music", 6, true},
		{"musicout: -C -6", "musicout", -6, true},
		{"a:b:-split-percentage 66 -C 3 -f x", "a:b", 3, true},
		{": -C 1", "", 1, true},
		{"Music", "Music", 0, false},
		{"Music -C 6", "Music -C 6", 0, false},
		{"Music: -C", "Music: -C", 0, false},
		{"Music: -C 0", "Music: -C 0", 0, false},
		{"Music: -C x", "Music: -C x", 0, false},
		{"Music: -C 99999999999999999999", "Music: -C 99999999999999999999", 0, false},
		{"Music: 6", "Music: 6", 0, false},
	} {
		name, n, ok := parseMEKA(c.relation)
		assert.Equal(t, c.name, name, c.relation)
		assert.Equal(t, c.n, n, c.relation)
		assert.Equal(t, c.ok, ok, c.relation)
	}
	name, n, ok := parseMEKA(formatMEKA("a: -C 2", 3))
	assert.True(t, ok)
	assert.Equal(t, "a: -C 2", name)
	assert.Equal(t, -3, n)
}

func TestLabelChoice(t *testing.T) {
	const file = "@relation 'r: -C 2'\n@attribute a {0,1}\n@attribute b {0,1}\n@attribute c {0,1}\n@data\n0,0,1\n"
	for _, c := range []struct {
		o      ARFFOptions
		name   string
		labels []string
	}{
		{ARFFOptions{}, "r", []string{"a", "b"}},
		{ARFFOptions{LabelCount: 1}, "r: -C 2", []string{"a"}},
		{ARFFOptions{LabelCount: -1}, "r: -C 2", []string{"c"}},
		{ARFFOptions{LabelCount: -3}, "r: -C 2", []string{"a", "b", "c"}},
		{ARFFOptions{Labels: []string{"c", "a"}}, "r: -C 2", []string{"a", "c"}},
	} {
		m, err := ReadARFF(strings.NewReader(file), c.o)
		require.NoError(t, err)
		assert.Equal(t, c.name, m.Name)
		assert.Equal(t, c.labels, m.Labels)
		assert.Equal(t, 3-len(c.labels), m.D())
	}
}
