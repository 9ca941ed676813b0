// The logistic function and what is made of it.

// LOGISTIC sets s = 1/(1+e^-z), r = 1 - s and e = e^-|z|.
#define LOGISTIC(z, s, r, e, t) \
	LOADK(SIGN, t) \
	VORPD z, t, r \
	EXP(r, e, t, s) \
	LOADK(ONE, t) \
	VADDPD e, t, s \
	VDIVPD s, t, s \
	VMULPD e, s, r \
	BLEND(z, r, s, t) \
	BLEND(z, s, r, r) \
	VMOVAPD t, s

// func sigmoid(a, b *float64, n int): a = 1/(1+e^-b)
TEXT SIGMOID(SB), NOSPLIT, $0-24
	UNARY

loop:
	VMOVUPD (SI), V0
	LOGISTIC(V0, V1, V2, V3, V4)
	VMOVUPD V1, (DI)
	NEXT(loop)
	VZEROUPPER
	RET

// func tanh(a, b *float64, n int): a = tanh(a), b = 1 - a²
//
// With E = e^(-2|z|) - 1, |tanh z| = -E/(2+E).
TEXT TANH(SB), NOSPLIT, $0-24
	UNARY

loop:
	VMOVUPD (DI), V0
	LOADK(SIGN, V5)
	VANDPD  V5, V0, V6
	VORPD   V5, V0, V0
	VADDPD  V0, V0, V0
	EXPM1(V0, V1, V2, V3)
	ADDK(TWO, V1, V2)
	VDIVPD  V2, V1, V1
	LOADK(SIGN, V5)
	VANDNPD V1, V5, V1 // the absolute value
	LOADK(ONE, V3)
	VSUBPD  V1, V3, V4
	VADDPD  V1, V3, V3
	VMULPD  V3, V4, V4
	VORPD   V6, V1, V1
	VMOVUPD V1, (DI)
	VMOVUPD V4, (SI)
	NEXT(loop)
	VZEROUPPER
	RET

// func silu(a, b *float64, n int): a = z·s, b = s (1 + z·r), for z in a
TEXT SILU(SB), NOSPLIT, $0-24
	UNARY

loop:
	VMOVUPD (DI), V0
	LOGISTIC(V0, V1, V2, V3, V4)
	FMAK(ONE, V0, V2)
	VMULPD  V1, V2, V2
	VMULPD  V0, V1, V1
	VMOVUPD V1, (DI)
	VMOVUPD V2, (SI)
	NEXT(loop)
	VZEROUPPER
	RET

// func softplus(a, b *float64, n int): a = log(1 + e^z), b = s, for z in a
TEXT SOFTPLUS(SB), NOSPLIT, $0-24
	UNARY

loop:
	VMOVUPD (DI), V0
	LOGISTIC(V0, V1, V2, V3, V4)
	VMOVUPD V1, (SI)
	LOG1P(V3, V1, V2, V4, V5, V6, V7)
	VXORPD  V2, V2, V2
	VMAXPD  V0, V2, V0
	VADDPD  V0, V1, V1
	VMOVUPD V1, (DI)
	NEXT(loop)
	VZEROUPPER
	RET
