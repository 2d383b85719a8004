// Packing of GPTQ's integer codes into row groups.
#include "CKernels.h"
#include "layout.h"

#include <string.h>

// The scale and the zero of one unit.
static void put_scale(pk_format format, uint8_t *scales, size_t row, uint16_t scale, uint16_t zero) {
    memcpy(scales + row * 2, &scale, 2);
    if (format == PK_Q8_ZERO) memcpy(scales + 64 + row * 2, &zero, 2);
    else if (has_zeros(format)) scales[64 + row] = (uint8_t)zero;
}

void pk_pack_codes(pk_format format, const pk_code_row *const rows[PK_ROWS], size_t columns, uint8_t *out) {
    memset(out, 0, pk_group_bytes(format, columns));
    for (size_t row = 0; row < PK_ROWS; row++) {
        const pk_code_row *source = rows[row];
        if (!source) continue;
        for (size_t block = 0; block < columns / PK_BLOCK; block++) {
            put_block(format, out, row, block, source->codes + block * PK_BLOCK);
        }
        for (size_t k = 0; k < columns; k += unit_columns(format)) {
            size_t block = k / PK_BLOCK;
            uint16_t zero = has_zeros(format) ? source->zeros[block] : 0;
            put_scale(format, out + scales_offset(format, block), row, source->scales[block], zero);
        }
    }
}
