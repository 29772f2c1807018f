/* Waiting: who sleeps is woken by what it sleeps for.
 *
 * Stands for: Pause (arm, sleep), Ringer (ring, wake), FutexDoorbell, and the loops that look between two steps of a Pause:
 * ConsumerHandle.advance and Producer.awaitCell.
 *
 * Modelled: one producer that commits NW slots and closes, NS consumers that sleep for the next slot; with GATE they gate
 * it (K slots), and the producer sleeps too, on a bell of its own that consumers ring when they release or leave. Total
 * store order: what a process stores waits in a buffer of its own until it drains; an exchange, an add and a futex call
 * drain it; a membarrier drains everybody's. FUTEX_WAIT compares and queues in one step. No sleep has a bound, so a lost
 * wake-up is a sleep for ever. BOUNDED gives every sleep one: then it may end at any time by itself.
 *
 * Abstracted: slots are a count, spinning before the first sleep is a look, `head`, rows and their reclaim are the condition
 * that the gate is open. Deadlines and interrupts are ends of a bounded sleep.
 *
 * Asserted, by name:
 *   consumer_sleeps    no consumer sleeps for ever while there is a slot, or the end, for it
 *   producer_sleeps    nor the producer at an open gate
 *
 * What the bound is for, each of which breaks one of the two without BOUNDED: CRASH, a consumer dies at any step (a death
 * rings nothing, nor does who dies between exchange and wake); UNREGISTERED, the ringer's process takes no part in
 * barriers; CLOSER, another thread of a consumer closes it: it can't change a bell that it maps read-only.
 *
 * Parameters: NW, NS, K; GATE, LEAVE (consumers may leave early), NOCLOSE (no close after the last slot).
 */
#ifndef NW
#define NW 2
#endif
#ifndef NS
#define NS 2
#endif
#ifndef K
#define K 1
#endif

/* A name is a byte that stays 0: pan prints it with the assertion that failed. */
#define ENSURE(c, name) assert((c) || name)
hidden byte consumer_sleeps, producer_sleeps;

/* Shared words. Process 0 is the producer, consumer i is process i. */
#define SLOTS 0                         /* committed slots: the stamps */
#define END 1
#ifdef MUT_HEADBELL                     /* consumer_sleeps: sleeps on what it waits for; the end does not change that */
#define BELL SLOTS
#else
#define BELL 2                          /* state: rung by the producer */
#endif
#define ASLEEP 3                        /* control: a consumer sleeps */
#ifdef MUT_CURSORBELL                   /* producer_sleeps (LEAVE): sleeps on a cursor; a leave does not change it */
#define PBELL 6
#else
#define PBELL 4                         /* control: rung by consumers */
#endif
#define PASLEEP 5                       /* control: the producer sleeps */
#define CURSOR(i) (5 + (i))
#define GATES(i) (5 + NS + (i))
byte word[6 + 2 * NS];
chan buffer[NS + 1] = [4] of { byte, byte };    /* stores under way: word, value */
bool queued[NS + 1];                            /* sleeps in the kernel */
bool dead[NS + 1], stop[NS + 1];
bool finished; byte over;
hidden byte w, v, q;

#define store(p, where, what) buffer[p] ! where, what
inline drain(p) { do :: buffer[p] ? w, v -> word[w] = v :: empty(buffer[p]) -> break od; w = 0; v = 0 }
inline drain_all() { q = 0; do :: q <= NS -> drain(q); q++ :: else -> break od; q = 0 }

active proctype Memory() {
end:
  do
  :: d_step { buffer[0] ? w, v -> word[w] = v; w = 0; v = 0 }
  :: d_step { buffer[1] ? w, v -> word[w] = v; w = 0; v = 0 }
#if NS > 1
  :: d_step { buffer[2] ? w, v -> word[w] = v; w = 0; v = 0 }
#endif
  od
}

/* FUTEX_WAKE on a bell: all who sleep on it. */
inline wake_all(p) {
  if
  :: p != 0 -> queued[0] = false        /* consumers wake the producer */
  :: else ->
     q = 1;
     do
#ifdef MUT_WAKEONE                      /* consumer_sleeps: one word for all, so all must look */
     :: q <= NS && queued[q] -> queued[q] = false; break
     :: q <= NS && !queued[q] -> q++
#else
     :: q <= NS -> queued[q] = false; q++
#endif
     :: q > NS -> break
     od;
     q = 0
  fi
}

#ifdef CRASH
#define DIES(p) if :: p != 0 -> dead[p] = true; goto gone :: true fi
#else
#define DIES(p) skip
#endif

#if defined(MUT_HEADBELL)
#define RUNG(p) (p != 0)
#elif defined(MUT_CURSORBELL)
#define RUNG(p) (p == 0)
#else
#define RUNG(p) 1
#endif
/* Ringer.ring by process p, after the store that sleepers wait for. */
inline ring(p, bell, asleep) {
  if
  :: word[asleep] == 0
  :: word[asleep] != 0 ->
#ifdef MUT_BELLFIRST                    /* consumer_sleeps: the bell changes before the word is taken back */
     d_step { drain(p); word[bell]++ };
#endif
     d_step { drain(p); was = word[asleep]; word[asleep] = 0 };
     DIES(p);
     if
     :: was == 0                        /* another ringer took it back, and rings */
     :: was != 0 ->
        was = 0;
#if !defined(MUT_BELLFIRST) && !defined(MUT_NOBELL)   /* consumer_sleeps: woken before it sleeps, nothing tells it */
        d_step { drain(p); word[bell] = word[bell] + RUNG(p) };
        DIES(p);
#endif
        d_step { drain(p); wake_all(p) }
     fi
  fi
}

/* Pause.arm: the bell, then the word, then the barrier. */
inline arm(p, bell, asleep) {
#if !defined(MUT_LATEBELL) && !defined(MUT_LASTBELL)
  seen = word[bell];
#endif
#ifndef MUT_LATEWORD
  store(p, asleep, 1);
#endif
#ifdef MUT_LATEBELL                     /* consumer_sleeps: a ring between the two is taken for an old one */
  seen = word[bell];
#endif
#if defined(MUT_NOBARRIER)              /* consumer_sleeps: neither sees the other's store */
  skip
#elif defined(MUT_OWNFENCE) || defined(UNREGISTERED)  /* consumer_sleeps: a fence of the sleeper's own is not enough */
  d_step { drain(p) }
#else
  d_step { drain_all() }
#endif
}

/* Pause.sleep. */
inline sleep(p, bell, asleep) {
#ifdef MUT_LATEWORD                     /* consumer_sleeps: says that it sleeps after the last look */
  store(p, asleep, 1);
#endif
#ifdef MUT_LASTBELL                     /* consumer_sleeps: the bell is loaded after the last look */
  seen = word[bell];
#endif
  d_step { drain(p); queued[p] = (word[bell] == seen) };
  seen = 0;
  if
  :: !queued[p]
#ifdef BOUNDED
  :: queued[p] = false
#endif
  fi
}

#define OPENFOR(i) (word[GATES(i)] == 0 || dead[i] || n < word[CURSOR(i)] + K)
#if NS > 1
#define OPEN (OPENFOR(1) && OPENFOR(2))
#else
#define OPEN OPENFOR(1)
#endif

proctype Producer() {
  byte n, seen, was;
  do
  :: n == NW -> break
  :: n < NW ->
#ifdef GATE
     do
     :: OPEN -> break
     :: else ->
#ifdef MUT_GATENOBARRIER                /* producer_sleeps: at the gate as elsewhere */
        seen = word[PBELL]; store(0, PASLEEP, 1); d_step { drain(0) };
#elif defined(MUT_GATELATEBELL)         /* producer_sleeps */
        store(0, PASLEEP, 1); d_step { drain_all() }; seen = word[PBELL];
#else
        arm(0, PBELL, PASLEEP);
#endif
        if
#ifndef MUT_GATENOLOOK                  /* producer_sleeps: no look between barrier and sleep */
        :: OPEN -> break
#endif
        :: else -> sleep(0, PBELL, PASLEEP)
        fi
     od;
     seen = 0;
#endif
#ifdef MUT_RINGFIRST                    /* consumer_sleeps (NOCLOSE): rings before the store */
     ring(0, BELL, ASLEEP);
     n++; store(0, SLOTS, n)
#else
     n++; store(0, SLOTS, n);
     ring(0, BELL, ASLEEP)
#endif
  od;
#ifndef NOCLOSE
  store(0, END, 1);
#ifndef MUT_SILENTEND                   /* consumer_sleeps: the end is not rung */
  ring(0, BELL, ASLEEP);
#endif
#endif
  finished = true
#ifdef CRASH
  ;
gone:
  skip
#endif
}

#ifdef NOCLOSE
#define DONE (want == NW)
#else
#define DONE (word[END] == 1 && word[SLOTS] == want)
#endif
#ifdef GATE
#define RING(p) ring(p, PBELL, PASLEEP)
#else
#define RING(p) skip
#endif

proctype Consumer(byte id) {
  byte want, seen, was;
  do
  :: DONE || stop[id] -> break
  :: word[SLOTS] > want ->
     want++;
     store(id, CURSOR(id), want);
#ifndef MUT_SILENTRELEASE               /* producer_sleeps: a release is not rung */
     RING(id);
#endif
     DIES(id)
#ifdef LEAVE
  :: want < NW ->
     store(id, GATES(id), 0);
#ifndef MUT_SILENTLEAVE                 /* producer_sleeps: a leave is not rung */
     RING(id);
#endif
     break
#endif
  :: word[SLOTS] <= want && !DONE ->
     arm(id, BELL, ASLEEP);
     DIES(id);
     if
#ifndef MUT_NOLOOK                      /* consumer_sleeps: no look between barrier and sleep */
     :: word[SLOTS] > want || DONE || stop[id]
#endif
     :: else -> sleep(id, BELL, ASLEEP)
     fi;
     seen = 0
  od;
#ifdef CRASH
gone:
#endif
  over++
}

#ifdef CLOSER                           /* Handle.close by another thread: the mark, then a wake without a ring */
active proctype Closer() {
  d_step { drain_all(); for (q : 1 .. NS) { stop[q] = true } q = 0 };
  d_step { wake_all(0) }
}
#endif

active proctype Watch() {
  timeout;
  ENSURE(finished, producer_sleeps);
  ENSURE(over == NS, consumer_sleeps)
}

init {
  atomic {
    word[GATES(1)] = 1; run Consumer(1);
#if NS > 1
    word[GATES(2)] = 1; run Consumer(2);
#endif
#ifdef CLOSER
    finished = true                     /* the producer is there, and idle */
#else
    run Producer()
#endif
  }
}
