//go:build !purego

#include "textflag.h"

// func subsetSumsAVX512(dst, x *float64, tables int)
//
// The 16 sums of 4 numbers: lanes 1, 3, 5, 7 have the first one, and so on; the
// second vector adds the fourth.
TEXT ·subsetSumsAVX512(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ tables+16(FP), CX
	MOVL $0xAA, AX
	KMOVB AX, K1
	MOVL $0xCC, AX
	KMOVB AX, K2
	MOVL $0xF0, AX
	KMOVB AX, K3

loop:
	VBROADCASTSD.Z (SI), K1, Z0
	VBROADCASTSD.Z 8(SI), K2, Z1
	VBROADCASTSD.Z 16(SI), K3, Z2
	VADDPD Z1, Z0, Z0
	VADDPD Z2, Z0, Z0
	VADDPD.BCST 24(SI), Z0, Z1
	VMOVUPD Z0, (DI)
	VMOVUPD Z1, 64(DI)
	ADDQ $32, SI
	ADDQ $128, DI
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET

// BYTE adds to acc what the next byte of each word looks up in the tables
// Z16:Z17 and Z18:Z19, and drops the byte. VPERMI2PD looks at the low 4 bits.
#define BYTE(acc, word, t, u) \
	VMOVDQA64 word, t \
	VPSRLQ $4, word, u \
	VPERMI2PD Z17, Z16, t \
	VPERMI2PD Z19, Z18, u \
	VPSRLQ $8, word, word \
	VADDPD u, t, t \
	VADDPD t, acc, acc

#define TABLES \
	VMOVUPD (R8), Z16 \
	VMOVUPD 64(R8), Z17 \
	VMOVUPD 128(R8), Z18 \
	VMOVUPD 192(R8), Z19

// func bitSumsAVX512(dst *float64, words *uint64, tables *float64, vectors, bytes int)
TEXT ·bitSumsAVX512(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ words+8(FP), SI
	MOVQ tables+16(FP), DX
	MOVQ vectors+24(FP), CX
	MOVQ bytes+32(FP), BX

four:
	CMPQ CX, $4
	JLT  rest
	VMOVUPD (DI), Z0
	VMOVUPD 64(DI), Z1
	VMOVUPD 128(DI), Z2
	VMOVUPD 192(DI), Z3
	VMOVDQU64 (SI), Z4
	VMOVDQU64 64(SI), Z5
	VMOVDQU64 128(SI), Z6
	VMOVDQU64 192(SI), Z7
	MOVQ DX, R8
	MOVQ BX, R9

four1:
	TABLES
	BYTE(Z0, Z4, Z8, Z9)
	BYTE(Z1, Z5, Z10, Z11)
	BYTE(Z2, Z6, Z12, Z13)
	BYTE(Z3, Z7, Z14, Z15)
	ADDQ $256, R8
	DECQ R9
	JNZ  four1
	VMOVUPD Z0, (DI)
	VMOVUPD Z1, 64(DI)
	VMOVUPD Z2, 128(DI)
	VMOVUPD Z3, 192(DI)
	ADDQ $256, DI
	ADDQ $256, SI
	SUBQ $4, CX
	JMP  four

rest:
	TESTQ CX, CX
	JZ    done

one:
	VMOVUPD (DI), Z0
	VMOVDQU64 (SI), Z4
	MOVQ DX, R8
	MOVQ BX, R9

one1:
	TABLES
	BYTE(Z0, Z4, Z8, Z9)
	ADDQ $256, R8
	DECQ R9
	JNZ  one1
	VMOVUPD Z0, (DI)
	ADDQ $64, DI
	ADDQ $64, SI
	DECQ CX
	JNZ  one

done:
	VZEROUPPER
	RET

// func selectBitsAVX512(dst, x *float64, word uint64, vectors int)
TEXT ·selectBitsAVX512(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ word+16(FP), AX
	MOVQ vectors+24(FP), CX

loop:
	KMOVB AX, K1
	SHRQ $8, AX
	VMOVUPD.Z (SI), K1, Z0
	VMOVUPD Z0, (DI)
	ADDQ $64, SI
	ADDQ $64, DI
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET

// SWAP swaps the high bits of the rows in a with the low bits of those in b.
#define SWAP(d, mask, a, b) \
	VPSRLQ $d, a, Z8 \
	VPXORQ b, Z8, Z8 \
	VPANDQ mask, Z8, Z8 \
	VPXORQ Z8, b, b \
	VPSLLQ $d, Z8, Z8 \
	VPXORQ Z8, a, a

// PICK takes from p, the other rows rotated, what is not kept of a.
#define PICK(rotate, keep, p, a) \
	VPROLVQ rotate, p, p \
	VPTERNLOGQ $0xE2, p, keep, a

#define BY4(a) VSHUFI64X2 $0x4E, a, a, Z8; PICK(Z12, Z13, Z8, a)
#define BY2(a) VPERMQ $0x4E, a, Z8; PICK(Z14, Z15, Z8, a)
#define BY1(a) VPSHUFD $0x4E, a, Z8; PICK(Z16, Z17, Z8, a)

// Rotations of the lanes and what they keep, for rows 4, 2 and 1 apart.
DATA rotate4<>+0(SB)/8, $4
DATA rotate4<>+8(SB)/8, $4
DATA rotate4<>+16(SB)/8, $4
DATA rotate4<>+24(SB)/8, $4
DATA rotate4<>+32(SB)/8, $60
DATA rotate4<>+40(SB)/8, $60
DATA rotate4<>+48(SB)/8, $60
DATA rotate4<>+56(SB)/8, $60
GLOBL rotate4<>(SB), RODATA|NOPTR, $64

DATA keep4<>+0(SB)/8, $0x0F0F0F0F0F0F0F0F
DATA keep4<>+8(SB)/8, $0x0F0F0F0F0F0F0F0F
DATA keep4<>+16(SB)/8, $0x0F0F0F0F0F0F0F0F
DATA keep4<>+24(SB)/8, $0x0F0F0F0F0F0F0F0F
DATA keep4<>+32(SB)/8, $0xF0F0F0F0F0F0F0F0
DATA keep4<>+40(SB)/8, $0xF0F0F0F0F0F0F0F0
DATA keep4<>+48(SB)/8, $0xF0F0F0F0F0F0F0F0
DATA keep4<>+56(SB)/8, $0xF0F0F0F0F0F0F0F0
GLOBL keep4<>(SB), RODATA|NOPTR, $64

DATA rotate2<>+0(SB)/8, $2
DATA rotate2<>+8(SB)/8, $2
DATA rotate2<>+16(SB)/8, $62
DATA rotate2<>+24(SB)/8, $62
DATA rotate2<>+32(SB)/8, $2
DATA rotate2<>+40(SB)/8, $2
DATA rotate2<>+48(SB)/8, $62
DATA rotate2<>+56(SB)/8, $62
GLOBL rotate2<>(SB), RODATA|NOPTR, $64

DATA keep2<>+0(SB)/8, $0x3333333333333333
DATA keep2<>+8(SB)/8, $0x3333333333333333
DATA keep2<>+16(SB)/8, $0xCCCCCCCCCCCCCCCC
DATA keep2<>+24(SB)/8, $0xCCCCCCCCCCCCCCCC
DATA keep2<>+32(SB)/8, $0x3333333333333333
DATA keep2<>+40(SB)/8, $0x3333333333333333
DATA keep2<>+48(SB)/8, $0xCCCCCCCCCCCCCCCC
DATA keep2<>+56(SB)/8, $0xCCCCCCCCCCCCCCCC
GLOBL keep2<>(SB), RODATA|NOPTR, $64

DATA rotate1<>+0(SB)/8, $1
DATA rotate1<>+8(SB)/8, $63
DATA rotate1<>+16(SB)/8, $1
DATA rotate1<>+24(SB)/8, $63
DATA rotate1<>+32(SB)/8, $1
DATA rotate1<>+40(SB)/8, $63
DATA rotate1<>+48(SB)/8, $1
DATA rotate1<>+56(SB)/8, $63
GLOBL rotate1<>(SB), RODATA|NOPTR, $64

DATA keep1<>+0(SB)/8, $0x5555555555555555
DATA keep1<>+8(SB)/8, $0xAAAAAAAAAAAAAAAA
DATA keep1<>+16(SB)/8, $0x5555555555555555
DATA keep1<>+24(SB)/8, $0xAAAAAAAAAAAAAAAA
DATA keep1<>+32(SB)/8, $0x5555555555555555
DATA keep1<>+40(SB)/8, $0xAAAAAAAAAAAAAAAA
DATA keep1<>+48(SB)/8, $0x5555555555555555
DATA keep1<>+56(SB)/8, $0xAAAAAAAAAAAAAAAA
GLOBL keep1<>(SB), RODATA|NOPTR, $64

// func transposeAVX512(dst, src *[64]uint64)
//
// Row 8r+l is lane l of register r: blocks are swapped between registers down
// to 8 x 8 bits, then between lanes.
TEXT ·transposeAVX512(SB), NOSPLIT, $0-16
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	VMOVDQU64 (SI), Z0
	VMOVDQU64 64(SI), Z1
	VMOVDQU64 128(SI), Z2
	VMOVDQU64 192(SI), Z3
	VMOVDQU64 256(SI), Z4
	VMOVDQU64 320(SI), Z5
	VMOVDQU64 384(SI), Z6
	VMOVDQU64 448(SI), Z7
	MOVQ $0x00000000FFFFFFFF, AX
	VPBROADCASTQ AX, Z9
	MOVQ $0x0000FFFF0000FFFF, AX
	VPBROADCASTQ AX, Z10
	MOVQ $0x00FF00FF00FF00FF, AX
	VPBROADCASTQ AX, Z11
	VMOVDQU64 rotate4<>(SB), Z12
	VMOVDQU64 keep4<>(SB), Z13
	VMOVDQU64 rotate2<>(SB), Z14
	VMOVDQU64 keep2<>(SB), Z15
	VMOVDQU64 rotate1<>(SB), Z16
	VMOVDQU64 keep1<>(SB), Z17
	SWAP(32, Z9, Z0, Z4)
	SWAP(32, Z9, Z1, Z5)
	SWAP(32, Z9, Z2, Z6)
	SWAP(32, Z9, Z3, Z7)
	SWAP(16, Z10, Z0, Z2)
	SWAP(16, Z10, Z1, Z3)
	SWAP(16, Z10, Z4, Z6)
	SWAP(16, Z10, Z5, Z7)
	SWAP(8, Z11, Z0, Z1)
	SWAP(8, Z11, Z2, Z3)
	SWAP(8, Z11, Z4, Z5)
	SWAP(8, Z11, Z6, Z7)
#define LANES(a) BY4(a); BY2(a); BY1(a)
	LANES(Z0)
	LANES(Z1)
	LANES(Z2)
	LANES(Z3)
	LANES(Z4)
	LANES(Z5)
	LANES(Z6)
	LANES(Z7)
	VMOVDQU64 Z0, (DI)
	VMOVDQU64 Z1, 64(DI)
	VMOVDQU64 Z2, 128(DI)
	VMOVDQU64 Z3, 192(DI)
	VMOVDQU64 Z4, 256(DI)
	VMOVDQU64 Z5, 320(DI)
	VMOVDQU64 Z6, 384(DI)
	VMOVDQU64 Z7, 448(DI)
	VZEROUPPER
	RET

DATA iota<>+0(SB)/8, $0
DATA iota<>+8(SB)/8, $1
DATA iota<>+16(SB)/8, $2
DATA iota<>+24(SB)/8, $3
DATA iota<>+32(SB)/8, $4
DATA iota<>+40(SB)/8, $5
DATA iota<>+48(SB)/8, $6
DATA iota<>+56(SB)/8, $7
GLOBL iota<>(SB), RODATA|NOPTR, $64

// MIX sets z to the random word of the counter c.
#define MIX(c, z, t) \
	VPSRLQ $30, c, t \
	VPXORQ t, c, z \
	VPMULLQ Z30, z, z \
	VPSRLQ $27, z, t \
	VPXORQ t, z, z \
	VPMULLQ Z31, z, z \
	VPSRLQ $31, z, t \
	VPXORQ t, z, z

// COUNTERS sets Z0 to the counters of 8 words and Z1 to what leads to the next.
#define COUNTERS(at, stride) \
	VPBROADCASTQ at, Z0 \
	VPBROADCASTQ stride, Z1 \
	VPMULLQ iota<>(SB), Z1, Z2 \
	VPADDQ Z2, Z0, Z0 \
	VPSLLQ $3, Z1, Z1 \
	MOVQ $0xbf58476d1ce4e5b9, AX \
	VPBROADCASTQ AX, Z30 \
	MOVQ $0x94d049bb133111eb, AX \
	VPBROADCASTQ AX, Z31

// func randomWordsAVX512(dst *uint64, at, stride uint64, vectors int)
TEXT ·randomWordsAVX512(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	COUNTERS(at+8(FP), stride+16(FP))
	MOVQ vectors+24(FP), CX

loop:
	MIX(Z0, Z2, Z3)
	VPADDQ Z1, Z0, Z0
	VMOVDQU64 Z2, (DI)
	ADDQ $64, DI
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET

// func randomBitsAVX512(dst *uint64, t *Thresholds, valid, at, stride uint64, vectors int)
TEXT ·randomBitsAVX512(SB), NOSPLIT, $0-48
	MOVQ dst+0(FP), DI
	MOVQ t+8(FP), SI
	VPBROADCASTQ valid+16(FP), Z4
	COUNTERS(at+24(FP), stride+32(FP))
	MOVQ vectors+40(FP), CX
	MOVQ $0x9e3779b97f4a7c15, AX
	VPBROADCASTQ AX, Z29

loop:
	VMOVDQA64 Z0, Z5   // counters
	VMOVDQA64 Z4, Z6   // open
	VPXORQ Z7, Z7, Z7  // y
	MOVQ SI, DX
	MOVQ $32, BX

round:
	MIX(Z5, Z2, Z3)
	VPADDQ Z29, Z5, Z5
	VPBROADCASTQ (DX), Z8
	VPANDNQ Z8, Z2, Z9 // below
	VPANDQ Z6, Z9, Z9
	VPORQ Z9, Z7, Z7
	VPXORQ Z8, Z2, Z2
	VPANDNQ Z6, Z2, Z6
	VPTESTMQ Z6, Z6, K1
	KORTESTB K1, K1
	JZ   settled
	ADDQ $8, DX
	DECQ BX
	JNZ  round

settled:
	VMOVDQU64 Z7, (DI)
	VPADDQ Z1, Z0, Z0
	ADDQ $64, DI
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET
