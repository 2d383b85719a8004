#include "CAllocationCounter.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

// The C library's own entry points behind the names that this file takes over.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static __thread bool counting;
static __thread long count;

void ca_start(void) {
    count = 0;
    counting = true;
}

long ca_stop(void) {
    counting = false;
    return count;
}

static void record(void) {
    if (counting) count++;
}

void *malloc(size_t size) {
    record();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    record();
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
    record();
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    record();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **out, size_t alignment, size_t size) {
    void *memory = memalign(alignment, size);
    if (!memory) return ENOMEM;
    *out = memory;
    return 0;
}
