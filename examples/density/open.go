package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/snl"
)

// source is a data set of points of the plane, or a toy.
type source struct {
	name string
	rows *datasets.Regression // nil for a toy
	toy  *datasets.Toy2D
	axes [2]string
}

// open reads all data before anything is trained.
func open(ctx context.Context, o *options, stderr io.Writer) ([]*source, error) {
	var sources []*source
	for _, name := range o.datasets {
		if t := toyNamed(name); t != nil {
			sources = append(sources, &source{name: name, toy: t, axes: [2]string{"x1", "x2"}})
			continue
		}
		m, err := experiment.Open(stderr, func(opener *datasets.Opener) (*datasets.Regression, error) {
			return opener.OpenDensity(ctx, name)
		})
		if err != nil {
			return nil, err
		}
		sources = append(sources, &source{name: name, rows: m, axes: [2]string{m.TargetName(0), m.TargetName(1)}})
	}
	if o.data == "" {
		return sources, nil
	}
	m, err := o.readFile()
	if err != nil {
		return nil, err
	}
	return append(sources, &source{name: m.Name, rows: m, axes: [2]string{m.TargetName(0), m.TargetName(1)}}), nil
}

func toyNamed(name string) *datasets.Toy2D {
	for _, t := range datasets.Toys2D() {
		if t.Name() == name {
			return t
		}
	}
	return nil
}

// checkFile looks at the name of the file alone.
func (o *options) checkFile() error {
	if o.data != "" && strings.ToLower(filepath.Ext(strings.TrimSuffix(o.data, ".gz"))) != ".csv" {
		return report.Misuse("-data %s: the extension is not .csv or .csv.gz", o.data)
	}
	return nil
}

func (o *options) readFile() (*datasets.Regression, error) {
	c := datasets.RegressionCSVOptions{Targets: o.columns}
	if o.columns == nil {
		c.TargetCount = 2
	}
	m, err := datasets.OpenRegressionFile(o.data, c)
	if err != nil {
		return nil, err
	}
	return &datasets.Regression{Name: m.Name, Y: m.Y, Targets: m.Targets}, nil
}

// heldOut is the share of rows held out for testing where there is no toy, and
// the share of training rows that validate.
const heldOut = 0.2

// Purposes of random numbers of one seed.
const (
	splitTest = iota + 1
	figureSamples
)

// parts are the rows of one repeat.
type parts struct {
	train, validation, test snl.Data
	seed                    uint64
}

// split draws a toy, or deals the rows.
func (s *source) split(ctx context.Context, r recipe, seed uint64) (*parts, error) {
	if s.toy != nil {
		p, err := s.toy.SampleSplits(ctx, seed, r.Rows, max(1, r.Rows/5), r.Rows)
		if err != nil {
			return nil, err
		}
		return &parts{p[0].Data(), p[1].Data(), p[2].Data(), seed}, nil
	}
	const fit = (1 - heldOut) * (1 - heldOut)
	rows, err := datasets.Split(s.rows.Len(), []float64{fit, 1 - heldOut - fit, heldOut}, rand.New(rand.NewPCG(seed, splitTest)))
	if err != nil {
		return nil, err
	}
	if len(rows[0]) < 5 || len(rows[1]) == 0 || len(rows[2]) == 0 {
		return nil, fmt.Errorf("%s: %d rows are too few to hold a share of %g out twice", s.name, s.rows.Len(), heldOut)
	}
	return &parts{s.rows.Rows(rows[0]).Data(), s.rows.Rows(rows[1]).Data(), s.rows.Rows(rows[2]).Data(), seed}, nil
}
