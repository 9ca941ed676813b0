package datasets

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// fuzzReadRegression is fuzzRead for real targets.
func fuzzReadRegression(t *testing.T, size int, read func() (*Regression, error)) *Regression {
	var m *Regression
	var err error
	bound := uint64(3*8*fuzzLimits.MaxCells + 1<<20 + 256*size)
	if allocated := allocatedBytes(func() { m, err = read() }); allocated > bound {
		t.Fatalf("%d bytes allocated for an input of %d bytes", allocated, size)
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

// requireRegressionRoundTrip writes and reads the data again.
func requireRegressionRoundTrip(t *testing.T, m *Regression) {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, WriteRegressionCSV(&out, m, CSVWriteOptions{}))
	again, err := ReadRegressionCSV(&out, RegressionCSVOptions{TargetCount: -m.M()})
	require.NoError(t, err)
	again.Name = m.Name
	if m.Features == nil && m.Targets == nil {
		again.Features, again.Targets = nil, nil
	}
	sameRegression(t, m, again)
}

func FuzzRegressionCSV(f *testing.F) {
	for _, s := range []string{
		"a,b,y\n1,2,0.5\n3,4,-1e3\n", "a,y\nred,1\n\"dark, green\",2\n", "y\n1\n", "a,y\n,1\n", "a,y\n1,\n", "a,a=b\nb,1\n", "a;y\n1,5;2\n", "\ufeffa,y\n1,inf\n", "1,2\n",
	} {
		f.Add([]byte(s), int8(0), uint8(0), ',')
		f.Add([]byte(s), int8(1), uint8(7), ';')
	}
	f.Fuzz(func(t *testing.T, data []byte, targets int8, flags uint8, comma rune) {
		o := RegressionCSVOptions{
			TargetCount: int(targets), Header: CSVHeader(flags & 1), Categorical: Categorical(flags >> 1 & 1),
			MissingFeature: MissingFeature(flags >> 2 & 1), Comma: comma, Limits: fuzzLimits,
		}
		if o.Validate() != nil {
			return
		}
		if m := fuzzReadRegression(t, len(data), func() (*Regression, error) { return ReadRegressionCSV(bytes.NewReader(data), o) }); m != nil {
			requireRegressionRoundTrip(t, m)
		}
	})
}

func FuzzRegressionText(f *testing.F) {
	for _, s := range []string{"1 2 3\n4 5 6\n", "\t1e3\t-2\r\n\r\n3 .5", "1\n2\n", "1 2\n3\n", "nan 1\n", "1,2\n", "\ufeff 1 2", "1 0x10\n"} {
		f.Add([]byte(s), int8(-1), int8(0))
		f.Add([]byte(s), int8(0), int8(1))
	}
	f.Fuzz(func(t *testing.T, data []byte, target, feature int8) {
		o := RegressionTextOptions{Targets: []int{int(target)}, Limits: fuzzLimits}
		if feature != 0 {
			o.Features = []int{int(feature)}
		}
		if o.Validate() != nil {
			return
		}
		if m := fuzzReadRegression(t, len(data), func() (*Regression, error) { return ReadRegressionText(bytes.NewReader(data), o) }); m != nil {
			requireRegressionRoundTrip(t, m)
		}
	})
}

func FuzzRegressionSplits(f *testing.F) {
	f.Add([]byte("2\n0\n"), []byte("1\n"), []byte("1"), []byte("2 0\n"), []byte("1"))
	f.Add([]byte("0"), []byte("0"), []byte("0"), []byte("-1"), []byte("99999999999999999999"))
	f.Add([]byte("1"), []byte("0\n+2"), []byte("1"), []byte("0"), []byte("0"))
	f.Fuzz(func(t *testing.T, features, target, count, train, test []byte) {
		dir := mapFS(map[string]string{
			"data.txt": "1 2 3\n4 5 6\n7 8 9\n", "index_features.txt": string(features), "index_target.txt": string(target),
			"n_splits.txt": string(count), "index_train_0.txt": string(train), "index_test_0.txt": string(test),
		})
		if n := string(bytes.TrimSpace(count)); n != "0" && n != "1" {
			dir["n_splits.txt"].Data = []byte("1")
		}
		var b *RegressionBenchmark
		m := fuzzReadRegression(t, len(features)+len(target)+len(train)+len(test), func() (*Regression, error) {
			var err error
			if b, err = ReadRegressionSplits(dir, fuzzLimits); err != nil {
				return nil, err
			}
			return b.All, nil
		})
		if m == nil {
			return
		}
		for i, s := range b.Splits {
			require.NotEmpty(t, s.Train)
			require.NotEmpty(t, s.Test)
			require.LessOrEqual(t, len(s.Train)+len(s.Test), 3)
			b.Split(i)
		}
	})
}
