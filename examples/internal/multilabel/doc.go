// Package multilabel is what the examples share that learn sets of labels: it
// judges the sets that a model predicts on test rows, once its most probable ones
// and once those that are best for each metric, beside sets that take no features.
package multilabel
