//go:build !purego

#include "textflag.h"

// func subsetSums32AVX512(dst, x *float32, tables int)
//
// The 16 sums of 4 numbers: lanes 1, 3, 5, ... have the first one, and so on.
TEXT ·subsetSums32AVX512(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ tables+16(FP), CX
	MOVL $0xAAAA, AX
	KMOVW AX, K1
	MOVL $0xCCCC, AX
	KMOVW AX, K2
	MOVL $0xF0F0, AX
	KMOVW AX, K3
	MOVL $0xFF00, AX
	KMOVW AX, K4

loop:
	VBROADCASTSS.Z (SI), K1, Z0
	VBROADCASTSS.Z 4(SI), K2, Z1
	VBROADCASTSS.Z 8(SI), K3, Z2
	VBROADCASTSS.Z 12(SI), K4, Z3
	VADDPS Z1, Z0, Z0
	VADDPS Z2, Z0, Z0
	VADDPS Z3, Z0, Z0
	VMOVUPS Z0, (DI)
	ADDQ $16, SI
	ADDQ $64, DI
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET

DATA halves<>+0(SB)/8, $0x0000000200000000
DATA halves<>+8(SB)/8, $0x0000000600000004
DATA halves<>+16(SB)/8, $0x0000000a00000008
DATA halves<>+24(SB)/8, $0x0000000e0000000c
DATA halves<>+32(SB)/8, $0x0000001200000010
DATA halves<>+40(SB)/8, $0x0000001600000014
DATA halves<>+48(SB)/8, $0x0000001a00000018
DATA halves<>+56(SB)/8, $0x0000001e0000001c
GLOBL halves<>(SB), RODATA|NOPTR, $64

// BYTE adds to acc what the next byte of each word looks up in the tables Z16
// and Z17, and drops the byte. VPERMPS looks at the low 4 bits.
#define BYTE(acc, word, t, u) \
	VPSRLD $4, word, u \
	VPERMPS Z16, word, t \
	VPERMPS Z17, u, u \
	VPSRLD $8, word, word \
	VADDPS u, t, t \
	VADDPS t, acc, acc

// WORDS sets low and high to the halves of 16 words.
#define WORDS(at, low, high) \
	VMOVDQU64 at(SI), Z12 \
	VMOVDQU64 at+64(SI), Z13 \
	VMOVDQA64 Z30, low \
	VPERMI2D Z13, Z12, low \
	VMOVDQA64 Z31, high \
	VPERMI2D Z13, Z12, high

// func bitSums32AVX512(dst *float32, words *uint64, tables *float32, vectors, bytes int)
TEXT ·bitSums32AVX512(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ words+8(FP), SI
	MOVQ tables+16(FP), DX
	MOVQ vectors+24(FP), CX
	MOVQ bytes+32(FP), BX
	MOVL $1, AX
	VPBROADCASTD AX, Z31
	VMOVDQU64 halves<>(SB), Z30
	VPADDD Z31, Z30, Z31
	MOVQ BX, R10 // bytes of the lower half
	CMPQ R10, $4
	JLE  few
	MOVQ $4, R10
few:
	SUBQ R10, BX // and of the upper

four:
	CMPQ CX, $4
	JLT  rest
	WORDS(0, Z4, Z8)
	WORDS(128, Z5, Z9)
	WORDS(256, Z6, Z10)
	WORDS(384, Z7, Z11)
	VMOVUPS (DI), Z0
	VMOVUPS 64(DI), Z1
	VMOVUPS 128(DI), Z2
	VMOVUPS 192(DI), Z3
	MOVQ DX, R8
	MOVQ R10, R9

four1:
	VMOVUPS (R8), Z16
	VMOVUPS 64(R8), Z17
	BYTE(Z0, Z4, Z12, Z13)
	BYTE(Z1, Z5, Z14, Z15)
	BYTE(Z2, Z6, Z18, Z19)
	BYTE(Z3, Z7, Z20, Z21)
	ADDQ $128, R8
	DECQ R9
	JNZ  four1
	MOVQ BX, R9
	TESTQ R9, R9
	JZ   put4

four2:
	VMOVUPS (R8), Z16
	VMOVUPS 64(R8), Z17
	BYTE(Z0, Z8, Z12, Z13)
	BYTE(Z1, Z9, Z14, Z15)
	BYTE(Z2, Z10, Z18, Z19)
	BYTE(Z3, Z11, Z20, Z21)
	ADDQ $128, R8
	DECQ R9
	JNZ  four2

put4:
	VMOVUPS Z0, (DI)
	VMOVUPS Z1, 64(DI)
	VMOVUPS Z2, 128(DI)
	VMOVUPS Z3, 192(DI)
	ADDQ $256, DI
	ADDQ $512, SI
	SUBQ $4, CX
	JMP  four

rest:
	TESTQ CX, CX
	JZ    done

one:
	WORDS(0, Z4, Z8)
	VMOVUPS (DI), Z0
	MOVQ DX, R8
	MOVQ R10, R9

one1:
	VMOVUPS (R8), Z16
	VMOVUPS 64(R8), Z17
	BYTE(Z0, Z4, Z12, Z13)
	ADDQ $128, R8
	DECQ R9
	JNZ  one1
	MOVQ BX, R9
	TESTQ R9, R9
	JZ   put1

one2:
	VMOVUPS (R8), Z16
	VMOVUPS 64(R8), Z17
	BYTE(Z0, Z8, Z12, Z13)
	ADDQ $128, R8
	DECQ R9
	JNZ  one2

put1:
	VMOVUPS Z0, (DI)
	ADDQ $64, DI
	ADDQ $128, SI
	DECQ CX
	JNZ  one

done:
	VZEROUPPER
	RET

#include "exp32_amd64.h"

#define K32(name, reg) VBROADCASTSS name<>(SB), reg

// func expSums32AVX512(x *float32, n int, sum, squares *[16]float32)
TEXT ·expSums32AVX512(SB), NOSPLIT, $0-32
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ sum+16(FP), AX
	MOVQ squares+24(FP), BX
	VMOVUPS (AX), Z10
	VMOVUPS (BX), Z11
	K32(least32, Z16)
	K32(most32, Z17)
	K32(log2e32, Z18)
	K32(magic32, Z19)
	K32(ln2hi32, Z20)
	K32(ln2lo32, Z21)
	K32(p0, Z22)
	K32(p1, Z23)
	K32(p2, Z24)
	K32(p3, Z25)
	K32(p4, Z26)
	K32(p5, Z27)
	K32(one32, Z28)

loop:
	VMOVUPS (SI), Z0
	VCMPPS  $5, Z16, Z0, K1 // not below the least
	VMAXPS  Z0, Z16, Z0
	VMINPS  Z0, Z17, Z0
	VMULPS  Z18, Z0, Z1
	VADDPS  Z19, Z1, Z1
	VSUBPS  Z19, Z1, Z2
	VMULPS  Z20, Z2, Z3
	VSUBPS  Z3, Z0, Z0
	VMULPS  Z21, Z2, Z3
	VSUBPS  Z3, Z0, Z0
	VMULPS  Z22, Z0, Z4
	VADDPS  Z23, Z4, Z4
	VMULPS  Z0, Z4, Z4
	VADDPS  Z24, Z4, Z4
	VMULPS  Z0, Z4, Z4
	VADDPS  Z25, Z4, Z4
	VMULPS  Z0, Z4, Z4
	VADDPS  Z26, Z4, Z4
	VMULPS  Z0, Z4, Z4
	VADDPS  Z27, Z4, Z4
	VMULPS  Z0, Z0, Z3
	VMULPS  Z3, Z4, Z4
	VADDPS  Z0, Z4, Z4
	VADDPS  Z28, Z4, Z4
	VPSLLD  $23, Z1, Z1
	VMULPS.Z Z1, Z4, K1, Z4
	VMOVUPS Z4, (SI)
	VADDPS  Z4, Z10, Z10
	VMULPS  Z4, Z4, Z3
	VADDPS  Z3, Z11, Z11
	ADDQ    $64, SI
	SUBQ    $16, CX
	JNZ     loop
	VMOVUPS Z10, (AX)
	VMOVUPS Z11, (BX)
	VZEROUPPER
	RET
