package sets

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/logpart"
	"github.com/gibbs-ebm/gibbs/structured"
	"github.com/gibbs-ebm/gibbs/structured/nn"
	"github.com/gibbs-ebm/gibbs/structured/structuredtest"
)

var testReferences = []struct {
	name string
	of   func(k int) Reference
}{
	{"uniform", func(int) Reference { return Uniform{} }},
	{"bernoulli", func(k int) Reference {
		b := Bernoulli{}
		for j := range k {
			b.P = append(b.P, 0.05+0.9*float64(j)/float64(k))
		}
		return b
	}},
	{"fixed", func(k int) Reference { return FixedSize{k / 2} }},
	{"bounded", func(k int) Reference { return BoundedSize{min(1, k-1), k - 1} }},
}

// structures lists the support of a small space, by filtering all subsets.
func structures(s *Space) structuredtest.Structures[Set] {
	out := structuredtest.Structures[Set]{Equal: Set.Equal}
	for w := range uint64(1) << s.k {
		if y := FromUint64(s.k, w); s.Check(y) == nil {
			out.All = append(out.All, y)
		}
	}
	known := New(s.k, 0)
	for j := range s.k {
		known.Set(j, j%2 == 0)
	}
	values := New(s.k)
	if s.k > 2 {
		values.Add(2)
		values.Add(1) // not known: must not matter
	}
	for _, o := range []Observation{{values, known}, {New(s.k), New(s.k)}, {out.All[0], All(s.k)}} {
		for _, y := range out.All {
			if o.Allows(y) {
				out.Evidence = append(out.Evidence, o)
				break
			}
		}
	}
	return out
}

func TestSpaces(t *testing.T) {
	for _, ref := range testReferences {
		for _, k := range []int{1, 2, 5} {
			t.Run(fmt.Sprintf("%s/k=%d", ref.name, k), func(t *testing.T) {
				s, err := NewSpace(k, ref.of(k))
				require.NoError(t, err)
				structuredtest.Space(t, s, structures(s))
			})
		}
	}
}

var testCouplings = []Coupling{Unary{}, Pairwise{}, Pairwise{Rank: 1}, Pairwise{Rank: 2}, Pairwise{Shared: true}, Pairwise{Rank: 2, Shared: true}}

func TestCouplings(t *testing.T) {
	for _, of := range testCouplings {
		for _, ref := range testReferences {
			for _, k := range []int{2, 5} {
				t.Run(fmt.Sprintf("%T%+v/%s/k=%d", of, of, ref.name, k), func(t *testing.T) {
					s, err := NewSpace(k, ref.of(k))
					require.NoError(t, err)
					c, err := NewCoupling(of, k)
					require.NoError(t, err)
					structuredtest.Coupling(t, c, s, structures(s))
				})
			}
		}
	}
}

func TestProposals(t *testing.T) {
	for _, of := range []Coupling{Unary{}, Pairwise{}} {
		for _, ref := range testReferences {
			t.Run(fmt.Sprintf("%T/%s", of, ref.name), func(t *testing.T) {
				s, err := NewSpace(5, ref.of(5))
				require.NoError(t, err)
				c, err := NewCoupling(of, 5)
				require.NoError(t, err)
				problem := structured.Problem[Set]{Space: s, Coupling: c}
				for _, proposal := range []structured.Proposal[Set]{
					Marginal{}, Marginal{Defensive: 0.3}, Marginal{Stratified: true}, Marginal{Antithetic: true}, Fixed{}, Fixed{Of: Bernoulli{P: []float64{.1, .3, .5, .7, .9}}},
				} {
					p, err := proposal.Bind(problem)
					require.NoError(t, err)
					structuredtest.Proposal(t, p, c, s, structures(s))
				}
				_, err = Marginal{Defensive: 1}.Bind(problem)
				require.Error(t, err)
				_, err = Fixed{Of: FixedSize{9}}.Bind(problem)
				require.Error(t, err)
			})
		}
	}
}

// ising is n examples whose labels depend on the features and on each other.
func ising(n, d, k int) Data {
	rng := rand.New(rand.NewPCG(9, 9))
	x := mat.NewDense(n, d, nil)
	var ys []Set
	for i := range n {
		y := New(k)
		for j := range d {
			x.Set(i, j, rng.NormFloat64())
		}
		for j := range k {
			v := 1.5*x.At(i, j%d) - 0.5
			if j > 0 && y.Has(j-1) {
				v++
			}
			y.Set(j, rng.Float64() < 1/(1+math.Exp(-v)))
		}
		ys = append(ys, y)
	}
	return Data{X: x, Y: ys}
}

func TestFitConformance(t *testing.T) {
	const k, d = 4, 3
	smooth := nn.MLP{Hidden: []int{5}, Activation: nn.Tanh}
	training := structured.Training{Epochs: 3, BatchSize: 40, Seed: 5, Optimizer: nn.AdamW{Rate: 0.01}}
	for name, c := range map[string]struct {
		cfg     Config
		sampled bool
		noX     bool
	}{
		"unary exact":          {cfg: Config{Network: smooth}},
		"pairwise exact":       {cfg: Config{Coupling: Pairwise{}, Network: smooth}},
		"shared low rank":      {cfg: Config{Coupling: Pairwise{Rank: 1, Shared: true}, Network: smooth}},
		"minmin":               {cfg: Config{Network: smooth, Objective: MinMin{Samples: 20}}, sampled: true},
		"minmin, shared draws": {cfg: Config{Network: smooth, Objective: MinMin{Samples: 20, Shared: true}}, sampled: true},
		"minmin, constant tau": {cfg: Config{Network: smooth, Tau: logpart.Constant{}, Objective: MinMin{Precision: nn.Double}}, sampled: true},
		"minmin, table":        {cfg: Config{Network: smooth, Tau: logpart.Table{}, Objective: MinMin{Precision: nn.Double}}, sampled: true},
		"minmin, summed":       {cfg: Config{Coupling: Pairwise{}, Network: smooth, Tau: logpart.Linear{}, Objective: MinMin{Summed: true}}},
		"minmin, bernoulli":    {cfg: Config{Reference: Bernoulli{P: []float64{.1, .2, .3, .4}}, Network: smooth, Objective: MinMin{Precision: nn.Double}}, sampled: true},
		"minmin, sizes":        {cfg: Config{Coupling: Pairwise{}, Reference: BoundedSize{0, 4}, Network: nn.ResMLP{Width: 4, Blocks: 1, Activation: nn.Tanh}, Objective: MinMin{}}, sampled: true},
		"minmin, fixed":        {cfg: Config{Network: smooth, Objective: MinMin{Shared: true, Proposal: Fixed{Of: Bernoulli{P: []float64{.4, .5, .5, .4}}}}}, sampled: true},
		"sparsemax":            {cfg: Config{Network: smooth, Objective: MinMin{Loss: fenchel.Sparsemax}}, sampled: true},
		"sparsemax, summed":    {cfg: Config{Coupling: Pairwise{}, Network: smooth, Objective: MinMin{Loss: fenchel.Sparsemax, Summed: true}}},
		"entmax":               {cfg: Config{Network: smooth, Objective: MinMin{Loss: fenchel.Tsallis{}}}, sampled: true},
		"dropout":              {cfg: Config{Network: nn.MLP{Hidden: []int{5}, Activation: nn.SiLU, Dropout: 0.3}}, sampled: true},
		"unconditional":        {cfg: Config{Coupling: Pairwise{}}, noX: true},
	} {
		t.Run(name, func(t *testing.T) {
			data := ising(90, d, k)
			c.cfg.Training = training
			if c.noX {
				data.X = nil
			}
			if c.cfg.Reference == nil {
				c.cfg.Reference = Uniform{}
			}
			if c.cfg.Coupling == nil {
				c.cfg.Coupling = Unary{}
			}
			if c.cfg.Tau == nil {
				c.cfg.Tau = logpart.Logits{Of: nn.MLP{Hidden: []int{4}, Activation: nn.Softplus}}
			}
			if c.cfg.Objective == nil {
				c.cfg.Objective = Exact{}
			}
			space, err := NewSpace(k, c.cfg.Reference)
			require.NoError(t, err)
			coupling, err := NewCoupling(c.cfg.Coupling, k)
			require.NoError(t, err)
			sd, err := data.Structured()
			require.NoError(t, err)
			structuredtest.Fit(t, structuredtest.Problem[Set]{
				Structures: structures(space), Data: sd, Smooth: true, Sampled: c.sampled,
				Config: structured.Config[Set]{
					Space: space, Coupling: coupling, Network: c.cfg.Network, Tau: c.cfg.Tau,
					Objective: c.cfg.Objective, Training: training,
				},
			})
		})
	}
	// The gradient with a proposal that follows the model is not that of the
	// sampled value: the draws move with the parameters.
	t.Run("marginal proposal", func(t *testing.T) {
		data := ising(90, d, k)
		space, _ := NewSpace(k, nil)
		coupling, _ := NewCoupling(Pairwise{}, k)
		sd, _ := data.Structured()
		structuredtest.Fit(t, structuredtest.Problem[Set]{
			Structures: structures(space), Data: sd, Sampled: true,
			Config: structured.Config[Set]{Space: space, Coupling: coupling, Objective: MinMin{Proposal: Marginal{}}, Training: training},
		})
	})
}
