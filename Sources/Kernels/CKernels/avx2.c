// AVX2: one vector is 8 rows x 4 columns; the quarters of a row group are taken one after the other.
#include "kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define KERNEL(name) name##_avx2
#define PRONK_HALF_VECTORS
#define PRONK_AVX2
#include "portable.inc"

// Bytes of four columns of a row group.
enum { VECTOR = 4 * PK_ROWS };

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

// Codes that reach 255 are moved down by 128 and multiplied as signed ones; see dot_codes.
INLINE bool is_moved(const pk_format format) { return format == PK_Q8_SYM || format == PK_Q8_ZERO; }

// `nibbles` with the pair above them that stands at bits 4 and 5 of each byte of `pairs`.
INLINE __m256i add_pairs(__m256i nibbles, __m256i pairs) {
    return _mm256_or_si256(nibbles, _mm256_and_si256(pairs, _mm256_set1_epi8(0x30)));
}

// The codes of one group of four columns of a block, signed if they are moved.
INLINE __m256i group_codes(const pk_format format, const uint8_t *codes, int32_t group) {
    if (has_nibbles(format) || has_pairs(format)) {
        __m256i both = _mm256_loadu_si256((const __m256i *)(codes + group % 4 * VECTOR));
        both = _mm256_srl_epi16(both, _mm_cvtsi32_si128(group / 4 * 4));
        both = _mm256_and_si256(both, _mm256_set1_epi8(15));
        if (has_nibbles(format)) return both;
        __m256i pairs = _mm256_loadu_si256((const __m256i *)(codes + NIBBLE_BYTES + group % 2 * VECTOR));
        pairs = _mm256_slli_epi16(_mm256_srl_epi16(pairs, _mm_cvtsi32_si128(group / 2 * 2)), 4);
        return add_pairs(both, pairs);
    }
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(codes + group * VECTOR));
    return is_moved(format) ? _mm256_xor_si256(bytes, _mm256_set1_epi8((char)0x80)) : bytes;
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
        } else if (is_moved(format)) {
            __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(w[i]), _mm256_sign_epi8(bytes, w[i]));
            dot = _mm256_add_epi32(dot, _mm256_madd_epi16(pairs, ones));
        } else {
            dot = _mm256_add_epi32(dot, _mm256_madd_epi16(_mm256_maddubs_epi16(w[i], bytes), ones));
        }
    }
    return has_nibbles(format) ? _mm256_madd_epi16(dot, ones) : dot;
}

// A block's codes of 8 rows, unpacked.
INLINE void load_codes(const pk_format format, const uint8_t *codes, __m256i w[8]) {
    const __m256i low_nibbles = _mm256_set1_epi8(15), sign_bit = _mm256_set1_epi8((char)0x80);
    if (has_nibbles(format) || has_pairs(format)) {
#pragma unroll
        for (int i = 0; i < 4; i++) {
            __m256i both = _mm256_loadu_si256((const __m256i *)(codes + i * VECTOR));
            w[i] = _mm256_and_si256(both, low_nibbles);
            w[i + 4] = _mm256_and_si256(_mm256_srli_epi16(both, 4), low_nibbles);
        }
#pragma unroll
        for (int i = 0; i < (has_pairs(format) ? 2 : 0); i++) {
            __m256i pairs = _mm256_loadu_si256((const __m256i *)(codes + NIBBLE_BYTES + i * VECTOR));
            w[i] = add_pairs(w[i], _mm256_slli_epi16(pairs, 4));
            w[i + 2] = add_pairs(w[i + 2], _mm256_slli_epi16(pairs, 2));
            w[i + 4] = add_pairs(w[i + 4], pairs);
            w[i + 6] = add_pairs(w[i + 6], _mm256_srli_epi16(pairs, 2));
        }
        return;
    }
#pragma unroll
    for (int i = 0; i < 8; i++) {
        w[i] = _mm256_loadu_si256((const __m256i *)(codes + i * VECTOR));
        if (is_moved(format)) w[i] = _mm256_xor_si256(w[i], sign_bit);
    }
}

// A block's scale, its second scale, minimum or zero, and the zero that is subtracted from integers.
INLINE void load_scales(const pk_format format, const uint8_t *scales, size_t j, size_t row, __m256 *scale,
                        __m256 *second, __m256i *zero) {
    *scale = half_lanes(scales + row * 2);
    *second = _mm256_setzero_ps();
    *zero = _mm256_setzero_si256();
    if (format == PK_Q6_SUPER) {
        const uint8_t *sixteenths = scales + 64 + 2 * j * PK_ROWS + row;
        *second = _mm256_mul_ps(*scale, byte_lanes(sixteenths + PK_ROWS, true));
        *scale = _mm256_mul_ps(*scale, byte_lanes(sixteenths, true));
    } else if (is_super(format)) {
        *scale = _mm256_mul_ps(*scale, byte_lanes(scales + 128 + j * PK_ROWS + row, false));
        *second = _mm256_mul_ps(half_lanes(scales + 64 + row * 2), byte_lanes(scales + 384 + j * PK_ROWS + row, false));
    }
    if (is_affine(format)) *second = half_lanes(scales + 64 + row * 2);
    if (format == PK_Q4_ZERO_128) *second = byte_lanes(scales + 64 + row, false);
    if (format == PK_Q4_ZERO) *zero = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(scales + 64 + row)));
    if (format == PK_Q8_ZERO) {
        // The codes were moved down by 128, so the zeros are too.
        __m256i zeros = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(scales + 64 + row * 2)));
        *zero = _mm256_sub_epi32(zeros, _mm256_set1_epi32(128));
    }
}

// 8 of a group's 32 rows, from `row` on.
INLINE void matmul_rows(const pk_format format, const int tile, const size_t row, const uint8_t *group,
                        size_t columns, const uint8_t *panel, float *out, size_t out_stride) {
    __m256 sum[PK_TILE], wide_sum[PK_TILE], wide_scaled[PK_TILE];
#pragma unroll
    for (int c = 0; c < tile; c++) sum[c] = wide_sum[c] = wide_scaled[c] = _mm256_setzero_ps();

    for (size_t block = 0; block < columns / PK_BLOCK; block++, panel += tile * PK_PANEL_BLOCK) {
        const uint8_t *codes = group + codes_offset(format, block) + row * 4;
        __m256i w[8], zero;
        __m256 scale, second;
        // The first rows fetch for all.
        if (row == 0) fetch_ahead(codes, mean_block_bytes(format));
        load_codes(format, codes, w);
        load_scales(format, group + scales_offset(format, block), block % 8, row, &scale, &second, &zero);
        panel_block tokens = panel_block_at(panel, (size_t)tile);
#pragma unroll
        for (int c = 0; c < tile; c++) {
            const uint8_t *x = tokens.codes + c * 4;
            int32_t high_group = tokens.high_group[c] & 7;
            __m256i high_codes = group_codes(format, codes, high_group);
            __m256i high = _mm256_slli_epi32(dot_codes(format, &high_codes, tokens.high + c * 4, tile, 0, 1), 7);
            __m256 dx = _mm256_set1_ps(tokens.scale[c]), scaled_sum = _mm256_set1_ps(tokens.scaled_sum[c]);
            if (format == PK_Q6_SUPER) {
                int32_t first = tokens.minus_first[c], rest = tokens.minus_sum[c] - first;
                __m256i a = _mm256_add_epi32(
                    _mm256_slli_epi32(_mm256_set1_epi32(first), 5), dot_codes(format, w, x, tile, 0, 4));
                __m256i b = _mm256_add_epi32(
                    _mm256_slli_epi32(_mm256_set1_epi32(rest), 5), dot_codes(format, w, x, tile, 4, 4));
                if (high_group < 4) a = _mm256_add_epi32(a, high);
                else b = _mm256_add_epi32(b, high);
                sum[c] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(a), _mm256_mul_ps(scale, dx), sum[c]);
                sum[c] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(b), _mm256_mul_ps(second, dx), sum[c]);
                continue;
            }
            __m256i dot = _mm256_add_epi32(high, dot_codes(format, w, x, tile, 0, 8));
            __m256i minus = _mm256_set1_epi32(tokens.minus_sum[c]);
            if (format == PK_Q4_ZERO || format == PK_Q8_ZERO) {
                dot = _mm256_add_epi32(dot, _mm256_mullo_epi32(zero, minus));
            } else if (code_offset(format) == 8) {
                dot = _mm256_add_epi32(dot, _mm256_slli_epi32(minus, 3));
            }
            if (is_wide(format)) {
                wide_sum[c] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(dot), dx, wide_sum[c]);
                wide_scaled[c] = _mm256_add_ps(wide_scaled[c], scaled_sum);
                if (block % 4 < 3) continue;
                if (has_zeros(format)) wide_sum[c] = _mm256_fnmadd_ps(second, wide_scaled[c], wide_sum[c]);
                sum[c] = _mm256_fmadd_ps(scale, wide_sum[c], sum[c]);
                wide_sum[c] = wide_scaled[c] = _mm256_setzero_ps();
                continue;
            }
            sum[c] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(dot), _mm256_mul_ps(scale, dx), sum[c]);
            if (is_affine(format)) sum[c] = _mm256_fmadd_ps(second, scaled_sum, sum[c]);
            if (is_super(format)) sum[c] = _mm256_fnmadd_ps(second, scaled_sum, sum[c]);
        }
    }
#pragma unroll
    for (int c = 0; c < tile; c++) _mm256_storeu_ps(out + (size_t)c * out_stride + row, sum[c]);
}

INLINE void matmul_tile(const pk_format format, const int tile, const uint8_t *group, size_t columns,
                        const uint8_t *panel, float *out, size_t out_stride) {
    for (size_t row = 0; row < PK_ROWS; row += 8) {
        matmul_rows(format, tile, row, group, columns, panel, out, out_stride);
    }
}

#include "matmul.inc"
#pragma clang attribute pop

const pk_kernels pk_kernels_avx2 = {.name = "avx2", KERNEL_TABLE};
#endif
