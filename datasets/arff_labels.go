package datasets

import "slices"

// labels decides which attributes of the file are labels, as described at
// ARFFOptions, and returns the name of the data too.
func (o *ARFFOptions) labels(f *arffFile) (isLabel []bool, name string, err error) {
	isLabel = make([]bool, len(f.attributes))
	name = f.relation
	switch {
	case len(o.Labels) > 0:
		at := make(map[string]int, len(f.attributes))
		for i, a := range f.attributes {
			at[a.name] = i
		}
		err = byName(isLabel, at, o.Labels)
	case o.LabelCount != 0:
		err = byCount(isLabel, o.LabelCount)
	default:
		meka, n, ok := parseMEKA(f.relation)
		if !ok {
			return nil, "", because(ErrNoLabels, "no labels: set Labels (ReadMulanXML reads them from Mulan's XML file) or LabelCount in ARFFOptions; the relation name has no MEKA option -C n")
		}
		name, err = meka, byCount(isLabel, n)
	}
	if err != nil {
		return nil, "", err
	}
	return isLabel, name, nil
}

// byName marks the columns with the names of the labels.
func byName(isLabel []bool, at map[string]int, labels []string) error {
	for _, l := range labels {
		i, ok := at[l]
		if !ok {
			return because(ErrUnknownLabel, "there is no column %q, which is one of the labels asked for", cut(l))
		}
		isLabel[i] = true
	}
	return nil
}

// byCount marks the first n of the columns, or the last -n if n is negative.
func byCount(isLabel []bool, n int) error {
	if n > len(isLabel) || n < -len(isLabel) {
		return because(ErrNoLabels, "label count %d, but only %d columns", n, len(isLabel))
	}
	if n < 0 {
		isLabel = isLabel[len(isLabel)+n:]
		n = -n
	}
	for i := range isLabel[:n] {
		isLabel[i] = true
	}
	return nil
}

// table makes the columns for the attributes of the file.
func (o *ARFFOptions) table(f *arffFile, isLabel []bool) (*table, error) {
	t := newTable(o.MissingFeature, o.Limits)
	ignored := make(map[string]bool, len(o.Ignore))
	for _, name := range o.Ignore {
		ignored[name] = true
	}
	for i := range f.attributes {
		a := &f.attributes[i]
		err := o.addAttribute(t, a, isLabel[i], ignored)
		if err != nil {
			return nil, &ParseError{File: o.File, Line: a.line, Column: a.column, Err: err}
		}
		delete(ignored, a.name)
	}
	for _, name := range o.Ignore {
		if ignored[name] {
			return nil, failFile(o.File, because(ErrUnknownAttribute, "there is no attribute %q to ignore", cut(name)))
		}
	}
	if err := t.checkNames(); err != nil {
		return nil, failFile(o.File, err)
	}
	return t, nil
}

func (o *ARFFOptions) addAttribute(t *table, a *arffAttribute, isLabel bool, ignored map[string]bool) error {
	switch {
	case ignored[a.name] && isLabel:
		return because(ErrUnknownLabel, "attribute %q is to be ignored and a label", cut(a.name))
	case ignored[a.name]:
		t.addIgnored()
		return nil
	case a.kind == arffString || a.kind == arffDate:
		return because(ErrAttributeType, "attribute %q is a %v, which is not supported: list it in Ignore to leave it out", cut(a.name), a.kind)
	case isLabel:
		codes := binaryCodes(a.values)
		if a.kind == arffNominal && codes == nil {
			return because(ErrNotBinary, "label %q has the values %s, not {0, 1}", cut(a.name), braces(a.values))
		}
		return t.addLabel(a.name, codes)
	case a.kind == arffNominal:
		return t.addNominal(a.name, slices.Clip(a.values))
	}
	return t.addNumber(a.name, nil)
}
