package datasets

import (
	"context"
	"io"
	"net/http"
	"path"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// The two rows of a small Mulan data set and its label list.
const (
	tinyHeader = "@relation tiny\n@attribute a numeric\n@attribute p {0,1}\n@attribute q {0,1}\n@data\n"
	tinyTrain  = tinyHeader + "1.5,1,0\n2.5,0,1\n"
	tinyTest   = tinyHeader + "3.5,1,1\n"
	tinyXML    = `<?xml version="1.0" encoding="utf-8"?>
<labels xmlns="http://mulan.sourceforge.net/labels"><label name="p"></label><label name="q"></label></labels>`
	tinyMEKA = "@relation 'tiny: -C 1'\n@attribute p {0,1}\n@attribute a numeric\n@data\n1,0.5\n"
)

func tinyEntry(parts map[Part]string) *Entry {
	e := &Entry{Name: "tiny", Task: MultilabelTask}
	for p, content := range parts {
		f := pinned("multilabel/tiny/"+p.String()+".arff", content)
		f.Part = p
		e.Files = append(e.Files, *f)
	}
	return e
}

func serveParts(parts map[Part]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for p, content := range parts {
			if path.Base(r.URL.Path) == p.String()+".arff" {
				io.WriteString(w, content)
			}
		}
	}
}

func TestOpenASplit(t *testing.T) {
	parts := map[Part]string{TrainPart: tinyTrain, TestPart: tinyTest, LabelsPart: tinyXML}
	o, requests := server(t, serveParts(parts))
	b, err := o.multilabel(context.Background(), tinyEntry(parts))
	require.NoError(t, err)
	assert.EqualValues(t, 3, requests.Load())
	assert.Equal(t, []string{"tiny", "tiny", "tiny"}, []string{b.Name, b.Train.Name, b.Test.Name})
	all, err := b.All()
	require.NoError(t, err)
	require.NoError(t, all.Validate())
	n, d, k := all.Dims()
	assert.Equal(t, []int{3, 1, 2}, []int{n, d, k})
	almost.Slice(t, []float64{1.5, 2.5, 3.5}, []float64{all.X.At(0, 0), all.X.At(1, 0), all.X.At(2, 0)}, 0, 0)
	assert.Equal(t, "[{0} {1} {0, 1}]", sprint(all.Y))
	assert.Equal(t, []string{"p", "q"}, all.Labels)
}

func TestOpenOneFile(t *testing.T) {
	for name, parts := range map[string]map[Part]string{
		"mulan": {AllPart: tinyTrain, LabelsPart: tinyXML},
		"meka":  {AllPart: tinyMEKA},
	} {
		o, _ := server(t, serveParts(parts))
		b, err := o.multilabel(context.Background(), tinyEntry(parts))
		require.NoError(t, err, name)
		assert.Nil(t, b.Test)
		assert.Equal(t, "p", b.Train.Labels[0])
		assert.Equal(t, []string{"a"}, b.Train.Features)
	}
}

func TestOpenTheSplitRatherThanAll(t *testing.T) {
	parts := map[Part]string{AllPart: tinyHeader, TrainPart: tinyTrain, TestPart: tinyTest, LabelsPart: tinyXML}
	o, requests := server(t, serveParts(parts))
	b, err := o.multilabel(context.Background(), tinyEntry(parts))
	require.NoError(t, err)
	assert.Equal(t, 2, b.Train.Len())
	assert.EqualValues(t, 3, requests.Load())
}

func TestOpenErrors(t *testing.T) {
	var unknown *UnknownError
	_, err := Open(context.Background(), "yeasts")
	require.ErrorAs(t, err, &unknown)
	assert.Equal(t, "yeasts", unknown.Name)
	assert.Contains(t, unknown.Known, "yeast")
	assert.ErrorContains(t, err, "wisconsin, yacht, yeast, zoo")

	var task *TaskError
	_, err = (&Opener{}).multilabel(context.Background(), &Entry{Name: "sushi", Task: RankingTask})
	require.ErrorAs(t, err, &task)
	assert.EqualError(t, err, "datasets: sushi is a ranking data set, not a multilabel one: OpenRanking opens it")

	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = Open(cancelled, "zoo")
	assert.ErrorIs(t, err, context.Canceled)

	// Each file in turn is missing, or is not what a reader wants.
	whole := map[Part]string{TrainPart: tinyTrain, TestPart: tinyTest, LabelsPart: tinyXML}
	for p := range whole {
		o, _ := server(t, func(w http.ResponseWriter, r *http.Request) {
			if path.Base(r.URL.Path) == p.String()+".arff" {
				http.NotFound(w, r)
				return
			}
			serveParts(whole)(w, r)
		})
		_, err := o.multilabel(context.Background(), tinyEntry(whole))
		var download *DownloadError
		require.ErrorAs(t, err, &download)
		assert.Equal(t, p, download.File.Part)

		broken := map[Part]string{TrainPart: tinyTrain, TestPart: tinyTest, LabelsPart: tinyXML}
		broken[p] = "<%"
		o, _ = server(t, serveParts(broken))
		_, err = o.multilabel(context.Background(), tinyEntry(broken))
		var parse *ParseError
		assert.ErrorAs(t, err, &parse, p)
	}
}
