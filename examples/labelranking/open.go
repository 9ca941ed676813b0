package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/permutations"
)

// source is a data set.
type source struct{ *datasets.LabelRanking }

// open reads all data before anything is trained.
func open(ctx context.Context, o *options, stderr io.Writer) ([]*source, error) {
	var sources []*source
	for _, name := range o.datasets {
		m, err := experiment.Open(stderr, func(opener *datasets.Opener) (*datasets.LabelRanking, error) {
			return opener.OpenRanking(ctx, name)
		})
		if err != nil {
			return nil, err
		}
		sources = append(sources, &source{m})
	}
	if o.data == "" {
		return sources, nil
	}
	format, name, err := o.format()
	if err != nil {
		return nil, err
	}
	m, err := datasets.OpenRankingFile(o.data, format)
	if parse := (*datasets.ParseError)(nil); errors.As(err, &parse) {
		return nil, fmt.Errorf("%w (how files are read is changed by the flags -ranks, -order, -unlisted, -impute and -onehot)", err)
	}
	if err != nil {
		return nil, err
	}
	m.Name = name
	return append(sources, &source{m}), nil
}

// format is how the user's own file is to be read, by its extension and the
// flags, and the name of the file without that.
func (o *options) format() (options datasets.RankingFileOptions, name string, err error) {
	base := strings.TrimSuffix(filepath.Base(o.data), ".gz")
	extension := filepath.Ext(base)
	name = strings.TrimSuffix(base, extension)
	unlisted := permutations.UnlistedAnywhere
	if o.unlisted == below {
		unlisted = permutations.UnlistedBelow
	}
	csv := o.ranks != "" || o.order != ""
	switch strings.ToLower(extension) {
	case ".soc", ".soi", ".toc", ".toi":
		if csv || o.impute || o.onehot {
			return nil, "", report.Misuse("-data %s: -ranks, -order, -impute and -onehot are about CSV files", o.data)
		}
		return datasets.PrefLibOptions{Unlisted: unlisted}, name, nil
	case ".csv", ".txt":
	default:
		return nil, "", report.Misuse("-data %s: the extension is none of .csv, .txt, .soc, .soi, .toc, .toi", o.data)
	}
	if !csv {
		if o.unlisted == below || o.impute || o.onehot {
			return nil, "", report.Misuse("-data %s: -unlisted, -impute and -onehot need -ranks or -order, which say where the ranking is", o.data)
		}
		return datasets.KEBIOptions{}, name, nil
	}
	c := datasets.RankingCSVOptions{Unlisted: unlisted}
	if o.impute {
		c.MissingFeature = datasets.MissingMean
	}
	if o.onehot {
		c.Categorical = datasets.CategoricalOneHot
	}
	if n, err := strconv.Atoi(o.ranks); err == nil {
		c.RankCount = n
	} else {
		c.Ranks = experiment.List(o.ranks)
	}
	if n, err := strconv.Atoi(o.order); err == nil {
		c.OrderColumn = n
	} else {
		c.Order = o.order
	}
	return c, name, nil
}

// heldOut is the share of the training rows that validate.
const heldOut = 0.2

// judges is how many validation rows should judge settings: where fewer are
// held out, that is done fewFolds times with others each time.
const (
	judges   = 80
	fewFolds = 6
)

// Purposes of random numbers of one seed.
const (
	splitTest       = iota + 1
	splitValidation // and the next ones, for each fold
)

// parts are the rows of one repeat; in each fold, train is fit and validation
// together.
type parts struct {
	train, test     permutations.Data
	fit, validation []permutations.Data
}

func (s *source) split(testShare float64, seed uint64) (*parts, error) {
	train, test, err := divide(s.LabelRanking, testShare, rand.New(rand.NewPCG(seed, splitTest)))
	if err != nil {
		return nil, err
	}
	p := &parts{train: train.Data(), test: test.Data()}
	for folds := 1; len(p.fit) < folds; {
		fit, validation, err := divide(train, heldOut, rand.New(rand.NewPCG(seed, splitValidation+uint64(len(p.fit)))))
		if err != nil {
			return nil, err
		}
		if validation.Len() < judges {
			folds = fewFolds
		}
		p.fit, p.validation = append(p.fit, fit.Data()), append(p.validation, validation.Data())
	}
	return p, nil
}

func divide(m *datasets.LabelRanking, share float64, rng *rand.Rand) (keep, held *datasets.LabelRanking, err error) {
	rows, err := datasets.Split(m.Len(), []float64{1 - share, share}, rng)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", m.Name, err)
	}
	if len(rows[0]) == 0 || len(rows[1]) == 0 {
		return nil, nil, fmt.Errorf("%s: %d rows are too few to hold a share of %g out", m.Name, m.Len(), share)
	}
	return m.Rows(rows[0]), m.Rows(rows[1]), nil
}

// names are the data sets that a list of names stands for: all is every one
// there is.
func names(list []string) []string {
	var out []string
	for _, name := range list {
		if name == "all" {
			out = append(out, experiment.Known(datasets.RankingTask)...)
		} else {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
