package datasets

import (
	"bytes"
	"context"
	"net/http"
	"path"
)

// MultilabelBenchmark is a multilabel data set as it was published.
type MultilabelBenchmark struct {
	// Name is the name it was opened by.
	Name string
	// Train and Test are the published split. Where there is none, Train has
	// all rows and Test is nil: StratifiedSplit makes one.
	Train, Test *Multilabel
}

// All returns the rows of Train, then those of Test, as one data set. Without
// Test it is Train itself, not a copy.
func (b *MultilabelBenchmark) All() (*Multilabel, error) {
	if b.Test == nil {
		return b.Train, nil
	}
	return Stack(b.Train, b.Test)
}

// Opener finds data sets. The zero value is what [Open] uses.
//
// A file is taken from the first of these that has it, and its size and
// SHA-256 are verified wherever it came from:
//
//	$GIBBS_DATA/multilabel/yeast/yeast-train.arff     Dir, laid out as the catalog's paths
//	<user cache>/gibbs/<first 16 digits of sha256>/yeast-train.arff    CacheDir, written by an earlier download
//	https://...                                       the pinned address
//
// A wrong file below Dir is a *ChecksumError, for it is the user's; a wrong
// file in the cache is downloaded again. Downloads are written to a temporary
// file that is renamed when it is verified and on disk: a killed process
// leaves the old file or the new one, never a part. Goroutines that want the
// same file download it once.
//
// An Opener is safe for concurrent use if its fields are not changed.
type Opener struct {
	// Dir is the directory with files provided by hand; empty means the
	// environment variable GIBBS_DATA, and none if that is empty too.
	Dir string
	// CacheDir is where downloads are kept; empty means gibbs in
	// os.UserCacheDir.
	CacheDir string
	// Client makes the requests; nil means one with timeouts (30 s for an
	// answer to begin, 10 min in all).
	Client *http.Client
	// BaseURL, if not empty, replaces the pinned addresses: a mirror with the
	// layout of Dir. The checksums stay.
	BaseURL string
	// Progress, if not nil, is called as a download proceeds, from the
	// goroutine that called Open.
	Progress func(Progress)
}

// Progress says how far the download of a file is.
type Progress struct {
	Name        string // the data set
	File        File
	Done, Total int64 // bytes
}

// Open opens the multilabel data set of the given name with the zero [Opener]:
// see [Catalog] for the names. Data sets that are embedded in the program need
// neither files nor a network:
//
//	votes    435 members of the US Congress, 8 votes from party and 8 others; labels missing
//	zoo      101 animals as sets of attributes, without features
//
// The errors are *UnknownError for another name, *TaskError for a data set of
// another task, *ChecksumError for a wrong file, *DownloadError (which says how
// to provide the file by hand) without a network, and *CacheError where a
// download cannot be kept; the last three may wrap others.
func Open(ctx context.Context, name string) (*MultilabelBenchmark, error) {
	return (&Opener{}).Open(ctx, name)
}

// Open opens the multilabel data set of the given name.
func (o *Opener) Open(ctx context.Context, name string) (*MultilabelBenchmark, error) {
	entry, err := find(name)
	if err != nil {
		return nil, err
	}
	return o.multilabel(ctx, entry)
}

func (o *Opener) multilabel(ctx context.Context, e *Entry) (*MultilabelBenchmark, error) {
	if e.Task != MultilabelTask {
		return nil, &TaskError{Name: e.Name, Got: e.Task, Want: MultilabelTask}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if e.Embedded {
		return openEmbedded(e.Name)
	}
	var xml []byte // none for MEKA files, which name their labels themselves
	if f := e.part(LabelsPart); f != nil {
		var err error
		if xml, err = o.file(ctx, e.Name, f); err != nil {
			return nil, err
		}
	}
	b := &MultilabelBenchmark{Name: e.Name}
	first := e.part(TrainPart)
	if first == nil {
		first = e.part(AllPart)
	}
	var err error
	if b.Train, err = o.read(ctx, e.Name, first, xml); err != nil {
		return nil, err
	}
	if second := e.part(TestPart); second != nil {
		if b.Test, err = o.read(ctx, e.Name, second, xml); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// read parses one ARFF file, Mulan's if xml, the content of its label list, is
// not nil and MEKA's otherwise.
func (o *Opener) read(ctx context.Context, name string, f *File, xml []byte) (*Multilabel, error) {
	content, err := o.file(ctx, name, f)
	if err != nil {
		return nil, err
	}
	options := ARFFOptions{File: path.Base(f.Path)}
	if xml != nil {
		labels, err := ReadMulanXML(bytes.NewReader(xml), MulanOptions{File: name + ".xml"})
		if err != nil {
			return nil, err
		}
		options.Labels = labels.Names
	}
	m, err := ReadARFF(bytes.NewReader(content), options)
	if err != nil {
		return nil, err
	}
	m.Name = name
	return m, nil
}
