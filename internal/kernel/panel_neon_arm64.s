//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// Panels of 4, 8 or 12 columns, 4 rows at a time: 24 accumulators in V8 to
// V31, row r of the tile in six of them. A step over the inner dimension loads
// a row of B in V0 to V5 and, for each row of A, one number into both lanes of
// V6 or V7.
//
// R1 to R4  rows of A       R8   stride of its rows     R9   along a row
// R5        row of B        R10  stride of its rows
// R14       row 0 of C      R11  stride of its rows     R7   a row of C
// R13       steps to go     R12  rows to go             R0   the panel

#define BEGIN \
	MOVD p+0(FP), R0 \
	MOVD panel_c(R0), R14 \
	MOVD panel_cRow(R0), R11 \
	MOVD panel_aRow(R0), R8 \
	MOVD panel_aStep(R0), R9 \
	MOVD panel_bRow(R0), R10 \
	MOVD panel_rows(R0), R12 \
	MOVD panel_a(R0), R15

// TILE points at the next tile: 4 rows of A, of which a tile of one row uses
// the first, and all of B.
#define TILE \
	MOVD R15, R1 \
	ADD  R8, R1, R2 \
	ADD  R8, R2, R3 \
	ADD  R8, R3, R4 \
	MOVD panel_b(R0), R5 \
	MOVD panel_steps(R0), R13 \
	MOVD R14, R7

// NEXT4 moves to the next block of A and rows of C, NEXT1 one row on in the
// same block.
#define NEXT4 \
	MOVD panel_aBlock(R0), R6 \
	ADD  R6, R15 \
	ADD  R11<<2, R14 \
	SUB  $4, R12

#define NEXT1 \
	ADD R8, R15 \
	ADD R11, R14 \
	SUB $1, R12

#define ZERO2(a, b) VEOR a, a, a; VEOR b, b, b
#define FMA2(s, a, b) VFMLA s, V0.D2, a; VFMLA s, V1.D2, b
#define FMA4(s, a, b, c, d) FMA2(s, a, b); VFMLA s, V2.D2, c; VFMLA s, V3.D2, d
#define FMA6(s, a, b, c, d, e, f) FMA4(s, a, b, c, d); VFMLA s, V4.D2, e; VFMLA s, V5.D2, f

// func panel3NEON(p *panel)
TEXT ·panel3NEON(SB), NOSPLIT, $0-8
	BEGIN

rows4:
	CMP  $4, R12
	BLT  rows1
	TILE
	MOVD panel_add(R0), R6
	CBNZ R6, get4
	ZERO2(V8.B16, V9.B16)
	ZERO2(V10.B16, V11.B16)
	ZERO2(V12.B16, V13.B16)
	ZERO2(V14.B16, V15.B16)
	ZERO2(V16.B16, V17.B16)
	ZERO2(V18.B16, V19.B16)
	ZERO2(V20.B16, V21.B16)
	ZERO2(V22.B16, V23.B16)
	ZERO2(V24.B16, V25.B16)
	ZERO2(V26.B16, V27.B16)
	ZERO2(V28.B16, V29.B16)
	ZERO2(V30.B16, V31.B16)
	B    loop4

get4:
	VLD1 (R7), [V8.D2, V9.D2, V10.D2, V11.D2]
	ADD  $64, R7, R6
	VLD1 (R6), [V12.D2, V13.D2]
	ADD  R11, R7
	VLD1 (R7), [V14.D2, V15.D2, V16.D2, V17.D2]
	ADD  $64, R7, R6
	VLD1 (R6), [V18.D2, V19.D2]
	ADD  R11, R7
	VLD1 (R7), [V20.D2, V21.D2, V22.D2, V23.D2]
	ADD  $64, R7, R6
	VLD1 (R6), [V24.D2, V25.D2]
	ADD  R11, R7
	VLD1 (R7), [V26.D2, V27.D2, V28.D2, V29.D2]
	ADD  $64, R7, R6
	VLD1 (R6), [V30.D2, V31.D2]
	ADD  R11, R7

loop4:
	VLD1 (R5), [V0.D2, V1.D2, V2.D2, V3.D2]
	ADD  $64, R5, R6
	VLD1 (R6), [V4.D2, V5.D2]
	ADD  R10, R5
	VLD1R.P (R1)(R9), [V6.D2]
	FMA6(V6.D2, V8.D2, V9.D2, V10.D2, V11.D2, V12.D2, V13.D2)
	VLD1R.P (R2)(R9), [V7.D2]
	FMA6(V7.D2, V14.D2, V15.D2, V16.D2, V17.D2, V18.D2, V19.D2)
	VLD1R.P (R3)(R9), [V6.D2]
	FMA6(V6.D2, V20.D2, V21.D2, V22.D2, V23.D2, V24.D2, V25.D2)
	VLD1R.P (R4)(R9), [V7.D2]
	FMA6(V7.D2, V26.D2, V27.D2, V28.D2, V29.D2, V30.D2, V31.D2)
	SUB  $1, R13
	CBNZ R13, loop4
	MOVD R14, R7
	VST1 [V8.D2, V9.D2, V10.D2, V11.D2], (R7)
	ADD  $64, R7, R6
	VST1 [V12.D2, V13.D2], (R6)
	ADD  R11, R7
	VST1 [V14.D2, V15.D2, V16.D2, V17.D2], (R7)
	ADD  $64, R7, R6
	VST1 [V18.D2, V19.D2], (R6)
	ADD  R11, R7
	VST1 [V20.D2, V21.D2, V22.D2, V23.D2], (R7)
	ADD  $64, R7, R6
	VST1 [V24.D2, V25.D2], (R6)
	ADD  R11, R7
	VST1 [V26.D2, V27.D2, V28.D2, V29.D2], (R7)
	ADD  $64, R7, R6
	VST1 [V30.D2, V31.D2], (R6)
	ADD  R11, R7
	NEXT4
	B    rows4

rows1:
	CBZ  R12, done
	TILE
	MOVD panel_add(R0), R6
	CBNZ R6, get1
	ZERO2(V8.B16, V9.B16)
	ZERO2(V10.B16, V11.B16)
	ZERO2(V12.B16, V13.B16)
	B    loop1

get1:
	VLD1 (R7), [V8.D2, V9.D2, V10.D2, V11.D2]
	ADD  $64, R7, R6
	VLD1 (R6), [V12.D2, V13.D2]
	ADD  R11, R7

loop1:
	VLD1 (R5), [V0.D2, V1.D2, V2.D2, V3.D2]
	ADD  $64, R5, R6
	VLD1 (R6), [V4.D2, V5.D2]
	ADD  R10, R5
	VLD1R.P (R1)(R9), [V6.D2]
	FMA6(V6.D2, V8.D2, V9.D2, V10.D2, V11.D2, V12.D2, V13.D2)
	SUB  $1, R13
	CBNZ R13, loop1
	MOVD R14, R7
	VST1 [V8.D2, V9.D2, V10.D2, V11.D2], (R7)
	ADD  $64, R7, R6
	VST1 [V12.D2, V13.D2], (R6)
	ADD  R11, R7
	NEXT1
	B    rows1

done:
	RET

// func panel2NEON(p *panel)
TEXT ·panel2NEON(SB), NOSPLIT, $0-8
	BEGIN

rows4:
	CMP  $4, R12
	BLT  rows1
	TILE
	MOVD panel_add(R0), R6
	CBNZ R6, get4
	ZERO2(V8.B16, V9.B16)
	ZERO2(V10.B16, V11.B16)
	ZERO2(V12.B16, V13.B16)
	ZERO2(V14.B16, V15.B16)
	ZERO2(V16.B16, V17.B16)
	ZERO2(V18.B16, V19.B16)
	ZERO2(V20.B16, V21.B16)
	ZERO2(V22.B16, V23.B16)
	B    loop4

get4:
	VLD1 (R7), [V8.D2, V9.D2, V10.D2, V11.D2]
	ADD  R11, R7
	VLD1 (R7), [V12.D2, V13.D2, V14.D2, V15.D2]
	ADD  R11, R7
	VLD1 (R7), [V16.D2, V17.D2, V18.D2, V19.D2]
	ADD  R11, R7
	VLD1 (R7), [V20.D2, V21.D2, V22.D2, V23.D2]
	ADD  R11, R7

loop4:
	VLD1 (R5), [V0.D2, V1.D2, V2.D2, V3.D2]
	ADD  R10, R5
	VLD1R.P (R1)(R9), [V6.D2]
	FMA4(V6.D2, V8.D2, V9.D2, V10.D2, V11.D2)
	VLD1R.P (R2)(R9), [V7.D2]
	FMA4(V7.D2, V12.D2, V13.D2, V14.D2, V15.D2)
	VLD1R.P (R3)(R9), [V6.D2]
	FMA4(V6.D2, V16.D2, V17.D2, V18.D2, V19.D2)
	VLD1R.P (R4)(R9), [V7.D2]
	FMA4(V7.D2, V20.D2, V21.D2, V22.D2, V23.D2)
	SUB  $1, R13
	CBNZ R13, loop4
	MOVD R14, R7
	VST1 [V8.D2, V9.D2, V10.D2, V11.D2], (R7)
	ADD  R11, R7
	VST1 [V12.D2, V13.D2, V14.D2, V15.D2], (R7)
	ADD  R11, R7
	VST1 [V16.D2, V17.D2, V18.D2, V19.D2], (R7)
	ADD  R11, R7
	VST1 [V20.D2, V21.D2, V22.D2, V23.D2], (R7)
	ADD  R11, R7
	NEXT4
	B    rows4

rows1:
	CBZ  R12, done
	TILE
	MOVD panel_add(R0), R6
	CBNZ R6, get1
	ZERO2(V8.B16, V9.B16)
	ZERO2(V10.B16, V11.B16)
	B    loop1

get1:
	VLD1 (R7), [V8.D2, V9.D2, V10.D2, V11.D2]
	ADD  R11, R7

loop1:
	VLD1 (R5), [V0.D2, V1.D2, V2.D2, V3.D2]
	ADD  R10, R5
	VLD1R.P (R1)(R9), [V6.D2]
	FMA4(V6.D2, V8.D2, V9.D2, V10.D2, V11.D2)
	SUB  $1, R13
	CBNZ R13, loop1
	MOVD R14, R7
	VST1 [V8.D2, V9.D2, V10.D2, V11.D2], (R7)
	ADD  R11, R7
	NEXT1
	B    rows1

done:
	RET

// func panel1NEON(p *panel)
TEXT ·panel1NEON(SB), NOSPLIT, $0-8
	BEGIN

rows4:
	CMP  $4, R12
	BLT  rows1
	TILE
	MOVD panel_add(R0), R6
	CBNZ R6, get4
	ZERO2(V8.B16, V9.B16)
	ZERO2(V10.B16, V11.B16)
	ZERO2(V12.B16, V13.B16)
	ZERO2(V14.B16, V15.B16)
	B    loop4

get4:
	VLD1 (R7), [V8.D2, V9.D2]
	ADD  R11, R7
	VLD1 (R7), [V10.D2, V11.D2]
	ADD  R11, R7
	VLD1 (R7), [V12.D2, V13.D2]
	ADD  R11, R7
	VLD1 (R7), [V14.D2, V15.D2]
	ADD  R11, R7

loop4:
	VLD1 (R5), [V0.D2, V1.D2]
	ADD  R10, R5
	VLD1R.P (R1)(R9), [V6.D2]
	FMA2(V6.D2, V8.D2, V9.D2)
	VLD1R.P (R2)(R9), [V7.D2]
	FMA2(V7.D2, V10.D2, V11.D2)
	VLD1R.P (R3)(R9), [V6.D2]
	FMA2(V6.D2, V12.D2, V13.D2)
	VLD1R.P (R4)(R9), [V7.D2]
	FMA2(V7.D2, V14.D2, V15.D2)
	SUB  $1, R13
	CBNZ R13, loop4
	MOVD R14, R7
	VST1 [V8.D2, V9.D2], (R7)
	ADD  R11, R7
	VST1 [V10.D2, V11.D2], (R7)
	ADD  R11, R7
	VST1 [V12.D2, V13.D2], (R7)
	ADD  R11, R7
	VST1 [V14.D2, V15.D2], (R7)
	ADD  R11, R7
	NEXT4
	B    rows4

rows1:
	CBZ  R12, done
	TILE
	MOVD panel_add(R0), R6
	CBNZ R6, get1
	ZERO2(V8.B16, V9.B16)
	B    loop1

get1:
	VLD1 (R7), [V8.D2, V9.D2]
	ADD  R11, R7

loop1:
	VLD1 (R5), [V0.D2, V1.D2]
	ADD  R10, R5
	VLD1R.P (R1)(R9), [V6.D2]
	FMA2(V6.D2, V8.D2, V9.D2)
	SUB  $1, R13
	CBNZ R13, loop1
	MOVD R14, R7
	VST1 [V8.D2, V9.D2], (R7)
	ADD  R11, R7
	NEXT1
	B    rows1

done:
	RET
