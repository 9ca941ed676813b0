package datasets

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"path"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/internal/race"
)

func zipped(t *testing.T, content string) string {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, err := io.WriteString(z, content)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return out.String()
}

func TestOpenSets(t *testing.T) {
	files := map[string]string{
		"tiny.ts.data.gz": zipped(t, "0,1,1\n1,0,0\n"), "tiny.valid.data": "1,1,1\n", "tiny.test.data": "0,0,0\n0,1,0\n0,0,1\n",
	}
	entry := func() *Entry {
		e := &Entry{Name: "tiny", Task: SetTask}
		for part, name := range map[Part]string{TrainPart: "tiny.ts.data.gz", ValidationPart: "tiny.valid.data", TestPart: "tiny.test.data"} {
			f := pinned("density/tiny/"+name, files[name])
			f.Part, f.Labels = part, 3
			e.Files = append(e.Files, *f)
		}
		return e
	}
	o, _ := server(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, files[path.Base(r.URL.Path)]) })
	b, err := o.sets(context.Background(), entry())
	require.NoError(t, err)
	assert.Equal(t, "[{1, 2} {0}] [{0, 1, 2}] [{} {1} {2}]", sprint(b.Train.Y)+" "+sprint(b.Validation.Y)+" "+sprint(b.Test.Y))
	for _, m := range []*Multilabel{b.Train, b.Validation, b.Test} {
		require.NoError(t, m.Validate())
		assert.Nil(t, m.X)
		assert.Nil(t, m.Labels)
		assert.Equal(t, "tiny", m.Name)
	}

	good := files["tiny.ts.data.gz"]
	files["tiny.ts.data.gz"] = "not compressed"
	_, err = o.sets(context.Background(), entry())
	assert.ErrorIs(t, err, gzip.ErrHeader)
	files["tiny.ts.data.gz"] = good[:len(good)-6]
	_, err = o.sets(context.Background(), entry())
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	files["tiny.ts.data.gz"], files["tiny.valid.data"] = good, "1,1,2\n"
	_, err = o.sets(context.Background(), entry())
	wantParseError(t, err, ErrNotBinary, 1, 5)
	assert.ErrorContains(t, err, "tiny.valid.data:1:5")

	_, err = OpenSets(context.Background(), "zoo")
	assert.EqualError(t, err, "datasets: zoo is a multilabel data set, not a sets one: Open opens it")
	_, err = Open(context.Background(), "nltcs")
	assert.EqualError(t, err, "datasets: nltcs is a sets data set, not a multilabel one: OpenSets opens it")
	var unknown *UnknownError
	_, err = OpenSets(context.Background(), "nltc")
	assert.ErrorAs(t, err, &unknown)
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = OpenSets(cancelled, "nltcs")
	assert.ErrorIs(t, err, context.Canceled)
}

// TestPinnedSets opens every one of them from the files at GIBBS_DATA and
// compares its sizes with the table.
func TestPinnedSets(t *testing.T) {
	o := pinnedOpener(t)
	opened, few := 0, testing.Short() || race.Enabled
	for _, e := range Catalog() {
		if e.Task != SetTask || few && e.Rows*e.Labels > 1e6 {
			continue
		}
		b, err := o.OpenSets(context.Background(), e.Name)
		require.NoError(t, err, e.Name)
		for part, m := range map[Part]*Multilabel{TrainPart: b.Train, ValidationPart: b.Validation, TestPart: b.Test} {
			assert.Equal(t, []int{e.part(part).Rows, 0, e.Labels}, []int{m.Len(), m.D(), m.K()}, e.Name)
			assert.Nil(t, m.Observed)
		}
		if e.Name == "nltcs" { // the density that the literature gives for it
			ones := 0
			for _, y := range b.Train.Y {
				ones += y.Count()
			}
			almost.Equal(t, 0.332, float64(ones)/float64(16*b.Train.Len()), 0.0005, 0)
		}
		opened++
	}
	assert.True(t, opened == 20 || few)
}
