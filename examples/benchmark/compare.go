package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gibbs-ebm/gibbs/examples/internal/report"
)

// A result is what was measured of a contender in a shape.
type result struct {
	shape     shape
	model     string
	precision precision
	rates     []float64 // steps per second, one per round
	seconds   float64   // it took
}

func (r *result) median() float64 { return report.Median(r.rates) }

// A script is a peer's program.
type script struct {
	name, text string
	more       []string // arguments behind the number of threads
}

// compare lets the library and its peers make steps in turn.
func compare(ctx context.Context, o *options, stdout, stderr io.Writer) error {
	var contenders []contender
	for _, p := range []precision{float64s, float32s} {
		contenders = append(contenders, &gibbs{ctx: ctx, threads: o.threads, precision: p})
	}
	return o.inTurn(ctx, o.shapes(), contenders, []script{{"torch", torchStep, nil}, {"jax", jaxStep, nil}}, stdout, stderr)
}

// inTurn lets contenders and the scripts that can be started run in turn.
func (o *options) inTurn(ctx context.Context, shapes []shape, contenders []contender, scripts []script, stdout, stderr io.Writer) error {
	var peers []*peer
	defer func() {
		for _, p := range peers {
			p.stop()
		}
	}()
	var remarks []string
	for _, script := range scripts {
		if o.python == "" {
			break
		}
		p, err := startPeer(ctx, o.python, script.text, o.threads, script.more...)
		if err != nil {
			remarks = append(remarks, fmt.Sprintf("without %s: %v", script.name, err))
			continue
		}
		peers, contenders = append(peers, p), append(contenders, p)
		remarks = append(remarks, fmt.Sprintf("%s %s", p.library, p.version))
	}
	progress := report.NewProgress(stderr, len(shapes)*o.repeats)
	defer progress.Close()
	var results []*result
	for i, s := range shapes {
		some, err := o.rounds(ctx, s, contenders, func(round int) {
			progress.Doing("%v", s)
			progress.Set(i*o.repeats + round)
		})
		if err != nil {
			return err
		}
		results = append(results, some...)
		progress.Note("%v: %.0f steps/s", s, some[0].median())
	}
	progress.Close()
	if _, err := io.WriteString(stdout, text(o, results, remarks)); err != nil {
		return err
	}
	return write(o, stdout, records(results), figure(results))
}

// rounds measures a shape. The library is first among the results, in both
// precisions, and takes part in all rounds.
func (o *options) rounds(ctx context.Context, s shape, contenders []contender, done func(round int)) ([]*result, error) {
	var results []*result
	add := func(c contender, p precision) *result {
		r := &result{shape: s, model: c.name(), precision: p}
		results = append(results, r)
		return r
	}
	of := map[contender]func(p precision) *result{}
	for _, c := range contenders {
		if g, ok := c.(interface{ in() precision }); ok {
			r := add(c, g.in())
			of[c] = func(precision) *result { return r }
			continue
		}
		in := map[precision]*result{}
		for _, p := range o.precisions {
			in[p] = add(c, p)
		}
		of[c] = func(p precision) *result { return in[p] }
	}
	// A peer holds one shape at a time, so each precision has rounds of its own
	// of everybody.
	for _, p := range o.precisions {
		for _, c := range contenders {
			if q, ok := c.(*peer); ok {
				q.precision = p
			}
			if err := c.prepare(s); err != nil {
				return nil, err
			}
		}
		for round := range o.repeats {
			for _, c := range contenders {
				if err := ctx.Err(); err != nil {
					return nil, err
				}
				start := time.Now()
				t, err := c.run(o.seconds)
				if err != nil {
					return nil, errors.Join(ctx.Err(), err)
				}
				r := of[c](p)
				r.rates = append(r.rates, t.rate(o.threads))
				r.seconds += time.Since(start).Seconds()
			}
			done(round + 1)
		}
	}
	return results, nil
}

// faster are the results of each shape and model in its faster precision.
func faster(results []*result) []*result {
	var kept []*result
	for _, r := range results {
		if n := len(kept); n > 0 && kept[n-1].shape == r.shape && kept[n-1].model == r.model {
			if r.median() > kept[n-1].median() {
				kept[n-1] = r
			}
			continue
		}
		kept = append(kept, r)
	}
	return kept
}

// ratio is how many times as fast the library, in a precision, is as a peer: the
// median over the rounds that both took part in.
func ratio(results []*result, in precision, of *result) float64 {
	var values []float64
	for _, own := range results {
		if own.shape != of.shape || own.model != "gibbs" || own.precision != in {
			continue
		}
		// The library took part in the rounds of every precision.
		rounds := len(of.rates)
		from := 0
		if len(own.rates) > rounds && of.precision == float64s {
			from = len(own.rates) - rounds
		}
		for i, r := range of.rates {
			values = append(values, own.rates[from+i]/r)
		}
	}
	return report.Median(values)
}

// write writes the files that were asked for.
func write(o *options, stdout io.Writer, records []report.Record, panels [][]*report.Panel) error {
	if o.output.JSON != "" {
		if err := report.WriteJSON(o.output.JSON, records); err != nil {
			return err
		}
		fmt.Fprintf(stdout, "results: %s\n", o.output.JSON)
	}
	if o.output.PNG != "" {
		if err := report.WritePNG(o.output.PNG, panels); err != nil {
			return err
		}
		fmt.Fprintf(stdout, "picture: %s\n", o.output.PNG)
	}
	return nil
}
