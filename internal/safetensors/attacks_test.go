package safetensors

import (
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// one is a header with one tensor w.
func one(dtype, shape, offsets string) string {
	return `{"w":` + tensor(dtype, shape, offsets) + `}`
}

func tensor(dtype, shape, offsets string) string {
	return fmt.Sprintf(`{"dtype":%q,"shape":%s,"data_offsets":%s}`, dtype, shape, offsets)
}

// The attacks of the format's own tests and audits, and more.
func TestAttacks(t *testing.T) {
	huge := "18446744073709551614" // 2^64-2
	two := func(a, b string) string { return `{"a":` + a + `,"b":` + b + `}` }
	for _, c := range []struct {
		name   string
		header string
		data   int
		kind   error
		tensor string
	}{
		{"empty header", "", 0, ErrSyntax, ""},
		{"not UTF-8", "\xff", 0, ErrEncoding, ""},
		{"not UTF-8 in a name", "{\"\xc3\x28\":" + tensor("F64", "[1]", "[0,8]") + "}", 8, ErrEncoding, ""},
		{"half a surrogate pair", `{"\ud800":` + tensor("F64", "[1]", "[0,8]") + "}", 8, ErrEncoding, ""},
		{"surrogates in the wrong order", `{"\udc00\ud800":` + tensor("F64", "[1]", "[0,8]") + "}", 8, ErrEncoding, ""},
		{"byte order mark", "\ufeff{}", 0, ErrSyntax, ""},
		{"open brace", "{", 0, ErrSyntax, ""},
		{"open string", `{"w`, 0, ErrSyntax, ""},
		{"open tensor", `{"w":{"dtype":"F64"`, 0, ErrSyntax, "w"},
		{"array", "[]", 0, ErrSyntax, ""},
		{"space first", " {}", 0, ErrSyntax, ""},
		{"NUL after", "{}\x00", 0, ErrSyntax, ""},
		{"two objects", "{}{}", 0, ErrSyntax, ""},
		{"brackets that do not match", `{"w":{"dtype":"F64","shape":[1},"data_offsets":[0,8]]}`, 8, ErrSyntax, "w"},
		{"last comma", `{"__metadata__":{},}`, 0, ErrSyntax, ""},
		{"control character in a string", "{\"__metadata__\":{\"a\":\"\n\"}}", 0, ErrSyntax, ""},
		{"deep nesting", `{"w":` + strings.Repeat("[", 1<<20), 0, ErrSyntax, "w"},
		{"deep nesting in the shape", `{"w":{"shape":` + strings.Repeat("[", 1<<20), 0, ErrSyntax, "w"},

		{"tensor twice", `{"w":` + tensor("F64", "[1]", "[0,8]") + `,"w":` + tensor("F64", "[1]", "[8,16]") + `}`, 16, ErrDuplicate, ""},
		{"tensor twice, escaped", `{"w":` + tensor("F64", "[1]", "[0,8]") + `,"\u0077":` + tensor("F64", "[1]", "[8,16]") + `}`, 16, ErrDuplicate, ""},
		{"field twice", `{"w":{"dtype":"F64","dtype":"U64","shape":[1],"data_offsets":[0,8]}}`, 8, ErrDuplicate, "w"},
		{"metadata twice", `{"__metadata__":{},"__metadata__":{}}`, 0, ErrDuplicate, ""},
		{"metadata key twice", `{"__metadata__":{"a":"1","a":"2"}}`, 0, ErrDuplicate, ""},

		{"metadata is a tensor", `{"__metadata__":` + tensor("F64", "[1]", "[0,8]") + `}`, 8, ErrSyntax, ""},
		{"metadata is null", `{"__metadata__":null}`, 0, ErrSyntax, ""},
		{"metadata of numbers", `{"__metadata__":{"a":1}}`, 0, ErrSyntax, ""},
		{"metadata nested", `{"__metadata__":{"a":{"b":"c"}}}`, 0, ErrSyntax, ""},
		{"empty name", `{"":` + tensor("F64", "[1]", "[0,8]") + `}`, 8, ErrName, ""},

		{"not an object", `{"w":1}`, 0, ErrSyntax, "w"},
		{"array for an object", `{"w":["F64",[1],[0,8]]}`, 8, ErrSyntax, "w"},
		{"no dtype", `{"w":{"shape":[1],"data_offsets":[0,8]}}`, 8, ErrSyntax, "w"},
		{"no shape", `{"w":{"dtype":"F64","data_offsets":[0,8]}}`, 8, ErrSyntax, "w"},
		{"no offsets", `{"w":{"dtype":"F64","shape":[1]}}`, 8, ErrSyntax, "w"},
		{"no field", `{"w":{}}`, 8, ErrSyntax, "w"},
		{"unknown field", `{"w":{"dtype":"F64","shape":[1],"data_offsets":[0,8],"x":1}}`, 8, ErrSyntax, "w"},
		{"field in another case", `{"w":{"DTYPE":"F64","shape":[1],"data_offsets":[0,8]}}`, 8, ErrSyntax, "w"},
		{"dtype is a number", `{"w":{"dtype":1,"shape":[1],"data_offsets":[0,8]}}`, 8, ErrSyntax, "w"},
		{"unknown dtype", one("F63", "[1]", "[0,8]"), 8, ErrDType, "w"},
		{"dtype of 32 bits", one("F32", "[2]", "[0,8]"), 8, ErrDType, "w"},
		{"dtype in another case", one("f64", "[1]", "[0,8]"), 8, ErrDType, "w"},
		{"shape is a number", one("F64", "1", "[0,8]"), 8, ErrSyntax, "w"},
		{"shape is null", one("F64", "null", "[0,8]"), 8, ErrSyntax, "w"},
		{"shape of strings", one("F64", `["1"]`, "[0,8]"), 8, ErrSyntax, "w"},
		{"shape of a fraction", one("F64", "[1.0]", "[0,8]"), 8, ErrSyntax, "w"},
		{"shape with an exponent", one("F64", "[1e0]", "[0,8]"), 8, ErrSyntax, "w"},
		{"shape with a leading zero", one("F64", "[01]", "[0,8]"), 8, ErrSyntax, "w"},
		{"minus zero", one("F64", "[-0]", "[0,0]"), 0, ErrShape, "w"},
		{"negative dimension", one("F64", "[-1]", "[0,8]"), 8, ErrShape, "w"},
		{"two negative dimensions", one("F64", "[-1,-1]", "[0,8]"), 8, ErrShape, "w"},
		{"negative offset", one("F64", "[1]", "[-8,0]"), 8, ErrOffsets, "w"},
		{"one offset", one("F64", "[1]", "[8]"), 8, ErrSyntax, "w"},
		{"three offsets", one("F64", "[1]", "[0,8,16]"), 16, ErrSyntax, "w"},

		{"dimension over 64 bits", one("F64", "["+huge+"]", "[0,8]"), 8, ErrOverflow, "w"},
		{"dimension of many digits", one("F64", "[1"+strings.Repeat("0", 1000)+"]", "[0,8]"), 8, ErrOverflow, "w"},
		{"offset over 64 bits", one("F64", "[1]", "[0,"+huge+"]"), 8, ErrOverflow, "w"},
		{"product of the shape overflows", one("F64", fmt.Sprintf("[4,%d]", math.MaxInt/2), "[0,8]"), 8, ErrOverflow, "w"},
		{"product of the shape overflows to 0", one("F64", fmt.Sprintf("[4,%d]", math.MaxInt/2+1), "[0,0]"), 0, ErrOverflow, "w"},
		{"bytes of the shape overflow to 0", one("F64", fmt.Sprintf("[%d]", math.MaxInt/8+1), "[0,0]"), 0, ErrOverflow, "w"},
		{"overflow before a zero", one("F64", fmt.Sprintf("[%d,16,0]", math.MaxInt/8), "[0,0]"), 0, ErrOverflow, "w"},
		{"overflow after a zero", one("F64", fmt.Sprintf("[0,%d,16]", math.MaxInt/8), "[0,0]"), 0, ErrOverflow, "w"},

		{"tensors overlap", two(tensor("F64", "[2]", "[0,16]"), tensor("F64", "[2]", "[8,24]")), 24, ErrOffsets, "b"},
		{"tensors are the same", two(tensor("F64", "[2]", "[0,16]"), tensor("F64", "[2]", "[0,16]")), 16, ErrOffsets, "b"},
		{"empty tensor within another", two(tensor("F64", "[2]", "[0,16]"), tensor("F64", "[0]", "[8,8]")), 16, ErrOffsets, "b"},
		{"hole", two(tensor("F64", "[1]", "[0,8]"), tensor("F64", "[1]", "[16,24]")), 24, ErrOffsets, "b"},
		{"hole of less than a number", two(tensor("F64", "[1]", "[0,8]"), tensor("F64", "[1]", "[9,17]")), 17, ErrOffsets, "b"},
		{"hole at the start", one("F64", "[1]", "[8,16]"), 16, ErrOffsets, "w"},
		{"offsets the wrong way round", two(tensor("F64", "[1]", "[0,8]"), tensor("F64", "[1]", "[8,0]")), 8, ErrOffsets, "b"},
		{"shape smaller than the span", one("F64", "[1]", "[0,16]"), 16, ErrSize, "w"},
		{"shape larger than the span", one("F64", "[2,2]", "[0,8]"), 8, ErrSize, "w"},
		{"span is no whole number", one("F64", "[1]", "[0,9]"), 9, ErrSize, "w"},
		{"empty shape larger than the span", one("F64", "[2,0]", "[0,8]"), 8, ErrSize, "w"},
		{"scalar of two numbers", one("F64", "[]", "[0,16]"), 16, ErrSize, "w"},

		{"offsets beyond the file", one("F64", "[2]", "[0,16]"), 15, ErrTruncated, "w"},
		{"no data", one("F64", "[2]", "[0,16]"), 0, ErrTruncated, "w"},
		{"trailing byte", one("F64", "[1]", "[0,8]"), 9, ErrTrailing, ""},
		{"data without tensors", `{}`, 1, ErrTrailing, ""},
		{"more data than any file", one("F64", fmt.Sprintf("[%d]", math.MaxInt/8), fmt.Sprintf("[0,%d]", math.MaxInt/8*8)), 8, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := read(container(c.header, c.data))
			assert.Nil(t, f)
			if c.kind == nil { // it depends on the size of an int
				require.Error(t, err)
				return
			}
			wantError(t, err, c.kind, c.tensor)
			assert.Less(t, len(err.Error()), 400, "%v", err)
		})
	}
}

// What looks like an attack and is none.
func TestOddButValid(t *testing.T) {
	for _, c := range []struct {
		name, header string
		data         int
	}{
		{"nothing", "{}", 0},
		{"white space after the header", "{} \n\t\r", 0},
		{"white space within", "{ \"w\" :\n" + tensor("F64", "[ 1 ]", "[ 0 , 8 ]") + "\t}", 8},
		{"empty metadata", `{"__metadata__":{}}`, 0},
		{"metadata last", `{"w":` + tensor("F64", "[1]", "[0,8]") + `,"__metadata__":{"a":"b"}}`, 8},
		{"scalar", one("F64", "[]", "[0,8]"), 8},
		{"no numbers", one("I64", "[2,0]", "[0,0]"), 0},
		{"empty tensors between others", `{"c":` + tensor("F64", "[1]", "[8,16]") + `,"b":` + tensor("F64", "[0]", "[8,8]") +
			`,"a":` + tensor("U64", "[1]", "[0,8]") + `,"d":` + tensor("F64", "[0]", "[8,8]") + `}`, 16},
		{"escapes", `{"\u0077\ud83d\ude00\\ud800\"":` + tensor("F64", "[1]", "[0,8]") + `}`, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := read(container(c.header, c.data))
			require.NoError(t, err)
			again, err := read(write(t, f))
			require.NoError(t, err)
			wantSame(t, f, again)
		})
	}
	f, err := read(container(`{"\u0077\ud83d\ude00\\ud800\"":`+tensor("F64", "[1]", "[0,8]")+`}`, 8))
	require.NoError(t, err)
	assert.Equal(t, "w\U0001f600\\ud800\"", f.Tensors[0].Name)
}

func TestHeaderLength(t *testing.T) {
	length := func(n uint64) []byte { return binary.LittleEndian.AppendUint64(nil, n) }
	for _, n := range []uint64{100_000_001, 1 << 31, 1 << 32, 1 << 63, math.MaxUint64, 0xffffff000000003c} {
		f, err := read(append(length(n), container("{}", 0)...))
		assert.Nil(t, f)
		var limit *LimitError
		require.ErrorAs(t, err, &limit)
		assert.Equal(t, &LimitError{Limit: "MaxHeaderBytes", Max: 100_000_000, Got: n}, limit)
		assert.ErrorIs(t, err, ErrLimit)
	}
	_, err := read(append(length(100_000_000), "{}"...)) // allowed, but not there
	wantError(t, err, ErrTruncated, "")
}

// allocated is how many bytes f allocates in all.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A short file cannot make Read allocate much, whatever it says of itself and
// whatever the limits are.
func TestMemoryFollowsWhatWasRead(t *testing.T) {
	unlimited := Limits{MaxDataBytes: math.MaxInt64}
	n := math.MaxInt / 8
	for name, b := range map[string][]byte{
		"header":  append(binary.LittleEndian.AppendUint64(nil, maxHeaderBytes), "{"...),
		"long":    append(binary.LittleEndian.AppendUint64(nil, maxHeaderBytes), strings.Repeat("{", 100_000)...),
		"tensor":  container(one("F64", fmt.Sprintf("[%d]", n), fmt.Sprintf("[0,%d]", n*8)), 100_000),
		"tensors": container(`{"a":`+tensor("U64", "[1000]", "[0,8000]")+`,"b":`+tensor("I64", "[100000000]", "[8000,800008000]")+`}`, 100_000),
	} {
		used := allocated(func() {
			_, err := Read(strings.NewReader(string(b)), unlimited)
			assert.ErrorIs(t, err, ErrTruncated, name)
		})
		assert.Less(t, used, uint64(1<<20), name)
	}
}
