// Package diagram draws the diagnoses of package logpart as PNG pictures: how far a
// learned tau is from its references, and whether probabilities come true. It is a
// package of its own because it needs a library for plots, which others need not.
package diagram
