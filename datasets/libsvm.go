package datasets

import (
	"bytes"
	"cmp"
	"fmt"
	"io"

	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// IndexBase is the number that a file gives to the first feature or label.
type IndexBase int

const (
	// AutoBase is 0 if the file has the number 0 anywhere and 1 otherwise.
	// The parts of one data set, such as its training and its test file, may
	// come out differently: name the base for them.
	AutoBase IndexBase = iota
	// ZeroBased numbers from 0.
	ZeroBased
	// OneBased numbers from 1.
	OneBased
)

func (b IndexBase) validate(field string) error {
	if b < AutoBase || b > OneBased {
		return fmt.Errorf("datasets: %s is %d, not AutoBase, ZeroBased or OneBased", field, b)
	}
	return nil
}

// LIBSVMOptions say how to read a LIBSVM file. The zero value takes all from
// the data.
type LIBSVMOptions struct {
	// Labels is the number of labels k; 0 takes it from the largest label.
	Labels int
	// Features is the number of features d; 0 takes it from the largest
	// index, that of an explicit zero included.
	Features int
	// LabelBase and FeatureBase are the numbers of the first of each.
	LabelBase, FeatureBase IndexBase
	// File is the name that errors mention; "libsvm" if empty.
	File string
	// Limits bound what is accepted.
	Limits Limits
}

// Validate reports the first option that makes no sense, if any.
func (o LIBSVMOptions) Validate() error {
	var err error
	if o.Labels < 0 || o.Features < 0 {
		err = fmt.Errorf("datasets: Labels is %d and Features %d; they cannot be negative", o.Labels, o.Features)
	}
	return cmp.Or(err, o.LabelBase.validate("LabelBase"), o.FeatureBase.validate("FeatureBase"), o.Limits.Validate())
}

// ReadLIBSVM reads multilabel data in the format of LIBSVM, one row per line:
//
//	2,5 1:0.5 7:1 # two labels, two features that are not zero
//	 3:0.25
//
// Labels are whole numbers in any order, with commas and perhaps blanks
// between them; repeats count once. A line that begins with a blank, or whose
// first word has a colon, has none. Features are index:value in increasing
// order. What follows a # is a comment; lines with nothing else are skipped,
// also blank ones, so that a row with neither labels nor features needs an
// explicit zero. The format has no missing values and no names; a qid: is
// ErrSyntax, for it marks a file of ranking queries.
//
// X is a *nn.CSR, or nil where there are no features at all; zeros are not
// stored. Features and Labels are nil. A file takes time linear in its size.
// Errors in the file are *ParseError; see the list at ErrSyntax.
func ReadLIBSVM(r io.Reader, o LIBSVMOptions) (*Multilabel, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	o.Limits = o.Limits.withDefaults()
	if o.File == "" {
		o.File = "libsvm"
	}
	p := newLIBSVMParser(r, o)
	for {
		text, err := p.lines.next()
		if err == io.EOF {
			return p.build()
		}
		if err == nil {
			err = p.row(text)
		}
		if err != nil {
			return nil, err
		}
	}
}

type libsvmParser struct {
	limits           Limits
	lines            *lineReader
	labels, features numbering
	rows             labelRows
	offsets          []int
	columns          []int32 // as numbered in the file
	values           []float64
}

func newLIBSVMParser(r io.Reader, o LIBSVMOptions) *libsvmParser {
	return &libsvmParser{
		limits:   o.Limits,
		lines:    newLineReader(r, o.File, o.Limits),
		labels:   numbering{what: "label", given: o.Labels, base: o.LabelBase, limit: "MaxLabels", most: o.Limits.MaxLabels},
		features: numbering{what: "feature", given: o.Features, base: o.FeatureBase, limit: "MaxFeatures", most: o.Limits.MaxFeatures},
		offsets:  []int{0},
	}
}

// row reads one line.
func (p *libsvmParser) row(text []byte) error {
	if i := bytes.IndexByte(text, '#'); i >= 0 {
		text = text[:i]
	}
	text = bytes.TrimRight(text, " \t")
	if len(text) == 0 {
		return nil
	}
	if err := p.limits.checkRows(p.rows.len() + 1); err != nil {
		return p.lines.fail(-1, err)
	}
	i, err := p.readLabels(text)
	if err != nil {
		return err
	}
	for last := -1; i < len(text); i = skipBlanks(text, i) {
		if last, i, err = p.readFeature(text, i, last); err != nil {
			return err
		}
	}
	p.rows.endRow()
	p.offsets = append(p.offsets, len(p.values))
	return nil
}

// readLabels reads the labels at the start of a row and returns the position
// of its first feature.
func (p *libsvmParser) readLabels(text []byte) (next int, err error) {
	if i := skipBlanks(text, 0); i > 0 || bytes.IndexByte(text[:wordEnd(text, 0)], ':') >= 0 {
		return i, nil
	}
	for i := 0; ; i = skipBlanks(text, i+1) {
		end := wordEnd(text, i)
		label, err := p.labels.read(p.lines, text, i, end)
		if err != nil {
			return 0, err
		}
		p.rows.add(label)
		if i = skipBlanks(text, end); i == len(text) || text[i] != ',' {
			return i, nil
		}
	}
}

// wordEnd is where the word at i ends: at a comma, a blank or the end.
func wordEnd(text []byte, i int) int {
	for i < len(text) && text[i] != ',' && text[i] != ' ' && text[i] != '\t' {
		i++
	}
	return i
}

// readFeature reads the feature at i, after one numbered last.
func (p *libsvmParser) readFeature(text []byte, i, last int) (index, next int, err error) {
	end := wordEnd(text, i)
	colon := i + bytes.IndexByte(text[i:end], ':')
	if colon < i {
		return 0, 0, p.lines.fail(i, because(ErrSyntax, "%q has no colon: features are index:value", cut(text[i:end])))
	}
	if string(text[i:colon]) == "qid" {
		return 0, 0, p.lines.fail(i, because(ErrSyntax, "qid: marks ranking queries, which multilabel data does not have"))
	}
	if index, err = p.features.read(p.lines, text, i, colon); err != nil {
		return 0, 0, err
	}
	if index <= last {
		return 0, 0, p.lines.fail(i, because(ErrIndexOrder, "feature %d comes after feature %d", index, last))
	}
	v, err := parseNumber(text[colon+1 : end])
	if err != nil {
		return 0, 0, p.lines.fail(colon+1, &ValueError{Attribute: string(text[i:colon]), Value: cut(text[colon+1 : end]), Err: err})
	}
	if v != 0 {
		p.columns = append(p.columns, int32(index))
		p.values = append(p.values, v)
	}
	return index, end, nil
}

// build makes the data set of the rows.
func (p *libsvmParser) build() (*Multilabel, error) {
	file := p.lines.file
	if p.rows.len() == 0 {
		return nil, failFile(file, ErrEmpty)
	}
	labelBase, k, err := p.labels.finish(file)
	if err != nil {
		return nil, err
	}
	featureBase, d, err := p.features.finish(file)
	if err != nil {
		return nil, err
	}
	if k == 0 {
		return nil, failFile(file, because(ErrNoLabels, "no row has a label, and LIBSVMOptions.Labels does not say how many there are"))
	}
	if err := p.limits.checkCells([2]int{len(p.values), 2}, p.rows.words(k)); err != nil {
		return nil, failFile(file, err)
	}
	m := &Multilabel{}
	if d > 0 {
		for i := range p.columns {
			p.columns[i] -= int32(featureBase)
		}
		x, err := nn.NewCSR(p.rows.len(), d, p.offsets, p.columns, p.values)
		if err != nil {
			return nil, failFile(file, err)
		}
		m.X = x
	}
	m.Y, m.Observed = p.rows.build(k, labelBase)
	return m, nil
}

func (o LIBSVMOptions) read(r io.Reader, file string) (*Multilabel, error) {
	o.File = file
	return ReadLIBSVM(r, o)
}
