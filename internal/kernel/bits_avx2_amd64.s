//go:build !purego

#include "textflag.h"

// The masks of 4 lanes for 4 bits.
DATA nibbles<>+0(SB)/8, $0
DATA nibbles<>+8(SB)/8, $0
DATA nibbles<>+16(SB)/8, $0
DATA nibbles<>+24(SB)/8, $0
DATA nibbles<>+32(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+40(SB)/8, $0
DATA nibbles<>+48(SB)/8, $0
DATA nibbles<>+56(SB)/8, $0
DATA nibbles<>+64(SB)/8, $0
DATA nibbles<>+72(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+80(SB)/8, $0
DATA nibbles<>+88(SB)/8, $0
DATA nibbles<>+96(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+104(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+112(SB)/8, $0
DATA nibbles<>+120(SB)/8, $0
DATA nibbles<>+128(SB)/8, $0
DATA nibbles<>+136(SB)/8, $0
DATA nibbles<>+144(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+152(SB)/8, $0
DATA nibbles<>+160(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+168(SB)/8, $0
DATA nibbles<>+176(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+184(SB)/8, $0
DATA nibbles<>+192(SB)/8, $0
DATA nibbles<>+200(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+208(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+216(SB)/8, $0
DATA nibbles<>+224(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+232(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+240(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+248(SB)/8, $0
DATA nibbles<>+256(SB)/8, $0
DATA nibbles<>+264(SB)/8, $0
DATA nibbles<>+272(SB)/8, $0
DATA nibbles<>+280(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+288(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+296(SB)/8, $0
DATA nibbles<>+304(SB)/8, $0
DATA nibbles<>+312(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+320(SB)/8, $0
DATA nibbles<>+328(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+336(SB)/8, $0
DATA nibbles<>+344(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+352(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+360(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+368(SB)/8, $0
DATA nibbles<>+376(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+384(SB)/8, $0
DATA nibbles<>+392(SB)/8, $0
DATA nibbles<>+400(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+408(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+416(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+424(SB)/8, $0
DATA nibbles<>+432(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+440(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+448(SB)/8, $0
DATA nibbles<>+456(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+464(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+472(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+480(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+488(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+496(SB)/8, $0xFFFFFFFFFFFFFFFF
DATA nibbles<>+504(SB)/8, $0xFFFFFFFFFFFFFFFF
GLOBL nibbles<>(SB), RODATA|NOPTR, $512

#define NIBBLE(q, acc) \
	MOVL AX, BX \
	SHRL $(4*q), BX \
	ANDL $0x1E0, BX \
	VANDPD (R9)(BX*1), Y12, Y13 \
	VADDPD Y13, acc, acc

// WEIGH adds the weight of a word to those of the 16 lanes whose bits it has.
#define WEIGH(i, a, b, c, d) \
	MOVQ (8*(i))(SI), AX \
	SHRQ CX, AX \
	SHLQ $5, AX \
	VBROADCASTSD (8*(i))(DX), Y12 \
	NIBBLE(0, a) \
	NIBBLE(1, b) \
	NIBBLE(2, c) \
	NIBBLE(3, d)

#define HALF(i, a, b, c, d) \
	VXORPD a, a, a \
	VXORPD b, b, b \
	VXORPD c, c, c \
	VXORPD d, d, d \
	WEIGH(i, a, b, c, d) \
	WEIGH(i+1, a, b, c, d) \
	WEIGH(i+2, a, b, c, d) \
	WEIGH(i+3, a, b, c, d)

// func weighBitsAVX2(sums *[16]float64, words *uint64, weights *float64, groups int, shift uint64)
//
// Takes words 8 at a time.
TEXT ·weighBitsAVX2(SB), NOSPLIT, $0-40
	MOVQ sums+0(FP), DI
	MOVQ words+8(FP), SI
	MOVQ weights+16(FP), DX
	MOVQ groups+24(FP), R8
	MOVQ shift+32(FP), CX
	LEAQ nibbles<>(SB), R9
	VMOVUPD (DI), Y0
	VMOVUPD 32(DI), Y1
	VMOVUPD 64(DI), Y2
	VMOVUPD 96(DI), Y3

loop:
	HALF(0, Y4, Y5, Y6, Y7)
	HALF(4, Y8, Y9, Y10, Y11)
	VADDPD Y8, Y4, Y4
	VADDPD Y9, Y5, Y5
	VADDPD Y10, Y6, Y6
	VADDPD Y11, Y7, Y7
	VADDPD Y4, Y0, Y0
	VADDPD Y5, Y1, Y1
	VADDPD Y6, Y2, Y2
	VADDPD Y7, Y3, Y3
	ADDQ $64, SI
	ADDQ $64, DX
	DECQ R8
	JNZ  loop
	VMOVUPD Y0, (DI)
	VMOVUPD Y1, 32(DI)
	VMOVUPD Y2, 64(DI)
	VMOVUPD Y3, 96(DI)
	VZEROUPPER
	RET
