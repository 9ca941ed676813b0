package datasets

import (
	"bytes"
	"context"
	"path"
)

// OpenRanking opens the label-ranking data set of the given name with the zero
// [Opener]: see [Catalog] for the names, the entries of RankingTask. These are
// part of the program and need neither files nor a network:
//
//	iris  wine  glass  vehicle  vowel
//
// They are made of the classification data sets of these names by
// [RankClasses], and are bit for bit the benchmarks that the literature
// compares on, the KEBI files of the same names, so that a name means the same
// data on every machine. What the files leave out, the names of features and
// labels, they have. The other data sets are pinned files as they were
// published, read by [ReadKEBI], which leaves out the columns that repeat the
// target in spo, dtt, cold and diau.
//
// No split was published with any of them: Split makes one. The errors are
// those of [Open].
func OpenRanking(ctx context.Context, name string) (*LabelRanking, error) {
	return (&Opener{}).OpenRanking(ctx, name)
}

// OpenRanking opens the label-ranking data set of the given name.
func (o *Opener) OpenRanking(ctx context.Context, name string) (*LabelRanking, error) {
	entry, err := find(name)
	if err != nil {
		return nil, err
	}
	return o.ranking(ctx, entry)
}

func (o *Opener) ranking(ctx context.Context, e *Entry) (*LabelRanking, error) {
	if e.Task != RankingTask {
		return nil, &TaskError{Name: e.Name, Got: e.Task, Want: RankingTask}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if e.Embedded {
		return openEmbeddedRanking(e.Name)
	}
	f := e.part(AllPart)
	content, err := o.file(ctx, e.Name, f)
	if err != nil {
		return nil, err
	}
	m, err := ReadKEBI(bytes.NewReader(content), KEBIOptions{File: path.Base(f.Path)})
	if err != nil {
		return nil, err
	}
	m.Name = e.Name
	return m, nil
}
