//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// Panels of up to 24 columns in float32, 4 rows at a time, of packed operands: 12
// accumulators in Y4 to Y15, row r of the tile in three of them. A step loads a
// row of B in Y0, Y1, Y2 and, for each row of A, one number into Y3. The
// accumulators are added to C in float64; masks of its columns, 4 by 4, are only
// looked at where not all are whole.
//
// SI  4 numbers of A   BX  row of B   R15 its length   CX  steps to go
// DI  row of C         R12 its stride DX  rows to go   R14 the panel

#define ROW1(at, x) VBROADCASTSS at, Y3; VFMADD231PS Y0, Y3, x
#define ROW2(at, x, y) ROW1(at, x); VFMADD231PS Y1, Y3, y
#define ROW3(at, x, y, z) ROW2(at, x, y); VFMADD231PS Y2, Y3, z

#define B1 VMOVUPS (BX), Y0
#define B2 B1; VMOVUPS 32(BX), Y1
#define B3 B2; VMOVUPS 64(BX), Y2

#define ADD(at, y, x) \
	VCVTPS2PD x, Y0 \
	VEXTRACTF128 $1, y, X1 \
	VCVTPS2PD X1, Y1 \
	VADDPD at(DI), Y0, Y0 \
	VADDPD at+32(DI), Y1, Y1 \
	VMOVUPD Y0, at(DI) \
	VMOVUPD Y1, at+32(DI)

#define ADDSOME(at, y, x) \
	VCVTPS2PD x, Y0 \
	VEXTRACTF128 $1, y, X1 \
	VCVTPS2PD X1, Y1 \
	VMOVUPD panel32_lanes+at(R14), Y2 \
	VMASKMOVPD at(DI), Y2, Y3 \
	VADDPD Y3, Y0, Y0 \
	VMASKMOVPD Y0, Y2, at(DI) \
	VMOVUPD panel32_lanes+32+at(R14), Y2 \
	VMASKMOVPD at+32(DI), Y2, Y3 \
	VADDPD Y3, Y1, Y1 \
	VMASKMOVPD Y1, Y2, at+32(DI)

#define NEXT \
	ADDQ R12, DI \
	DECQ DX \
	JZ   done

#define PUT1(y0, x0) ADD(0, y0, x0); NEXT
#define PUT2(y0, x0, y1, x1) ADD(0, y0, x0); ADD(64, y1, x1); NEXT
#define PUT3(y0, x0, y1, x1, y2, x2) ADD(0, y0, x0); ADD(64, y1, x1); ADD(128, y2, x2); NEXT
#define SOME1(y0, x0) ADDSOME(0, y0, x0); NEXT
#define SOME2(y0, x0, y1, x1) ADDSOME(0, y0, x0); ADDSOME(64, y1, x1); NEXT
#define SOME3(y0, x0, y1, x1, y2, x2) ADDSOME(0, y0, x0); ADDSOME(64, y1, x1); ADDSOME(128, y2, x2); NEXT

#define BEGIN \
	MOVQ p+0(FP), R14 \
	MOVQ panel32_c(R14), DI \
	MOVQ panel32_cRow(R14), R12 \
	MOVQ panel32_a(R14), SI \
	MOVQ panel32_bRow(R14), R15 \
	MOVQ panel32_rows(R14), DX

// func panel3x32AVX2(p *panel32)
TEXT ·panel3x32AVX2(SB), NOSPLIT, $0-8
	BEGIN

rows:
	MOVQ panel32_b(R14), BX
	MOVQ panel32_steps(R14), CX
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	VXORPS Y8, Y8, Y8
	VXORPS Y9, Y9, Y9
	VXORPS Y10, Y10, Y10
	VXORPS Y11, Y11, Y11
	VXORPS Y12, Y12, Y12
	VXORPS Y13, Y13, Y13
	VXORPS Y14, Y14, Y14
	VXORPS Y15, Y15, Y15

loop:
	B3
	ROW3(0(SI), Y4, Y5, Y6)
	ROW3(4(SI), Y7, Y8, Y9)
	ROW3(8(SI), Y10, Y11, Y12)
	ROW3(12(SI), Y13, Y14, Y15)
	ADDQ $16, SI
	ADDQ R15, BX
	DECQ CX
	JNZ  loop
	CMPQ panel32_whole(R14), $0
	JE   some
	PUT3(Y4, X4, Y5, X5, Y6, X6)
	PUT3(Y7, X7, Y8, X8, Y9, X9)
	PUT3(Y10, X10, Y11, X11, Y12, X12)
	PUT3(Y13, X13, Y14, X14, Y15, X15)
	JMP  rows

some:
	SOME3(Y4, X4, Y5, X5, Y6, X6)
	SOME3(Y7, X7, Y8, X8, Y9, X9)
	SOME3(Y10, X10, Y11, X11, Y12, X12)
	SOME3(Y13, X13, Y14, X14, Y15, X15)
	JMP  rows

done:
	VZEROUPPER
	RET

// func panel2x32AVX2(p *panel32)
TEXT ·panel2x32AVX2(SB), NOSPLIT, $0-8
	BEGIN

rows:
	MOVQ panel32_b(R14), BX
	MOVQ panel32_steps(R14), CX
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y7, Y7, Y7
	VXORPS Y8, Y8, Y8
	VXORPS Y10, Y10, Y10
	VXORPS Y11, Y11, Y11
	VXORPS Y13, Y13, Y13
	VXORPS Y14, Y14, Y14

loop:
	B2
	ROW2(0(SI), Y4, Y5)
	ROW2(4(SI), Y7, Y8)
	ROW2(8(SI), Y10, Y11)
	ROW2(12(SI), Y13, Y14)
	ADDQ $16, SI
	ADDQ R15, BX
	DECQ CX
	JNZ  loop
	CMPQ panel32_whole(R14), $0
	JE   some
	PUT2(Y4, X4, Y5, X5)
	PUT2(Y7, X7, Y8, X8)
	PUT2(Y10, X10, Y11, X11)
	PUT2(Y13, X13, Y14, X14)
	JMP  rows

some:
	SOME2(Y4, X4, Y5, X5)
	SOME2(Y7, X7, Y8, X8)
	SOME2(Y10, X10, Y11, X11)
	SOME2(Y13, X13, Y14, X14)
	JMP  rows

done:
	VZEROUPPER
	RET

// func panel1x32AVX2(p *panel32)
TEXT ·panel1x32AVX2(SB), NOSPLIT, $0-8
	BEGIN

rows:
	MOVQ panel32_b(R14), BX
	MOVQ panel32_steps(R14), CX
	VXORPS Y4, Y4, Y4
	VXORPS Y7, Y7, Y7
	VXORPS Y10, Y10, Y10
	VXORPS Y13, Y13, Y13

loop:
	B1
	ROW1(0(SI), Y4)
	ROW1(4(SI), Y7)
	ROW1(8(SI), Y10)
	ROW1(12(SI), Y13)
	ADDQ $16, SI
	ADDQ R15, BX
	DECQ CX
	JNZ  loop
	CMPQ panel32_whole(R14), $0
	JE   some
	PUT1(Y4, X4)
	PUT1(Y7, X7)
	PUT1(Y10, X10)
	PUT1(Y13, X13)
	JMP  rows

some:
	SOME1(Y4, X4)
	SOME1(Y7, X7)
	SOME1(Y10, X10)
	SOME1(Y13, X13)
	JMP  rows

done:
	VZEROUPPER
	RET
