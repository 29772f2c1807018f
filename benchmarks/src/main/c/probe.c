/*
 * Tells how far apart core 0 and core 1 are now: two threads hand one cache line to and fro, 15 ms long. Prints the
 * nanoseconds of one way to and fro. A host that moves virtual cores changes this by a factor of 5, from one second to the next.
 *
 * probe [MS]: leaves behind, for MS milliseconds, a thread of idle priority on each core, so that neither halts (and moves)
 * while processes start.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { WARM = 30000, TRIPS = 120000 };
static struct { _Alignas(256) volatile uint64_t there, back; } word[2];
static uint64_t end;

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void pin(long core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((unsigned)core, &set);
    pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

static void *echo(void *unused) {
    pin(1);
    for (uint64_t i = 1; i <= TRIPS; i++) {
        while (word[0].there != i) continue;
        word[1].back = i;
    }
    return unused;
}

static void *keep_awake(void *core) {
    pin((long)core);
    struct sched_param none = {0};
    sched_setscheduler(0, SCHED_IDLE, &none);
    while (now() < end) continue;
    return 0;
}

int main(int count, char **v) {
    pthread_t other;
    uint64_t begin = 0;
    pin(0);
    pthread_create(&other, 0, echo, 0);
    for (uint64_t i = 1; i <= TRIPS; i++) {
        if (i == WARM) begin = now();
        word[0].there = i;
        while (word[1].back != i) continue;
    }
    printf("%.1f\n", (double)(now() - begin) / (TRIPS - WARM));
    fflush(stdout);
    pthread_join(other, 0);
    uint64_t millis = count > 1 ? strtoull(v[1], 0, 10) : 0;
    if (millis && fork() == 0) {
        for (int file = 0; file < 3; file++) close(file);
        end = now() + millis * 1000000u;
        pthread_create(&other, 0, keep_awake, (void *)1);
        keep_awake((void *)0);
        pthread_join(other, 0);
    }
    return 0;
}
