package nn

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/gibbs-ebm/gibbs/internal/almost"
)

// countedBLAS counts its products.
type countedBLAS struct {
	gonum.Implementation
	products int
}

func (b *countedBLAS) Dgemm(tA, tB blas.Transpose, m, n, k int, alpha float64, x []float64, ldx int, y []float64, ldy int, beta float64, z []float64, ldz int) {
	b.products++
	b.Implementation.Dgemm(tA, tB, m, n, k, alpha, x, ldx, y, ldy, beta, z, ldz)
}

func TestUseBLAS(t *testing.T) {
	net, params := build(t, MLP{Hidden: []int{9}}, 5, 3, 1)
	x := DenseInput(normals(rand.New(rand.NewPCG(1, 1)), 20), 4, 5)
	own := clone(net.NewTape().Forward(params, x, nil))
	b := new(countedBLAS)
	UseBLAS(b)
	defer UseBLAS(nil)
	almost.Slice(t, own, net.NewTape().Forward(params, x, nil), 1e-13, 1e-13)
	assert.Equal(t, 2, b.products, "one to a layer")
	UseBLAS(nil)
	almost.Same(t, own, net.NewTape().Forward(params, x, nil))
	assert.Equal(t, 2, b.products)
}
