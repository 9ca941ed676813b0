package datasets

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fuzzLimits keep what a small input may legally ask for small.
var fuzzLimits = Limits{MaxLineBytes: 1 << 12, MaxRows: 1 << 10, MaxFeatures: 1 << 10, MaxLabels: 1 << 8, MaxCells: 1 << 14}

// fuzzRead reads, and checks that errors are *ParseError, that memory is
// bounded by the input, and that what is accepted is valid.
func fuzzRead(t *testing.T, data []byte, read func([]byte) (*Multilabel, error)) *Multilabel {
	var m *Multilabel
	var err error
	// The result, twice over, buffers, and a multiple of the input.
	bound := uint64(2*8*fuzzLimits.MaxCells + 1<<19 + 256*len(data))
	if allocated := allocatedBytes(func() { m, err = read(data) }); allocated > bound {
		t.Fatalf("%d bytes allocated for an input of %d bytes", allocated, len(data))
	}
	if err != nil {
		var parse *ParseError
		require.True(t, errors.As(err, &parse), "%T: %v", err, err)
		require.NotEmpty(t, err.Error())
		return nil
	}
	require.NoError(t, m.Validate())
	return m
}

func FuzzARFF(f *testing.F) {
	for _, s := range []string{mixedARFF, plainARFF, mekaARFF} {
		f.Add([]byte(s), int8(-2), true)
	}
	for _, e := range formats()[:2] {
		f.Add([]byte(e.input), int8(0), false)
	}
	header := "@relation r\n@attribute a numeric\n@attribute 'b {,} %' { 'x y' ,z, '\\u123a\\011' }\n@attribute y {0,1}\n@data\n"
	for _, row := range []string{
		"{ 0 'A',1 'B' ,2 '\"',3 'C,D' }", "{}", "{0 1,1 z}", "{1 z,0 1}", "{0 1,0 1}", "{-1 1}", "{9 1}", "{0 1", "{",
		"?,?,?", "1,'x y',0", "1,\"x y\",0", "1\tz\t1", "nan,z,0", "1e999,z,0", "1,'x y,0", strings.Repeat("',", 100), "1,'\\x',0",
	} {
		f.Add([]byte(header+row+"\n"), int8(-1), true)
	}
	f.Add([]byte("@relation 'r: -C 2'\r\n@attribute a date\r\n@data\r\n"), int8(0), false)
	f.Add([]byte("@relation r\n@attribute a relational\n@attribute b numeric\n@end a\n@data\n"), int8(1), false)
	f.Fuzz(func(t *testing.T, data []byte, labels int8, mean bool) {
		o := ARFFOptions{LabelCount: int(labels), Limits: fuzzLimits}
		if mean {
			o.MissingFeature = MissingMean
		}
		m := fuzzRead(t, data, func(b []byte) (*Multilabel, error) { return ReadARFF(bytes.NewReader(b), o) })
		if m == nil {
			return
		}
		for _, header := range []LabelHeader{MulanHeader, MEKAHeader} {
			var out bytes.Buffer
			require.NoError(t, WriteARFF(&out, m, ARFFWriteOptions{Header: header}))
			o := ARFFOptions{}
			if header == MulanHeader {
				o.Labels = m.Labels
			}
			again, err := ReadARFF(&out, o)
			require.NoError(t, err)
			sameData(t, m, again)
		}
	})
}

func FuzzLIBSVM(f *testing.F) {
	for _, s := range []string{
		"1,2 1:0.5 3:-2e1 # x\n 2:0.25\n\n", " 1:0.2\n0 1:1\n", "1, 2 ,3 1:1", "+1 1:1\n", "0 0:1\n", "1 2:1 1:1\n", "1 1:1 1:1\n",
		"1 2147483648:1\n", "1 1:nan\n", "1 1:inf\n", "1 1:1e999\n", "1 qid:3 1:1\n", "# x\n", "1 2\n", "1:1 2:2\n", "3 4:0\n", "\r\n1 1:1\r\n",
	} {
		f.Add([]byte(s), uint8(0), uint8(0))
	}
	f.Add([]byte("1 1:1"), uint8(1), uint8(5))
	f.Fuzz(func(t *testing.T, data []byte, base, count uint8) {
		o := LIBSVMOptions{
			LabelBase: IndexBase(base % 3), FeatureBase: IndexBase(base / 3 % 3),
			Labels: int(count % 16), Features: int(count / 16), Limits: fuzzLimits,
		}
		m := fuzzRead(t, data, func(b []byte) (*Multilabel, error) { return ReadLIBSVM(bytes.NewReader(b), o) })
		if m == nil {
			return
		}
		var out bytes.Buffer
		require.NoError(t, WriteLIBSVM(&out, m, LIBSVMWriteOptions{LabelBase: o.LabelBase, FeatureBase: o.FeatureBase}))
		o.Labels, o.Features = m.K(), m.D()
		if o.LabelBase == AutoBase {
			o.LabelBase = OneBased
		}
		if o.FeatureBase == AutoBase {
			o.FeatureBase = OneBased
		}
		again, err := ReadLIBSVM(&out, o)
		require.NoError(t, err)
		sameData(t, m, again)
	})
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"a,b,y\n1,2,0\n3,4,1\n", "a,\"b\n\"\"c\"\"\",y\r\n1,2,?\r\n", "1,0\n", "a,y\nred,0\n\"x, y\",1\n", "a,y\n\"1,5\",0\n", "a,y\n1\n",
		"\ufeffa,y\n1,0\n", "a,y\nNaN,0\n,1\n", "a;y\n1,5;0\n", "a,y\n\"1,0\n", "a,y\n1\"2,0\n", ",y\n1,0\n", "y\n0\n\n1\n", "a\t\ty\n1\t2\t0\n",
	} {
		f.Add([]byte(s), int8(-1), uint8(0), ',')
		f.Add([]byte(s), int8(1), uint8(7), '\t')
	}
	f.Fuzz(func(t *testing.T, data []byte, labels int8, flags uint8, comma rune) {
		o := CSVOptions{
			LabelCount: int(labels), Header: CSVHeader(flags & 1), Categorical: Categorical(flags >> 1 & 1),
			MissingFeature: MissingFeature(flags >> 2 & 1), Comma: comma, Limits: fuzzLimits,
		}
		if o.Validate() != nil {
			return
		}
		m := fuzzRead(t, data, func(b []byte) (*Multilabel, error) { return ReadCSV(bytes.NewReader(b), o) })
		if m == nil {
			return
		}
		var out bytes.Buffer
		require.NoError(t, WriteCSV(&out, m, CSVWriteOptions{Comma: comma}))
		again, err := ReadCSV(&out, CSVOptions{LabelCount: -m.K(), Comma: comma})
		require.NoError(t, err)
		sameData(t, m, again)
	})
}

func FuzzMulanXML(f *testing.F) {
	for _, s := range []string{
		listXML, `<?xml version="1.0" encoding="utf-8"?><labels xmlns="http://mulan.sourceforge.net/labels"><label name="a &amp; b"><label name='&#10;c'/></label></labels>`,
		`<!DOCTYPE l [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]><labels><label name="&b;"/></labels>`, "<labels>", "<labels><label name='a'/><label name='a'/></labels>",
		"<labels><!-- c --><label name=\"\r\n\ta\"></label></labels>", "<labels><label/></labels>", "<a:labels><b:label name='x'></c:label></labels>",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var l *MulanLabels
		var err error
		bound := uint64(1<<19 + 1024*len(data))
		if allocated := allocatedBytes(func() {
			l, err = ReadMulanXML(bytes.NewReader(data), MulanOptions{Limits: fuzzLimits})
		}); allocated > bound {
			t.Fatalf("%d bytes allocated for an input of %d bytes", allocated, len(data))
		}
		if err != nil {
			var parse *ParseError
			require.True(t, errors.As(err, &parse), "%T: %v", err, err)
			return
		}
		var out bytes.Buffer
		require.NoError(t, WriteMulanXML(&out, l))
		again, err := ReadMulanXML(&out, MulanOptions{})
		require.NoError(t, err)
		require.Equal(t, l, again)
	})
}
