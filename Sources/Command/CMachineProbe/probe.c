#include "CMachineProbe.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

#include "loops.h"

enum { LARGEST_TEAM = 256, READ_BYTES = 1 << 20, ROUNDS = 20000 };

// What a team that is being made waits for.
enum { WAIT, GO, GIVE_UP };

typedef struct {
    pthread_t thread;
    atomic_int *signal;
    pk_probe_kind kind;
    double seconds;
    const uint8_t *bytes;
    size_t count;
    uint64_t result;
    double rate;
} worker;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

// One portion of work; returns how much it was.
static double portion(worker *self, const pk_probe_loops *loops, size_t *place) {
    switch (self->kind) {
    case PK_PROBE_INT8:
        self->result += loops->int8(ROUNDS);
        return ROUNDS * loops->int8_operations;
    case PK_PROBE_FLOAT:
        self->result += loops->floats(ROUNDS);
        return ROUNDS * loops->float_operations;
    default:
        if (*place + READ_BYTES > self->count) *place = 0;
        self->result += loops->read(self->bytes + *place, READ_BYTES);
        *place += READ_BYTES;
        return READ_BYTES;
    }
}

static void *work(void *context) {
    worker *self = context;
    const pk_probe_loops *loops = pk_probe_best();
    size_t place = 0;
    int signal;
    while ((signal = atomic_load(self->signal)) == WAIT) sched_yield();
    if (signal == GIVE_UP) return NULL;
    double start = now(), elapsed = 0, done = 0;
    do {
        done += portion(self, loops, &place);
        elapsed = now() - start;
    } while (elapsed < self->seconds);
    self->rate = done / elapsed;
    return NULL;
}

double pk_probe_rate(pk_probe_kind kind, int threads, double seconds, const void *buffer, size_t bytes) {
    if (threads < 1 || threads > LARGEST_TEAM) return 0;
    size_t part = bytes / (size_t)threads / READ_BYTES * READ_BYTES;
    if (kind == PK_PROBE_READ && part == 0) return 0;
    worker team[LARGEST_TEAM];
    atomic_int signal = WAIT;
    int made = 0;
    for (; made < threads; made++) {
        team[made] = (worker){.signal = &signal,
                              .kind = kind,
                              .seconds = seconds,
                              .bytes = (const uint8_t *)buffer + (size_t)made * part,
                              .count = part};
        if (pthread_create(&team[made].thread, NULL, work, &team[made]) != 0) break;
    }
    atomic_store(&signal, made == threads ? GO : GIVE_UP);
    double rate = 0;
    for (int i = 0; i < made; i++) {
        pthread_join(team[i].thread, NULL);
        rate += team[i].rate;
    }
    return made == threads ? rate : 0;
}

const char *pk_probe_instructions(void) { return pk_probe_best()->name; }
