// The numbers, each four times, which is a vector of AVX2.
#define LEAST numbers<>+0(SB)
#define MOST numbers<>+32(SB)
#define LOG2E numbers<>+64(SB)
#define MAGIC numbers<>+96(SB)
#define MAGIC1 numbers<>+128(SB)
#define LN2HI numbers<>+160(SB)
#define LN2LO numbers<>+192(SB)
#define C12 numbers<>+224(SB)
#define C11 numbers<>+256(SB)
#define C10 numbers<>+288(SB)
#define C9 numbers<>+320(SB)
#define C8 numbers<>+352(SB)
#define C7 numbers<>+384(SB)
#define C6 numbers<>+416(SB)
#define C5 numbers<>+448(SB)
#define C4 numbers<>+480(SB)
#define C3 numbers<>+512(SB)
#define C2 numbers<>+544(SB)
#define ONE numbers<>+576(SB)
#define TWO numbers<>+608(SB)
#define HALF numbers<>+640(SB)
#define MINUSHALF numbers<>+672(SB)
#define LEAST1 numbers<>+704(SB)
#define SIGN numbers<>+736(SB)
#define ROOT2 numbers<>+768(SB)
#define L7 numbers<>+800(SB)
#define L6 numbers<>+832(SB)
#define L5 numbers<>+864(SB)
#define L4 numbers<>+896(SB)
#define L3 numbers<>+928(SB)
#define L2 numbers<>+960(SB)
#define L1 numbers<>+992(SB)
#define LOGHI numbers<>+1024(SB)
#define LOGLO numbers<>+1056(SB)
#define TINY numbers<>+1088(SB)

#define FOUR(at, bits) DATA numbers<>+(at)(SB)/8, bits; DATA numbers<>+(at+8)(SB)/8, bits; DATA numbers<>+(at+16)(SB)/8, bits; DATA numbers<>+(at+24)(SB)/8, bits

FOUR(0, $0xc087500000000000) // LEAST: -746.0
FOUR(32, $0x4086300000000000) // MOST: 710.0
FOUR(64, $0x3ff71547652b82fe) // LOG2E: 1/log 2
FOUR(96, $0x43380000000007fe) // MAGIC: 1.5*2^52 + 2046
FOUR(128, $0x43380000000003ff) // MAGIC1: 1.5*2^52 + 1023
FOUR(160, $0x3fe62e42fefa3800) // LN2HI: log 2, 42 bits
FOUR(192, $0x3d2ef35793c76730) // LN2LO: and the rest
FOUR(224, $0x3e21f730349868ce) // C12: 2.0914686968086876e-09
FOUR(256, $0x3e5af4de97ca4194) // C11: 2.5105217004720745e-08
FOUR(288, $0x3e927e4db646b17e) // C10: 2.75572736431103e-07
FOUR(320, $0x3ec71de0231960eb) // C9: 2.7557255400206422e-06
FOUR(352, $0x3efa01a01a6d889c) // C8: 2.4801587325547743e-05
FOUR(384, $0x3f2a01a01abe7fe1) // C7: 0.00019841269874820627
FOUR(416, $0x3f56c16c16c162d4) // C6: 0.0013888888888883748
FOUR(448, $0x3f811111111100dc) // C5: 0.008333333333326136
FOUR(480, $0x3fa5555555555556) // C4: 0.04166666666666667
FOUR(512, $0x3fc5555555555557) // C3: 0.1666666666666667
FOUR(544, $0x3fe0000000000000) // C2: 0.5
FOUR(576, $0x3ff0000000000000) // ONE: 1.0
FOUR(608, $0x4000000000000000) // TWO: 2.0
FOUR(640, $0x3fe0000000000000) // HALF: 0.5
FOUR(672, $0xbfe0000000000000) // MINUSHALF: -0.5
FOUR(704, $0xc046000000000000) // LEAST1: -44.0
FOUR(736, $0x8000000000000000) // SIGN: the sign bit
FOUR(768, $0x3fda827999fcef32) // ROOT2: sqrt 2 - 1
FOUR(800, $0x3fc2f112df3e5244) // L7: 0.14798198605116586
FOUR(832, $0x3fc39a09d078c69f) // L6: 0.15313837699209373
FOUR(864, $0x3fc7466496cb03de) // L5: 0.1818357216161805
FOUR(896, $0x3fcc71c51d8e78af) // L4: 0.22222198432149784
FOUR(928, $0x3fd2492494229359) // L3: 0.2857142874366239
FOUR(960, $0x3fd999999997fa04) // L2: 0.3999999999940942
FOUR(992, $0x3fe5555555555593) // L1: 0.6666666666666735
FOUR(1024, $0x3fe62e42fee00000) // LOGHI: log 2 as fdlibm splits it
FOUR(1056, $0x3dea39ef35793c76) // LOGLO: 1.9082149292705877e-10
FOUR(1088, $0x01a56e1fc2f8f359) // TINY: 1e-300
GLOBL numbers<>(SB), RODATA|NOPTR, $1120
