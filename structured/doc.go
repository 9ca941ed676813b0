// Package structured is the spine of the library: conditional energy-based
// models p(y|x) = q(y) exp g(x,y) / Z(x) over any space of structures, one
// training loop for all of them, and models that answer questions.
//
// # The pieces
//
//	features x -> Network h -> logits theta -> Coupling Phi(theta, y): scores g
//	                              |                 ^
//	                              v                 | structures y' from
//	                           tau(x)            Space: reference q, or a Proposal
//	                              |                 |
//	                              +--> Objective <--+
//	                                      |
//	          gradient: theta, the coupling's own parameters, tau
//
// A [Space] is a set of structures with a reference probability q. A
// [Coupling] scores structures from logits; it never sees x. The network (in
// package nn) never sees a structure. An [Objective] turns a batch of logits
// into losses and derivatives: [MinMin], the joint objective over scores and
// the amortised log-partition tau (package logpart), needs only samples;
// [ExactLikelihood] needs a coupling that can sum. [Fit] is the loop around
// them, and gives a [Model].
//
// # Objectives
//
// All of them but the last two, which learn modes, fit the same p(y|x). They need
// no sum over structures but the first, and can be exchanged in Config.Objective:
//
//	objective                        normaliser  draws from            error of its gradient
//	ExactLikelihood                  exact       -                     none
//	MinMin                           tau         reference, proposal   unbiased
//	NoiseContrastive                 tau         reference, proposal   unbiased for its own loss
//	RankingNoiseContrastive          -           reference, proposal   unbiased for its own loss
//	ConditionalNoiseContrastive      -           near the data         unbiased for its own loss
//	ImportanceSampledLikelihood      -           reference, proposal   biased, 1/samples
//	ContrastiveDivergence            -           short Markov chains   biased, steps
//	PersistentContrastiveDivergence  -           persistent chains     biased, learning rate
//	UnbiasedContrastiveDivergence    -           coupled chains        unbiased
//	MinMax                           -           a generator           lower bound
//	SparseMAP                        -           -                     none, for its own loss
//	PerturbAndMAP                    -           perturbed modes       unbiased for its own loss
//
// Where draws come from is one seam: a [Proposal] in place of the reference,
// such as a [Mixture], one that is [Learned] beside the model by the auxiliary
// network, or one [Around] the data. The trained model keeps it for what it
// answers by sampling.
//
// What a coupling can do exactly over a space is found by type assertion:
// [Inferrer], then [LogPartition], [ConditionalLogPartition], [ExactSampler],
// [KBester], [ExactEntropy]. A [Recorder] keeps what scores were made of for
// their gradient. Whatever a model normalises says whether it did so
// exactly, within an interval, or by an estimate: [Normalization].
//
// # Normalisers
//
// Where nothing sums exactly, log Z(x) is had in several ways, which say what
// they are worth:
//
//	Model.Taus                   the learned tau, on top of the coupling's surrogate
//	                             of log Z where it has one (LogPartitionSurrogate)
//	Model.ImportanceNormalizers  refined from fresh draws, with a standard error
//	Model.EstimateNormalizers    AnnealedImportance, BridgeSampling: standard errors
//	Model.CertifiedNormalizers   intervals that hold with a stated probability
//	Diagnose                     how far off tau is, and where
//	Model.Shifted                tau recalibrated by a constant
//	Model.Recalibrated           tau with the constant that it lacks
//
// # Your own space
//
// Write a Space[Y] and a Coupling[Y], a handful of methods each, and check
// them with package structuredtest. A [FileFormat] saves and loads their models.
// The tests of this package hold a complete one, over plain integers.
//
// # Conventions
//
// Scores are larger for better structures. Probabilities, losses and
// log-partitions are in nats, and log Z is relative to the normalised q, so
// that it is 0 where all scores are 0; add Space.LogCardinality for the
// counting measure under a uniform q. Rows are examples.
//
// # Reproducibility
//
// Same seed, same bytes: parameters and answers have the same bits for any
// number of workers and any GOMAXPROCS, and an answer for one x has the same
// bits alone and in a batch. Streams of random numbers derive from (seed,
// epoch, batch, example). This holds per architecture: rounding differs
// between amd64, arm64 (fused multiply-add) and 386.
package structured
