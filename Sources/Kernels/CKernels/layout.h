// Where things stand inside a packed row group; the layout is described in CKernels.h.
#ifndef PRONK_LAYOUT_H
#define PRONK_LAYOUT_H

#include "CKernels.h"

static inline bool has_nibbles(pk_format format) {
    return format == PK_Q4_SYM || format == PK_Q4_AFFINE || format == PK_Q4_SUPER;
}

static inline bool is_super(pk_format format) {
    return format == PK_Q4_SUPER || format == PK_Q8_SUPER || format == PK_Q6_SUPER;
}

static inline bool is_affine(pk_format format) { return format == PK_Q4_AFFINE || format == PK_Q8_AFFINE; }

// Bytes of a group's codes, which its scales follow.
static inline size_t code_bytes(pk_format format, size_t columns) {
    return columns * PK_ROWS / (has_nibbles(format) ? 2 : 1);
}

// Bytes of the scales of one block of 32 columns, or of 256 in the super-block formats.
static inline size_t scale_stride(pk_format format) {
    switch (format) {
    case PK_Q4_AFFINE: case PK_Q8_AFFINE: return 64;
    case PK_Q4_SUPER: case PK_Q8_SUPER: return 320;
    case PK_Q6_SUPER: return 288;
    default: return 32;
    }
}

// The parts of one block of a quantised panel.
typedef struct {
    uint8_t *codes;        // i8 [8][tile][4]
    uint8_t *high;         // i8 [tile][4]
    int32_t *high_group;   // [tile], 0 ... 7
    float *scale;          // [tile]
    int32_t *minus_sum;    // [tile], of all codes, high parts included
    int32_t *minus_first;  // [tile], the same of the first 16 columns
    float *scaled_sum;     // [tile], scale * sum
} panel_block;

static inline panel_block panel_block_at(const uint8_t *block, size_t tile) {
    uint8_t *base = (uint8_t *)block;
    return (panel_block){
        .codes = base,
        .high = base + 32 * tile,
        .high_group = (int32_t *)(base + 36 * tile),
        .scale = (float *)(base + 40 * tile),
        .minus_sum = (int32_t *)(base + 44 * tile),
        .minus_first = (int32_t *)(base + 48 * tile),
        .scaled_sum = (float *)(base + 52 * tile),
    };
}

#endif
