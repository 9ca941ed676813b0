package datasets

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

func sprint(v any) string { return fmt.Sprint(v) }

// attributes counts what the columns were in the file: the one-hot columns of
// a nominal attribute, name=value, are one.
func attributes(features []string) int {
	seen := map[string]bool{}
	for _, f := range features {
		name, _, _ := strings.Cut(f, "=")
		seen[name] = true
	}
	return len(seen)
}

// pinnedOpener opens the files at GIBBS_DATA and neither downloads anything nor
// looks at the user's cache.
func pinnedOpener(t *testing.T) *Opener {
	if os.Getenv("GIBBS_DATA") == "" {
		t.Skip("GIBBS_DATA is not set")
	}
	return &Opener{CacheDir: t.TempDir(), BaseURL: "http://127.0.0.1:0"}
}

// TestPinnedFiles opens everything multilabel in the catalog from the files at
// GIBBS_DATA and compares its sizes with the table.
func TestPinnedFiles(t *testing.T) {
	o := pinnedOpener(t)
	for _, e := range Catalog() {
		if e.Task != MultilabelTask {
			continue
		}
		t.Run(e.Name, func(t *testing.T) {
			b, err := o.Open(context.Background(), e.Name)
			require.NoError(t, err)
			all, err := b.All()
			require.NoError(t, err)
			require.NoError(t, all.Validate())
			n, _, k := all.Dims()
			assert.Equal(t, []int{e.Rows, e.Features, e.Labels}, []int{n, attributes(all.Features), k})
			for _, f := range e.Files {
				switch {
				case f.Part == TrainPart:
					assert.Equal(t, f.Rows, b.Train.Len())
				case f.Part == TestPart:
					assert.Equal(t, f.Rows, b.Test.Len())
				}
			}
			_, sparse := all.X.(*nn.CSR)
			assert.Equal(t, map[string]bool{"bibtex": true, "corel5k": true, "delicious": true, "tmc2007": true}[e.Name], sparse)
		})
	}
}

// Label cardinalities and numbers of distinct sets as in the literature.
func TestPinnedStatistics(t *testing.T) {
	o := pinnedOpener(t)
	for name, want := range map[string]struct {
		cardinality float64
		distinct    int
	}{
		"yeast": {4.237, 198}, "scene": {1.074, 15}, "birds": {1.014, 133}, "emotions": {1.868, 27}, "cal500": {26.044, 502},
	} {
		b, err := o.Open(context.Background(), name)
		require.NoError(t, err)
		all, err := b.All()
		require.NoError(t, err)
		sum, distinct := 0, map[string]bool{}
		for _, y := range all.Y {
			sum += y.Count()
			distinct[y.Key()] = true
		}
		almost.Equal(t, want.cardinality, float64(sum)/float64(all.Len()), 0.0005, 0, name)
		assert.Len(t, distinct, want.distinct, name)
	}
}

// The one file of CAL500 is its training rows and then its test rows.
func TestPinnedCAL500(t *testing.T) {
	o := pinnedOpener(t)
	entry, err := find("cal500")
	require.NoError(t, err)
	b, err := o.Open(context.Background(), "cal500")
	require.NoError(t, err)
	stacked, err := b.All()
	require.NoError(t, err)
	whole := *entry
	whole.Files = []File{*entry.part(AllPart), *entry.part(LabelsPart)}
	one, err := o.multilabel(context.Background(), &whole)
	require.NoError(t, err)
	assert.Equal(t, one.Train.Y, stacked.Y)
	almost.Same(t, one.Train.X.(*mat.Dense).RawMatrix().Data, stacked.X.(*mat.Dense).RawMatrix().Data)
}
