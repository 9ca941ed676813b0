package sets

// Interactions as a k x k matrix, whatever they are made of.

// dense writes U, symmetric with a zero diagonal, to the k x k matrix dst.
func (c *pairwise) dense(dst, v []float64) {
	k := c.k
	for i := range k {
		dst[i*k+i] = 0
		for j := i + 1; j < k; j++ {
			x := 0.0
			if c.rank > 0 {
				a, b := c.factors(v)
				for r := range c.rank {
					x += a[i*c.rank+r]*b[j*c.rank+r] + b[i*c.rank+r]*a[j*c.rank+r]
				}
				x /= 2
			} else {
				x = v[c.row(i)+j]
			}
			dst[i*k+j], dst[j*k+i] = x, x
		}
	}
}

// addDenseGrad adds to dv the gradient of a function whose derivative with
// respect to U_ij, i < j, is d[i*k+j].
func (c *pairwise) addDenseGrad(dv, v, d []float64) {
	k := c.k
	for i := range k {
		for j := i + 1; j < k; j++ {
			x := d[i*k+j]
			if c.rank == 0 {
				dv[c.row(i)+j] += x
				continue
			}
			a, b := c.factors(v)
			da, db := c.factors(dv)
			for r := range c.rank {
				ir, jr := i*c.rank+r, j*c.rank+r
				da[ir] += x / 2 * b[jr]
				da[jr] += x / 2 * b[ir]
				db[ir] += x / 2 * a[jr]
				db[jr] += x / 2 * a[ir]
			}
		}
	}
}
