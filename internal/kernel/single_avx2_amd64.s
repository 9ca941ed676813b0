//go:build !purego

#include "textflag.h"
#include "exp32_amd64.h"

// LOOKUP sets t to what the low 4 bits of idx look up in the 16 numbers of a
// and b, of which VPERMPS sees three bits; the fourth chooses.
#define LOOKUP(idx, a, b, t, u, v) \
	VPERMPS a, idx, t \
	VPERMPS b, idx, u \
	VPSLLD $28, idx, v \
	VBLENDVPS v, u, t, t

// BYTE adds to acc what the next byte of each word looks up in the tables
// Y6:Y7 and Y8:Y9, and drops the byte.
#define BYTE(acc, word) \
	LOOKUP(word, Y6, Y7, Y10, Y11, Y12) \
	VPSRLD $4, word, Y13 \
	LOOKUP(Y13, Y8, Y9, Y14, Y11, Y12) \
	VPSRLD $8, word, word \
	VADDPS Y14, Y10, Y10 \
	VADDPS Y10, acc, acc

#define TABLES \
	VMOVUPS (R8), Y6 \
	VMOVUPS 32(R8), Y7 \
	VMOVUPS 64(R8), Y8 \
	VMOVUPS 96(R8), Y9 \
	ADDQ $128, R8

// WORDS sets low and high to the halves of 8 words.
#define WORDS(at, low, high) \
	VMOVUPS at(SI), Y10 \
	VMOVUPS at+32(SI), Y11 \
	VSHUFPS $0x88, Y11, Y10, low \
	VPERMQ  $0xD8, low, low \
	VSHUFPS $0xDD, Y11, Y10, high \
	VPERMQ  $0xD8, high, high

// func bitSums32AVX2(dst *float32, words *uint64, tables *float32, vectors, bytes int)
TEXT ·bitSums32AVX2(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ words+8(FP), SI
	MOVQ tables+16(FP), DX
	MOVQ vectors+24(FP), CX
	MOVQ bytes+32(FP), BX
	MOVQ BX, R10 // bytes of the lower half
	CMPQ R10, $4
	JLE  few
	MOVQ $4, R10
few:
	SUBQ R10, BX // and of the upper

one:
	WORDS(0, Y2, Y4)
	WORDS(64, Y3, Y5)
	VMOVUPS (DI), Y0
	VMOVUPS 32(DI), Y1
	MOVQ DX, R8
	MOVQ R10, R9

low:
	TABLES
	BYTE(Y0, Y2)
	BYTE(Y1, Y3)
	DECQ R9
	JNZ  low
	MOVQ BX, R9
	TESTQ R9, R9
	JZ   put

high:
	TABLES
	BYTE(Y0, Y4)
	BYTE(Y1, Y5)
	DECQ R9
	JNZ  high

put:
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	ADDQ $64, DI
	ADDQ $128, SI
	DECQ CX
	JNZ  one
	VZEROUPPER
	RET

#define MUL32(name, x, y) VBROADCASTSS name<>(SB), Y15; VMULPS Y15, x, y
#define ADD32(name, x, y) VBROADCASTSS name<>(SB), Y15; VADDPS Y15, x, y

// EXP32 is exp32 of 8 numbers, added to sum and with its square to squares.
#define EXP32(at, sum, squares) \
	VMOVUPS at(SI), Y0 \
	VBROADCASTSS least32<>(SB), Y15 \
	VCMPPS $5, Y15, Y0, Y5 \
	VMAXPS Y0, Y15, Y0 \
	VBROADCASTSS most32<>(SB), Y15 \
	VMINPS Y0, Y15, Y0 \
	MUL32(log2e32, Y0, Y1) \
	VADDPS Y14, Y1, Y1 \
	VSUBPS Y14, Y1, Y2 \
	MUL32(ln2hi32, Y2, Y3) \
	VSUBPS Y3, Y0, Y0 \
	MUL32(ln2lo32, Y2, Y3) \
	VSUBPS Y3, Y0, Y0 \
	MUL32(p0, Y0, Y4) \
	ADD32(p1, Y4, Y4) \
	VMULPS Y0, Y4, Y4 \
	ADD32(p2, Y4, Y4) \
	VMULPS Y0, Y4, Y4 \
	ADD32(p3, Y4, Y4) \
	VMULPS Y0, Y4, Y4 \
	ADD32(p4, Y4, Y4) \
	VMULPS Y0, Y4, Y4 \
	ADD32(p5, Y4, Y4) \
	VMULPS Y0, Y0, Y3 \
	VMULPS Y3, Y4, Y4 \
	VADDPS Y0, Y4, Y4 \
	ADD32(one32, Y4, Y4) \
	VPSLLD $23, Y1, Y1 \
	VMULPS Y1, Y4, Y4 \
	VANDPS Y5, Y4, Y4 \
	VMOVUPS Y4, at(SI) \
	VADDPS Y4, sum, sum \
	VMULPS Y4, Y4, Y3 \
	VADDPS Y3, squares, squares

// func expSums32AVX2(x *float32, n int, sum, squares *[16]float32)
TEXT ·expSums32AVX2(SB), NOSPLIT, $0-32
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ sum+16(FP), AX
	MOVQ squares+24(FP), BX
	VMOVUPS (AX), Y10
	VMOVUPS 32(AX), Y11
	VMOVUPS (BX), Y12
	VMOVUPS 32(BX), Y13
	VBROADCASTSS magic32<>(SB), Y14

loop:
	EXP32(0, Y10, Y12)
	EXP32(32, Y11, Y13)
	ADDQ $64, SI
	SUBQ $16, CX
	JNZ  loop
	VMOVUPS Y10, (AX)
	VMOVUPS Y11, 32(AX)
	VMOVUPS Y12, (BX)
	VMOVUPS Y13, 32(BX)
	VZEROUPPER
	RET
