package logpart_test

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/logpart"
)

func TestCalibrate(t *testing.T) {
	c, err := logpart.Calibrate([]float64{0.1, 0.15, 0.9, 1, 0}, []bool{false, true, true, true, false}, 5)
	require.NoError(t, err)
	// Bins [0, 0.2): 0.1, 0.15, 0 of which one came true; [0.8, 1]: 0.9, 1, both.
	assert.Equal(t, 3, c.Bins[0].Events)
	almost.Equal(t, 0.25/3, c.Bins[0].Stated, 1e-15, 0)
	almost.Equal(t, 1.0/3, c.Bins[0].Observed, 1e-15, 0)
	assert.Equal(t, 2, c.Bins[4].Events)
	almost.Equal(t, (0.75+0.1)/5, c.Error, 1e-15, 0)
	almost.Equal(t, (0.01+0.85*0.85+0.01)/5, c.Brier, 1e-15, 0)
	assert.Contains(t, c.String(), "5 events")

	rng := rand.New(rand.NewPCG(1, 1))
	const n = 100_000
	p, outcome := make([]float64, n), make([]bool, n)
	for i := range p {
		p[i] = rng.Float64()
		outcome[i] = rng.Float64() < p[i]
	}
	c, err = logpart.Calibrate(p, outcome, 0)
	require.NoError(t, err)
	assert.Len(t, c.Bins, 10)
	almost.Equal(t, 0, c.Error, 0.01, 0)
	almost.Equal(t, 1.0/6, c.Brier, 0.005, 0)

	for _, bad := range []float64{-0.1, 1.1, math.NaN()} {
		_, err := logpart.Calibrate([]float64{bad}, []bool{true}, 0)
		assert.Error(t, err)
	}
	_, err = logpart.Calibrate([]float64{1}, nil, 0)
	assert.Error(t, err)
	_, err = logpart.Calibrate(nil, nil, -1)
	assert.Error(t, err)
	c, err = logpart.Calibrate(nil, nil, 0)
	require.NoError(t, err)
	assert.Zero(t, c.Error)
}

func TestDiagnose(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	var points []logpart.Point
	for range 500 {
		d := rng.Float64()
		points = append(points, logpart.Point{Reference: 3, Tau: 3.5 + 0.2*d, Distance: d, Reliable: true})
	}
	points = append(points, logpart.Point{Tau: 9, Reference: math.NaN()}, logpart.Point{Tau: 9, Reference: 1})
	d, err := logpart.Diagnose(points)
	require.NoError(t, err)
	assert.Equal(t, 502, d.Examples)
	assert.Equal(t, 500, d.Exact)
	assert.Equal(t, 2, d.Unreliable)
	assert.Equal(t, 500, d.Rejected)
	almost.Equal(t, 0.6, d.Absolute.Mean, 0.02, 0)
	almost.Equal(t, 0.6, d.Bias.Median, 0.02, 0)
	assert.Less(t, d.PValue, 1e-12, "tau is too large by half a nat")
	almost.Equal(t, -0.6, d.Shift, 0.02, 0)
	assert.Less(t, d.ShiftedGap, d.Gap/20)
	almost.Equal(t, 1, d.Drift, 1e-12, 0)
	assert.Less(t, d.DriftPValue, 1e-12)
	assert.Contains(t, d.String(), "rank correlation")
	var out bytes.Buffer
	require.NoError(t, (&logpart.Diagnosis{Points: points[:2]}).WriteJSON(&out))
	var back logpart.Diagnosis
	require.NoError(t, json.Unmarshal(out.Bytes(), &back))
	assert.Equal(t, points[:2], back.Points)

	// A tau that is right up to the errors of the references is not rejected.
	points = points[:0]
	for range 500 {
		e := 0.1 * rng.NormFloat64()
		points = append(points, logpart.Point{Reference: math.Log(max(1e-3, 1+e)), Error: 0.1, Reliable: true})
	}
	d, err = logpart.Diagnose(points)
	require.NoError(t, err)
	assert.Greater(t, d.PValue, 1e-4)
	assert.Less(t, d.Rejected, 60)
	assert.Zero(t, d.Exact)
	assert.Equal(t, 1.0, d.DriftPValue, "no distances")

	_, err = logpart.Diagnose(nil)
	assert.ErrorIs(t, err, logpart.ErrNoPoints)
	// An error that is the same everywhere is seen too.
	d, err = logpart.Diagnose([]logpart.Point{{Tau: 2, Reference: 1, Reliable: true}, {Tau: 3, Reference: 2, Reliable: true}})
	require.NoError(t, err)
	assert.Zero(t, d.PValue)
	almost.Equal(t, math.Exp(-1), d.Mass.Mean, 1e-12, 0)
	almost.Equal(t, math.Exp(-1), d.Gap, 1e-12, 0)
	almost.Equal(t, -1, d.Shift, 1e-12, 0)
	almost.Equal(t, 0, d.ShiftedGap, 1e-12, 0)
	d, err = logpart.Diagnose([]logpart.Point{{Tau: 2, Reference: 1.9, Error: 0.1, Reliable: true}})
	require.NoError(t, err)
	almost.Equal(t, 0.32, d.PValue, 0.05, 0)
	// Of thresholds mass and gap are the caller's, and nothing is to be shifted.
	d, err = logpart.DiagnoseThresholds([]logpart.Point{{Tau: 2, Reference: 1, Mass: 0.25, Gap: 0.5, Reliable: true}, {Tau: 3, Reference: 1, Mass: 0.75, Gap: 1, Reliable: true}})
	require.NoError(t, err)
	almost.Equal(t, 0.5, d.Mass.Mean, 1e-12, 0)
	almost.Equal(t, 0.75, d.Gap, 1e-12, 0)
	assert.Zero(t, d.Shift)
	assert.Contains(t, d.String(), "threshold")
	assert.NotContains(t, d.String(), "shift")
	d, err = logpart.Diagnose([]logpart.Point{{Tau: 2, Reference: 2, Reliable: true}})
	require.NoError(t, err)
	almost.Equal(t, 1, d.PValue, 0, 0)
	assert.Zero(t, d.Rejected)
	// Errors of thousands of nats leave finite numbers.
	d, err = logpart.Diagnose([]logpart.Point{{Tau: -5000, Reference: 5000, Reliable: true}, {Tau: 5000, Reliable: true}})
	require.NoError(t, err)
	require.NoError(t, d.WriteJSON(&out))
}
