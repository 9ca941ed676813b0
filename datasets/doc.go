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
// for real targets, and for densities of real vectors,
//
//	yacht, err := datasets.OpenRegression(ctx, "yacht")  // with its published splits
//	train, test := yacht.Split(0)
//	own, err := datasets.OpenRegressionFile("own.csv", datasets.RegressionCSVOptions{Targets: []string{"price"}})
//	faithful, err := datasets.OpenDensity(ctx, "faithful")
//	toy, err := datasets.Checkerboard{}.New()            // a Toy2D: draws, log-density, entropy
//
// and for sets without features
//
//	nltcs, err := datasets.OpenSets(ctx, "nltcs")
//
// Readers take an io.Reader and never trust a header: memory follows what was
// read, limits bound it, and whatever is wrong with a file is a *ParseError
// with its name, line and column.
package datasets
