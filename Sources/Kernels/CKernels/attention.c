#include "CKernels.h"

size_t pk_kv_head_bytes(pk_kv_type type, size_t head_size) {
    size_t codes = 2 * head_size * PK_BLOCK;
    return type == PK_KV_F16 ? codes * 2 : codes + 3 * PK_BLOCK * sizeof(float);
}

size_t pk_attention_scratch_bytes(size_t head_size) {
    // States, scores, two bytes of weight, queries, and the queries' scales and sums.
    size_t row = (PK_ATTENTION_SUMS + head_size) * sizeof(float) + PK_ATTENTION_SPLIT * (sizeof(float) + 2) + head_size;
    return PK_ATTENTION_ROWS * (row + 8) + 64;
}
