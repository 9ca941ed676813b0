//go:build !purego

#include "go_asm.h"
#include "textflag.h"

#define PACKROWS ·packRowsAVX512
#define PACKCOLUMNS ·packColumnsAVX512
#define PUT(x, low, at) VMOVUPD x, at
#include "pack_avx512_amd64.h"
