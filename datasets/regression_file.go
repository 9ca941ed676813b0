package datasets

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// RegressionFileOptions are the options of one format of regression data:
// RegressionCSVOptions or RegressionTextOptions. Their field File is not used
// here: errors mention the path.
type RegressionFileOptions interface {
	Validate() error
	read(r io.Reader, file string) (*Regression, error)
}

// OpenRegressionFile reads the regression data in the file at path. The format
// is that of the options, or, where they are nil, goes by the extension, with
// the zero options of the format, for which the target is the last column:
//
//	.csv              ReadRegressionCSV
//	.txt .data .dat   ReadRegressionText
//
// each also with .gz after it, for a file compressed by gzip, whether options
// are given or not. Another extension without options is ErrUnknownFormat.
// Name is that of the file without extensions. The errors are those of
// OpenFile.
func OpenRegressionFile(path string, o RegressionFileOptions) (*Regression, error) {
	return openRegressionFile(func(name string) (fs.File, error) { return os.Open(name) }, path, o)
}

// OpenRegressionFS is OpenRegressionFile in a file system, such as an embedded
// one.
func OpenRegressionFS(fsys fs.FS, name string, o RegressionFileOptions) (*Regression, error) {
	return openRegressionFile(fsys.Open, name, o)
}

func openRegressionFile(open func(name string) (fs.File, error), path string, o RegressionFileOptions) (*Regression, error) {
	base := strings.TrimSuffix(path, ".gz")
	extension := filepath.Ext(base)
	if o == nil {
		switch strings.ToLower(extension) {
		case ".csv":
			o = RegressionCSVOptions{}
		case ".txt", ".data", ".dat":
			o = RegressionTextOptions{}
		default:
			return nil, failFile(path, because(ErrUnknownFormat, "the extension %q is none of .csv, .txt, .data, .dat: say the format by giving its options", extension))
		}
	}
	m, err := readFile(open, path, func(r io.Reader) (*Regression, error) { return o.read(r, path) })
	if err != nil {
		return nil, err
	}
	m.Name = filepath.Base(strings.TrimSuffix(base, extension))
	return m, nil
}
