/* The state discipline: one producer that never waits, pinning and copying consumers, the newest slot only.
 *
 * Stands for: StateWriter (takeover, claim, choose, pinned, commit, abort), StateReader (look, takePin, takeCopy, release,
 * putBack), Rows (take, clean).
 *
 * Modelled: each store to shared memory is a step of its own, in the order of the code; so is each load that another
 * process can come between, each pin that the producer looks at too. A process may be killed before any of its stores; the
 * kernel drops its lock bytes then, and a successor may come. A write may be aborted. A consumer has PINS pins, takes them
 * for one slot after the other and lets them go in any order (the code uses one so far). What is written to slot n
 * differs between two attempts. Payload and tag are two words, written and read in turn.
 *
 * Abstracted: memory is sequentially consistent (tso.pml takes the fences away), the bound on tries of one look, waiting.
 *
 * Asserted, by name:
 *   newest_intact      at every store of the producer `latest` names a buffer that holds the newest slot, stamped and whole
 *   takeover_exact     a takeover finds exactly what was committed
 *   torn_bytes         what is handed over as good is the slot, whole
 *   uncommitted_slot   what is handed over was committed
 *   pinned_overwritten the buffer of a pin that was proven is not touched until the pin is gone
 *   no_buffer_free     the producer always finds a buffer
 *   producer_waits, consumer_waits   nobody waits for ever
 *
 * Parameters: NW slots, NR pinning consumers with PINS pins each, NCOPY copying ones, WCRASH and RCRASH kills, ABORTS.
 * ONEROW: all pinning consumers want row 0. HOSTILE: so many stores of nonsense to the pins, under which all must hold but
 * pinned_overwritten (the stamp tells).
 */
#ifndef NW
#define NW 4
#endif
#ifndef NR
#define NR 1
#endif
#ifndef PINS
#define PINS 1
#endif
#ifndef NCOPY
#define NCOPY 0
#endif
#ifndef WCRASH
#define WCRASH 0
#endif
#ifndef RCRASH
#define RCRASH 0
#endif
#ifndef ABORTS
#define ABORTS 0
#endif
#ifndef HOSTILE
#define HOSTILE 0
#endif
#if defined(ONEROW) || NR < 2
#define ROWS 1
#else
#define ROWS NR
#endif
#ifdef ONEROW
#define ROW 0
#else
#define ROW id
#endif
#ifdef MUT_POOL                         /* no_buffer_free: no spare buffer but the one that is written */
#define BUFFERS (ROWS * PINS + 1)
#else
#define BUFFERS (ROWS * PINS + 2)
#endif

/* `latest` in one word: slot number + 1 (0: none), buffer. */
#define NOBUFFER 7
#define LATEST(next, buffer) ((next) * 8 + (buffer))
#define NEXT(latest) ((latest) / 8)
#define BUFFER(latest) ((latest) % 8)

#if HOSTILE > 0
#define ERASED true
#else
#define ERASED false
#endif

/* A name is a byte that stays 0: pan prints it with the assertion that failed. */
#define ENSURE(c, name) assert((c) || name)
hidden byte newest_intact, takeover_exact, torn_bytes, uncommitted_slot, pinned_overwritten, no_buffer_free;
hidden byte producer_waits, consumer_waits;

byte latest; byte stamp[BUFFERS], payload[BUFFERS], tag[BUFFERS];      /* data; the bytes of slot n are 2n + 2 or 2n + 3 */
byte pin[ROWS * PINS];                                                 /* control: 0, or the buffer + 1 */
bool lock0, lock[ROWS];                                                /* lock bytes */

byte committed;                                                        /* what holds by definition */
byte kills, deaths, aborts, spoilt, over; bool finished;

#define WHOLE(x, y, next) ((x) == (y) && (y) / 2 == (next))

inline newest_is_intact() {
  ENSURE(NEXT(latest) == committed, newest_intact);
  ENSURE(committed == 0 || stamp[BUFFER(latest)] == committed, newest_intact);
  ENSURE(committed == 0 || WHOLE(payload[BUFFER(latest)], tag[BUFFER(latest)], committed), newest_intact)
}

/* A store of the producer, or its death instead. */
#if WCRASH > 0
#define STORE(x) \
  if \
  :: d_step { x; newest_is_intact() } \
  :: d_step { kills < WCRASH -> kills++; lock0 = false; i = 0; marked = 0; taken = false; try = 1 - try }; goto takeover \
  fi
#else
#define STORE(x) if :: d_step { x; newest_is_intact() } fi
#endif

#ifdef MUT_IGNOREPINS                   /* pinned_overwritten */
#define LOOKED 0
#elif defined(MUT_FIRSTPIN)             /* pinned_overwritten (PINS > 1): the first pin of each row only */
#define LOOKED 1
#else
#define LOOKED (ROWS * PINS)
#endif
inline advance() {
#ifndef MUT_REUSE                       /* newest_intact: writes where the newest slot is */
  do
  :: candidate = (candidate + 1 == BUFFERS -> 0 : candidate + 1);
     if
     :: candidate == newest
     :: else -> break
     fi
  od
#else
  skip
#endif
}

proctype Producer() {
  byte next, newest, candidate, marked, i; bool taken, try;
takeover:
  atomic {
    !lock0 -> lock0 = true;
    next = NEXT(latest);
    newest = (next == 0 -> NOBUFFER : BUFFER(latest));
    candidate = (next == 0 -> 0 : newest);
#ifdef MUT_MAXSTAMP                     /* takeover_exact: believes the highest stamp, and `latest` never named it */
    do :: i < BUFFERS -> if :: stamp[i] > next -> next = stamp[i]; newest = i :: else fi; i++ :: else -> i = 0; break od;
#endif
    ENSURE(next == committed, takeover_exact)
  };
  do
  :: i < BUFFERS -> if :: stamp[i] > next -> STORE(stamp[i] = 0) :: else fi; i++
  :: else -> i = 0; break
  od;

  do
  :: next == NW -> break
  :: next < NW ->
     atomic { advance() };                                            /* StateWriter.choose */
     i = 0;
     do
     :: i < LOOKED && !taken -> taken = (pin[i] == candidate + 1); i++
     :: else -> break
     od;
     if
     :: taken ->                                                      /* all pins, a look at each */
        taken = false; i = 0;
        do
        :: i < LOOKED -> d_step { marked = marked | (pin[i] <= BUFFERS -> 1 << pin[i] : 0); i++ }
        :: i == LOOKED -> break
        od;
        atomic {
          i = 0;
          do
          :: i <= BUFFERS && (marked >> (candidate + 1)) & 1 -> advance(); i++
          :: else -> break
          od;
          ENSURE(i <= BUFFERS, no_buffer_free);
          marked = 0
        }
     :: else
     fi;
     i = 0;
#ifndef MUT_NOEMPTY                     /* torn_bytes: the stamp of the old slot stands above new bytes */
     STORE(stamp[candidate] = 0);
#endif
#ifdef MUT_LATESTFIRST                  /* newest_intact: commits before it fills */
     STORE(latest = LATEST(next + 1, candidate); committed = next + 1);
#endif
     STORE(payload[candidate] = 2 * (next + 1) + try);
     STORE(tag[candidate] = 2 * (next + 1) + try);
#if ABORTS > 0
     if
     :: d_step {                                                      /* the next write takes the same buffer */
          aborts < ABORTS -> aborts++; try = 1 - try; candidate = (candidate == 0 -> BUFFERS - 1 : candidate - 1)
        };
        goto again
     :: true
     fi;
#endif
#ifdef MUT_STAMPLAST                    /* newest_intact: `latest` names a buffer that bears no stamp yet */
     STORE(latest = LATEST(next + 1, candidate); committed = next + 1);
     STORE(stamp[candidate] = next + 1);
#elif defined(MUT_TWOSTORES)            /* newest_intact: number and buffer are two words */
     STORE(stamp[candidate] = next + 1);
     STORE(latest = LATEST(next + 1, BUFFER(latest)); committed = next + 1);
     STORE(latest = LATEST(next + 1, candidate));
#else
     STORE(stamp[candidate] = next + 1);
     STORE(latest = LATEST(next + 1, candidate); committed = next + 1);
#endif
     next++; newest = candidate;
again:
     skip
  od;
  atomic { finished = true; lock0 = false }
}

/* A store of a consumer, or its death instead. */
#if RCRASH > 0
#define MINE(x) \
  if \
  :: d_step { x } \
  :: d_step { deaths < RCRASH -> deaths++; lock[ROW] = false; forget() }; goto dead \
  fi
#else
#define MINE(x) if :: d_step { x } fi
#endif
inline forget() {
  last = 0; l = 0; a = 0; b = 0; s = 0;
  i = 0; do :: i < PINS -> held[i] = 0; i++ :: else -> break od;
  i = 0
}

#define MYPIN(i) pin[ROW * PINS + (i)]
#ifdef POLLING
#define FINDS true
#else
#define FINDS (NEXT(latest) > last)
#endif
proctype Pinning(byte id) {
  byte last, l, a, b, s, i; byte held[PINS];                 /* held: what `latest` was when the pin was proven */
born:
#ifdef MUT_NOLOCK                       /* pinned_overwritten (ONEROW): two owners of one row, and each erases the other's pins */
  lock[ROW] = true;
#else
  atomic { !lock[ROW] -> lock[ROW] = true };
#endif
  do :: i < PINS -> MINE(MYPIN(i) = 0); i++ :: else -> i = 0; break od;      /* Rows.clean */
  do
  :: last < NW && FINDS && (held[0] == 0
#if PINS > 1
       || held[1] == 0
#endif
     ) ->
     atomic { do :: held[i] != 0 -> i++ :: else -> break od };
     l = latest;
     if
     :: NEXT(l) > last ->
        MINE(MYPIN(i) = BUFFER(l) + 1);
#ifndef MUT_NOREVALIDATE                /* pinned_overwritten: the buffer may be another slot's by the time the pin is seen */
        if
        :: latest == l ->
#endif
#ifdef MUT_NOREVALIDATE
           if
           :: true -> held[i] = l; last = NEXT(l)
           fi
#else
           if
           :: stamp[BUFFER(l)] == NEXT(l) -> held[i] = l; last = NEXT(l)
           :: else -> MINE(MYPIN(i) = 0)
           fi
        :: else -> MINE(MYPIN(i) = 0)
        fi
#endif
     :: else
     fi;
     l = 0; i = 0
  :: (held[0] != 0
#if PINS > 1
       || held[1] != 0
#endif
     ) ->                                                             /* use one and let it go */
     if
     :: held[0] != 0
#if PINS > 1
     :: held[1] != 0 -> i = 1
#endif
     fi;
#ifdef MUT_UNPINFIRST                   /* pinned_overwritten: lets go before it has read to the end */
     MINE(MYPIN(i) = 0);
#endif
     a = payload[BUFFER(held[i])]; b = tag[BUFFER(held[i])];
#ifdef MUT_NOPROOF                      /* torn_bytes (HOSTILE): believes its pin */
     s = NEXT(held[i]);
#else
     s = stamp[BUFFER(held[i])];
#endif
     d_step {
       ENSURE(ERASED || (s == NEXT(held[i]) && WHOLE(a, b, s)), pinned_overwritten);
       ENSURE(s != NEXT(held[i]) || WHOLE(a, b, s), torn_bytes);
       ENSURE(NEXT(held[i]) <= committed, uncommitted_slot);
       a = 0; b = 0; s = 0
     };
     MINE(MYPIN(i) = 0);
     held[i] = 0; i = 0
  :: last == NW && (held[0] == 0
#if PINS > 1
       && held[1] == 0
#endif
     ) -> break
  od;
  lock[ROW] = false;
  goto gone;
dead:
  if :: goto born :: goto gone fi;
gone:
  over++
}

proctype Copying() {
  byte last, l, a, b, s;
  do
  :: last == NW -> break
  :: last < NW && FINDS ->
     l = latest;
     if
     :: NEXT(l) > last && stamp[BUFFER(l)] == NEXT(l) ->
        a = payload[BUFFER(l)]; b = tag[BUFFER(l)];
#ifdef MUT_NOCHECK                      /* torn_bytes: the copy is not proven */
        s = NEXT(l);
#else
        s = stamp[BUFFER(l)];
#endif
        d_step {
          ENSURE(s != NEXT(l) || WHOLE(a, b, s), torn_bytes);
          ENSURE(s != NEXT(l) || s <= committed, uncommitted_slot);
          last = (s == NEXT(l) -> s : last);
          a = 0; b = 0; s = 0
        }
     :: else
     fi;
     l = 0
  od;
  over++
}

#if HOSTILE > 0
active proctype Hostile() {
  do
  :: spoilt < HOSTILE ->
     if
     :: d_step { spoilt++; pin[0] = 0 }
     :: d_step { spoilt++; pin[0] = 1 }
     :: d_step { spoilt++; pin[ROWS * PINS - 1] = 2 }
     :: d_step { spoilt++; pin[ROWS * PINS - 1] = 200 }
     fi
  :: break
  od
}
#endif

active proctype Watch() {
  timeout;
  ENSURE(finished, producer_waits);
  ENSURE(over == NR + NCOPY, consumer_waits)
}

init {
  atomic {
    run Producer();
#if NR > 0
    run Pinning(0);
#endif
#if NR > 1
    run Pinning(1);
#endif
#if NCOPY > 0
    run Copying();
#endif
    skip
  }
}
