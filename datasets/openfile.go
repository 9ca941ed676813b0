package datasets

import (
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// FileOptions are the options of one format: ARFFOptions, LIBSVMOptions or
// CSVOptions. Their field File is not used here: errors mention the path.
type FileOptions interface {
	Validate() error
	read(r io.Reader, file string) (*Multilabel, error)
}

// OpenFile reads the multilabel data in the file at path. The format is that
// of the options, or, where they are nil, goes by the extension, with the zero
// options of the format:
//
//	.arff               ReadARFF
//	.libsvm .svm .txt   ReadLIBSVM
//	.csv                ReadCSV, which needs options to know the labels
//
// each also with .gz after it, for a file compressed by gzip, whether options
// are given or not. Another extension without options is ErrUnknownFormat.
//
// The labels of an ARFF file, if the options do not choose them, are those of
// the Mulan label list of the same name with .xml in place of .arff, if there
// is one, and else those of its MEKA header. Where the file has no name for the
// data, Name is that of the file without extensions.
//
// The error is a *ParseError for what is wrong in a file, which wraps that of
// compress/gzip for one that is cut or not compressed, and that of the
// operating system for a file that cannot be opened.
func OpenFile(path string, o FileOptions) (*Multilabel, error) {
	return openFile(func(name string) (fs.File, error) { return os.Open(name) }, path, o)
}

// OpenFS is OpenFile in a file system, such as an embedded one.
func OpenFS(fsys fs.FS, name string, o FileOptions) (*Multilabel, error) {
	return openFile(fsys.Open, name, o)
}

func openFile(open func(name string) (fs.File, error), path string, o FileOptions) (*Multilabel, error) {
	base := strings.TrimSuffix(path, ".gz")
	extension := filepath.Ext(base)
	if o == nil {
		switch strings.ToLower(extension) {
		case ".arff":
			o = ARFFOptions{}
		case ".libsvm", ".svm", ".txt":
			o = LIBSVMOptions{}
		case ".csv":
			o = CSVOptions{}
		default:
			return nil, failFile(path, because(ErrUnknownFormat, "the extension %q is none of .arff, .libsvm, .svm, .txt, .csv: say the format by giving its options", extension))
		}
	}
	base = strings.TrimSuffix(base, extension)
	if p, ok := o.(*ARFFOptions); ok {
		o = *p
	}
	if arff, ok := o.(ARFFOptions); ok && len(arff.Labels) == 0 && arff.LabelCount == 0 {
		labels, err := openMulan(open, base+".xml", arff.Limits)
		if err != nil {
			return nil, err
		}
		arff.Labels = labels
		o = arff
	}
	m, err := readFile(open, path, func(r io.Reader) (*Multilabel, error) { return o.read(r, path) })
	if err != nil {
		return nil, err
	}
	if m.Name == "" {
		m.Name = filepath.Base(base)
	}
	return m, nil
}

// openMulan returns the names of a label list, nil if there is no such file.
func openMulan(open func(name string) (fs.File, error), path string, limits Limits) ([]string, error) {
	names, err := readFile(open, path, func(r io.Reader) ([]string, error) {
		l, err := ReadMulanXML(r, MulanOptions{File: path, Limits: limits})
		if err != nil {
			return nil, err
		}
		return l.Names, nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return names, err
}

// readFile reads a file, which is compressed if its name says so.
func readFile[T any](open func(name string) (fs.File, error), path string, read func(io.Reader) (T, error)) (T, error) {
	var none T
	f, err := open(path)
	if err != nil {
		return none, err
	}
	defer f.Close() // it was only read
	if !strings.HasSuffix(path, ".gz") {
		return read(f)
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		return none, failFile(path, err)
	}
	return read(z)
}
