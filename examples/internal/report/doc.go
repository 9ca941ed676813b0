// Package report is what the examples share: how they read flags, show
// progress, and hand over numbers as text, JSON and pictures.
//
// Every example writes its results in one format, an array of flat records
// (see [Record]), so that results of different examples can be read by one
// program:
//
//	{"dataset":"yeast","model":"unary","objective":"minmin","decision":"mode",
//	 "metric":"f1_samples","value":0.62,"se":0.003,"repeats":5,"seed":1,"seconds":9.5}
package report
