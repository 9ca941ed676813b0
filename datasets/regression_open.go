package datasets

import (
	"bytes"
	"context"
	"io/fs"
	"path"
)

// OpenRegression opens the regression data set of the given name with the zero
// [Opener]: see [Catalog] for the names, the entries of RegressionTask. These
// are part of the program and need neither files nor a network, and have no
// published split:
//
//	faithful  mcycle  diabetes
//
// The others are the UCI benchmarks with their published splits: 20, or 5 of
// protein. The errors are those of [Open].
func OpenRegression(ctx context.Context, name string) (*RegressionBenchmark, error) {
	return (&Opener{}).OpenRegression(ctx, name)
}

// OpenRegression opens the regression data set of the given name.
func (o *Opener) OpenRegression(ctx context.Context, name string) (*RegressionBenchmark, error) {
	entry, err := find(name)
	if err != nil {
		return nil, err
	}
	return o.regression(ctx, entry)
}

func (o *Opener) regression(ctx context.Context, e *Entry) (*RegressionBenchmark, error) {
	if e.Task != RegressionTask {
		return nil, &TaskError{Name: e.Name, Got: e.Task, Want: RegressionTask}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if e.Embedded {
		all, err := openEmbeddedRegression(e.Name)
		if err != nil {
			return nil, err
		}
		return &RegressionBenchmark{Name: e.Name, All: all}, nil
	}
	b, err := readSplits(func(name string) (fs.File, error) {
		for i := range e.Files {
			if f := &e.Files[i]; path.Base(f.Path) == name {
				content, err := o.file(ctx, e.Name, f)
				if err != nil {
					return nil, err
				}
				return memoryFile{bytes.NewReader(content)}, nil
			}
		}
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}, Limits{})
	if err != nil {
		return nil, err
	}
	b.Name, b.All.Name = e.Name, e.Name
	if names, ok := uciNames[e.Name]; ok {
		b.All.Features, b.All.Targets = names.features, names.targets
	}
	return b, nil
}

// OpenDensity opens data for density estimation: vectors without features. The
// names are those of DensityTask in [Catalog], which are part of the program,
//
//	galaxies    the velocities of 82 galaxies
//
// and those of [OpenRegression], for the joint density of their features and
// targets (see [Regression.Joint]): faithful gives the durations of eruptions
// with the waiting times. The errors are those of [Open].
func OpenDensity(ctx context.Context, name string) (*Regression, error) {
	return (&Opener{}).OpenDensity(ctx, name)
}

// OpenDensity opens the data for density estimation of the given name.
func (o *Opener) OpenDensity(ctx context.Context, name string) (*Regression, error) {
	entry, err := find(name)
	if err != nil {
		return nil, err
	}
	switch entry.Task {
	case RegressionTask:
		b, err := o.regression(ctx, entry)
		if err != nil {
			return nil, err
		}
		return b.All.Joint(), nil
	case DensityTask:
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return openEmbeddedRegression(name)
	}
	return nil, &TaskError{Name: name, Got: entry.Task, Want: DensityTask}
}

// openEmbeddedRegression reads one of the data sets that need no download:
//
//	faithful   272 eruptions of Old Faithful (Yellowstone): the waiting time to
//	           the next one from the duration, both in minutes; Azzalini and
//	           Bowman 1990, as in R
//	mcycle     133 measurements of the acceleration of a head, in g, by the time
//	           in ms after a simulated motorcycle crash; Silverman 1985
//	diabetes   442 patients: the progression of the disease after a year, by age,
//	           sex, body mass index, blood pressure and 6 serum measurements, not
//	           scaled; Efron, Hastie, Johnstone and Tibshirani 2004
//	galaxies   82 velocities in km/s; Roeder 1990, as in MASS, with its mistyped
//	           78th value (26690 for 26960)
//
// What was measured is a fact, which no licence covers.
func openEmbeddedRegression(name string) (*Regression, error) {
	content, err := embeddedFiles.ReadFile("embed/" + name + ".csv")
	if err != nil {
		return nil, err
	}
	m, err := ReadRegressionCSV(bytes.NewReader(content), RegressionCSVOptions{File: name + ".csv"})
	if err != nil {
		return nil, err
	}
	m.Name = name
	return m, nil
}

// memoryFile is the content of a pinned file.
type memoryFile struct{ *bytes.Reader }

func (memoryFile) Close() error               { return nil }
func (memoryFile) Stat() (fs.FileInfo, error) { return nil, fs.ErrInvalid }
