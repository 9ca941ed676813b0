package codec

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type shape interface{ area() float64 }
type square struct{ Side float64 }
type many struct {
	Of    []shape
	Scale float64
	Name  string
	Count []int
	Seed  uint64
	On    bool
}
type hidden struct{ side float64 }

func (s square) area() float64 { return s.Side * s.Side }
func (m many) area() float64   { return 0 }
func (h hidden) area() float64 { return h.side }

type holder struct{ Shape shape }

func TestRoundTrip(t *testing.T) {
	c := New(square{}).With(many{})
	for _, s := range []shape{
		nil, square{}, square{2.5}, &square{3}, square{math.Inf(1)}, square{math.Inf(-1)},
		many{Of: []shape{square{1}, nil, many{Name: "a"}}, Scale: 0.1, Name: `"x"`, Count: []int{3, -4}, Seed: 1<<64 - 1, On: true},
	} {
		data, err := c.Encode(holder{s})
		require.NoError(t, err)
		var got holder
		require.NoError(t, c.Decode(data, &got), "%s", data)
		assert.Equal(t, holder{s}, got, "%s", data)
		again, err := c.Encode(got)
		require.NoError(t, err)
		assert.Equal(t, string(data), string(again))
	}
}

func TestRefusals(t *testing.T) {
	c := New(square{})
	data, err := c.Encode(holder{many{}})
	assert.NoError(t, err, "any type can be written")
	var h holder
	var unknown *UnknownError
	assert.ErrorAs(t, c.Decode(data, &h), &unknown)
	assert.Equal(t, "codec.many", unknown.Type)
	_, err = c.Encode(holder{(*square)(nil)})
	assert.Error(t, err)
	_, err = New(hidden{}).Encode(holder{hidden{1}})
	assert.ErrorContains(t, err, "unexported")
	_, err = c.Encode(holder{square{math.NaN()}})
	assert.Error(t, err)
	for _, bad := range []string{
		``, `7`, `{"Shape": 3}`, `{"Shape": {"type": "os.File"}}`, `{"Shape": {"type": "codec.square", "value": {"Size": 1}}}`,
		`{"Shape": {"type": "codec.square", "value": {"Side": "one"}}}`, `{"Shape": {"type": "codec.square", "value": {"Side": "NaN"}}}`,
		`{"Shape": {"type": "codec.square", "value": {"Side": 1e999}}}`, `{"Shape": {"type": "codec.square"}}`, `{"Other": 1}`,
	} {
		var h holder
		assert.Error(t, c.Decode([]byte(bad), &h), bad)
	}
	var wrong struct{ Shape interface{ volume() } }
	assert.ErrorContains(t, c.Decode([]byte(`{"Shape": {"type": "codec.square", "value": {}}}`), &wrong), "is not a")
}
