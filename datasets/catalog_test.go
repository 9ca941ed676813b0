package datasets

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCatalogTable(t *testing.T) {
	entries := Catalog()
	names := make([]string, len(entries))
	paths := map[string]bool{}
	for i, e := range entries {
		names[i] = e.Name
		assert.Contains(t, []Task{MultilabelTask, RankingTask, RegressionTask, DensityTask, SetTask}, e.Task, e.Name)
		assert.NotEmpty(t, e.Note, e.Name)
		assert.NotEmpty(t, e.Licence, e.Name)
		assert.Positive(t, e.Rows, e.Name)
		assert.Positive(t, e.Labels, e.Name)
		train, test, all := e.part(TrainPart), e.part(TestPart), e.part(AllPart)
		assert.Equal(t, train == nil, test == nil, "%s: half a split", e.Name)
		assert.True(t, train != nil || all != nil, "%s: no rows", e.Name)
		if train != nil && all != nil {
			assert.Equal(t, all.Rows, e.Rows, e.Name)
		}
		seen := map[Part]bool{}
		for _, f := range e.Files {
			assert.False(t, seen[f.Part] && f.Part != IndexPart, "%s: two files of part %v", e.Name, f.Part)
			seen[f.Part] = true
			assert.False(t, paths[f.Path], "%s twice", f.Path)
			paths[f.Path] = true
			assert.Equal(t, path.Clean(f.Path), f.Path)
			assert.Positive(t, f.Bytes, f.Path)
			switch f.Part {
			case IndexPart:
				assert.Equal(t, []int{-1, -1, -1}, []int{f.Rows, f.Features, f.Labels}, f.Path)
			case LabelsPart:
				assert.Equal(t, []int{-1, e.Labels}, []int{f.Rows, f.Labels}, f.Path)
			default:
				assert.Equal(t, []int{e.Features, e.Labels}, []int{f.Features, f.Labels}, f.Path)
			}
			if e.Embedded {
				content, err := embeddedFiles.ReadFile(f.Path)
				require.NoError(t, err)
				sum := sha256.Sum256(content)
				assert.Equal(t, f.SHA256, hex.EncodeToString(sum[:]))
				assert.Len(t, content, int(f.Bytes))
				continue
			}
			assert.True(t, strings.HasPrefix(f.URL, "https://"), f.URL)
			if e.Task != RankingTask { // the files of rankings have no extension at their address
				assert.Equal(t, path.Base(f.Path), path.Base(f.URL))
			}
		}
	}
	assert.True(t, slices.IsSorted(names), "%v", names)
	assert.Equal(t, len(names), len(slices.Compact(slices.Clone(names))))
	assert.Subset(t, names, []string{"birds", "cal500", "emotions", "scene", "votes", "yeast", "zoo"})
	assert.Subset(t, names, []string{"boston", "concrete", "faithful", "galaxies", "naval", "nltcs", "power", "protein", "wine-red", "yacht"})
}

func TestCatalogIsTheCallers(t *testing.T) {
	Catalog()[0].Files[0].SHA256 = "changed"
	Catalog()[0].Name = "changed"
	assert.NotEqual(t, "changed", Catalog()[0].Files[0].SHA256)
	assert.NotEqual(t, "changed", Catalog()[0].Name)
}

func TestCatalogYeast(t *testing.T) {
	e, err := find("yeast")
	require.NoError(t, err)
	assert.Equal(t, []int{2417, 103, 14}, []int{e.Rows, e.Features, e.Labels})
	cal, err := find("cal500")
	require.NoError(t, err)
	assert.Equal(t, 502, cal.Rows, "all and its parts are counted once")
	assert.True(t, strings.HasPrefix(cal.Licence, "none stated; repo: GPL"), "licences differ by file: %s", cal.Licence)
}

func TestCatalogTableErrors(t *testing.T) {
	header, _, _ := strings.Cut(catalogTable, "\n")
	_, rest, _ := strings.Cut(catalogTable, "\nbibtex\t")
	line, _, _ := strings.Cut("bibtex\t"+rest, "\n")
	_, err := parseCatalog(header + "\n" + line + "\n")
	require.NoError(t, err)
	for reason, table := range map[string]string{
		"header":       line,
		"line 3: 2 ce": header + "\n" + line + "\na\tb\n",
		"unknown task": header + "\n" + strings.Replace(line, "multilabel", "singlelabel", 1),
		"or part":      header + "\n" + strings.Replace(line, "\ttrain", "\ttrains", 1),
		`number "x"`:   header + "\n" + strings.Replace(line, "\t4880", "\tx", 1),
		`number "-5"`:  header + "\n" + strings.Replace(line, "\t4880", "\t-5", 1),
		"sha256":       header + "\n" + strings.Replace(line, "8dcc", "8dc", 1),
	} {
		_, err := parseCatalog(table)
		assert.ErrorContains(t, err, reason)
	}
}

func TestTaskAndPartNames(t *testing.T) {
	assert.Equal(t, "ranking", RankingTask.String())
	assert.Equal(t, "Task(9)", Task(9).String())
	assert.Equal(t, "all", AllPart.String())
	assert.Equal(t, "Part(0)", Part(0).String())
}
