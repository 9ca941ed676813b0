package fenchel_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gibbs-ebm/gibbs/fenchel"
	"github.com/gibbs-ebm/gibbs/fenchel/fencheltest"
)

// pearson is a generator as a user would write it.
type pearson struct{}

func (pearson) F(u float64) float64         { return (u - 1) * (u - 1) / 2 }
func (pearson) Deriv(u float64) float64     { return u - 1 }
func (pearson) Conjugate(v float64) float64 { v = max(v, -1); return v * (1 + v/2) }
func (pearson) Ratio(v float64) float64     { return max(0, 1+v) }
func (pearson) Validate() error             { return nil }
func (pearson) String() string              { return "pearson" }

func generators() []fenchel.Generator {
	return []fenchel.Generator{
		fenchel.KL{}, fenchel.ChiSquare{}, fenchel.Tsallis{}, fenchel.Tsallis{Alpha: 1}, fenchel.Tsallis{Alpha: 1 + 1e-7},
		fenchel.Tsallis{Alpha: 1.05}, fenchel.Tsallis{Alpha: 1.2}, fenchel.Tsallis{Alpha: 2}, fenchel.Tsallis{Alpha: 3.5},
		fenchel.Scaled{Of: fenchel.ChiSquare{}, Scale: 0.5}, fenchel.Scaled{Of: fenchel.Scaled{Of: fenchel.KL{}, Scale: 2}, Scale: 0.75},
		fenchel.Hellinger{}, fenchel.JensenShannon{}, fenchel.ReverseKL{}, fenchel.Scaled{Of: fenchel.JensenShannon{}, Scale: 2},
		pearson{},
	}
}

func TestGenerators(t *testing.T) {
	for _, f := range generators() {
		t.Run(fmt.Sprintf("%T/%v", f, f), func(t *testing.T) { fencheltest.Generator(t, f) })
	}
}

// count counts failures in place of a test.
type count struct{ failures int }

func (c *count) Helper()               {}
func (c *count) Errorf(string, ...any) { c.failures++ }

type (
	notZeroAtOne  struct{ pearson }
	wrongDeriv    struct{ pearson }
	wrongRatio    struct{ pearson }
	notConvex     struct{ pearson }
	wrongEnd      struct{ fenchel.Hellinger }
	wrongCurve    struct{ fenchel.KL }
	lowConjugate  struct{ pearson }
	notComparable struct {
		pearson
		_ []int
	}
)

func (notZeroAtOne) F(u float64) float64     { return (u-1)*(u-1)/2 + 0.01 }
func (wrongDeriv) Deriv(u float64) float64   { return u - 1.01 }
func (wrongRatio) Ratio(v float64) float64   { return max(0, 1.01+v) }
func (notConvex) F(u float64) float64        { return math.Sin(u - 1) }
func (wrongEnd) Ratio(v float64) float64     { return math.Min(fenchel.Hellinger{}.Ratio(v), 1e6) }
func (wrongCurve) Curvature(float64) float64 { return 1 }
func (lowConjugate) Conjugate(v float64) float64 {
	return pearson{}.Conjugate(v) - 1e-3
}

// A check that cannot fail is none: each defect is seen.
func TestGeneratorFindsDefects(t *testing.T) {
	for _, f := range []fenchel.Generator{notZeroAtOne{}, wrongDeriv{}, wrongRatio{}, notConvex{}, wrongEnd{}, wrongCurve{}, lowConjugate{}, notComparable{}, nil, fenchel.Scaled{}} {
		var c count
		fencheltest.Generator(&c, f)
		assert.Positive(t, c.failures, "%T", f)
	}
}
