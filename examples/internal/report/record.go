package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
)

// Metric is the name of a number, in snake case. Fractions are fractions, not
// percentages; logarithms are natural.
type Metric string

// The metrics of the examples.
const (
	NLL             Metric = "nll"              // mean of -log p(y|x) on test rows, nats
	NLLLower        Metric = "nll_lower"        // where nll is not exact but an interval: its ends, which hold always, or for nll
	NLLUpper        Metric = "nll_upper"        // by sampling with 95 %
	NLLTau          Metric = "nll_tau"          // the same with the learned tau as the normaliser, nats
	LogZError       Metric = "log_z_error"      // median of |tau - exact log Z| on test rows, nats
	LogZErrorMax    Metric = "log_z_error_max"  // largest of these
	LogZSeconds     Metric = "log_z_seconds"    // of wall clock for log Z of one test row
	ThresholdError  Metric = "threshold_error"  // the same for the threshold of other losses than the softmax
	ZeroProbability Metric = "zero_probability" // share of test rows with p(y|x) = 0, for which nll is infinite
	SubsetAccuracy  Metric = "subset_accuracy"
	HammingLoss     Metric = "hamming_loss"
	F1Samples       Metric = "f1_samples"       // 0/0 counts 0
	F1SamplesEmpty  Metric = "f1_samples_empty" // 0/0 counts 1
	F1Micro         Metric = "f1_micro"
	F1Macro         Metric = "f1_macro"   // 0/0 counts 0
	BothEmpty       Metric = "both_empty" // share of test rows that are 0/0 in f1_samples: counting them 1 adds this share
	KendallTau      Metric = "kendall_tau"
	SpearmanRho     Metric = "spearman_rho"
	ExactMatch      Metric = "exact_match" // share of test rows whose whole ranking is predicted
	KL              Metric = "kl"          // from the truth to the model, nats
	CRPS            Metric = "crps"
	RMSE            Metric = "rmse"          // of the mean of the density
	Coverage90      Metric = "coverage_90"   // share of test rows in their central interval of 0.9
	PITPValue       Metric = "pit_p_value"   // of the test of Kolmogorov and Smirnov that P(Y <= y|x) is uniform
	PITRejected     Metric = "pit_rejected"  // share of repeats in which that is below 0.01
	NormalizerError Metric = "z_error"       // estimated error of log Z in nll, nats
	LogZBias        Metric = "log_z_bias"    // learned log Z less the one by quadrature, mean of absolute values
	FlowNLL         Metric = "flow_nll"      // nll of what the flow of an energy makes of noise
	RMSERatio       Metric = "rmse_ratio"    // root mean squared error of parameters relative to that of maximum likelihood
	TrainNLL        Metric = "train_nll"     // nll of the training rows, nats
	GradientNorm    Metric = "gradient_norm" // Euclidean norm of the gradient of train_nll
	StepsPerSecond  Metric = "steps_per_s"
)

// Record is one number of the results: a metric of a model, learned from a
// data set by an objective.
type Record struct {
	Dataset   string `json:"dataset"`
	Model     string `json:"model"`     // what makes scores: unary, pairwise, ...
	Objective string `json:"objective"` // minmin, sparsemax, exact, cd, minmax, gfy, ...
	// Decision says how predictions are made of probabilities: "mode", or the
	// metric whose expectation they maximise. Metrics of probabilities, such
	// as nll, do not depend on it.
	Decision string  `json:"decision"`
	Metric   Metric  `json:"metric"`
	Value    float64 `json:"value"` // mean over repeats
	SE       float64 `json:"se"`    // standard error over repeats; 0 where there is one repeat
	Repeats  int     `json:"repeats"`
	Seed     uint64  `json:"seed"`    // of the first repeat; the others use the next ones
	Seconds  float64 `json:"seconds"` // of wall clock to train the model, mean over repeats
}

var snakeCase = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// Validate reports the first field that does not fit the format: a name that
// is missing, a metric or objective that is not snake case, a number that is
// not finite (JSON has none), a count that is not positive.
func (r Record) Validate() error {
	for _, f := range []struct{ name, value string }{{"dataset", r.Dataset}, {"model", r.Model}, {"decision", r.Decision}} {
		if f.value == "" {
			return fmt.Errorf("report: record %+v has no %s", r, f.name)
		}
	}
	for _, f := range []struct{ name, value string }{{"objective", r.Objective}, {"metric", string(r.Metric)}} {
		if !snakeCase.MatchString(f.value) {
			return fmt.Errorf("report: %s %q is not in snake case", f.name, f.value)
		}
	}
	for _, f := range []struct {
		name  string
		value float64
	}{{"value", r.Value}, {"se", r.SE}, {"seconds", r.Seconds}} {
		if math.IsNaN(f.value) || math.IsInf(f.value, 0) {
			return fmt.Errorf("report: %s of %s, %s, %s, %s is %g, which JSON cannot say", f.name, r.Dataset, r.Model, r.Objective, r.Metric, f.value)
		}
	}
	if r.SE < 0 || r.Seconds < 0 || r.Repeats < 1 {
		return fmt.Errorf("report: se %g, seconds %g or repeats %d makes no sense", r.SE, r.Seconds, r.Repeats)
	}
	return nil
}

// WriteJSON writes the records to the file at path as a JSON array with a
// record per line. The file is the old one or the complete new one, never a
// part. Nothing is written if a record is not valid.
func WriteJSON(path string, records []Record) error {
	var b bytes.Buffer
	b.WriteString("[")
	for i, r := range records {
		if err := r.Validate(); err != nil {
			return err
		}
		line, err := json.Marshal(r)
		if err != nil {
			return err
		}
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n")
		b.Write(line)
	}
	b.WriteString("\n]\n")
	return writeFile(path, func(w io.Writer) error { _, err := b.WriteTo(w); return err })
}
