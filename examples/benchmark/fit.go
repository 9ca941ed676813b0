package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured"
)

// fitting is this library in whole trainings: standardising, all epochs, the model.
type fitting struct {
	gibbs
	data   structured.Data[sets.Set]
	epochs int
	shape  shape
}

func (f *fitting) prepare(s shape) error {
	f.shape = s
	_, err := f.run(0)
	return err
}

func (f *fitting) run(float64) (pace, error) {
	start, cpu := time.Now(), processorTime()
	c, err := configuration(f.shape, f.threads, f.precision)
	if err != nil {
		return pace{}, err
	}
	c.Epochs = f.epochs
	m, err := structured.Fit(f.ctx, f.data, c)
	if err != nil {
		return pace{}, err
	}
	h := m.History()
	return pace{h.Epochs[len(h.Epochs)-1].Steps, time.Since(start).Seconds(), processorTime() - cpu}, nil
}

// comparedFits lets the library and PyTorch train on a data set in turn.
func comparedFits(ctx context.Context, o *options, stdout, stderr io.Writer) error {
	set, err := datasets.Open(ctx, o.fit)
	if err != nil {
		return err
	}
	train := set.Train.Data()
	data := structured.Data[sets.Set]{X: train.X, Y: train.Y}
	s := standard
	s.features, s.labels = data.Features(), data.Y[0].K()
	var shapes []shape
	for _, d := range o.draws {
		for _, m := range o.samples {
			s.samples, s.draw = m, d
			shapes = append(shapes, s)
		}
	}
	file, err := rows(data)
	if err != nil {
		return err
	}
	defer os.Remove(file)
	var contenders []contender
	for _, p := range []precision{float64s, float32s} {
		contenders = append(contenders, &fitting{gibbs: gibbs{ctx: ctx, threads: o.threads, precision: p}, data: data, epochs: o.epochs})
	}
	return o.inTurn(ctx, shapes, contenders, []script{{"torch", torchStep, []string{file, strconv.Itoa(o.epochs)}}}, stdout, stderr)
}

// rows writes the features and labels of each example to a temporary file, as
// float64 in the order of bytes of most machines.
func rows(data structured.Data[sets.Set]) (name string, err error) {
	f, err := os.CreateTemp("", "benchmark")
	if err != nil {
		return "", err
	}
	w := bufio.NewWriter(f)
	row := make([]float64, data.Features()+data.Y[0].K())
	for i, y := range data.Y {
		for j := range data.Features() {
			row[j] = data.X.At(i, j)
		}
		for j := range y.K() {
			row[data.Features()+j] = 0
			if y.Has(j) {
				row[data.Features()+j] = 1
			}
		}
		if err == nil {
			err = binary.Write(w, binary.LittleEndian, row)
		}
	}
	if err = errors.Join(err, w.Flush(), f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}
