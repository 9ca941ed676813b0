package experiment

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// Output is where results go besides standard output.
type Output struct{ JSON, PNG string }

// Flags adds -json and -png.
func (o *Output) Flags(f *report.Flags) {
	f.StringVar(&o.JSON, "json", o.JSON, "file for the numbers, as an array of flat records; empty means none")
	f.StringVar(&o.PNG, "png", o.PNG, "file for the picture; with several data sets their names are put in; empty means none")
}

// Check reports a file that has no directory to be in, a *report.UsageError.
func (o Output) Check() error {
	for _, out := range []struct{ flag, path string }{{"json", o.JSON}, {"png", o.PNG}} {
		if out.path == "" {
			continue
		}
		if info, err := os.Stat(filepath.Dir(out.path)); err != nil || !info.IsDir() {
			return report.Misuse("-%s %s: there is no directory %s", out.flag, out.path, filepath.Dir(out.path))
		}
	}
	return nil
}

// Outcome is what a run ended with.
type Outcome struct {
	Results []*Result
	Err     error  // of Runner.Run
	Text    string // for the results
	Records func() []report.Record
	// Figure draws the results of a data set; nil where there is nothing.
	Figure func(dataset string) [][]*report.Panel
	// Picture says what is in the figure; empty stands for learning curves,
	// and tau against the exact normaliser.
	Picture string
}

// Write writes the text to stdout and, if all went well, the files, whose names
// it prints. Otherwise it says that the results are incomplete.
func (o Output) Write(stdout io.Writer, done Outcome) error {
	err := done.Err
	if err != nil && len(done.Results) > 0 {
		err = fmt.Errorf("the results are incomplete: %w", err)
		done.Text = "INCOMPLETE: what was finished; no JSON and no picture is written.\n\n" + done.Text
	}
	if len(done.Results) > 0 {
		if _, e := io.WriteString(stdout, done.Text); e != nil {
			return errors.Join(err, e)
		}
	}
	if err != nil {
		return err
	}
	if o.JSON != "" {
		if err := report.WriteJSON(o.JSON, done.Records()); err != nil {
			return err
		}
		fmt.Fprintf(stdout, "results: %s\n", o.JSON)
	}
	if o.PNG == "" {
		return nil
	}
	var names []string
	for _, r := range done.Results { // data set by data set
		if len(names) == 0 || names[len(names)-1] != r.Dataset {
			names = append(names, r.Dataset)
		}
	}
	for _, name := range names {
		panels := done.Figure(name)
		if panels == nil { // nothing was possible
			continue
		}
		path := figurePath(o.PNG, name, len(names) > 1)
		if err := report.WritePNG(path, panels); err != nil {
			return err
		}
		picture := done.Picture
		if picture == "" {
			picture = "learning curves, and tau against the exact normaliser"
		}
		fmt.Fprintf(stdout, "%s: %s\n", picture, path)
	}
	return nil
}

// figurePath puts the name of the data set into the path where there are
// several.
func figurePath(path, dataset string, several bool) string {
	if !several {
		return path
	}
	extension := filepath.Ext(path)
	return strings.TrimSuffix(path, extension) + "-" + dataset + extension
}
