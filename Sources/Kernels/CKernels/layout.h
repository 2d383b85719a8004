// Where things stand inside a packed row group; the layout is described in CKernels.h.
#ifndef PRONK_LAYOUT_H
#define PRONK_LAYOUT_H

#include "CKernels.h"

#include <string.h>

static inline bool has_nibbles(pk_format format) {
    switch (format) {
    case PK_Q4_SYM: case PK_Q4_SYM_128: case PK_Q4_AFFINE: case PK_Q4_ZERO: case PK_Q4_ZERO_128: case PK_Q4_SUPER:
        return true;
    default:
        return false;
    }
}

// Six bits: nibbles, and the pairs of bits above them.
static inline bool has_pairs(pk_format format) { return format == PK_Q5_SUPER || format == PK_Q6_SUPER; }

static inline bool is_super(pk_format format) {
    return format == PK_Q4_SUPER || format == PK_Q5_SUPER || format == PK_Q6_SUPER;
}

static inline bool is_affine(pk_format format) { return format == PK_Q4_AFFINE || format == PK_Q8_AFFINE; }

// One scale for 128 columns.
static inline bool is_wide(pk_format format) { return format == PK_Q4_SYM_128 || format == PK_Q4_ZERO_128; }

static inline bool has_zeros(pk_format format) {
    return format == PK_Q4_ZERO || format == PK_Q4_ZERO_128 || format == PK_Q8_ZERO;
}

// What is subtracted from every code of a format without zeros or minima.
static inline int code_offset(pk_format format) {
    switch (format) {
    case PK_Q4_SYM: case PK_Q4_SYM_128: return 8;
    case PK_Q8_SYM: return 128;
    case PK_Q6_SUPER: return 32;
    default: return 0;
    }
}

// Columns of a unit.
static inline size_t unit_columns(pk_format format) {
    return is_super(format) ? PK_SUPER : is_wide(format) ? PK_WIDE : PK_BLOCK;
}

// Bytes of a unit's scales, which stand before its codes.
static inline size_t scale_bytes(pk_format format) {
    switch (format) {
    case PK_Q4_AFFINE: case PK_Q8_AFFINE: case PK_Q8_ZERO: return 128;
    case PK_Q4_ZERO: case PK_Q4_ZERO_128: return 96;
    case PK_Q4_SUPER: case PK_Q5_SUPER: return 640;
    case PK_Q6_SUPER: return 576;
    default: return 64;
    }
}

// Bytes of the codes of one block of 32 columns.
static inline size_t block_bytes(pk_format format) {
    return PK_BLOCK * PK_ROWS * (has_nibbles(format) ? 4 : has_pairs(format) ? 6 : 8) / 8;
}

static inline size_t unit_bytes(pk_format format) {
    return scale_bytes(format) + unit_columns(format) / PK_BLOCK * block_bytes(format);
}

// Bytes of a block and its part of the scales.
static inline size_t mean_block_bytes(pk_format format) {
    return unit_bytes(format) / (unit_columns(format) / PK_BLOCK);
}

// The scales of the unit that holds block `block` of a row group.
static inline size_t scales_offset(pk_format format, size_t block) {
    return block / (unit_columns(format) / PK_BLOCK) * unit_bytes(format);
}

static inline size_t codes_offset(pk_format format, size_t block) {
    size_t place = block % (unit_columns(format) / PK_BLOCK);
    return scales_offset(format, block) + scale_bytes(format) + place * block_bytes(format);
}

// Bytes of the nibbles of a block, which stand before the pairs of bits.
enum { NIBBLE_BYTES = PK_BLOCK * PK_ROWS / 2 };

// The code of column `k` of a block.
static inline uint8_t get_block_code(pk_format format, const uint8_t *codes, size_t row, size_t k) {
    const uint8_t *place = codes + row * 4 + k % 4;
    if (!has_nibbles(format) && !has_pairs(format)) return place[k / 4 * (4 * PK_ROWS)];
    uint8_t nibble = place[k % 16 / 4 * (4 * PK_ROWS)] >> (k / 16 * 4) & 15;
    if (has_nibbles(format)) return nibble;
    uint8_t pair = place[NIBBLE_BYTES + k % 8 / 4 * (4 * PK_ROWS)] >> (k / 8 * 2) & 3;
    return (uint8_t)(nibble | pair << 4);
}

// Stores a row's codes of one block, in the order of its columns.
static inline void put_block(pk_format format, uint8_t *group, size_t row, size_t block,
                             const uint8_t codes[PK_BLOCK]) {
    uint8_t *place = group + codes_offset(format, block) + row * 4;
    if (!has_nibbles(format) && !has_pairs(format)) {
        for (size_t v = 0; v < 8; v++) memcpy(place + v * 4 * PK_ROWS, codes + v * 4, 4);
        return;
    }
    uint8_t nibbles[PK_BLOCK / 2], pairs[PK_BLOCK / 4];
    for (size_t k = 0; k < PK_BLOCK / 2; k++) nibbles[k] = (uint8_t)((codes[k] & 15) | codes[k + 16] << 4);
    for (size_t v = 0; v < 4; v++) memcpy(place + v * 4 * PK_ROWS, nibbles + v * 4, 4);
    if (has_nibbles(format)) return;
    for (size_t k = 0; k < PK_BLOCK / 4; k++) {
        pairs[k] = 0;
        for (size_t i = 0; i < 4; i++) pairs[k] |= (uint8_t)(codes[k + 8 * i] >> 4 << 2 * i);
    }
    for (size_t v = 0; v < 2; v++) memcpy(place + NIBBLE_BYTES + v * 4 * PK_ROWS, pairs + v * 4, 4);
}

static inline uint8_t get_code(pk_format format, const uint8_t *group, size_t row, size_t column) {
    return get_block_code(format, group + codes_offset(format, column / PK_BLOCK), row, column % PK_BLOCK);
}

// Where column `column` of a matrix of brain floats stands, in halves of 2 bytes.
static inline size_t brain_place(size_t row, size_t column) { return (column / 2 * PK_ROWS + row) * 2 + column % 2; }

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
