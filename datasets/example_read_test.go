package datasets_test

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/gibbs-ebm/gibbs/datasets"
)

func ExampleReadARFF() {
	const file = `@relation songs
@attribute tempo numeric
@attribute key {major, minor}
@attribute happy {0,1}
@attribute calm {0,1}
@data
120, major, 1, 0
64, minor, 0, ?
`
	songs, err := datasets.ReadARFF(strings.NewReader(file), datasets.ARFFOptions{LabelCount: -2})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(songs.Features, songs.Labels)
	for i, y := range songs.Y {
		fmt.Println(songs.X.At(i, 0), songs.X.At(i, 1), songs.X.At(i, 2), y, songs.Observed[i])
	}
	// Output:
	// [tempo key=major key=minor] [happy calm]
	// 120 1 0 {0} {0, 1}
	// 64 0 1 {} {0}
}

func ExampleParseError() {
	const file = "@relation paint\n@attribute colour {red, green}\n@attribute dry {0,1}\n@data\nred,1\npurple,0\n"
	_, err := datasets.ReadARFF(strings.NewReader(file), datasets.ARFFOptions{LabelCount: -1, File: "own.arff"})
	fmt.Println(err)
	fmt.Println(errors.Is(err, datasets.ErrUndeclaredValue))
	// Output:
	// own.arff:6:1: "purple" is not one of the values {red, green} of attribute "colour"
	// true
}

func ExampleReadMulanXML() {
	const list = `<labels><label name="happy"/><label name="calm"/></labels>`
	labels, err := datasets.ReadMulanXML(strings.NewReader(list), datasets.MulanOptions{})
	fmt.Println(labels.Names, err)
	// Output: [happy calm] <nil>
}

func ExampleReadLIBSVM() {
	const file = "1,3 1:0.5 2:2\n 2:1\n2 3:-1\n"
	m, err := datasets.ReadLIBSVM(strings.NewReader(file), datasets.LIBSVMOptions{})
	fmt.Println(m.Len(), m.D(), m.K(), m.Y, err)
	// Output: 3 3 3 [{0, 2} {} {1}] <nil>
}

func ExampleReadCSV() {
	const file = "tempo,key,happy\n120,major,1\n64,minor,0\n"
	m, err := datasets.ReadCSV(strings.NewReader(file), datasets.CSVOptions{
		Labels:      []string{"happy"},
		Categorical: datasets.CategoricalOneHot,
	})
	fmt.Println(m.Features, m.Labels, m.Y, err)
	// Output: [tempo key=major key=minor] [happy] [{0} {}] <nil>
}

func ExampleWriteARFF() {
	const file = "1,2 1:0.5 3:2\n 2:1\n"
	m, err := datasets.ReadLIBSVM(strings.NewReader(file), datasets.LIBSVMOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	m.Name = "two rows"
	if err := datasets.WriteARFF(os.Stdout, m, datasets.ARFFWriteOptions{Header: datasets.MEKAHeader}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// @relation 'two rows: -C -2'
	//
	// @attribute x1 numeric
	// @attribute x2 numeric
	// @attribute x3 numeric
	// @attribute y1 {0,1}
	// @attribute y2 {0,1}
	//
	// @data
	// {0 0.5,2 2,3 1,4 1}
	// {1 1}
}
