package datasets

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"path"
	"strings"
)

// SetBenchmark is data for unconditional models of sets, binary density
// estimation, with its published split.
type SetBenchmark struct {
	// Name is the name it was opened by.
	Name string
	// Train, Validation and Test are the published split. Their X is nil, and
	// their labels have no names.
	Train, Validation, Test *Multilabel
}

// OpenSets opens the sets without features of the given name with the zero
// [Opener]: see [Catalog] for the names, the entries of SetTask. They are
// binary data on which tractable density models are compared: 18 of the 20
// sets of Lowd and Davis 2010 and Van Haaren and Davis 2012, from nltcs of 16
// variables to ad of 1,556, and mushrooms and nips of Larochelle and Murray
// 2011. The errors are those of [Open], which opens zoo, sets without a split.
func OpenSets(ctx context.Context, name string) (*SetBenchmark, error) {
	return (&Opener{}).OpenSets(ctx, name)
}

// OpenSets opens the sets without features of the given name.
func (o *Opener) OpenSets(ctx context.Context, name string) (*SetBenchmark, error) {
	entry, err := find(name)
	if err != nil {
		return nil, err
	}
	return o.sets(ctx, entry)
}

func (o *Opener) sets(ctx context.Context, e *Entry) (*SetBenchmark, error) {
	if e.Task != SetTask {
		return nil, &TaskError{Name: e.Name, Got: e.Task, Want: SetTask}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b := &SetBenchmark{Name: e.Name}
	for _, part := range []struct {
		part Part
		to   **Multilabel
	}{{TrainPart, &b.Train}, {ValidationPart, &b.Validation}, {TestPart, &b.Test}} {
		m, err := o.readSets(ctx, e.Name, e.part(part.part))
		if err != nil {
			return nil, err
		}
		*part.to = m
	}
	return b, nil
}

// readSets reads one file: a row on a line, 0 or 1 for each label, with commas
// between them and no header.
func (o *Opener) readSets(ctx context.Context, name string, f *File) (*Multilabel, error) {
	content, err := o.file(ctx, name, f)
	if err != nil {
		return nil, err
	}
	var r io.Reader = bytes.NewReader(content)
	if strings.HasSuffix(f.Path, ".gz") {
		if r, err = gzip.NewReader(r); err != nil {
			return nil, failFile(path.Base(f.Path), err)
		}
	}
	m, err := ReadCSV(r, CSVOptions{Header: HeaderNone, LabelCount: f.Labels, File: path.Base(f.Path)})
	if err != nil {
		return nil, err
	}
	m.Name, m.Labels = name, nil
	return m, nil
}
