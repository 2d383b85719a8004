#include "kernels.h"

#if defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

const pk_kernels *pk_kernels_for(pk_isa isa) {
    switch (isa) {
#if defined(__x86_64__)
    case PK_ISA_AVX512: {
        bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
            && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
            && __builtin_cpu_supports("avx512vnni");
        return wide && pk_kernels_for(PK_ISA_AVX2) ? &pk_kernels_avx512 : NULL;
    }
    case PK_ISA_AVX512_BF16: {
        bool brain = __builtin_cpu_supports("avx512bf16");
        return brain && pk_kernels_for(PK_ISA_AVX512) ? &pk_kernels_avx512_bf16 : NULL;
    }
    case PK_ISA_AVX2: {
        bool narrow = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
        return narrow ? &pk_kernels_avx2 : NULL;
    }
#endif
#if defined(__aarch64__)
    case PK_ISA_NEON: return getauxval(AT_HWCAP) & HWCAP_ASIMDDP ? &pk_kernels_neon : NULL;
#endif
    case PK_ISA_SCALAR: return &pk_kernels_scalar;
    default: return NULL;
    }
}
