/* Store buffers: what each fence of the protocol is for.
 *
 * Total store order: a process sees its own stores at once, the others see them when they drain from its buffer, in order.
 * An atomic add or exchange and a full fence drain the buffer first; a membarrier drains everybody's. With PSO stores to
 * different words also drain in any order; then a store fence and a release drain what was stored before. Loads are made in
 * order, so what an acquire fence is for does not show here.
 *
 * One define chooses what is modelled:
 *   PIN    StateWriter.claim and StateReader.takePin: a full fence on either side
 *   JOIN   Rows.activate, StreamWriter.claim and scan, StreamReader.acknowledge: no fence of the producer's, the
 *          acknowledgement instead. NJ joiners; K=1, B=1. UNFENCED: not even the add to `join_epoch` drains (one joiner)
 *   SLEEP  Pause.arm and Ringer.ring: a barrier by the sleeper. FENCES: a fence on either side instead
 *   BUSY   Occupancy.enter and close: a barrier by the closer. FENCES: a fence on either side instead
 *   WRITE  StreamWriter.claim and commit against a copying StreamReader (PSO)
 *   EVICT  the eviction bit against the stamp of the slot that is overwritten (PSO)
 *
 * Asserted, by name:
 *   pinned_overwritten (PIN)  the buffer of a pin that was proven keeps its bytes
 *   protected_overrun (JOIN)  an acknowledged consumer loses no slot
 *   both_asleep (SLEEP)       who sleeps is woken
 *   used_unmapped (BUSY)      what the worker uses is mapped
 *   torn_bytes (WRITE)        a copy that was proven is the slot, whole
 *   untold_eviction (EVICT)   who finds its slot overwritten finds its bit
 */
#ifndef NJ
#define NJ 1
#endif
#ifndef NW
#define NW 4
#endif

/* A name is a byte that stays 0: pan prints it with the assertion that failed. */
#define ENSURE(c, name) assert((c) || name)
hidden byte pinned_overwritten, protected_overrun, both_asleep, used_unmapped, torn_bytes, untold_eviction;

#define WORDS 12
byte word[WORDS];
chan buffer[3] = [9] of { byte, byte };
hidden byte w, v, q;

inline drain(p) { do :: buffer[p] ? w, v -> word[w] = v :: empty(buffer[p]) -> break od; w = 0; v = 0 }
#define store(p, x, what) buffer[p] ! x, what
#define fence(p) atomic { drain(p) }
#define barrier() atomic { drain(0); drain(1); drain(2) }
#ifdef PSO
#define store_fence(p) atomic { drain(p) }
#define release(p, x, what) atomic { drain(p) }; buffer[p] ! x, what
#else
#define store_fence(p) skip
#define release(p, x, what) buffer[p] ! x, what
#endif

active proctype Memory() {
end:
  do
#ifdef PSO
#define DRAINS(p, x) :: atomic { buffer[p] ?? x, v -> word[x] = v; v = 0 }
#define DRAINS_ALL(p) DRAINS(p, 0) DRAINS(p, 1) DRAINS(p, 2) DRAINS(p, 3) DRAINS(p, 4) DRAINS(p, 5) DRAINS(p, 6) \
  DRAINS(p, 7) DRAINS(p, 8) DRAINS(p, 9) DRAINS(p, 10) DRAINS(p, 11)
  DRAINS_ALL(0)
  DRAINS_ALL(1)
  DRAINS_ALL(2)
#else
  :: atomic { buffer[0] ? w, v -> word[w] = v; w = 0; v = 0 }
  :: atomic { buffer[1] ? w, v -> word[w] = v; w = 0; v = 0 }
  :: atomic { buffer[2] ? w, v -> word[w] = v; w = 0; v = 0 }
#endif
  od
}

#ifdef PIN
#define LATEST 0                        /* the buffer that it names + 1 */
#define PIN0 1
#define BYTES 2                         /* of buffer 0: 1, or 2 when it is used again */

active proctype Producer() {            /* has written buffer 1, and needs one for the next slot */
  release(0, LATEST, 2);
#ifndef MUT_NOPRODUCERFENCE             /* pinned_overwritten */
  fence(0);
#endif
  if
  :: word[PIN0] == 0 -> store(0, BYTES, 2)
  :: else
  fi
}

active proctype Consumer() {
  byte a;
  if
  :: word[LATEST] == 1 ->
     release(1, PIN0, 1);
#ifndef MUT_NOCONSUMERFENCE             /* pinned_overwritten */
     fence(1);
#endif
     if
     :: word[LATEST] == 1 ->
        a = word[BYTES];
        ENSURE(a == 1 && word[BYTES] == 1, pinned_overwritten)
     :: else
     fi
  :: else
  fi
}

init { atomic { word[LATEST] = 1; word[BYTES] = 1 } }
#endif

#ifdef JOIN
#define CELL(n) ((n) % 2)               /* K + B cells; the word is the stamp */
#define HEAD 2
#define ACK 3
#define EPOCH 4
#define ACTIVE(j) (4 + 2 * (j))         /* joiner j is process j */
#define CURSOR(j) (5 + 2 * (j))
#define FREE 100

proctype Producer() {
  byte n, seen, e, limit = FREE, x, j;
  do
  :: n == NW -> break
  :: n < NW ->
     do
     :: n < limit && word[EPOCH] == seen -> break
     :: n >= limit && word[EPOCH] == seen && (word[ACTIVE(1)] == 0 || word[CURSOR(1)] + 1 > n)
#if NJ > 1
        && (word[ACTIVE(2)] == 0 || word[CURSOR(2)] + 1 > n)
#endif
        -> goto scans
     :: word[EPOCH] != seen ->
scans:
        e = word[EPOCH];
#ifndef MUT_ACKNOSCAN                   /* protected_overrun */
        limit = FREE; j = 1;
        do
        :: j <= NJ ->
           if
           :: word[ACTIVE(j)] == 1 -> x = word[CURSOR(j)] + 1; limit = (x < limit -> x : limit); x = 0
           :: else
           fi;
           j++
        :: j > NJ -> j = 0; break
        od;
#endif
        seen = e; e = 0;
        release(0, ACK, seen)
     od;
     store(0, CELL(n), 0); store_fence(0);
     release(0, CELL(n), n + 1);
     n++;
     release(0, HEAD, n)
  od
}

proctype Joiner(byte j) {
  byte want, my, h, s;
  want = word[HEAD];
  do :: word[CELL(want)] == want + 1 -> want++ :: else -> break od;
  release(j, CURSOR(j), want);
#ifdef MUT_EPOCHFIRST                   /* protected_overrun */
  atomic { drain(j); word[EPOCH]++; my = word[EPOCH] };
  release(j, ACTIVE(j), 1);
#else
  release(j, ACTIVE(j), 1);
#if defined(MUT_PLAINADD) || defined(UNFENCED)  /* protected_overrun (NJ=2): two joins in one number */
  my = word[EPOCH] + 1;
  release(j, EPOCH, my);
#else
  atomic { drain(j); word[EPOCH]++; my = word[EPOCH] };
#endif
#endif
#ifndef MUT_NOACK                       /* protected_overrun: a fence in place of the acknowledgement */
  word[ACK] >= my;
#else
  fence(j);
#endif
  h = word[HEAD]; s = word[CELL(want)];
  if
  :: s != want + 1 && (h > want || s > want + 1) -> goto leaves         /* overrun: it moves on, and looks again */
  :: else
  fi;
  do                                    /* protected from here on */
  :: want == NW -> break
  :: want < NW ->
     if
     :: word[CELL(want)] == want + 1 -> want++; release(j, CURSOR(j), want)
     :: word[CELL(want)] != want + 1 ->
        h = word[HEAD]; s = word[CELL(want)];
        ENSURE(s == want + 1 || !(h > want || s > want + 1), protected_overrun);
        (word[CELL(want)] != s || s == want + 1 || word[HEAD] != h)
     fi
  od;
leaves:
  release(j, ACTIVE(j), 0);
  atomic { drain(j); word[EPOCH]++ }
}

init {
  atomic {
    run Producer(); run Joiner(1);
#if NJ > 1
    run Joiner(2);
#endif
    skip
  }
}
#endif

#ifdef SLEEP
#define SLOT 0
#define ASLEEP 1
#define BELL 2
bool queued, woken;

active proctype Ringer() {
  release(0, SLOT, 1);
#if defined(FENCES) && !defined(MUT_NORINGERFENCE)      /* both_asleep */
  fence(0);
#endif
  if
  :: word[ASLEEP] == 0
  :: else ->
     atomic { drain(0); word[ASLEEP] = 0 };
     atomic { drain(0); word[BELL] = word[BELL] + 1 };
     queued = false
  fi
}

active proctype Sleeper() {
  byte seen;
  seen = word[BELL];
  release(1, ASLEEP, 1);
#if defined(FENCES)
#ifndef MUT_NOSLEEPERFENCE              /* both_asleep */
  fence(1);
#endif
#elif !defined(MUT_NOBARRIER)           /* both_asleep */
  barrier();
#endif
  if
  :: word[SLOT] == 1
  :: else ->
     atomic { drain(1); queued = (word[BELL] == seen) };
     !queued
  fi;
  woken = true
}

active proctype Watch() { timeout; ENSURE(woken, both_asleep) }
#endif

#ifdef BUSY
#define MARK 0
#define STOP 1
bool unmapped;

active proctype Worker() {
  release(0, MARK, 1);
#if defined(FENCES) && !defined(MUT_NOWORKERFENCE)      /* used_unmapped */
  fence(0);
#endif
  if
  :: word[STOP] == 0 -> ENSURE(!unmapped, used_unmapped); ENSURE(!unmapped, used_unmapped)
  :: else
  fi;
  release(0, MARK, 0)
}

active proctype Closer() {
  release(1, STOP, 1);
#if defined(FENCES)
#ifndef MUT_NOCLOSERFENCE               /* used_unmapped */
  fence(1);
#endif
#elif !defined(MUT_NOBARRIER)           /* used_unmapped */
  barrier();
#endif
  if
  :: word[MARK] == 0 -> unmapped = true
  :: else
  fi
}
#endif

#ifdef WRITE
#define STAMP 0
#define PAYLOAD 1
#define TAG 2

active proctype Producer() {            /* slot 0 is in the cell; writes slot 1 over it */
  store(0, STAMP, 0);
#ifndef MUT_NOSTOREFENCE                /* torn_bytes: new bytes under the old stamp */
  store_fence(0);
#endif
  store(0, PAYLOAD, 2); store(0, TAG, 2);
#ifdef MUT_PLAINCOMMIT                  /* torn_bytes: the new stamp above old bytes */
  store(0, STAMP, 2)
#else
  release(0, STAMP, 2)
#endif
}

active proctype Consumer() {
  byte s, a, b;
  s = word[STAMP];
  if
  :: s == 0
  :: else ->
     a = word[PAYLOAD]; b = word[TAG];
     if
     :: word[STAMP] == s -> ENSURE(a == s && b == s, torn_bytes)
     :: else
     fi
  fi
}

init { atomic { word[STAMP] = 1; word[PAYLOAD] = 1; word[TAG] = 1 } }
#endif

#ifdef EVICT
#define STAMP 0
#define BIT 1

active proctype Producer() {
  release(0, BIT, 1);
#ifndef MUT_NOSTOREFENCE                /* untold_eviction: a release does not hold back what comes after it */
  store_fence(0);
#endif
  store(0, STAMP, 0)
}

active proctype Consumer() {
  if
  :: word[STAMP] != 1 -> ENSURE(word[BIT] == 1, untold_eviction)
  :: else
  fi
}

init { word[STAMP] = 1 }
#endif
