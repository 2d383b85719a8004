// AVX-512 VNNI: one vector is 16 rows x 4 columns, multiplied by four bytes of one token.
#include "kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(                                                                                  \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c"))), apply_to = function)
#define KERNEL(name) name##_avx512
#define PRONK_HALF_VECTORS
#include "portable.inc"

INLINE __m512i four_bytes(const uint8_t *p) {
    int32_t word;
    memcpy(&word, p, 4);
    return _mm512_set1_epi32(word);
}

INLINE __m512 half_lanes(const uint8_t *p) { return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p)); }

INLINE __m512 byte_lanes(const uint8_t *p, bool is_signed) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)p);
    return _mm512_cvtepi32_ps(is_signed ? _mm512_cvtepi8_epi32(bytes) : _mm512_cvtepu8_epi32(bytes));
}

// The codes of one group of four columns of a block.
INLINE __m512i group_codes(const pk_format format, const uint8_t *codes, int32_t group) {
    if (!has_nibbles(format)) return _mm512_loadu_si512(codes + group * 64);
    __m512i both = _mm512_srl_epi16(_mm512_loadu_si512(codes + group % 4 * 64), _mm_cvtsi32_si128(group / 4 * 4));
    return _mm512_and_si512(both, _mm512_set1_epi8(15));
}

INLINE void matmul_quant_tile(const pk_format format, const int tile, const uint8_t *group, size_t columns,
                              const uint8_t *panel, float *out, size_t out_stride) {
    const uint8_t *codes = group, *scales = group + code_bytes(format, columns);
    const __m512i low_nibbles = _mm512_set1_epi8(15);
    __m512 sum[PK_TILE], super_scale = _mm512_setzero_ps(), super_minimum = _mm512_setzero_ps();
#pragma unroll
    for (int c = 0; c < tile; c++) sum[c] = _mm512_setzero_ps();

    for (size_t block = 0; block < columns / PK_BLOCK; block++, panel += tile * PK_PANEL_BLOCK) {
        const uint8_t *block_codes = codes;
        __m512i w[8];
        if (has_nibbles(format)) {
#pragma unroll
            for (int i = 0; i < 4; i++, codes += 64) {
                __m512i both = _mm512_loadu_si512(codes);
                w[i] = _mm512_and_si512(both, low_nibbles);
                w[i + 4] = _mm512_and_si512(_mm512_srli_epi16(both, 4), low_nibbles);
            }
        } else {
#pragma unroll
            for (int i = 0; i < 8; i++, codes += 64) w[i] = _mm512_loadu_si512(codes);
        }

        __m512 scale, second = _mm512_setzero_ps();
        if (is_super(format)) {
            size_t j = block % 8;
            const uint8_t *super = scales + block / 8 * scale_stride(format);
            if (j == 0) super_scale = half_lanes(super);
            if (format == PK_Q6_SUPER) {
                scale = _mm512_mul_ps(super_scale, byte_lanes(super + 32 + j * 32, true));
                second = _mm512_mul_ps(super_scale, byte_lanes(super + 48 + j * 32, true));
            } else {
                if (j == 0) super_minimum = half_lanes(super + 32);
                scale = _mm512_mul_ps(super_scale, byte_lanes(super + 64 + j * 16, false));
                second = _mm512_mul_ps(super_minimum, byte_lanes(super + 192 + j * 16, false));
            }
        } else {
            scale = half_lanes(scales);
            if (is_affine(format)) second = half_lanes(scales + 32);
            scales += scale_stride(format);
        }

        panel_block tokens = panel_block_at(panel, (size_t)tile);
#pragma unroll
        for (int c = 0; c < tile; c++) {
            const uint8_t *x = tokens.codes + c * 4;
            int32_t group = tokens.high_group[c] & 7;
            __m512i high = _mm512_dpbusd_epi32(
                _mm512_setzero_si512(), group_codes(format, block_codes, group), four_bytes(tokens.high + c * 4));
            __m512i dot = _mm512_slli_epi32(high, 7);
            __m512 dx = _mm512_set1_ps(tokens.scale[c]);
            if (format == PK_Q6_SUPER) {
                __m512i other = _mm512_maskz_mov_epi32(group < 4 ? 0 : 0xffff, dot);
                dot = _mm512_maskz_mov_epi32(group < 4 ? 0xffff : 0, dot);
                int32_t first = tokens.minus_first[c], second_half = tokens.minus_sum[c] - first;
                dot = _mm512_add_epi32(dot, _mm512_slli_epi32(_mm512_set1_epi32(first), 5));
                other = _mm512_add_epi32(other, _mm512_slli_epi32(_mm512_set1_epi32(second_half), 5));
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    dot = _mm512_dpbusd_epi32(dot, w[i], four_bytes(x + i * tile * 4));
                    other = _mm512_dpbusd_epi32(other, w[i + 4], four_bytes(x + (i + 4) * tile * 4));
                }
                sum[c] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dot), _mm512_mul_ps(scale, dx), sum[c]);
                sum[c] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(other), _mm512_mul_ps(second, dx), sum[c]);
                continue;
            }
            if (format == PK_Q4_SYM || format == PK_Q8_SYM) {
                __m512i minus = _mm512_set1_epi32(tokens.minus_sum[c]);
                dot = _mm512_add_epi32(dot, _mm512_slli_epi32(minus, format == PK_Q4_SYM ? 3 : 7));
            }
#pragma unroll
            for (int i = 0; i < 8; i++) dot = _mm512_dpbusd_epi32(dot, w[i], four_bytes(x + i * tile * 4));
            sum[c] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dot), _mm512_mul_ps(scale, dx), sum[c]);
            __m512 scaled_sum = _mm512_set1_ps(tokens.scaled_sum[c]);
            if (is_affine(format)) sum[c] = _mm512_fmadd_ps(second, scaled_sum, sum[c]);
            if (is_super(format)) sum[c] = _mm512_fnmadd_ps(second, scaled_sum, sum[c]);
        }
    }
#pragma unroll
    for (int c = 0; c < tile; c++) _mm512_storeu_ps(out + (size_t)c * out_stride, sum[c]);
}

ALL_QUANT_KERNELS
#pragma clang attribute pop

const pk_kernels pk_kernels_avx512 = {.name = "avx512", KERNEL_TABLE};
#endif
