package fenchel_test
import ("testing";"math/rand/v2";"fmt";"math";"github.com/gibbs-ebm/gibbs/fenchel";"github.com/gibbs-ebm/gibbs/fenchel/projection")
func TestZZ(t *testing.T){
 rng := rand.New(rand.NewPCG(32, 1))
 for _,o:=range []interface{fenchel.Oracle;fenchel.Polytope}{projection.CappedSimplex{K:3},projection.Permutahedron{},projection.Simplex{}} { for _,shift:=range []float64{1e3,1e6,1e9} {
 worst:=0.0; for range 50 {
 x:=normal(rng,12,1); a,b:=make([]float64,12),make([]float64,12)
 if err:=(fenchel.SparseMAP{Of:o}).Project(a,x);err!=nil {t.Fatal(err)}
 for i:=range x {x[i]+=shift}
 if err:=(fenchel.SparseMAP{Of:o}).Project(b,x);err!=nil {t.Fatal(err)}
 for i:=range x {worst=max(worst,math.Abs(a[i]-b[i]))}
 }
 fmt.Println(o,shift,worst)
 }}
}
