package datasets

// uciNames are the names of the columns of the UCI benchmarks, which their
// files leave out: those of the UCI Machine Learning Repository, shortened.
var uciNames = map[string]struct{ features, targets []string }{
	"boston": {
		features: []string{"CRIM", "ZN", "INDUS", "CHAS", "NOX", "RM", "AGE", "DIS", "RAD", "TAX", "PTRATIO", "B", "LSTAT"},
		targets:  []string{"MEDV"},
	},
	"concrete": {
		features: []string{"cement", "slag", "fly ash", "water", "superplasticizer", "coarse aggregate", "fine aggregate", "age"},
		targets:  []string{"strength"},
	},
	"naval": {
		features: []string{
			"lever position", "ship speed", "GT shaft torque", "GT rate of revolutions", "GG rate of revolutions",
			"starboard propeller torque", "port propeller torque", "T48", "T1", "T2", "P48", "P1", "P2", "Pexh", "TIC", "mf",
		},
		targets: []string{"compressor decay"},
	},
	"power": {
		features: []string{"AT", "V", "AP", "RH"},
		targets:  []string{"PE"},
	},
	"protein": {
		features: []string{"F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9"},
		targets:  []string{"RMSD"},
	},
	"wine-red": {
		features: []string{
			"fixed acidity", "volatile acidity", "citric acid", "residual sugar", "chlorides", "free sulfur dioxide",
			"total sulfur dioxide", "density", "pH", "sulphates", "alcohol",
		},
		targets: []string{"quality"},
	},
	"yacht": {
		features: []string{
			"longitudinal position of the centre of buoyancy", "prismatic coefficient", "length-displacement ratio",
			"beam-draught ratio", "length-beam ratio", "Froude number",
		},
		targets: []string{"residuary resistance"},
	},
}
