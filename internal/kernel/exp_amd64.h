// Exponentials and their sums.

// EXP sets y = e^x, from x = s log 2 + r with a whole number s and
//
//	e^r = 1 + r + r² (C2 + r (C3 + ... + r C12)),   |r| <= log(2)/2,
//
// whose coefficients interpolate at Chebyshev nodes: relative error 2^-61.
// A NaN stays one: the second operand, x, is what VMAXPD returns then.
#define EXP(x, y, t, s) \
	LOADK(LEAST, t) \
	VMAXPD x, t, x \
	LOADK(MOST, t) \
	VMINPD x, t, x \
	LOADK(MAGIC, t) \
	ADDMULK(LOG2E, x, t) \
	SUBK(MAGIC, t, s) \
	SUBMULK(LN2HI, s, x) \
	SUBMULK(LN2LO, s, x) \
	SERIES(x, y) \
	FMAK(ONE, x, y) \
	FMAK(ONE, x, y) \
	SCALE(t, s, y)

#define SERIES(x, y) \
	LOADK(C12, y) \
	FMAK(C11, x, y) \
	FMAK(C10, x, y) \
	FMAK(C9, x, y) \
	FMAK(C8, x, y) \
	FMAK(C7, x, y) \
	FMAK(C6, x, y) \
	FMAK(C5, x, y) \
	FMAK(C4, x, y) \
	FMAK(C3, x, y) \
	FMAK(C2, x, y)

// EXPM1 sets y = e^x - 1 for x <= 0 as 2^s (e^r - 1) + (2^s - 1).
#define EXPM1(x, y, t, s) \
	LOADK(LEAST1, t) \
	VMAXPD x, t, x \
	LOADK(MAGIC1, t) \
	ADDMULK(LOG2E, x, t) \
	SUBK(MAGIC1, t, s) \
	SUBMULK(LN2HI, s, x) \
	SUBMULK(LN2LO, s, x) \
	SERIES(x, y) \
	VMULPD x, y, y \
	VFMADD213PD x, x, y \
	VPSLLQ $52, t, t \
	SUBK(ONE, t, s) \
	VFMADD213PD s, t, y

// LOG1P sets y = log(1+e) for 0 <= e <= 1, after fdlibm: with f = e, or
// f = (e-1)/2 and log 2 added where e > sqrt(2) - 1, and s = f/(2+f),
//
//	log(1+f) = f - (f²/2 - s (f²/2 + R(s²))).
#define LOG1P(e, y, f, s, z, q, by) \
	LOADK(ROOT2, by) \
	VSUBPD e, by, by \
	LOADK(HALF, f) \
	FMAK(MINUSHALF, e, f) \
	BLEND(by, f, e, f) \
	ADDK(TWO, f, s) \
	VDIVPD s, f, s \
	VMULPD s, s, z \
	LOADK(L7, y) \
	FMAK(L6, z, y) \
	FMAK(L5, z, y) \
	FMAK(L4, z, y) \
	FMAK(L3, z, y) \
	FMAK(L2, z, y) \
	FMAK(L1, z, y) \
	VMULPD z, y, y \
	MULK(HALF, f, q) \
	VMULPD f, q, q \
	VADDPD q, y, y \
	VXORPD z, z, z \
	LOADK(LOGLO, e) \
	BLEND(by, e, z, e) \
	VFMADD213PD e, s, y \
	VSUBPD y, q, y \
	VSUBPD f, y, y \
	LOADK(LOGHI, e) \
	BLEND(by, e, z, e) \
	VSUBPD y, e, y

// func expSum(dst, x *float64, n int, shift float64, sum *[8]float64)
//
// dst = e^(x-shift), added to sum; no dst if it is nil.
#define EXPSHIFT(at, acc) \
	VMOVUPD at(SI), V0 \
	VSUBPD  V15, V0, V0 \
	EXP(V0, V1, V2, V3) \
	VADDPD  V1, acc, acc

TEXT EXPSUM(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
	SHLQ $3, CX
	LOADX(shift+24(FP), V15)
	MOVQ sum+32(FP), AX
	VMOVUPD (AX), V14
#ifdef TWICE
	VMOVUPD WIDTH(AX), V13
#endif
	TESTQ DI, DI
	JZ    only

loop:
	EXPSHIFT(0, V14)
	VMOVUPD V1, (DI)
#ifdef TWICE
	EXPSHIFT(WIDTH, V13)
	VMOVUPD V1, WIDTH(DI)
#endif
	ADDQ $64, DI
	ADDQ $64, SI
	SUBQ $64, CX
	JNZ  loop
	JMP  done

only:
	EXPSHIFT(0, V14)
#ifdef TWICE
	EXPSHIFT(WIDTH, V13)
#endif
	ADDQ $64, SI
	SUBQ $64, CX
	JNZ  only

done:
	VMOVUPD V14, (AX)
#ifdef TWICE
	VMOVUPD V13, WIDTH(AX)
#endif
	VZEROUPPER
	RET
