/*
 * The limit: the stream discipline of DataHub in C, with nothing around it. One writer process, one reader process, two rings
 * (out, back), the cells laid out as docs/memory-layout.md says: the header of 32 bytes, the payload, 32 bytes for a tag.
 * No liveness, no joins, no checks: what is left is what the memory costs.
 *
 *   limit a|b rtt|oneway|wake BYTES CELLS STRIDE BATCH LAG TOUCH WARM_MS MEASURED_MS PREFIX
 *   limit alone spacing MEASURED_MS
 *
 * a starts every exchange, b answers. LAG: `head` is stored when it is that many slots behind. TOUCH 0 leaves the payload
 * alone. Prints `name value` lines. Compiled twice: with loops over payload words scalar, and vectorised.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { HEAD = 0, JOIN_EPOCH = 256, CURSOR = 512, ASLEEP = 768, BELL = 1024, CONTROL = 4096, HEADER = 32 };

struct header {
    uint64_t stamp;
    uint32_t length;
    uint16_t flags;
    uint8_t integrity, key_epoch;
    uint64_t timestamp, user;
};

struct ring {
    uint8_t *control, *cells;
    uint64_t capacity, count, next, limit, epoch, published;
    struct header *cell, *end; /* the next cell; where to wrap */
};

static uint64_t bytes, words, stride, lag, touch, batch, base;
static uint64_t *source; /* what bulk payloads are copied from */
static const uint64_t STOP = 0x5eed0ff;
enum { BULK = 4096 };

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline void pause_cpu(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#endif
}

static inline uint64_t acquire(const void *at) { return __atomic_load_n((const uint64_t *)at, __ATOMIC_ACQUIRE); }
static inline uint64_t relaxed(const void *at) { return __atomic_load_n((const uint64_t *)at, __ATOMIC_RELAXED); }
static inline void release(void *at, uint64_t value) { __atomic_store_n((uint64_t *)at, value, __ATOMIC_RELEASE); }
static inline void opaque(void *at, uint64_t value) { __atomic_store_n((uint64_t *)at, value, __ATOMIC_RELAXED); }

static struct header *follow(const struct ring *ring, struct header *cell) {
    cell = (struct header *)((uint8_t *)cell + stride);
    return cell == ring->end ? (struct header *)ring->cells : cell;
}

static struct ring map(const char *prefix, const char *name, uint64_t cells) {
    char path[512];
    snprintf(path, sizeof path, "%s-%s", prefix, name);
    int file = open(path, O_RDWR | O_CREAT, 0600);
    size_t length = CONTROL + cells * stride;
    if (file < 0 || ftruncate(file, (off_t)length)) { perror(path); exit(1); }
    struct ring ring = {0};
    ring.control = mmap(0, length, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (ring.control == MAP_FAILED) { perror("mmap"); exit(1); }
    close(file);
    ring.cells = ring.control + CONTROL;
    ring.count = cells;
    ring.capacity = ring.limit = cells - batch;
    ring.cell = (struct header *)ring.cells;
    ring.end = (struct header *)(ring.cells + cells * stride);
    return ring;
}

/* ---- the producer ---- */

static inline void await_gate(struct ring *ring, uint64_t last) {
    if (relaxed(ring->control + JOIN_EPOCH) != ring->epoch) {
        ring->epoch = acquire(ring->control + JOIN_EPOCH);
        ring->limit = 0;
    }
    while (last >= ring->limit) {
        ring->limit = acquire(ring->control + CURSOR) + ring->capacity;
        if (last < ring->limit) return;
        pause_cpu();
    }
}

static inline void fill(struct header *cell, uint64_t seed) {
    uint64_t *payload = (uint64_t *)((uint8_t *)cell + HEADER);
    if (!touch) {
        /* the user word is all that the reader looks at */
    } else if (bytes >= BULK) {
        memcpy(payload, source, bytes);
        payload[0] = seed;
        payload[words - 1] = seed;
    } else {
        for (uint64_t i = 0; i < words; i++) payload[i] = seed + i;
    }
    cell->length = (uint32_t)bytes;
    cell->timestamp = 0;
    cell->user = seed;
}

static inline void publish(struct ring *ring) {
    release(ring->control + HEAD, ring->next);
    ring->published = ring->next;
}

static inline void send_one(struct ring *ring, uint64_t seed) {
    struct header *cell = ring->cell;
    await_gate(ring, ring->next);
    opaque(&cell->stamp, 0);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    fill(cell, seed);
    release(&cell->stamp, ++ring->next);
    ring->cell = follow(ring, cell);
    if (ring->next - ring->published >= lag) publish(ring);
}

static inline void send_batch(struct ring *ring, const uint64_t *seeds) {
    struct header *cells[64];
    await_gate(ring, ring->next + batch - 1);
    struct header *cell = ring->cell;
    for (uint64_t i = 0; i < batch; i++, cell = follow(ring, cell)) opaque(&(cells[i] = cell)->stamp, 0);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    for (uint64_t i = 0; i < batch; i++) fill(cells[i], seeds[i]);
    for (uint64_t i = batch; i-- > 0;) release(&cells[i]->stamp, ring->next + i + 1);
    ring->next += batch;
    ring->cell = cell;
    publish(ring);
}

/* ---- the consumer ---- */

static inline uint64_t sum(const struct header *cell) {
    if (!touch) return cell->user;
    const uint64_t *payload = (const uint64_t *)((const uint8_t *)cell + HEADER);
    uint64_t total = 0, count = cell->length >> 3;
    for (uint64_t i = 0; i < count; i++) total += payload[i];
    return total;
}

static inline uint64_t receive_one(struct ring *ring) {
    struct header *cell = ring->cell;
    while (acquire(&cell->stamp) != ring->next + 1) pause_cpu();
    uint64_t total = sum(cell);
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    if (acquire(&cell->stamp) != ring->next + 1) abort();
    release(ring->control + CURSOR, ++ring->next);
    ring->cell = follow(ring, cell);
    return total;
}

/* ---- the work ---- */

static inline uint64_t seed_of(uint64_t n) { return (n + 1) * 0x9e3779b97f4a7c15u; }

static inline uint64_t expected(uint64_t seed) {
    if (!touch) return seed;
    return bytes >= BULK ? base + 2 * seed : words * seed + words * (words - 1) / 2;
}

static int ascending(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void require(uint64_t got, uint64_t wanted, uint64_t n) {
    if (got == wanted) return;
    fprintf(stderr, "wrong sum: record=%lu, got=%lu, wanted=%lu\n", n, got, wanted);
    exit(1);
}

static void percentiles(uint32_t *sample, long count) {
    qsort(sample, (size_t)count, 4, ascending);
    printf("p50_ns %u\np99_ns %u\n", sample[count / 2], sample[count * 99 / 100]);
}

static uint64_t trip(struct ring *out, struct ring *back, uint64_t n) {
    uint64_t seed = seed_of(n);
    send_one(out, seed);
    require(receive_one(back), expected(seed), n);
    return n + 1;
}

static void ping(struct ring *out, struct ring *back, uint64_t warm, uint64_t measured) {
    int chunk = bytes <= 1024 ? 256 : bytes <= 65536 ? 64 : 4;
    long most = 8000000, count = 0;
    uint32_t *sample = malloc((size_t)most * 4);
    memset(sample, 1, (size_t)most * 4);
    uint64_t n = 0, begin = now(), t, trips = 0;
    while (now() - begin < warm) n = trip(out, back, n);
    for (begin = t = now(); t - begin < measured && count < most;) { /* a clock read for each trip */
        n = trip(out, back, n);
        uint64_t u = now();
        sample[count++] = (uint32_t)(u - t);
        t = u;
    }
    for (begin = now(); (t = now()) - begin < measured; trips += (uint64_t)chunk) /* none */
        for (int i = 0; i < chunk; i++) n = trip(out, back, n);
    percentiles(sample, count);
    printf("mean_ns %.2f\n", (double)(t - begin) / (double)trips);
    send_one(out, STOP);
}

static void pong(struct ring *out, struct ring *back) {
    for (uint64_t n = 0;; n++) {
        uint64_t got = receive_one(out), seed = seed_of(n);
        if (got == expected(STOP)) return;
        require(got, expected(seed), n);
        send_one(back, seed);
    }
}

static void produce(struct ring *out, struct ring *back, uint64_t time) {
    int chunk = bytes <= 1024 ? 1024 : bytes <= 65536 ? 64 : 4;
    uint64_t n = 0, seeds[64], end = now() + time;
    while (now() < end) {
        for (int i = 0; i < chunk; i += (int)batch) {
            if (batch == 1) send_one(out, seed_of(n++));
            else {
                for (uint64_t j = 0; j < batch; j++) seeds[j] = seed_of(n++);
                send_batch(out, seeds);
            }
        }
    }
    for (uint64_t j = 0; j < batch; j++) seeds[j] = STOP;
    if (batch == 1) send_one(out, STOP);
    else send_batch(out, seeds);
    receive_one(back);
}

/* With batches: what is visible, up to a batch, then one store of the cursor. */
static uint64_t receive_many(struct ring *ring, uint64_t n, int *stopped) {
    struct header *cell = ring->cell;
    uint64_t got = 0;
    while (got < batch && acquire(&cell->stamp) == ring->next + got + 1) {
        uint64_t total = sum(cell);
        if (total == expected(STOP)) *stopped = 1;
        else if (!*stopped) require(total, expected(seed_of(n + got)), n + got);
        got++;
        cell = follow(ring, cell);
    }
    if (!got) {
        pause_cpu();
        return n;
    }
    struct header *check = ring->cell;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    for (uint64_t i = 0; i < got; i++, check = follow(ring, check))
        if (acquire(&check->stamp) != ring->next + i + 1) abort();
    ring->next += got;
    ring->cell = cell;
    release(ring->control + CURSOR, ring->next);
    return n + got;
}

static void consume(struct ring *out, struct ring *back, uint64_t warm, uint64_t measured) {
    int chunk = bytes <= 1024 ? 1024 : bytes <= 65536 ? 64 : 4, stopped = 0, told = 0;
    uint64_t n = 0, begin = now(), from = 0, first = 0;
    while (!stopped) {
        uint64_t end = n + (uint64_t)chunk;
        while (n < end && !stopped) {
            if (batch > 1) n = receive_many(out, n, &stopped);
            else {
                uint64_t got = receive_one(out);
                if (got == expected(STOP)) stopped = 1;
                else require(got, expected(seed_of(n)), n);
                n++;
            }
        }
        uint64_t t = now();
        if (!from && t - begin > warm) from = t, first = n;
        else if (from && !told && !stopped && t - from >= measured) {
            printf("records_per_s %.1f\n", (double)(n - first) * 1e9 / (double)(t - from));
            told = 1;
        }
    }
    send_one(back, STOP);
}

/* A bare futex: a rings each millisecond with the time in a word, b sleeps on the bell. */
static void wake(struct ring *out, int a, uint64_t warm, uint64_t measured) {
    uint32_t *bell = (uint32_t *)(out->control + BELL);
    uint64_t *sent = (uint64_t *)(out->control + CURSOR);
    if (a) {
        uint64_t end = now() + warm + measured;
        for (uint64_t t = now(); t < end; t += 1000000) {
            while (now() < t) pause_cpu();
            release(sent, now());
            __atomic_add_fetch(bell, 1, __ATOMIC_RELEASE);
            syscall(SYS_futex, bell, FUTEX_WAKE, 1, 0, 0, 0);
        }
        release(sent, STOP);
        __atomic_add_fetch(bell, 1, __ATOMIC_RELEASE);
        syscall(SYS_futex, bell, FUTEX_WAKE, 1, 0, 0, 0);
        return;
    }
    uint32_t *sample = calloc(1 << 16, 4), seen = __atomic_load_n(bell, __ATOMIC_ACQUIRE);
    long count = 0;
    for (uint64_t begin = now();;) {
        syscall(SYS_futex, bell, FUTEX_WAIT, seen, 0, 0, 0);
        uint32_t found = __atomic_load_n(bell, __ATOMIC_ACQUIRE);
        if (found == seen) continue;
        uint64_t t = now(), at = acquire(sent);
        if (at == STOP) break;
        if (found == seen + 1 && t - begin > warm && count < 1 << 16) sample[count++] = (uint32_t)(t - at);
        seen = found;
    }
    percentiles(sample, count);
}

/* Two threads, each with a word of its own: how far apart must the words be? */
static struct { _Alignas(4096) uint8_t bytes[4096]; } lines;
static uint64_t spacing_end;
static double spacing_rate[2];
static uint64_t spacing_at[2];

static void *store_on(void *number) {
    long me = (long)number;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((unsigned)me, &set);
    pthread_setaffinity_np(pthread_self(), sizeof set, &set);
    uint64_t *word = (uint64_t *)(lines.bytes + spacing_at[me]), n = 0, begin = now();
    while (now() < spacing_end)
        for (int i = 0; i < 4096; i++) release(word, relaxed(word) + ++n % 3);
    spacing_rate[me] = (double)n * 1e9 / (double)(now() - begin);
    return 0;
}

static void spacing(uint64_t measured) {
    const uint64_t apart[] = {8, 64, 128, 256};
    for (int i = 0; i < 4; i++) {
        pthread_t threads[2];
        spacing_at[1] = apart[i];
        spacing_end = now() + measured;
        for (long t = 0; t < 2; t++) pthread_create(&threads[t], 0, store_on, (void *)t);
        for (long t = 0; t < 2; t++) pthread_join(threads[t], 0);
        printf("apart_%lu_stores_per_s %.0f\n", apart[i], (spacing_rate[0] + spacing_rate[1]) / 2);
    }
}

int main(int count, char **v) {
    if (count == 4 && !strcmp(v[2], "spacing")) {
        spacing(strtoull(v[3], 0, 10) * 1000000u);
        return 0;
    }
    if (count != 12) {
        fprintf(stderr, "usage: see the head of limit.c\n");
        return 2;
    }
    int a = v[1][0] == 'a';
    uint64_t number[9];
    for (int i = 0; i < 8; i++) number[i] = strtoull(v[3 + i], 0, 10);
    bytes = number[0];
    stride = number[2];
    batch = number[3];
    lag = number[4];
    touch = number[5];
    uint64_t warm = number[6] * 1000000u, measured = number[7] * 1000000u;
    words = bytes / 8;
    source = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    for (uint64_t i = 0; i < words; i++) {
        source[i] = i;
        if (i && i < words - 1) base += i;
    }
    struct ring out = map(v[11], "out", number[1]), back = map(v[11], "back", number[1]);
    if (!strcmp(v[2], "wake")) {
        wake(&out, a, warm, measured);
        return 0;
    }
    /* b says that it is there */
    uint64_t hello = batch;
    batch = 1;
    if (a) receive_one(&back);
    else send_one(&back, STOP);
    batch = hello;
    if (!strcmp(v[2], "rtt")) {
        if (a) ping(&out, &back, warm, measured);
        else pong(&out, &back);
    } else if (a) {
        produce(&out, &back, warm + measured + 200000000u);
    } else {
        consume(&out, &back, warm, measured);
    }
    return 0;
}
