// Package datasets reads, writes, finds, splits and makes data for the other
// packages: real benchmarks with pinned checksums, small data sets that are
// embedded in the binary, and synthetic data whose truth is known.
//
//	yeast, err := datasets.Open(ctx, "yeast")            // a benchmark, or
//	own, err := datasets.OpenFile("own.arff", opts)      // a file of yours
//
// and for rankings of labels
//
//	iris, err := datasets.OpenRanking(ctx, "iris")
//	own, err := datasets.OpenRankingFile("own.toc", nil)
//
// Readers take an io.Reader and never trust a header: memory follows what was
// read, limits bound it, and whatever is wrong with a file is a *ParseError
// with its name, line and column.
package datasets
