// Attention over paged keys and values; included by CKernels.h.
//
// A block holds 32 tokens. What one KV head has in a block, token t being in slot t % 32:
//
//   PK_KV_F16   f16 key[head_size][32], f16 value[32][head_size]
//   PK_KV_Q8    u8 key[head_size/4][32][4], i8 value[8][head_size][4], f32 key_scale[32], f32 value_log[32],
//               f32 value_inverse[32]
//
// Byte j of a key's vector v holds dimension 4v + j: H key = key_scale (code - 128), H being the Walsh-Hadamard
// transform that mixes runs of a power of two of dimensions. Some dimensions of keys are many times larger than all
// others and would cost them their precision; mixed with them they no longer are. A query is mixed likewise, which
// leaves inner products as they are. On SmolLM2 this halves what 8 bits do to log-probabilities. Byte j of a value's
// vector v holds token 4v + j: value = 2^value_log code, and value_inverse = 2^-value_log.
//
// Tokens are taken in splits of PK_ATTENTION_SPLIT. Each split gives a state, and states are merged in ascending order,
// so that a row's result depends on the tokens that it sees alone: not on its neighbours, nor on who computed what.
#ifndef PRONK_ATTENTION_H
#define PRONK_ATTENTION_H

#include <stddef.h>
#include <stdint.h>

typedef enum { PK_KV_F16 = 0, PK_KV_Q8 = 1 } pk_kv_type;
enum { PK_KV_TYPES = 2 };

// One call covers up to PK_ATTENTION_ROWS rows: query heads that share a KV head, times neighbouring tokens.
enum { PK_ATTENTION_ROWS = 8, PK_ATTENTION_SPLIT = 512 };

// The largest head_size.
enum { PK_ATTENTION_HEAD = 512 };

// Bytes of one KV head in a block, a multiple of 64.
size_t pk_kv_head_bytes(pk_kv_type type, size_t head_size);

// Bytes of the scratch memory of one call.
size_t pk_attention_scratch_bytes(size_t head_size);

// Floats of a state: the greatest score, the sum of all weights relative to it, 14 unused, head_size weighted sums.
enum { PK_ATTENTION_SUMS = 16 };

// Blocks of one KV head: block b is at base + table[b] * block_bytes, for b < count.
typedef struct {
    const uint8_t *base;
    const int32_t *table;
    size_t count;
} pk_kv_blocks;

// The keys and values of one KV head, seen through a sequence's block table: block b is at
// base + table[b] * block_bytes.
typedef struct {
    const uint8_t *base;
    size_t block_bytes;
    const int32_t *table;
    size_t head_size;
    // What is read after this, up to a split of it, if anything: those in 8 bits are fetched meanwhile. Blocks lie far
    // apart, and what a head has in one is too short for a processor to foresee.
    pk_kv_blocks next;
} pk_kv_view;

typedef struct {
    const float *query;  // head_size floats, already times log2(e) / sqrt(head_size)
    float *state;        // PK_ATTENTION_SUMS + head_size floats
    size_t from, to;     // this row sees tokens from ..< to
} pk_attention_row;

#endif
