package datasets

import (
	_ "embed"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Task is the kind of problem that a data set is for.
type Task uint8

// The tasks of the catalog.
const (
	MultilabelTask Task = iota + 1 // subsets of labels: [Open]
	RankingTask                    // orders of labels: [OpenRanking]
	RegressionTask                 // real targets: [OpenRegression]
	DensityTask                    // real vectors without features: [OpenDensity]
	SetTask                        // sets without features, with a published validation part: [OpenSets]
)

var taskNames = map[Task]string{
	MultilabelTask: "multilabel", RankingTask: "ranking", RegressionTask: "regression", DensityTask: "density", SetTask: "sets",
}

// String gives the task's name, as in the catalog's table.
func (t Task) String() string {
	if name, ok := taskNames[t]; ok {
		return name
	}
	return fmt.Sprintf("Task(%d)", uint8(t))
}

// Part is what a file of a data set holds.
type Part uint8

// The parts of a data set. One with a published split has TrainPart and
// TestPart, one without has AllPart; CAL500 has all three. Regression data
// have AllPart, and IndexPart for each file that says which rows are in a
// split, or which columns are features.
const (
	TrainPart      Part = iota + 1 // the training rows
	TestPart                       // the test rows
	AllPart                        // all rows
	LabelsPart                     // which attributes are labels (Mulan's XML file)
	ValidationPart                 // the validation rows
	IndexPart                      // numbers of rows or columns: see ReadRegressionSplits
)

var partNames = map[Part]string{TrainPart: "train", TestPart: "test", AllPart: "all", LabelsPart: "labels", ValidationPart: "validation", IndexPart: "index"}

// String gives the part's name, as in the catalog's table.
func (p Part) String() string {
	if name, ok := partNames[p]; ok {
		return name
	}
	return fmt.Sprintf("Part(%d)", uint8(p))
}

// Entry describes a data set that can be opened by name.
type Entry struct {
	Name string
	Task Task
	// Rows is the number of rows of all parts together. Features is the
	// number of attributes that are not labels: one with named values becomes
	// several columns of X, so X can have more. Labels is the number of labels
	// or of real targets.
	Rows, Features, Labels int
	// Licence says what is known of the terms, file by file where they differ.
	Licence string
	// Note says what the data are and where they come from.
	Note string
	// Embedded says that the data are part of the binary and need no network.
	Embedded bool
	// Files are the pinned files.
	Files []File
}

// File is one pinned file of a data set.
type File struct {
	Part Part
	// Path is where the file lies below GIBBS_DATA, with slashes.
	Path string
	// Rows, Features and Labels are what is in the file, -1 where it has none
	// of them.
	Rows, Features, Labels int
	Bytes                  int64
	SHA256                 string // in hexadecimal
	URL                    string // "embedded" for a file in the binary
	Licence                string
}

// Catalog lists the data sets that can be opened by name, in the order of
// their names. The caller owns the list.
func Catalog() []Entry {
	out := slices.Clone(catalog())
	for i := range out {
		out[i].Files = slices.Clone(out[i].Files)
	}
	return out
}

// part returns the file with the given part of the data set, or nil.
func (e *Entry) part(p Part) *File {
	for i := range e.Files {
		if e.Files[i].Part == p {
			return &e.Files[i]
		}
	}
	return nil
}

// find returns the entry of the given name.
func find(name string) (*Entry, error) {
	table := catalog()
	for i := range table {
		if table[i].Name == name {
			return &table[i], nil
		}
	}
	known := make([]string, len(table))
	for i := range table {
		known[i] = table[i].Name
	}
	return nil, &UnknownError{Name: name, Known: known}
}

// catalogTable has a line per file, its data set's lines together. Adding a
// data set is adding lines; a test checks the table.
//
//go:embed catalog.tsv
var catalogTable string

const embeddedURL = "embedded"

var catalog = sync.OnceValue(func() []Entry {
	entries, err := parseCatalog(catalogTable)
	if err != nil {
		panic(err) // the table is part of the program
	}
	return entries
})

func parseCatalog(table string) ([]Entry, error) {
	const header = "name\ttask\tpart\tfile\trows\tfeatures\tlabels\tbytes\tsha256\turl\tlicence\tnote"
	var entries []Entry
	for i, line := range strings.Split(strings.TrimRight(table, "\n"), "\n") {
		if i == 0 {
			if line != header {
				return nil, fmt.Errorf("datasets: catalog: header is %q", line)
			}
			continue
		}
		cells := strings.Split(line, "\t")
		if len(cells) != strings.Count(header, "\t")+1 {
			return nil, fmt.Errorf("datasets: catalog line %d: %d cells", i+1, len(cells))
		}
		task, file, err := parseCatalogLine(cells)
		if err != nil {
			return nil, fmt.Errorf("datasets: catalog line %d: %w", i+1, err)
		}
		if n := len(entries); n == 0 || entries[n-1].Name != cells[0] {
			entries = append(entries, Entry{Name: cells[0], Task: task, Note: cells[11], Embedded: file.URL == embeddedURL})
		}
		e := &entries[len(entries)-1]
		e.Files = append(e.Files, file)
		e.complete()
	}
	return entries, nil
}

func parseCatalogLine(cells []string) (task Task, f File, err error) {
	number := func(s string) int {
		if s == "-" {
			return -1
		}
		n, e := strconv.Atoi(s)
		if e != nil || n < 0 {
			err = fmt.Errorf("number %q", s)
		}
		return n
	}
	f = File{
		Path: cells[3], Rows: number(cells[4]), Features: number(cells[5]), Labels: number(cells[6]),
		Bytes: int64(number(cells[7])), SHA256: cells[8], URL: cells[9], Licence: cells[10],
	}
	for t, name := range taskNames {
		if name == cells[1] {
			task = t
		}
	}
	for p, name := range partNames {
		if name == cells[2] {
			f.Part = p
		}
	}
	sum, hexErr := hex.DecodeString(f.SHA256)
	switch {
	case err != nil:
	case task == 0 || f.Part == 0:
		err = fmt.Errorf("unknown task %q or part %q", cells[1], cells[2])
	case hexErr != nil || len(sum) != 32:
		err = fmt.Errorf("sha256 %q", f.SHA256)
	}
	return task, f, err
}

// complete derives the totals of the entry from its files.
func (e *Entry) complete() {
	e.Rows, e.Licence = 0, ""
	for _, f := range e.Files {
		if f.Part == TrainPart || f.Part == ValidationPart || f.Part == TestPart || f.Part == AllPart && e.part(TrainPart) == nil {
			e.Rows += f.Rows
			e.Features, e.Labels = f.Features, f.Labels
		}
		if !strings.Contains(e.Licence, f.Licence) {
			if e.Licence != "" {
				e.Licence += "; "
			}
			e.Licence += f.Licence
		}
	}
}
