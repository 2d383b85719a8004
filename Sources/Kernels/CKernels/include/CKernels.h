// Micro-kernels: they allocate nothing, start no threads and keep no state.
//
// Packed weights. 32 consecutive output rows form a row group, and every lane of a vector belongs to one row, so a
// kernel needs no horizontal sum and every instruction set adds in the same order. A row group is one contiguous,
// 64-byte aligned run of bytes, and so is a matrix: a kernel that reads it front to back has one stream to fetch ahead.
//
//   PK_F32, PK_F16  [columns][32 rows]
//   PK_BF16         [columns/2][32 rows][2 columns]
//
// The others are runs of units, a unit being the columns that share a scale (32, 128, or 256 of a super-block): first
// its scales, then its codes, 32 columns after 32 columns:
//
//   4-bit codes     [4 vectors][32 rows][4 bytes]; byte j of vector v holds column 4v+j in its low nibble
//                   and column 16+4v+j in its high nibble
//   5- and 6-bit    the low four bits as 4-bit codes; then [2 vectors][32 rows][4 bytes]; byte j of vector v holds
//                   the high bits of columns 4v+j, 8+4v+j, 16+4v+j and 24+4v+j, two bits each, the lowest first
//   8-bit codes     [8 vectors][32 rows][4 bytes]; byte j of vector v holds column 4v+j
//
//   format                      unit  scales
//   PK_Q4_SYM, PK_Q8_SYM          32  f16 d[32]                            w = d (code - 8 or 128)
//   PK_Q4_SYM_128                128  f16 d[32]                            w = d (code - 8)
//   PK_Q4_ZERO                    32  f16 d[32], u8 zero[32]               w = d (code - zero), zero 0 ... 16
//   PK_Q4_ZERO_128               128  the same
//   PK_Q8_ZERO                    32  f16 d[32], u16 zero[32]              w = d (code - zero), zero 0 ... 256
//   PK_Q4_AFFINE, PK_Q8_AFFINE    32  f16 d[32], f16 m[32]                 w = d code + m
//   PK_Q4_SUPER, PK_Q5_SUPER     256  f16 D[32], f16 M[32], u8 s[8][32], u8 t[8][32]
//                                                                          w = D s code - M t
//   PK_Q6_SUPER                  256  f16 D[32], i8 s[16][32]              w = D s (code - 32), one s for 16 columns
//
// Every conversion from GGUF's types is exact: Q4_0 -> Q4_SYM, Q4_1 -> Q4_AFFINE, Q5_0 and Q8_0 -> Q8_SYM,
// Q5_1 -> Q8_AFFINE, Q4_K -> Q4_SUPER, Q5_K -> Q8_SUPER, Q6_K -> Q6_SUPER. GPTQ's codes go into the SYM and ZERO
// formats; its zeros reach 16 and 256, because version 1 of the format stores them less one.
#ifndef PRONK_CKERNELS_H
#define PRONK_CKERNELS_H

#include "Attention.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PK_ROWS = 32, PK_BLOCK = 32, PK_WIDE = 128, PK_SUPER = 256 };

typedef enum {
    PK_F32 = 0,
    PK_F16 = 1,
    PK_BF16 = 2,
    PK_Q4_SYM = 3,
    PK_Q4_AFFINE = 4,
    PK_Q8_SYM = 5,
    PK_Q8_AFFINE = 6,
    PK_Q4_SUPER = 7,
    PK_Q5_SUPER = 8,
    PK_Q6_SUPER = 9,
    PK_Q4_SYM_128 = 10,
    PK_Q4_ZERO = 11,
    PK_Q4_ZERO_128 = 12,
    PK_Q8_ZERO = 13,
} pk_format;
enum { PK_FORMATS = 14 };

// GGUF's own tensor type numbers, those that can be packed.
typedef enum {
    PK_GGML_F32 = 0,
    PK_GGML_F16 = 1,
    PK_GGML_Q4_0 = 2,
    PK_GGML_Q4_1 = 3,
    PK_GGML_Q5_0 = 6,
    PK_GGML_Q5_1 = 7,
    PK_GGML_Q8_0 = 8,
    PK_GGML_Q4_K = 12,
    PK_GGML_Q5_K = 13,
    PK_GGML_Q6_K = 14,
    PK_GGML_BF16 = 30,
} pk_ggml_type;

// The packed format that holds a GGUF type without loss; -1 for a type that cannot be packed.
int pk_format_for_ggml(int type);

// Columns must be a multiple of this (1, 2, 32, 128 or 256).
size_t pk_format_column_multiple(pk_format format);

// Bytes of one row group, a multiple of 64.
size_t pk_group_bytes(pk_format format, size_t columns);

// Packs one row group from GGUF rows. A NULL row becomes zeros. `out` holds pk_group_bytes(format, columns) bytes.
void pk_pack_group(pk_ggml_type type, const uint8_t *const rows[PK_ROWS], size_t columns, uint8_t *out);

// One row of integer codes as GPTQ has them, already unpacked. A format with one scale for 128 columns takes every
// fourth scale and zero; a SYM format does not read the zeros.
typedef struct {
    const uint8_t *codes;    // [columns]
    const uint16_t *scales;  // f16 [columns/32]
    const uint16_t *zeros;   // [columns/32]
} pk_code_row;

// Packs one row group of codes into PK_Q4_SYM, PK_Q8_SYM, PK_Q4_SYM_128 or a ZERO format. A NULL row becomes zeros.
void pk_pack_codes(pk_format format, const pk_code_row *const rows[PK_ROWS], size_t columns, uint8_t *out);

// De-quantises one row (0 ... 31) of a packed group to `columns` floats.
void pk_unpack_row(pk_format format, const uint8_t *group, size_t row, size_t columns, float *out);

// Activations. A matrix product takes the tokens of a step in tiles of up to PK_TILE; a panel holds one tile, so that a
// kernel reads it front to back through one pointer. All panels of a step but the last hold PK_TILE tokens.
//
//   quantised weights  per 32 columns: i8 code[8][tile][4], i8 high[tile][4], i32 high_group[tile], f32 scale[tile],
//                      i32 minus_sum[tile], i32 minus_sum_of_first_16[tile], f32 scale_times_sum[tile]
//   float weights      f32 [columns][tile]
//
// A block's activation is scale * (code + 128 high), where only the four columns of its high group have a high part:
// the group with the largest activation takes 15 bits, so that one outlier does not cost the other 28 columns their
// precision. On SmolLM2 this takes the mean error of log-probabilities from 0.055 to 0.02.
enum { PK_TILE = 8, PK_PANEL_BLOCK = 56 };

// Bytes of the panels of `tokens` tokens.
size_t pk_panel_bytes(bool quantised, size_t tokens, size_t columns);

typedef enum {
    PK_ISA_SCALAR = 0,
    PK_ISA_AVX2 = 1,
    PK_ISA_AVX512 = 2,
    PK_ISA_NEON = 3,
    PK_ISA_AVX512_BF16 = 4,
} pk_isa;

typedef void (*pk_matmul)(const uint8_t *groups, size_t count, size_t columns, const void *panels, size_t tokens,
                          float *out, size_t out_stride);

// One instruction set's kernels. All sets give the same bits: sums are made in the same order, 16 lanes wide, with the
// same fused multiply-adds. Only PK_ISA_AVX512_BF16's product of PK_BF16 differs: it rounds activations to brain
// floats. That product too depends on the row and the token alone.
typedef struct {
    const char *name;

    // Multiplies `count` neighbouring row groups by the panels of `tokens` tokens:
    // out[token * out_stride + row], rows counted from the first group's.
    pk_matmul matmul[PK_FORMATS];

    // Makes panels from `tokens` rows of `columns` floats, one for every tile of PK_TILE rows, `panel_bytes` apart.
    // `columns` is a multiple of 32 for the quantised form.
    void (*quantize)(const float *rows, size_t row_stride, size_t tokens, size_t columns, void *panels,
                     size_t panel_bytes);
    void (*transpose)(const float *rows, size_t row_stride, size_t tokens, size_t columns, void *panels,
                      size_t panel_bytes);

    // x += delta (unless NULL); out = x / rms(x) * weight. `columns` is a multiple of 16.
    void (*add_rms_norm)(float *x, const float *delta, const float *weight, float epsilon, size_t columns, float *out);

    // x += delta; `columns` is a multiple of 16.
    void (*add)(float *x, const float *delta, size_t columns);

    // gate = silu(gate) * up; `columns` is a multiple of 16.
    void (*silu_multiply)(float *gate, const float *up, size_t columns);

    // Half-split rotary embedding of the first 2 * half dimensions of `heads` heads of `head_size`.
    void (*rotate)(float *heads_data, size_t heads, size_t head_size, size_t half, const float *cosine,
                   const float *sine);

    // Stores one token's key and value in slot 0 ... 31 of a block; `block` is the place of this KV head.
    void (*store_kv[PK_KV_TYPES])(uint8_t *block, size_t slot, size_t head_size, const float *key, const float *value);

    // The states of `count` <= PK_ATTENTION_ROWS rows over `splits` splits of one KV head from number `first` on;
    // head_size is a multiple of 16. `scratch` is aligned to 64 bytes.
    void (*attend[PK_KV_TYPES])(const pk_kv_view *view, const pk_attention_row *rows, size_t count, size_t first,
                                size_t splits, void *scratch);

    // Merges the state of the tokens that follow into `state`.
    void (*merge_attention)(float *state, const float *next, size_t head_size);

    // out = what a state that saw a token stands for.
    void (*finish_attention)(const float *state, size_t head_size, float *out);

    // The largest of `count` floats and its first place.
    size_t (*argmax)(const float *values, size_t count);

    // out[i] = exp((values[i] - maximum) * scale); returns the sum, made 16 lanes wide. `out` may be `values`.
    float (*exponentials)(const float *values, size_t count, float maximum, float scale, float *out);
} pk_kernels;

// NULL when this processor (or this build) does not have the instruction set.
const pk_kernels *pk_kernels_for(pk_isa isa);

static inline void pk_spin_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

// Asks for memory that is about to be written and that another core may hold. Changes nothing.
static inline void pk_prefetch_for_writing(const uint8_t *place, size_t bytes) {
    for (size_t i = 0; i < bytes; i += 64) __builtin_prefetch(place + i, 1);
}

#endif
