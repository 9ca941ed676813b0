package datasets

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/gibbs-ebm/gibbs/internal/almost"
	"github.com/gibbs-ebm/gibbs/sets"
	"github.com/gibbs-ebm/gibbs/structured/nn"
)

// numbered has x_ij = 10 i + j, with zeros where j > i, in dense, sparse or
// (d = 0) no form, and the set of the binary digits of i.
func numbered(t *testing.T, form string, n int) *Multilabel {
	m := &Multilabel{Name: form, Y: sets.Make(n, 5), Observed: sets.Make(n, 5), Labels: []string{"a", "b", "c", "d", "e"}}
	dense := mat.NewDense(n, 3, nil)
	offsets, columns, values := []int{0}, []int32(nil), []float64(nil)
	for i := range n {
		m.Y[i] = sets.FromUint64(5, uint64(i))
		m.Observed[i] = sets.FromUint64(5, uint64(i)|16)
		for j := range min(i+1, 3) {
			v := float64(10*i + j)
			dense.Set(i, j, v)
			columns, values = append(columns, int32(j)), append(values, v)
		}
		offsets = append(offsets, len(values))
	}
	m.Features = []string{"p", "q", "r"}
	switch form {
	case "dense":
		m.X = dense
	case "view": // a matrix that is neither
		m.X = mat.DenseCopyOf(dense.T()).T()
	case "sparse":
		x, err := nn.NewCSR(n, 3, offsets, columns, values)
		require.NoError(t, err)
		m.X = x
	case "none":
		m.Features = nil
	}
	require.NoError(t, m.Validate())
	return m
}

func requireNumbered(t *testing.T, m *Multilabel, idx []int) {
	t.Helper()
	require.NoError(t, m.Validate())
	require.Equal(t, len(idx), m.Len())
	for r, i := range idx {
		require.Equal(t, sets.FromUint64(5, uint64(i)), m.Y[r])
		require.Equal(t, sets.FromUint64(5, uint64(i)|16), m.Observed[r])
		for j := range m.D() {
			want := float64(10*i + j)
			if j > i {
				want = 0
			}
			almost.Equal(t, want, m.X.At(r, j), 0, 0)
		}
	}
}

func TestRows(t *testing.T) {
	for _, form := range []string{"dense", "view", "sparse", "none"} {
		m := numbered(t, form, 6)
		n, d, k := m.Dims()
		assert.Equal(t, []int{6, 3, 5}, []int{n, max(d, 3), k})
		idx := []int{4, 0, 4, 5, 1}
		rows := m.Rows(idx)
		requireNumbered(t, rows, idx)
		assert.Equal(t, form, rows.Name)
		assert.Equal(t, m.Labels, rows.Labels)
		switch form {
		case "none":
			assert.Nil(t, rows.X)
		case "sparse":
			assert.IsType(t, &nn.CSR{}, rows.X)
		default:
			assert.IsType(t, &mat.Dense{}, rows.X)
			rows.X.(*mat.Dense).Set(0, 0, -1)
		}
		rows.Y[0].Clear()
		rows.Observed[0].Clear()
		requireNumbered(t, m, []int{0, 1, 2, 3, 4, 5}) // nothing is shared
		assert.Panics(t, func() { m.Rows([]int{0, 6}) }, form)
		assert.Panics(t, func() { m.Rows([]int{-1}) }, form)
		assert.Zero(t, m.Rows(nil).Len())
		m.Observed = nil
		assert.Nil(t, m.Rows(idx).Observed)
	}
}

func TestStackUndoesRows(t *testing.T) {
	for _, form := range []string{"dense", "view", "sparse", "none"} {
		m := numbered(t, form, 7)
		for _, cut := range []int{0, 3, 7} {
			var a, b []int
			for i := range 7 {
				if i < cut {
					a = append(a, i)
				} else {
					b = append(b, i)
				}
			}
			whole, err := Stack(m.Rows(a), m.Rows(b))
			require.NoError(t, err)
			requireNumbered(t, whole, []int{0, 1, 2, 3, 4, 5, 6})
			assert.Equal(t, m.D(), whole.D())
			assert.Equal(t, m.Features, whole.Features)
			assert.Equal(t, form, whole.Name)
			if form == "sparse" {
				assert.IsType(t, &nn.CSR{}, whole.X)
			}
		}
	}
	mixed, err := Stack(numbered(t, "dense", 2), numbered(t, "sparse", 3))
	require.NoError(t, err)
	requireNumbered(t, mixed, []int{0, 1, 0, 1, 2})
	assert.IsType(t, &mat.Dense{}, mixed.X)
}

func TestStackFillsIn(t *testing.T) {
	bare, full := numbered(t, "dense", 2), numbered(t, "dense", 2)
	bare.Observed, bare.Features, bare.Labels = nil, nil, nil
	m, err := Stack(bare, full)
	require.NoError(t, err)
	assert.Equal(t, full.Features, m.Features)
	assert.Equal(t, full.Labels, m.Labels)
	assert.Equal(t, sets.All(5), m.Observed[0])
	assert.Equal(t, full.Observed[1], m.Observed[3])
	m.Observed[0].Clear()
	assert.Equal(t, sets.All(5), m.Observed[1])

	m, err = Stack(bare)
	require.NoError(t, err)
	assert.Nil(t, m.Observed)
	m, err = Stack()
	require.NoError(t, err)
	assert.Zero(t, m.Len())
}

func TestStackErrors(t *testing.T) {
	base := numbered(t, "dense", 3)
	for reason, change := range map[string]func(m *Multilabel){
		"2 features and 5 labels": func(m *Multilabel) { m.X, m.Features = mat.NewDense(3, 2, nil), nil },
		"3 features and 4 labels": func(m *Multilabel) { m.Y, m.Labels, m.Observed = sets.Make(3, 4), nil, nil },
		`feature 1 is "z"`:        func(m *Multilabel) { m.Features = []string{"p", "z", "r"} },
		`label 0 is "z"`:          func(m *Multilabel) { m.Labels = []string{"z", "b", "c", "d", "e"} },
		"there are 4 label names": func(m *Multilabel) { m.Labels = m.Labels[:4] },
	} {
		m := numbered(t, "dense", 3)
		change(m)
		_, err := Stack(base, base, m)
		var stack *StackError
		require.ErrorAs(t, err, &stack, reason)
		assert.Equal(t, 2, stack.Part)
		assert.Contains(t, err.Error(), reason)
	}
}
