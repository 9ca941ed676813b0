//go:build !purego

#include "go_asm.h"
#include "textflag.h"

#define PACKROWS ·packRows32AVX2
#define PACKCOLUMNS ·packColumns32AVX2
#define PUT(x, low, at) VCVTPD2PSY x, low; VMOVUPS low, at
#include "pack_avx2_amd64.h"
