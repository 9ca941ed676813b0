package datasets

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// RankingFileOptions are the options of one format of rankings:
// RankingCSVOptions, KEBIOptions or PrefLibOptions. Their field File is not
// used here: errors mention the path.
type RankingFileOptions interface {
	Validate() error
	read(r io.Reader, file string) (*LabelRanking, error)
}

// OpenRankingFile reads the label-ranking data in the file at path. The format
// is that of the options, or, where they are nil, goes by the extension, with
// the zero options of the format:
//
//	.soc .soi .toc .toi   ReadPrefLib
//	.csv .txt             ReadKEBI; for other CSV files give RankingCSVOptions
//
// each also with .gz after it, for a file compressed by gzip, whether options
// are given or not. Another extension without options is ErrUnknownFormat.
// Where the file has no name for the data, Name is that of the file without
// extensions. The errors are those of OpenFile.
func OpenRankingFile(path string, o RankingFileOptions) (*LabelRanking, error) {
	return openRankingFile(func(name string) (fs.File, error) { return os.Open(name) }, path, o)
}

// OpenRankingFS is OpenRankingFile in a file system, such as an embedded one.
func OpenRankingFS(fsys fs.FS, name string, o RankingFileOptions) (*LabelRanking, error) {
	return openRankingFile(fsys.Open, name, o)
}

func openRankingFile(open func(name string) (fs.File, error), path string, o RankingFileOptions) (*LabelRanking, error) {
	base := strings.TrimSuffix(path, ".gz")
	extension := filepath.Ext(base)
	if o == nil {
		switch strings.ToLower(extension) {
		case ".soc", ".soi", ".toc", ".toi":
			o = PrefLibOptions{}
		case ".csv", ".txt":
			o = KEBIOptions{}
		default:
			return nil, failFile(path, because(ErrUnknownFormat, "the extension %q is none of .soc, .soi, .toc, .toi, .csv, .txt: say the format by giving its options", extension))
		}
	}
	m, err := readFile(open, path, func(r io.Reader) (*LabelRanking, error) { return o.read(r, path) })
	if err != nil {
		return nil, err
	}
	if m.Name == "" {
		m.Name = filepath.Base(strings.TrimSuffix(base, extension))
	}
	return m, nil
}
