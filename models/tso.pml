/* Store buffers: what each fence of the protocol is for.
 *
 * Total store order: the others see a process's stores when they drain from its buffer, in order. An atomic add or exchange
 * and a full fence drain it first; a membarrier drains everybody's. With PSO stores to different words drain in any order;
 * but a store with release order drains after all that were made before it, and no store passes a store fence. Loads are
 * made in order: what acquire loads and fences are for does not show here.
 *
 * One define chooses what is modelled, each without all that the fence in question has nothing to do with:
 *   PIN    StateWriter.claim and StateReader.takePin: a full fence on either side
 *   JOIN   Rows.activate, StreamWriter.claim and scan, StreamReader.acknowledge: no fence of the producer's, the
 *          acknowledgement instead. NJ joiners; K=1, B=1. UNFENCED: the add to `join_epoch` is a load and a store. With one
 *          joiner that is no harm: the fence of the add is not what protects, its atomicity is
 *   SLEEP  Pause.arm and Ringer.ring: a barrier by the sleeper. FENCES: a fence on either side instead
 *   BUSY   Occupancy.enter and close: a barrier by the closer. FENCES: a fence on either side instead
 *   WRITE  StreamWriter.claim, commit and publish against a copying StreamReader
 *   EVICT  Stall.gates, StreamWriter.scan and claim against StreamReader.question: the bit and the stamp
 *   HAND   RowLock.pass against RowLock.await: a full fence on either side (each replaces a word there)
 *   ZONE   ZoneHandle.publish, twice, against copyTo: the half and the number
 *
 * Asserted, by name:
 *   pinned_overwritten (PIN)  the buffer of a pin that was proven keeps its bytes
 *   protected_overrun (JOIN)  an acknowledged consumer loses no slot
 *   both_asleep (SLEEP)       who sleeps is woken
 *   used_unmapped (BUSY)      what the worker uses is mapped
 *   torn_bytes (WRITE)        a copy that was proven is the slot, whole
 *   false_overrun (WRITE)     a slot that is there is not taken for one that was overwritten
 *   untold_eviction (EVICT)   who finds its slot overwritten finds its bit
 *   lock_lost (HAND)          a lock is free or somebody's who knows it
 *   torn_snapshot (ZONE)      a snapshot that was proven is the one of its number, whole
 */
#ifndef NJ
#define NJ 1
#endif
#ifndef NW
#define NW 4
#endif

/* A name is a byte that stays 0: pan prints it with the assertion that failed. */
#define ENSURE(c, name) assert((c) || name)
hidden byte pinned_overwritten, protected_overrun, both_asleep, used_unmapped, torn_bytes, false_overrun;
hidden byte untold_eviction, lock_lost, torn_snapshot;

#define WORDS 10
#define DEPTH 8
#define PLAIN 0
#define RELEASE 1
#define FENCE 2
byte word[WORDS];
byte under_way[3], where[3 * DEPTH], value[3 * DEPTH], kind[3 * DEPTH];         /* the buffers */
#define AT(p, i) ((p) * DEPTH + (i))
hidden byte i0;

inline put(p, x, v, k) {
  atomic {
    under_way[p] < DEPTH ->
    where[AT(p, under_way[p])] = x; value[AT(p, under_way[p])] = v; kind[AT(p, under_way[p])] = k;
    under_way[p] = under_way[p] + 1
  }
}
inline flush(p) {
  i0 = 0;
  do
  :: i0 < under_way[p] ->
     if :: kind[AT(p, i0)] != FENCE -> word[where[AT(p, i0)]] = value[AT(p, i0)] :: else fi;
     where[AT(p, i0)] = 0; value[AT(p, i0)] = 0; kind[AT(p, i0)] = 0;
     i0++
  :: else -> break
  od;
  under_way[p] = 0; i0 = 0
}
#define store(p, x, v) put(p, x, v, PLAIN)
#define release(p, x, v) put(p, x, v, RELEASE)
#define fence(p) atomic { flush(p) }
#define barrier() atomic { flush(0); flush(1); flush(2) }
#define add(p, x, sum) atomic { flush(p); word[x] = word[x] + 1; sum = word[x] }
#ifdef PSO
#define store_fence(p) put(p, 0, 0, FENCE)
#else
#define store_fence(p) skip
#endif

active proctype Memory() {
  byte p, i, j; bool first;
end:
  do
  :: atomic {
       under_way[0] + under_way[1] + under_way[2] > 0 ->
       if :: under_way[0] > 0 -> p = 0 :: under_way[1] > 0 -> p = 1 :: under_way[2] > 0 -> p = 2 fi;
#ifdef PSO
       do :: i + 1 < under_way[p] -> i++ :: break od;
#endif
       first = (i == 0 || kind[AT(p, i)] == PLAIN);
       do
       :: j < i -> first = (first && where[AT(p, j)] != where[AT(p, i)] && kind[AT(p, j)] != FENCE); j++
       :: else -> break
       od;
       if
       :: first ->
          if :: kind[AT(p, i)] != FENCE -> word[where[AT(p, i)]] = value[AT(p, i)] :: else fi;
          do
          :: i + 1 < under_way[p] ->
             where[AT(p, i)] = where[AT(p, i + 1)]; value[AT(p, i)] = value[AT(p, i + 1)];
             kind[AT(p, i)] = kind[AT(p, i + 1)]; i++
          :: else -> break
          od;
          where[AT(p, i)] = 0; value[AT(p, i)] = 0; kind[AT(p, i)] = 0; under_way[p] = under_way[p] - 1
       :: else
       fi;
       p = 0; i = 0; j = 0; first = false
     }
  od
}

#ifdef PIN
#define LATEST 0                        /* the buffer that it names + 1 */
#define PIN0 1
#define BYTES 2                         /* of buffer 0: 1, or 2 when it is used again */

proctype Producer() {            /* has written buffer 1, and needs one for the next slot */
  release(0, LATEST, 2);
#ifndef MUT_NOPRODUCERFENCE             /* pinned_overwritten */
  fence(0);
#endif
  if
  :: word[PIN0] == 0 -> store(0, BYTES, 2)
  :: else
  fi
}

proctype Consumer() {
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

init { atomic { word[LATEST] = 1; word[BYTES] = 1; run Producer(); run Consumer() } }
#endif

#ifdef JOIN
#define CELL(n) ((n) % 2)               /* K + B cells; the word is the stamp */
#define HEAD 2
#define ACK 3
#define EPOCH 4
#define ACTIVE(j) (4 + 2 * (j))         /* joiner j is process j */
#define CURSOR(j) (5 + 2 * (j))
#define FREE 100

#define GATED(j) (word[ACTIVE(j)] == 1 && word[CURSOR(j)] + 1 <= n)
#if NJ > 1
#define OPEN (!GATED(1) && !GATED(2))
#else
#define OPEN (!GATED(1))
#endif

proctype Producer() {
  byte n, seen, e, limit = FREE, x, j;
  do
  :: n == NW -> break
  :: n < NW ->
     do
     :: n < limit && word[EPOCH] == seen -> break
     :: word[EPOCH] != seen || (n >= limit && OPEN) ->
        e = word[EPOCH];
#ifdef MUT_ACKNOSCAN                    /* protected_overrun */
        if :: n >= limit -> limit = FREE :: else fi;
#else
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
  add(j, EPOCH, my);
  release(j, ACTIVE(j), 1);
#else
  release(j, ACTIVE(j), 1);
#if defined(MUT_PLAINADD) || defined(UNFENCED)  /* protected_overrun (NJ=2): two joins in one number */
  my = word[EPOCH] + 1;
  release(j, EPOCH, my);
#else
  add(j, EPOCH, my);
#endif
#endif
#ifndef MUT_NOACK                       /* protected_overrun: a fence in place of the acknowledgement */
end_join:                               /* an idle producer acknowledges nothing, and overwrites nothing */
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
  add(j, EPOCH, my)
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
  byte was;
  release(0, SLOT, 1);
#if defined(FENCES) && !defined(MUT_NORINGERFENCE)      /* both_asleep */
  fence(0);
#endif
  if
  :: word[ASLEEP] == 0
  :: else ->
     atomic { flush(0); word[ASLEEP] = 0 };
     add(0, BELL, was);
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
     atomic { flush(1); queued = (word[BELL] == seen) };
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
#define HEAD 3

proctype Producer() {            /* slot 0 is in the cell; writes slot 1 over it */
  store(0, STAMP, 0);
#ifndef MUT_NOSTOREFENCE                /* torn_bytes: new bytes under the old stamp */
  store_fence(0);
#endif
  store(0, PAYLOAD, 2); store(0, TAG, 2);
#ifdef MUT_PLAINCOMMIT                  /* torn_bytes: the new stamp above old bytes */
  store(0, STAMP, 2);
#else
  release(0, STAMP, 2);
#endif
#ifdef MUT_PLAINHEAD                    /* false_overrun: `head` promises a slot before its stamp is there */
  store(0, HEAD, 2)
#else
  release(0, HEAD, 2)
#endif
}

proctype Consumer() {            /* copies what is there */
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

proctype Waiting() {             /* waits for slot 1 */
  byte h, s;
#ifdef MUT_STAMPFIRST                   /* false_overrun: the slot comes between the two loads */
  s = word[STAMP]; h = word[HEAD];
#else
  h = word[HEAD]; s = word[STAMP];
#endif
  ENSURE(s == 2 || h <= 1, false_overrun)
}

init {
  atomic {
    word[STAMP] = 1; word[PAYLOAD] = 1; word[TAG] = 1; word[HEAD] = 1;
    run Producer(); run Consumer(); run Waiting()
  }
}
#endif

#ifdef EVICT
#define STAMP 0
#define BIT 1
#define ACK 2

proctype Producer() {
  release(0, BIT, 1);
#ifndef MUT_NOSTOREFENCE                /* untold_eviction: a store with release order does not hold back later ones */
  store_fence(0);
#endif
  release(0, ACK, 1);                   /* the scan without the row */
  store(0, STAMP, 0)                    /* the next claim */
}

proctype Consumer() {
  if
  :: word[STAMP] != 1 -> ENSURE(word[BIT] == 1, untold_eviction)
  :: else
  fi
}

init { atomic { word[STAMP] = 1; run Producer(); run Consumer() } }
#endif

#ifdef HAND
#define OWNER 0                         /* 0 free, 1 the passer, 2 handed to the waiter, 3 the waiter */
#define WAITING 1
bool got; byte over;

inline replace(p, x, expected, v, done) {
  atomic {
    flush(p);
    if :: word[x] == expected -> word[x] = v; done = true :: else -> done = false fi
  }
}

proctype Passer() {
  bool back;
  if
  :: word[WAITING] == 0 -> release(0, OWNER, 0)
  :: else ->
     release(0, OWNER, 2);
#ifndef MUT_NOPASSERFENCE               /* lock_lost: the waiter is gone before the lock is his */
     fence(0);
#endif
     if
     :: word[WAITING] == 1
#ifndef MUT_NOLOOKBACK                  /* lock_lost */
     :: word[WAITING] == 0 ->
        replace(0, OWNER, 2, 1, back);
        if :: back -> release(0, OWNER, 0) :: else fi
#else
     :: else
#endif
     fi
  fi;
  over++
}

proctype Waiter() {
  atomic { flush(1); word[WAITING] = 1 };
  do
  :: replace(1, OWNER, 2, 3, got); if :: got -> break :: else fi
  :: replace(1, OWNER, 0, 3, got); if :: got -> break :: else fi
  :: true -> break                      /* its time is over */
  od;
#ifdef MUT_PLAINGIVEUP                  /* lock_lost: neither sees the other's store */
  release(1, WAITING, 0);
  if :: !got && word[OWNER] == 2 -> replace(1, OWNER, 2, 3, got) :: else fi;
#else
  atomic { flush(1); word[WAITING] = 0 };
#ifndef MUT_NOLASTTRY                   /* lock_lost: handed over at the last moment */
  if :: !got -> replace(1, OWNER, 2, 3, got) :: got fi;
#endif
#endif
  over++
}

active proctype Watch() { timeout; ENSURE(over == 2 && word[OWNER] == (got -> 3 : 0), lock_lost) }

init { atomic { word[OWNER] = 1; run Passer(); run Waiter() } }
#endif

#ifdef ZONE
#define GENERATION 0
#define LOCKED 1
#ifdef MUT_ONEHALF                      /* torn_snapshot: writes where readers read */
#define HALF(g) 2
#else
#define HALF(g) (2 + 2 * ((g) % 2))
#endif

proctype Publisher() {
  byte g, x;
  do
  :: g == 3 -> break
  :: g < 3 ->
     add(0, LOCKED, x);                 /* the lock of the zone is taken by a replace */
     g++;
     store(0, HALF(g), g); store(0, HALF(g) + 1, g);
#ifdef MUT_PLAINNUMBER                  /* torn_snapshot: the number comes before the bytes */
     store(0, GENERATION, g);
#else
     release(0, GENERATION, g);
#endif
     release(0, LOCKED, 0)
  od
}

proctype Reader() {
  byte g, a, b;
  do
  :: true ->
     g = word[GENERATION];
     a = word[HALF(g)]; b = word[HALF(g) + 1];
     if
#ifndef MUT_NOSECONDLOOK                /* torn_snapshot: two snapshots later the half is written again */
     :: word[GENERATION] == g ->
#else
     :: true ->
#endif
        ENSURE(a == g && b == g, torn_snapshot)
     :: word[GENERATION] != g
     fi;
     g = 0; a = 0; b = 0
  :: true -> break
  od
}

init { atomic { run Publisher(); run Reader() } }
#endif
