package datasets

import (
	"embed"
	"encoding/csv"
	"fmt"
)

//go:embed embed/*.csv
var embeddedFiles embed.FS

// openEmbedded makes a data set that is part of the program.
func openEmbedded(name string) (*MultilabelBenchmark, error) {
	makers := map[string]func([][]string) (*MultilabelBenchmark, error){"votes": votes, "zoo": zoo}
	file, err := embeddedFiles.Open("embed/" + name + ".csv")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("datasets: %s: %w", name, err)
	}
	return makers[name](records)
}
