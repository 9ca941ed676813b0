package experiment

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/datasets"
	"github.com/gibbs-ebm/gibbs/examples/internal/report"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// parsed are the settings after the flags.
func parsed(t *testing.T, s Settings, args string) (*report.Flags, Settings) {
	f := report.NewFlags("test", "")
	s.Flags(f, "metric")
	require.NoError(t, f.Parse(strings.Fields(args), io.Discard))
	return f, s
}

func TestFlagsSetEverySetting(t *testing.T) {
	_, s := parsed(t, Settings{Refit: true, ConstantRate: 9}, "-hidden 3,4 -dropout 0.5 -rate 0.1 -weight-decay 2 -clip 5 -batch 6 -epochs 7 -patience 8 -refit=false -repeats 9 -seed 10 -workers 11")
	assert.Equal(t, Settings{
		Hidden: []int{3, 4}, Dropout: 0.5, Rate: 0.1, WeightDecay: 2, Clip: 5, ConstantRate: 9, Batch: 6, Epochs: 7, Patience: 8,
		Repeats: 9, Seed: 10, Workers: 11,
	}, s)
	require.NoError(t, s.Check())
	_, s = parsed(t, Settings{}, "")
	assert.Positive(t, s.Workers, "the processors")

	s.Hidden = []int{0}
	assert.NoError(t, s.Check())
	s.Hidden = []int{3, 0}
	var usage *report.UsageError
	assert.ErrorAs(t, s.Check(), &usage)
}

func TestQuickenLeavesAloneWhatFlagsGave(t *testing.T) {
	before := Settings{Hidden: []int{9}, Epochs: 9, Repeats: 9}
	f, s := parsed(t, before, "")
	s.Quicken(f, []int{2}, 3)
	assert.Equal(t, []int{2}, s.Hidden)
	assert.Equal(t, 3, s.Epochs)
	assert.Equal(t, 1, s.Repeats)

	f, s = parsed(t, before, "-hidden 5 -epochs 6 -repeats 7")
	s.Quicken(f, []int{2}, 3)
	assert.Equal(t, []int{5}, s.Hidden)
	assert.Equal(t, 6, s.Epochs)
	assert.Equal(t, 7, s.Repeats)
}

func TestSettingsAreThoseOfTheLibrary(t *testing.T) {
	s := Settings{Hidden: []int{3, 4}, Dropout: 0.5, Rate: 0.1, ConstantRate: 0.2, WeightDecay: 2, Clip: 5, Batch: 6, Epochs: 7, Patience: 8, Workers: 9}
	want := structured.Training{Epochs: 7, BatchSize: 6, Patience: 8, ClipNorm: 5, Workers: 9, Optimizer: nn.AdamW{Rate: 0.1, WeightDecay: 2}}
	assert.Equal(t, want, s.Training(true))
	want.Optimizer = nn.AdamW{Rate: 0.2, WeightDecay: nn.Off}
	s.WeightDecay = 0
	assert.Equal(t, want, s.Training(false), "0 means none, not the library's default")

	assert.Equal(t, nn.MLP{Hidden: []int{3, 4}, Dropout: 0.5}, s.Network())
	s.Hidden = []int{0}
	assert.Equal(t, nn.Linear{}, s.Network())
}

func TestListsAndNames(t *testing.T) {
	assert.Equal(t, []string{"b", "a"}, List(" b,,a , b"))
	assert.Nil(t, List(" , "))
	assert.Contains(t, Known(datasets.RankingTask), "iris")
	assert.NotContains(t, Known(datasets.RankingTask), "votes")
	assert.NoError(t, CheckNames([]string{"iris", "wine"}, datasets.RankingTask))
	err := CheckNames([]string{"iris", "votes"}, datasets.RankingTask)
	var usage *report.UsageError
	require.ErrorAs(t, err, &usage)
	assert.ErrorContains(t, err, `"votes"`)
	assert.ErrorContains(t, err, "iris, ")
}
