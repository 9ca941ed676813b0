package main

import (
	"github.com/gibbs-ebm/gibbs/snl"
	"github.com/gibbs-ebm/gibbs/structured"
)

// estimator is an objective as an estimator of the parameters.
type estimator int

const (
	likelihood estimator = iota
	minmin
	nce1
	nce
	rankingNCE
	conditionalNCE
	mlIS
	sm
	dsm
	cd
	pcd
)

var estimators = []estimator{likelihood, minmin, nce1, nce, rankingNCE, conditionalNCE, mlIS, sm, dsm, cd, pcd}

func (e estimator) String() string {
	return [...]string{"ml", "snl", "nce_1", "nce", "ranking_nce", "conditional_nce", "ml_is", "sm", "dsm", "cd", "pcd"}[e]
}

// fits reports whether the estimator is one for the family: derivatives of
// noisy angles leave the circle.
func (e estimator) fits(f family) bool {
	return f != vonMises || e != conditionalNCE && e != dsm
}

// objective of an estimator with so many draws per example.
func (e estimator) objective(f family, samples int) structured.Objective[snl.Point] {
	walk := snl.RandomWalk{Step: 0.7, Steps: 5}
	switch e {
	case minmin:
		return snl.MinMin{Samples: samples}
	case nce1:
		return snl.NoiseContrastive{Samples: 1}
	case nce:
		return snl.NoiseContrastive{Samples: samples}
	case rankingNCE:
		return snl.RankingNoiseContrastive{Samples: samples}
	case conditionalNCE:
		return snl.ConditionalNoiseContrastive{Noise: snl.GaussianNoise{Deviations: []float64{0.5}}, Samples: samples}
	case mlIS:
		return snl.ImportanceSampledLikelihood{Samples: samples}
	case sm:
		return snl.ScoreMatching{Periodic: f == vonMises}
	case dsm:
		return snl.DenoisingScoreMatching{Sigma: 0.3, Pairs: samples}
	case cd:
		return snl.ContrastiveDivergence{Kernel: walk}
	case pcd:
		return snl.PersistentContrastiveDivergence{Kernel: walk}
	}
	switch f { // the nodes are as many as give rounding errors
	case doubleWell:
		return snl.QuadratureLikelihood{Panels: 10}
	case vonMises:
		return snl.QuadratureLikelihood{Panels: 4}
	}
	return snl.ExactLikelihood{}
}
