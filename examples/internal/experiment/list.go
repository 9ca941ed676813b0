package experiment

import (
	"slices"
	"strings"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// List cuts a list at its commas and drops blanks and repeats.
func List(list string) []string {
	var parts []string
	for _, p := range strings.Split(list, ",") {
		if p = strings.TrimSpace(p); p != "" && !slices.Contains(parts, p) {
			parts = append(parts, p)
		}
	}
	return parts
}

// Known are the names of the data sets of a task.
func Known(task datasets.Task) []string {
	var names []string
	for _, e := range datasets.Catalog() {
		if e.Task == task {
			names = append(names, e.Name)
		}
	}
	return names
}

// CheckNames reports names of data sets that there are not for the task, a
// *report.UsageError.
func CheckNames(names []string, task datasets.Task) error {
	known := Known(task)
	for _, name := range names {
		if !slices.Contains(known, name) {
			return report.Misuse("-dataset: no %v data set %q; there are %s; -data reads a file of yours", task, name, strings.Join(known, ", "))
		}
	}
	return nil
}
