package safetensors

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"math"
	"testing"
	"testing/iotest"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// big is larger than a chunk, and no multiple of one.
func big() *File {
	values := make(F64, 3*chunkBytes/wordBytes+5)
	for i := range values {
		values[i] = float64(i) / 7
	}
	f := sample()
	f.Tensors = append(f.Tensors, Tensor{Name: "big", Shape: []int{len(values)}, Data: values})
	return f
}

func TestReadersOfAllKinds(t *testing.T) {
	want := big()
	b := write(t, want)
	for name, r := range map[string]io.Reader{
		"plain":                  bytes.NewReader(b),
		"one byte":               iotest.OneByteReader(bytes.NewReader(b)),
		"half":                   iotest.HalfReader(bytes.NewReader(b)),
		"data and error at once": iotest.DataErrReader(bytes.NewReader(b)),
		"both":                   iotest.DataErrReader(iotest.OneByteReader(bytes.NewReader(b))),
		"nothing now and then":   &pausingReader{r: bytes.NewReader(b)},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Read(r, Limits{})
			require.NoError(t, err)
			wantSame(t, want, got)
		})
	}
}

// pausingReader returns nothing, without an error, every other time.
type pausingReader struct {
	r     io.Reader
	calls int
}

func (p *pausingReader) Read(b []byte) (int, error) {
	if p.calls++; p.calls%2 == 1 {
		return 0, nil
	}
	return p.r.Read(b[:min(len(b), 100)])
}

type stuckReader struct{}

func (stuckReader) Read([]byte) (int, error) { return 0, nil }

// Each error comes through, at every place of the file.
func TestReadersThatFail(t *testing.T) {
	b := write(t, sample())
	broken := errors.New("broken")
	for n := range len(b) + 1 {
		f, err := Read(io.MultiReader(bytes.NewReader(b[:n]), iotest.ErrReader(broken)), Limits{})
		assert.Nil(t, f)
		require.ErrorIs(t, err, broken, n)
		require.IsType(t, &Error{}, err, n)
	}
	_, err := Read(iotest.TimeoutReader(iotest.OneByteReader(bytes.NewReader(b))), Limits{})
	assert.ErrorIs(t, err, iotest.ErrTimeout)
	_, err = Read(stuckReader{}, Limits{})
	assert.ErrorIs(t, err, io.ErrNoProgress)

	// A stream that was cut, but after the last tensor.
	_, err = Read(io.MultiReader(bytes.NewReader(b), iotest.ErrReader(io.ErrUnexpectedEOF)), Limits{})
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

func TestTruncatedAnywhere(t *testing.T) {
	b := write(t, sample())
	for n := range b {
		f, err := read(b[:n])
		assert.Nil(t, f)
		require.ErrorIs(t, err, ErrTruncated, n)
		_, err = Read(io.MultiReader(bytes.NewReader(b[:n]), iotest.ErrReader(io.ErrUnexpectedEOF)), Limits{})
		require.ErrorIs(t, err, ErrTruncated, n)
	}
	_, err := read(b)
	assert.NoError(t, err)
	for _, tail := range []string{"\x00", " ", "PK\x03\x04", string(b)} {
		_, err = read(append(bytes.Clone(b), tail...))
		assert.ErrorIs(t, err, ErrTrailing)
	}
	_, err = read(b[:len(b)-1]) // where the last tensor, in the order of the file, is
	wantError(t, err, ErrTruncated, "w")
	assert.EqualError(t, err, `safetensors: tensor "w": the file ends early`)
}

// Every flip of a bit is found, but those that turn a checksum into metadata
// of another name: what they leave is the file that was written. Requiring
// checksums finds those too.
func TestEveryFlippedBit(t *testing.T) {
	want := sample()
	b := write(t, want)
	renamed := 0
	for bit := range len(b) * 8 {
		damaged := bytes.Clone(b)
		damaged[bit/8] ^= 1 << (bit % 8)
		_, err := Read(bytes.NewReader(damaged), Limits{RequireChecksums: true})
		require.Error(t, err, "bit %d", bit)
		got, err := read(damaged)
		if err != nil {
			continue
		}
		renamed++
		require.Len(t, got.Metadata, len(want.Metadata)+1, "bit %d", bit)
		for key := range got.Metadata {
			if _, ok := want.Metadata[key]; !ok {
				delete(got.Metadata, key)
			}
		}
		wantSame(t, want, got)
	}
	assert.Less(t, renamed, 8*len(HeaderChecksum))
}

func TestChecksums(t *testing.T) {
	b := write(t, sample())
	damaged := bytes.Clone(b)
	damaged[len(b)-1] ^= 1
	_, err := read(damaged)
	wantError(t, err, ErrChecksum, "")
	assert.ErrorContains(t, err, PayloadChecksum)

	damaged = bytes.Replace(b, []byte(`rank\":8`), []byte(`rank\":9`), 1)
	require.NotEqual(t, b, damaged)
	_, err = read(damaged)
	wantError(t, err, ErrChecksum, "")
	assert.ErrorContains(t, err, HeaderChecksum)

	// Two tensors that change places are found by the header's.
	f := &File{Tensors: []Tensor{{Name: "a", Shape: []int{1}, Data: F64{1}}, {Name: "b", Shape: []int{1}, Data: F64{2}}}}
	b = write(t, f)
	b = bytes.Replace(b, []byte("[0,8]"), []byte("[x,8]"), 1)
	b = bytes.Replace(b, []byte("[8,16]"), []byte("[0,8]"), 1)
	b = bytes.Replace(b, []byte("[x,8]"), []byte("[8,16]"), 1)
	_, err = read(b)
	wantError(t, err, ErrChecksum, "")

	// One that is no checksum at all is wrong too.
	for _, key := range []string{PayloadChecksum, HeaderChecksum} {
		_, err = read(container(`{"__metadata__":{"`+key+`":""}}`, 0))
		wantError(t, err, ErrChecksum, "")
	}
	// The checksum of nothing.
	f, err = read(container(`{"__metadata__":{"payload_sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}}`, 0))
	require.NoError(t, err)
	assert.Equal(t, &File{Metadata: map[string]string{}, Tensors: []Tensor{}}, f)
}

// The checksums are of the content: another program may order the header in
// its own way.
func TestChecksumsOfAReorderedHeader(t *testing.T) {
	f := &File{Metadata: map[string]string{"a": "1", "b": "2"}, Tensors: []Tensor{
		{Name: "v", Shape: []int{1}, Data: F64{1}}, {Name: "w", Shape: []int{1}, Data: F64{2}},
	}}
	h, payload := splitFile(t, write(t, f))
	metadata, entries, err := parseHeader(h)
	require.NoError(t, err)
	text := `{"w":` + tensor("F64", "[1]", "[8,16]") + `, "v" :` + tensor("F64", "[1]", "[0,8]") + `,"__metadata__":{"b":"2"`
	for _, key := range []string{HeaderChecksum, PayloadChecksum} {
		text += `,"` + key + `":"` + metadata[key] + `"`
	}
	got, err := read(append(container(text+`,"a":"1"}}`, 0), payload...))
	require.NoError(t, err)
	wantSame(t, f, got)
	assert.Len(t, entries, 2)

	before := maps.Clone(metadata)
	headerSum(metadata, entries)
	assert.Equal(t, before, metadata)
}

func TestNonFinite(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		values := make(F64, 10_000)
		values[9_999], values[9_998] = bad, bad
		f := &File{AllowNonFinite: true, Tensors: []Tensor{
			{Name: "bits", Shape: []int{1}, Data: U64{math.Float64bits(bad)}},
			{Name: "w", Shape: []int{100, 100}, Data: values},
		}}
		b := write(t, f)
		got, err := read(b)
		assert.Nil(t, got)
		assert.ErrorIs(t, err, ErrNotFinite)
		var where *NonFiniteError
		require.ErrorAs(t, err, &where)
		assert.Equal(t, "w", where.Tensor)
		assert.Equal(t, 9_998, where.Index)
		almost.Same(t, []float64{bad}, []float64{where.Value})

		got, err = Read(bytes.NewReader(b), Limits{AllowNonFinite: true})
		require.NoError(t, err)
		wantSame(t, f, got)
		assert.Equal(t, b, write(t, got)) // it may be written again

		f.AllowNonFinite = false
		var out bytes.Buffer
		n, err := f.WriteTo(&out)
		assert.Zero(t, n)
		assert.Zero(t, out.Len())
		assert.ErrorIs(t, err, ErrNotFinite)
		require.ErrorAs(t, err, &where)
		assert.Equal(t, 9_998, where.Index)
	}
	err := &NonFiniteError{Tensor: "w", Index: 3, Value: math.Inf(-1)}
	assert.EqualError(t, err, `safetensors: tensor "w": not a finite number: -Inf at index 3`)
}

func TestLimits(t *testing.T) {
	b := write(t, sample())
	header, payload := splitFile(t, b)
	h, p := int64(len(header)), int64(len(payload))
	_, err := Read(bytes.NewReader(b), Limits{MaxHeaderBytes: h, MaxDataBytes: p})
	require.NoError(t, err)

	var limit *LimitError
	_, err = Read(bytes.NewReader(b), Limits{MaxHeaderBytes: h - 1})
	require.ErrorAs(t, err, &limit)
	assert.Equal(t, &LimitError{Limit: "MaxHeaderBytes", Max: h - 1, Got: uint64(h)}, limit)
	_, err = Read(bytes.NewReader(b), Limits{MaxDataBytes: p - 1})
	require.ErrorAs(t, err, &limit)
	assert.Equal(t, &LimitError{Limit: "MaxDataBytes", Max: p - 1, Got: uint64(p)}, limit)
	assert.ErrorIs(t, err, ErrLimit)
	assert.EqualError(t, limit, "safetensors: over a limit: 72 is over MaxDataBytes = 71")

	for _, l := range []Limits{{MaxHeaderBytes: -1}, {MaxHeaderBytes: maxHeaderBytes + 1}, {MaxDataBytes: -1}} {
		assert.Error(t, l.Validate())
		_, err = Read(bytes.NewReader(b), l)
		assert.EqualError(t, err, l.Validate().Error())
	}
	assert.NoError(t, Limits{}.Validate())
	d := Limits{}.withDefaults()
	assert.Equal(t, min(int64(1)<<32, math.MaxInt), d.MaxDataBytes)
}

func TestRequireChecksums(t *testing.T) {
	var b bytes.Buffer
	_, err := (&File{}).WriteTo(&b)
	require.NoError(t, err)
	_, err = Read(bytes.NewReader(b.Bytes()), Limits{RequireChecksums: true})
	require.NoError(t, err)
	for _, key := range []string{PayloadChecksum, HeaderChecksum} {
		renamed := bytes.Replace(b.Bytes(), []byte(key), []byte("Z"+key[1:]), 1)
		_, err = Read(bytes.NewReader(renamed), Limits{RequireChecksums: true})
		assert.ErrorIs(t, err, ErrChecksum, "%s", key)
	}
}
