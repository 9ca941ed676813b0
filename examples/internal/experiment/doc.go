// Package experiment is what the examples share that compare ways to learn on
// data sets: it trains with a choice of settings and epochs on validation rows,
// repeats over seeds, judges probabilities on test rows, and turns the numbers
// into a table, flat records and pictures. It does not know what is learned:
// an example gives it jobs.
package experiment
