// AVX2: one vector is 8 rows x 4 columns; the two halves of a row group are taken one after the other.
#include "kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define KERNEL(name) name##_avx2
#define PRONK_HALF_VECTORS
#include "portable.inc"

INLINE __m256i four_bytes(const uint8_t *p) {
    int32_t word;
    memcpy(&word, p, 4);
    return _mm256_set1_epi32(word);
}

INLINE __m256 half_lanes(const uint8_t *p) { return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p)); }

INLINE __m256 byte_lanes(const uint8_t *p, bool is_signed) {
    __m128i bytes = _mm_loadl_epi64((const __m128i *)p);
    return _mm256_cvtepi32_ps(is_signed ? _mm256_cvtepi8_epi32(bytes) : _mm256_cvtepu8_epi32(bytes));
}

// The codes of one group of four columns of a block; signed in the 8-bit symmetric format, as dot_codes wants them.
INLINE __m256i group_codes(const pk_format format, const uint8_t *codes, int32_t group) {
    if (has_nibbles(format)) {
        __m256i both = _mm256_loadu_si256((const __m256i *)(codes + group % 4 * 64));
        both = _mm256_srl_epi16(both, _mm_cvtsi32_si128(group / 4 * 4));
        return _mm256_and_si256(both, _mm256_set1_epi8(15));
    }
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(codes + group * 64));
    return format == PK_Q8_SYM ? _mm256_xor_si256(bytes, _mm256_set1_epi8((char)0x80)) : bytes;
}

// The dot product of `count` vectors of codes with the bytes of one token, from vector `first` on.
//
// vpmaddubsw saturates at 16 bits, so pairs are added in 16 bits only as far as they fit: 15 * 127 * 2 * 8 for 4-bit
// codes; 63 * 127 * 2 for 5 and 6 bits. 8-bit codes exceed it, so they are multiplied as |w| by sign(w) x, 128 * 127 *
// 2.
INLINE __m256i dot_codes(const pk_format format, const __m256i *w, const uint8_t *x, const int tile, const int first,
                         const int count) {
    const __m256i ones = _mm256_set1_epi16(1);
    __m256i dot = _mm256_setzero_si256();
#pragma unroll
    for (int i = first; i < first + count; i++) {
        __m256i bytes = four_bytes(x + i * tile * 4);
        if (has_nibbles(format)) {
            dot = _mm256_add_epi16(dot, _mm256_maddubs_epi16(w[i], bytes));
        } else if (format == PK_Q8_SYM) {
            __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(w[i]), _mm256_sign_epi8(bytes, w[i]));
            dot = _mm256_add_epi32(dot, _mm256_madd_epi16(pairs, ones));
        } else {
            dot = _mm256_add_epi32(dot, _mm256_madd_epi16(_mm256_maddubs_epi16(w[i], bytes), ones));
        }
    }
    return has_nibbles(format) ? _mm256_madd_epi16(dot, ones) : dot;
}

INLINE void matmul_half_tile(const pk_format format, const int tile, const size_t half, const uint8_t *group,
                             size_t columns, const uint8_t *panel, float *out, size_t out_stride) {
    const uint8_t *codes = group + half * 32, *scales = group + code_bytes(format, columns);
    const __m256i low_nibbles = _mm256_set1_epi8(15), sign_bit = _mm256_set1_epi8((char)0x80);
    __m256 sum[PK_TILE], super_scale = _mm256_setzero_ps(), super_minimum = _mm256_setzero_ps();
#pragma unroll
    for (int c = 0; c < tile; c++) sum[c] = _mm256_setzero_ps();

    for (size_t block = 0; block < columns / PK_BLOCK; block++, panel += tile * PK_PANEL_BLOCK) {
        const uint8_t *block_codes = codes;
        __m256i w[8];
        if (has_nibbles(format)) {
#pragma unroll
            for (int i = 0; i < 4; i++, codes += 64) {
                __m256i both = _mm256_loadu_si256((const __m256i *)codes);
                w[i] = _mm256_and_si256(both, low_nibbles);
                w[i + 4] = _mm256_and_si256(_mm256_srli_epi16(both, 4), low_nibbles);
            }
        } else {
#pragma unroll
            for (int i = 0; i < 8; i++, codes += 64) {
                w[i] = _mm256_loadu_si256((const __m256i *)codes);
                if (format == PK_Q8_SYM) w[i] = _mm256_xor_si256(w[i], sign_bit);
            }
        }

        __m256 scale, second = _mm256_setzero_ps();
        if (is_super(format)) {
            size_t j = block % 8;
            const uint8_t *super = scales + block / 8 * scale_stride(format);
            if (j == 0) super_scale = half_lanes(super + half * 16);
            if (format == PK_Q6_SUPER) {
                scale = _mm256_mul_ps(super_scale, byte_lanes(super + 32 + j * 32 + half * 8, true));
                second = _mm256_mul_ps(super_scale, byte_lanes(super + 48 + j * 32 + half * 8, true));
            } else {
                if (j == 0) super_minimum = half_lanes(super + 32 + half * 16);
                scale = _mm256_mul_ps(super_scale, byte_lanes(super + 64 + j * 16 + half * 8, false));
                second = _mm256_mul_ps(super_minimum, byte_lanes(super + 192 + j * 16 + half * 8, false));
            }
        } else {
            scale = half_lanes(scales + half * 16);
            if (is_affine(format)) second = half_lanes(scales + 32 + half * 16);
            scales += scale_stride(format);
        }

        panel_block tokens = panel_block_at(panel, (size_t)tile);
#pragma unroll
        for (int c = 0; c < tile; c++) {
            const uint8_t *x = tokens.codes + c * 4;
            int32_t group = tokens.high_group[c] & 7;
            __m256i high_codes = group_codes(format, block_codes, group);
            __m256i high = _mm256_slli_epi32(dot_codes(format, &high_codes, tokens.high + c * 4, tile, 0, 1), 7);
            __m256 dx = _mm256_set1_ps(tokens.scale[c]);
            if (format == PK_Q6_SUPER) {
                int32_t first = tokens.minus_first[c], second_half = tokens.minus_sum[c] - first;
                __m256i a = _mm256_add_epi32(
                    _mm256_slli_epi32(_mm256_set1_epi32(first), 5), dot_codes(format, w, x, tile, 0, 4));
                __m256i b = _mm256_add_epi32(
                    _mm256_slli_epi32(_mm256_set1_epi32(second_half), 5), dot_codes(format, w, x, tile, 4, 4));
                if (group < 4) a = _mm256_add_epi32(a, high);
                else b = _mm256_add_epi32(b, high);
                sum[c] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(a), _mm256_mul_ps(scale, dx), sum[c]);
                sum[c] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(b), _mm256_mul_ps(second, dx), sum[c]);
                continue;
            }
            __m256i dot = _mm256_add_epi32(high, dot_codes(format, w, x, tile, 0, 8));
            if (format == PK_Q4_SYM) {
                dot = _mm256_add_epi32(dot, _mm256_slli_epi32(_mm256_set1_epi32(tokens.minus_sum[c]), 3));
            }
            sum[c] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(dot), _mm256_mul_ps(scale, dx), sum[c]);
            __m256 scaled_sum = _mm256_set1_ps(tokens.scaled_sum[c]);
            if (is_affine(format)) sum[c] = _mm256_fmadd_ps(second, scaled_sum, sum[c]);
            if (is_super(format)) sum[c] = _mm256_fnmadd_ps(second, scaled_sum, sum[c]);
        }
    }
#pragma unroll
    for (int c = 0; c < tile; c++) _mm256_storeu_ps(out + (size_t)c * out_stride + half * 8, sum[c]);
}

INLINE void matmul_quant_tile(const pk_format format, const int tile, const uint8_t *group, size_t columns,
                              const uint8_t *panel, float *out, size_t out_stride) {
    matmul_half_tile(format, tile, 0, group, columns, panel, out, out_stride);
    matmul_half_tile(format, tile, 1, group, columns, panel, out, out_stride);
}

ALL_QUANT_KERNELS
#pragma clang attribute pop

const pk_kernels pk_kernels_avx2 = {.name = "avx2", KERNEL_TABLE};
#endif
