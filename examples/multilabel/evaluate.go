package main

import (
	"context"

	"github.com/gibbs-ebm/gibbs/examples/internal/experiment"
	"github.com/gibbs-ebm/gibbs/examples/internal/multilabel"
	"github.com/gibbs-ebm/gibbs/sets"
)

// evaluate is what the test rows say of a model. Thresholds are tuned on the
// validation rows by a model that was not trained on them.
func evaluate(ctx context.Context, m, held *sets.Model, p *parts) (*experiment.Evaluation, error) {
	tuned, err := multilabel.Tune(ctx, multilabel.Held{Model: held, Rows: p.validation})
	if err != nil {
		return nil, err
	}
	return multilabel.Judge(ctx, m, p.test, tuned)
}

// baseline takes no features.
func baseline(p *parts) (*experiment.Evaluation, error) { return multilabel.Constant(p.train, p.test) }
