// AVX-512 VNNI: one vector is 16 rows x 4 columns, multiplied by four bytes of one token.
#include "kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(                                                                                  \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c"))), apply_to = function)
#define KERNEL(name) name##_avx512
#define PRONK_HALF_VECTORS
#define PRONK_VNNI
#include "portable.inc"

#include "avx512_matmul.inc"

#define MATMUL_QUANT matmul_quant
#include "matmul.inc"
#pragma clang attribute pop

#pragma clang attribute push(                                                                          \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx512bf16,avx2,fma,f16c"))), \
    apply_to = function)
#include "avx512_bf16.inc"
#pragma clang attribute pop

const pk_kernels pk_kernels_avx512 = {.name = "avx512", KERNEL_TABLE};

const pk_kernels pk_kernels_avx512_bf16 = {.name = "avx512bf16", KERNEL_TABLE_WITH(KERNEL(matmul_bf16_pairs))};
#endif
