package datasets

import (
	"cmp"
	"errors"
	"fmt"
	"io"
)

// MissingFeature is what a reader does where a feature has no value.
type MissingFeature int

const (
	// MissingError stops with ErrMissingValue at the first missing feature.
	MissingError MissingFeature = iota
	// MissingMean puts the mean of the values that are known in the column,
	// or 0 where none is; a nominal feature gets 0 in each of its one-hot
	// columns. Means are over the file that is read, whatever its later use:
	// a test file gets its own.
	MissingMean
)

func (m MissingFeature) validate() error {
	if m < MissingError || m > MissingMean {
		return fmt.Errorf("datasets: MissingFeature is %d, not MissingError or MissingMean", m)
	}
	return nil
}

// ARFFOptions say how to read an ARFF file. The zero value takes the labels
// from a MEKA header.
//
// Which attributes are labels is decided by the first of these that is given:
//
//	Labels, the names, such as those of Mulan's XML file
//	LabelCount
//	-C n in the relation name, where MEKA writes it: as LabelCount = n
//
// and where none is, ReadARFF returns ErrNoLabels. Labels are numbered in the
// order of the file in all three, as Mulan and MEKA do.
type ARFFOptions struct {
	// Labels names the label attributes, in any order.
	Labels []string
	// LabelCount n > 0 makes the first n attributes labels and n < 0 the last
	// -n. It excludes Labels.
	LabelCount int
	// Ignore names attributes to leave out, such as an identifier. String and
	// date attributes are an error unless they are listed here.
	Ignore []string
	// MissingFeature is what a ? in a feature does. A ? in a label makes it
	// unobserved.
	MissingFeature MissingFeature
	// File is the name that errors mention; "arff" if empty.
	File string
	// Limits bound what is accepted.
	Limits Limits
}

// Validate reports the first option that makes no sense, if any.
func (o ARFFOptions) Validate() error {
	return cmp.Or(checkLabelOptions(o.Labels, o.LabelCount), o.MissingFeature.validate(), o.Limits.Validate())
}

// checkLabelOptions checks the options Labels and LabelCount of any format.
func checkLabelOptions(labels []string, count int) error {
	if len(labels) > 0 && count != 0 {
		return errors.New("datasets: both Labels and LabelCount are set; one of them is needed")
	}
	seen := make(map[string]bool, len(labels))
	for _, l := range labels {
		if seen[l] {
			return fmt.Errorf("datasets: Labels has %q twice", l)
		}
		seen[l] = true
	}
	return nil
}

// ReadARFF reads multilabel data in the attribute-relation file format of
// Weka, with dense rows or sparse ones ({index value, ...}), and with labels as
// Mulan or MEKA mark them. X is a *nn.CSR if most rows are sparse and a
// *mat.Dense otherwise.
//
// Labels are nominal attributes of the values {0,1}, or numeric ones that are
// 0 or 1 throughout. Numeric features are one column, nominal ones are as
// described at Multilabel. In a sparse row an omitted attribute has its first
// declared value, or 0 if it is numeric; a label declared {1,0} would thus be
// present where it is omitted, which is ErrNotBinary instead.
//
// Keywords and types are case-insensitive; lines end in LF or CRLF; % starts a
// comment where a token could start. Names and values are quoted, ' or ", where
// they have blanks, commas, braces or a % or quote in front; within quotes
// \' \" \\ \% \n \t \r \u263a, octal \011 and the like are understood. Values
// in a row are separated by commas, or else tabs. Bytes beyond ASCII are kept
// as they are. Relational attributes and instance weights are errors.
//
// A file takes time linear in its size, and one float64 per dense cell. Errors
// in the file are *ParseError; see the list at ErrSyntax.
func ReadARFF(r io.Reader, o ARFFOptions) (*Multilabel, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	o.Limits = o.Limits.withDefaults()
	if o.File == "" {
		o.File = "arff"
	}
	f, err := openARFF(r, o.File, o.Limits)
	if err != nil {
		return nil, err
	}
	isLabel, name, err := o.labels(f)
	if err != nil {
		return nil, failFile(o.File, err)
	}
	t, err := o.table(f, isLabel)
	if err != nil {
		return nil, err
	}
	if err := f.readRows(t); err != nil {
		return nil, err
	}
	m, err := t.build(name)
	if err != nil {
		return nil, failFile(o.File, err)
	}
	return m, nil
}

// readRows puts all rows into the table.
func (f *arffFile) readRows(t *table) error {
	var row arffRow
	for {
		if err := f.nextRow(&row); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := t.beginRow(row.sparse); err != nil {
			return f.lines.fail(0, err)
		}
		for p, v := range row.value {
			a := row.attribute(p)
			if err := t.set(a, f.attributes[a].name, v); err != nil {
				return f.lines.fail(row.at[p], err)
			}
		}
		t.endRow()
	}
}

func (o ARFFOptions) read(r io.Reader, file string) (*Multilabel, error) {
	o.File = file
	return ReadARFF(r, o)
}
