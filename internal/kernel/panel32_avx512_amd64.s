//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// Panels of up to 48 columns in float32, 8 rows at a time, of packed operands: 24
// accumulators in Z8 to Z31, row r of the tile in three of them. A step loads a
// row of B in Z0, Z1, Z2 and, for each row of A, one number into Z3. The
// accumulators are added to C in float64, its columns masked 8 by 8 by K1 to K6.
//
// SI  8 numbers of A   BX  row of B   R15 its length   CX  steps to go
// DI  row of C         R12 its stride DX  rows to go   R14 the panel

#define ROW1(at, x) VBROADCASTSS at, Z3; VFMADD231PS Z0, Z3, x
#define ROW2(at, x, y) ROW1(at, x); VFMADD231PS Z1, Z3, y
#define ROW3(at, x, y, z) ROW2(at, x, y); VFMADD231PS Z2, Z3, z

#define B1 VMOVUPS (BX), Z0
#define B2 B1; VMOVUPS 64(BX), Z1
#define B3 B2; VMOVUPS 128(BX), Z2

#define ADD(at, z, y, k, l) \
	VEXTRACTF64X4 $1, z, Y1 \
	VCVTPS2PD y, Z0 \
	VCVTPS2PD Y1, Z1 \
	VADDPD at(DI), Z0, k, Z0 \
	VADDPD at+64(DI), Z1, l, Z1 \
	VMOVUPD Z0, k, at(DI) \
	VMOVUPD Z1, l, at+64(DI)

#define NEXT \
	ADDQ R12, DI \
	DECQ DX \
	JZ   done

#define PUT1(z0, y0) ADD(0, z0, y0, K1, K2); NEXT
#define PUT2(z0, y0, z1, y1) ADD(0, z0, y0, K1, K2); ADD(128, z1, y1, K3, K4); NEXT
#define PUT3(z0, y0, z1, y1, z2, y2) ADD(0, z0, y0, K1, K2); ADD(128, z1, y1, K3, K4); ADD(256, z2, y2, K5, K6); NEXT

#define BEGIN \
	MOVQ p+0(FP), R14 \
	MOVQ panel32_c(R14), DI \
	MOVQ panel32_cRow(R14), R12 \
	MOVQ panel32_a(R14), SI \
	MOVQ panel32_bRow(R14), R15 \
	MOVQ panel32_rows(R14), DX \
	MOVQ panel32_mask(R14), AX \
	KMOVB AX, K1 \
	SHRQ $8, AX \
	KMOVB AX, K2 \
	SHRQ $8, AX \
	KMOVB AX, K3 \
	SHRQ $8, AX \
	KMOVB AX, K4 \
	SHRQ $8, AX \
	KMOVB AX, K5 \
	SHRQ $8, AX \
	KMOVB AX, K6

// func panel3x32AVX512(p *panel32)
TEXT ·panel3x32AVX512(SB), NOSPLIT, $0-8
	BEGIN

rows:
	MOVQ panel32_b(R14), BX
	MOVQ panel32_steps(R14), CX
	VPXORQ Z8, Z8, Z8
	VPXORQ Z9, Z9, Z9
	VPXORQ Z10, Z10, Z10
	VPXORQ Z11, Z11, Z11
	VPXORQ Z12, Z12, Z12
	VPXORQ Z13, Z13, Z13
	VPXORQ Z14, Z14, Z14
	VPXORQ Z15, Z15, Z15
	VPXORQ Z16, Z16, Z16
	VPXORQ Z17, Z17, Z17
	VPXORQ Z18, Z18, Z18
	VPXORQ Z19, Z19, Z19
	VPXORQ Z20, Z20, Z20
	VPXORQ Z21, Z21, Z21
	VPXORQ Z22, Z22, Z22
	VPXORQ Z23, Z23, Z23
	VPXORQ Z24, Z24, Z24
	VPXORQ Z25, Z25, Z25
	VPXORQ Z26, Z26, Z26
	VPXORQ Z27, Z27, Z27
	VPXORQ Z28, Z28, Z28
	VPXORQ Z29, Z29, Z29
	VPXORQ Z30, Z30, Z30
	VPXORQ Z31, Z31, Z31

loop:
	B3
	ROW3(0(SI), Z8, Z9, Z10)
	ROW3(4(SI), Z11, Z12, Z13)
	ROW3(8(SI), Z14, Z15, Z16)
	ROW3(12(SI), Z17, Z18, Z19)
	ROW3(16(SI), Z20, Z21, Z22)
	ROW3(20(SI), Z23, Z24, Z25)
	ROW3(24(SI), Z26, Z27, Z28)
	ROW3(28(SI), Z29, Z30, Z31)
	ADDQ $32, SI
	ADDQ R15, BX
	DECQ CX
	JNZ  loop
	PUT3(Z8, Y8, Z9, Y9, Z10, Y10)
	PUT3(Z11, Y11, Z12, Y12, Z13, Y13)
	PUT3(Z14, Y14, Z15, Y15, Z16, Y16)
	PUT3(Z17, Y17, Z18, Y18, Z19, Y19)
	PUT3(Z20, Y20, Z21, Y21, Z22, Y22)
	PUT3(Z23, Y23, Z24, Y24, Z25, Y25)
	PUT3(Z26, Y26, Z27, Y27, Z28, Y28)
	PUT3(Z29, Y29, Z30, Y30, Z31, Y31)
	JMP  rows

done:
	VZEROUPPER
	RET

// func panel2x32AVX512(p *panel32)
TEXT ·panel2x32AVX512(SB), NOSPLIT, $0-8
	BEGIN

rows:
	MOVQ panel32_b(R14), BX
	MOVQ panel32_steps(R14), CX
	VPXORQ Z8, Z8, Z8
	VPXORQ Z9, Z9, Z9
	VPXORQ Z11, Z11, Z11
	VPXORQ Z12, Z12, Z12
	VPXORQ Z14, Z14, Z14
	VPXORQ Z15, Z15, Z15
	VPXORQ Z17, Z17, Z17
	VPXORQ Z18, Z18, Z18
	VPXORQ Z20, Z20, Z20
	VPXORQ Z21, Z21, Z21
	VPXORQ Z23, Z23, Z23
	VPXORQ Z24, Z24, Z24
	VPXORQ Z26, Z26, Z26
	VPXORQ Z27, Z27, Z27
	VPXORQ Z29, Z29, Z29
	VPXORQ Z30, Z30, Z30

loop:
	B2
	ROW2(0(SI), Z8, Z9)
	ROW2(4(SI), Z11, Z12)
	ROW2(8(SI), Z14, Z15)
	ROW2(12(SI), Z17, Z18)
	ROW2(16(SI), Z20, Z21)
	ROW2(20(SI), Z23, Z24)
	ROW2(24(SI), Z26, Z27)
	ROW2(28(SI), Z29, Z30)
	ADDQ $32, SI
	ADDQ R15, BX
	DECQ CX
	JNZ  loop
	PUT2(Z8, Y8, Z9, Y9)
	PUT2(Z11, Y11, Z12, Y12)
	PUT2(Z14, Y14, Z15, Y15)
	PUT2(Z17, Y17, Z18, Y18)
	PUT2(Z20, Y20, Z21, Y21)
	PUT2(Z23, Y23, Z24, Y24)
	PUT2(Z26, Y26, Z27, Y27)
	PUT2(Z29, Y29, Z30, Y30)
	JMP  rows

done:
	VZEROUPPER
	RET

// func panel1x32AVX512(p *panel32)
TEXT ·panel1x32AVX512(SB), NOSPLIT, $0-8
	BEGIN

rows:
	MOVQ panel32_b(R14), BX
	MOVQ panel32_steps(R14), CX
	VPXORQ Z8, Z8, Z8
	VPXORQ Z11, Z11, Z11
	VPXORQ Z14, Z14, Z14
	VPXORQ Z17, Z17, Z17
	VPXORQ Z20, Z20, Z20
	VPXORQ Z23, Z23, Z23
	VPXORQ Z26, Z26, Z26
	VPXORQ Z29, Z29, Z29

loop:
	B1
	ROW1(0(SI), Z8)
	ROW1(4(SI), Z11)
	ROW1(8(SI), Z14)
	ROW1(12(SI), Z17)
	ROW1(16(SI), Z20)
	ROW1(20(SI), Z23)
	ROW1(24(SI), Z26)
	ROW1(28(SI), Z29)
	ADDQ $32, SI
	ADDQ R15, BX
	DECQ CX
	JNZ  loop
	PUT1(Z8, Y8)
	PUT1(Z11, Y11)
	PUT1(Z14, Y14)
	PUT1(Z17, Y17)
	PUT1(Z20, Y20)
	PUT1(Z23, Y23)
	PUT1(Z26, Y26)
	PUT1(Z29, Y29)
	JMP  rows

done:
	VZEROUPPER
	RET
