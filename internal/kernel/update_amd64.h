// The steps of optimisers.

// func adam(p, grad, m, v *float64, n int, c *AdamCoefficients)
TEXT ADAM(SB), NOSPLIT, $0-48
	MOVQ p+0(FP), DI
	MOVQ grad+8(FP), SI
	MOVQ m+16(FP), R8
	MOVQ v+24(FP), R9
	MOVQ n+32(FP), CX
	SHLQ $3, CX
	MOVQ c+40(FP), AX
	LOADX(AdamCoefficients_Beta1(AX), V15)
	LOADX(AdamCoefficients_Rest1(AX), V14)
	LOADX(AdamCoefficients_Beta2(AX), V13)
	LOADX(AdamCoefficients_Rest2(AX), V12)
	LOADX(AdamCoefficients_Epsilon(AX), V11)
	LOADX(AdamCoefficients_Step(AX), V10)
	LOADX(AdamCoefficients_Root(AX), V9)
	LOADX(AdamCoefficients_Penalty(AX), V8)
	LOADX(AdamCoefficients_Shrink(AX), V7)

loop:
	VMOVUPD (DI), V0
	VMOVUPD (SI), V1
	VFMADD231PD V0, V8, V1 // g
	VMULPD  V1, V14, V2
	VFMADD231PD (R8), V15, V2 // m
	VMULPD  V1, V1, V1
	VMULPD  V1, V12, V1
	VFMADD231PD (R9), V13, V1 // v
	VMOVUPD V1, (R9)
	LOADK(SIGN, V3)
	VANDNPD V2, V3, V4
	LOADK(TINY, V5)
	KEEP($5, V4, V5, V2) // not less, or a NaN
	VMOVUPD V2, (R8)
	VSQRTPD V1, V1
	VFMADD213PD V11, V9, V1
	VMULPD  V10, V2, V2
	VDIVPD  V1, V2, V2
	VFMSUB213PD V2, V7, V0
	VMOVUPD V0, (DI)
	ADDQ $WIDTH, R8
	ADDQ $WIDTH, R9
	NEXT(loop)
	VZEROUPPER
	RET

// func momentum(p, grad, u *float64, n int, c *MomentumCoefficients)
TEXT MOMENTUM(SB), NOSPLIT, $0-40
	MOVQ p+0(FP), DI
	MOVQ grad+8(FP), SI
	MOVQ u+16(FP), R8
	MOVQ n+24(FP), CX
	SHLQ $3, CX
	MOVQ c+32(FP), AX
	LOADX(MomentumCoefficients_Momentum(AX), V15)
	LOADX(MomentumCoefficients_Penalty(AX), V14)
	LOADX(MomentumCoefficients_Gradient(AX), V13)
	LOADX(MomentumCoefficients_Velocity(AX), V12)

loop:
	VMOVUPD (DI), V0
	VMOVUPD (SI), V1
	VFMADD231PD V0, V14, V1 // g
	VMOVUPD (R8), V2
	VFMADD213PD V1, V15, V2 // u
	VMOVUPD V2, (R8)
	VFNMADD231PD V1, V13, V0
	VFNMADD231PD V2, V12, V0
	VMOVUPD V0, (DI)
	ADDQ $WIDTH, R8
	NEXT(loop)
	VZEROUPPER
	RET
