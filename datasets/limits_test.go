package datasets

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLimitsOfFormats(t *testing.T) {
	// The limits at which the small file of each format is still accepted.
	exact := map[string]Limits{
		"arff":                {MaxLineBytes: 20, MaxRows: 2, MaxFeatures: 1, MaxLabels: 1, MaxCells: 2 + 4},
		"sparse arff":         {MaxLineBytes: 20, MaxRows: 2, MaxFeatures: 1, MaxLabels: 2, MaxCells: 2 + 2},
		"libsvm":              {MaxLineBytes: 17, MaxRows: 2, MaxFeatures: 3, MaxLabels: 2, MaxCells: 6 + 2},
		"csv":                 {MaxLineBytes: 9, MaxRows: 2, MaxFeatures: 2, MaxLabels: 1, MaxCells: 4 + 2},
		"csv with categories": {MaxLineBytes: 10, MaxRows: 2, MaxFeatures: 3, MaxLabels: 1, MaxCells: 6 + 2},
	}
	for _, f := range formats() {
		limits, ok := exact[f.name]
		if !ok {
			continue // see TestMulanLimits
		}
		_, err := f.read(strings.NewReader(f.input), limits)
		require.NoError(t, err, f.name)
		for name, lower := range map[string]func(*Limits){
			"MaxLineBytes": func(l *Limits) { l.MaxLineBytes-- },
			"MaxRows":      func(l *Limits) { l.MaxRows-- },
			"MaxFeatures":  func(l *Limits) { l.MaxFeatures-- },
			"MaxLabels":    func(l *Limits) { l.MaxLabels-- },
			"MaxCells":     func(l *Limits) { l.MaxCells-- },
		} {
			l := limits
			lower(&l)
			if name == "MaxFeatures" && l.MaxFeatures == 0 || name == "MaxLabels" && l.MaxLabels == 0 {
				continue // the default
			}
			_, err := f.read(strings.NewReader(f.input), l)
			var parse *ParseError
			require.ErrorAs(t, err, &parse, "%s, %s", f.name, name)
			var limit *LimitError
			require.ErrorAs(t, err, &limit, "%s, %s", f.name, name)
			if f.name == "sparse arff" && name == "MaxLabels" {
				name = "MaxFeatures" // a header of more attributes than both allow ends there
			}
			assert.Equal(t, name, limit.Limit, f.name)
			assert.ErrorIs(t, err, ErrLimit)
		}
	}
}

func TestLimitsOfHeader(t *testing.T) {
	_, err := ReadARFF(strings.NewReader("@relation r\n@attribute a numeric\n@attribute b numeric\n@attribute c numeric\n@attribute d numeric\n"),
		ARFFOptions{LabelCount: 1, Limits: Limits{MaxFeatures: 2, MaxLabels: 1}})
	wantParseError(t, err, ErrLimit, 5, 12)
	_, err = ReadARFF(strings.NewReader("@relation r\n@attribute a numeric\n@attribute b numeric\n@attribute c {0,1}\n@data\n0,0,0\n"),
		ARFFOptions{LabelCount: 2, Limits: Limits{MaxFeatures: 2, MaxLabels: 1}})
	wantParseError(t, err, ErrLimit, 3, 12)
}

// Only the end of the file shows that numbers count from 0.
func TestLimitsOfZeroBased(t *testing.T) {
	const file = "1 1:1\n2 2:1\n0 0:1\n"
	_, err := ReadLIBSVM(strings.NewReader(file), LIBSVMOptions{Limits: Limits{MaxFeatures: 3, MaxLabels: 3}})
	require.NoError(t, err)
	_, err = ReadLIBSVM(strings.NewReader(file), LIBSVMOptions{Limits: Limits{MaxFeatures: 2, MaxLabels: 3}})
	wantParseError(t, err, ErrLimit, 2, 3)
	_, err = ReadLIBSVM(strings.NewReader(file), LIBSVMOptions{Limits: Limits{MaxFeatures: 3, MaxLabels: 2}})
	wantParseError(t, err, ErrLimit, 2, 1)
}

// A record or line is not read far beyond the limit on it.
func TestLineLimitBoundsMemory(t *testing.T) {
	for _, f := range formats() {
		if f.name == "xml" {
			continue // see TestMulanLimits
		}
		for _, start := range []string{"", `"`} {
			long := start + strings.Repeat("x", 1<<23)
			allocated := allocatedBytes(func() {
				_, err := f.read(strings.NewReader(long), Limits{MaxLineBytes: 1000})
				require.ErrorIs(t, err, ErrLimit, f.name)
			})
			assert.Less(t, allocated, uint64(1<<19), f.name)
		}
	}
}

// What a few bytes announce is not allocated.
func TestMemoryFollowsWhatWasRead(t *testing.T) {
	allocated := allocatedBytes(func() {
		m, err := ReadLIBSVM(strings.NewReader("1 16777216:1\n"), LIBSVMOptions{})
		require.NoError(t, err)
		assert.Equal(t, 1<<24, m.D())
	})
	assert.Less(t, allocated, uint64(1<<18))
	allocated = allocatedBytes(func() {
		_, err := ReadLIBSVM(strings.NewReader(strings.Repeat("1048576\n", 1<<15)), LIBSVMOptions{})
		require.ErrorIs(t, err, ErrLimit)
	})
	assert.Less(t, allocated, uint64(1<<23))
}

func TestCheckCells(t *testing.T) {
	l := Limits{MaxCells: 10}
	assert.NoError(t, l.checkCells([2]int{2, 3}, [2]int{4, 1}))
	assert.ErrorIs(t, l.checkCells([2]int{2, 3}, [2]int{5, 1}), ErrLimit)
	assert.ErrorIs(t, l.checkCells([2]int{11, 1}), ErrLimit)
	assert.ErrorIs(t, l.checkCells([2]int{1, 11}), ErrLimit)
	assert.NoError(t, l.checkCells([2]int{math.MaxInt, 0}, [2]int{0, math.MaxInt}))
	assert.ErrorIs(t, l.checkCells([2]int{math.MaxInt, math.MaxInt}), ErrLimit)
	assert.EqualError(t, l.checkCells([2]int{4, 4}), "over the limit MaxCells = 10")
}

func TestLimitsDefaults(t *testing.T) {
	assert.Equal(t, Limits{MaxLineBytes: 1 << 26, MaxRows: 1 << 27, MaxFeatures: 1 << 24, MaxLabels: 1 << 20, MaxCells: 1 << 28}, Limits{}.withDefaults())
	own := Limits{MaxLineBytes: 1, MaxRows: 2, MaxFeatures: 3, MaxLabels: 4, MaxCells: 5}
	assert.Equal(t, own, own.withDefaults())
	assert.NoError(t, own.Validate())
	assert.EqualError(t, Limits{MaxLineBytes: -3}.Validate(), "datasets: Limits.MaxLineBytes is -3; it cannot be negative")
}
