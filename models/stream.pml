/* The stream discipline: one producer, lossless consumers and observers on a ring of K + B cells.
 *
 * Stands for: StreamWriter (takeover, scan, claim, commit, abort, free), Stall (ignored, gates, takeover), StreamReader
 * (look, acknowledge, question, jump, rejoin, release, seek), Rows (take, activate, clean, reclaim), and their use by
 * Producer and ConsumerHandle.
 *
 * Modelled: each store to shared memory is a step of its own, in the order of the code; so is each load that another
 * process can come between. A process may be killed before any of its stores; the kernel drops its lock bytes then, and
 * a successor may come. A write may be aborted, a batch shortened by the gate, and any prefix of it committed. A consumer
 * that reads in place holds up to READ slots. Two attempts at slot n write different bytes, so a mixture of both shows.
 * Payload and tag are two words, written and read in turn. Eviction (EVICT > 0) of a consumer that gates alive for too
 * long, also of one that never goes on (STALL > 0).
 *
 * Abstracted: memory is sequentially consistent, except that a claim may miss any change of `join_epoch`, the one load that
 * the protocol leaves unfenced (tso.pml has store buffers). `head` may lag by LAG slots, more than the code allows. Waiting
 * is a condition (wakeup.pml has the bells), the stall time is a choice, the end of the stream is slot NW, integrity is a
 * comparison. A consumer looks when there is something to find; with POLLING at any time. Left out: require.consumer,
 * delivery at a rate, clocks.
 *
 * Asserted, by name:
 *   newest_intact      at every store of the producer the K newest committed slots are stamped and whole
 *   takeover_exact     a takeover finds exactly what was committed
 *   torn_bytes         what is handed over as good is the slot, whole
 *   uncommitted_slot   what is handed over was committed
 *   protected_overrun  an acknowledged consumer loses no slot, unless this join of it was evicted
 *   untold_eviction    and then it finds its bit, also after a takeover
 *   false_eviction     a bit that a consumer finds from its acknowledgement on was set for this join of it. It may be set
 *                      before the join is protected, if the row changed hands while the producer looked: then the consumer
 *                      joins anew, and has lost nothing
 *   unaccounted        each slot from the start on is delivered or reported as lost, once
 *   producer_waits, consumer_waits   nobody waits for ever
 *   unacknowledged     nor does a join, while the producer waits at the gate
 *
 * Parameters: K, B, NW slots (at most 8), NR consumers, NOBS observers, READ, WCRASH and RCRASH kills, ABORTS, LEAVES
 * (consumers that leave early), SEEKS (back to the oldest slot), EVICT evictions, STALL consumers that stop for ever, LAG.
 * ONEROW: all consumers want row 0, as SEQUENTIAL has it. HOSTILE: so many stores of nonsense to the control segment, under
 * which torn_bytes, uncommitted_slot, newest_intact, takeover_exact and unaccounted must still hold, and no more.
 */
#ifndef K
#define K 2
#endif
#ifndef B
#define B 1
#endif
#ifndef NW
#define NW 4
#endif
#ifndef NR
#define NR 1
#endif
#ifndef NOBS
#define NOBS 0
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
#ifndef LEAVES
#define LEAVES 0
#endif
#ifndef SEEKS
#define SEEKS 0
#endif
#ifndef READ
#define READ 1
#endif
#ifndef EVICT
#define EVICT 0
#endif
#ifndef STALL
#define STALL 0
#endif
#ifndef HOSTILE
#define HOSTILE 0
#endif
#ifdef MUT_LAG                          /* takeover_exact: `head` lags by more than the stamps can tell */
#define LAG 9
#endif
#ifndef LAG
#define LAG (K / 2)
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
#ifdef MUT_CELLS                        /* newest_intact: what is being written lies on one of the K newest */
#define CELLS K
#else
#define CELLS (K + B)
#endif
#define CELL(n) ((n) % CELLS)
#define FREE 100
#define LEAST(x, y) ((x) < (y) -> (x) : (y))
#define MOST(x, y) ((x) > (y) -> (x) : (y))
#define BELOW(n) ((1 << (n)) - 1)       /* the slots below n, a bit each */

/* A name is a byte that stays 0: pan prints it with the assertion that failed. */
#define ENSURE(c, name) assert((c) || name)
hidden byte newest_intact, takeover_exact, torn_bytes, uncommitted_slot, protected_overrun, untold_eviction;
hidden byte false_eviction, unaccounted, producer_waits, consumer_waits, unacknowledged;

byte stamp[CELLS], payload[CELLS], tag[CELLS];  /* data; the bytes of slot n are 2n + 2 or 2n + 3 */
byte head;                                      /* data */
byte ack_epoch, let_go[ROWS]; bool evicted[ROWS];       /* state */
byte join_epoch;                                /* control, and its rows: */
bool gating[ROWS]; byte cursor[ROWS], epoch[ROWS];
bool lock0; byte lock[ROWS];                    /* lock bytes: 0 free, 1 its owner's, 2 the producer's */

byte committed;                                 /* what holds by definition */
bool robbed[ROWS], stalled[ROWS];               /* of the present join: evicted */
byte kills, deaths, aborts, leaves, seeks, evictions, stalls, spoilt;
bool finished; byte over;
hidden byte z;

inline newest_are_intact() {
  z = (committed > K -> committed - K : 0);
  do
  :: z < committed ->
     ENSURE(stamp[CELL(z)] == z + 1 && payload[CELL(z)] == tag[CELL(z)] && tag[CELL(z)] / 2 == z + 1, newest_intact);
     z++
  :: else -> break
  od;
  z = 0
}

/* A store of the producer, or its death instead. */
#if WCRASH > 0
#define STORE(x) \
  if \
  :: d_step { x; newest_are_intact() } \
  :: d_step { kills < WCRASH -> kills++; forget() }; goto takeover \
  fi
#else
#define STORE(x) if :: d_step { x; newest_are_intact() } fi
#endif

/* Stall: which join of a row was let go (0: none); a successor finds it where the bit is set. */
#if EVICT > 0
#define LETGO(r) letGo[r]
#ifdef MUT_KEEPBIT                      /* false_eviction: a row with its bit set never counts again, whoever owns it */
#define IGNORED(r) evicted[r]
#else
#define IGNORED(r) (letGo[r] != 0 && epoch[r] == letGo[r])
#endif
#define TAKEBACK(r) \
  if \
  :: letGo[r] != 0 -> letGo[r] = 0; STORE(evicted[r] = false; robbed[r] = false) \
  :: letGo[r] == 0 \
  fi
#else
#define LETGO(r) z
#define IGNORED(r) false
#define TAKEBACK(r) skip
#endif

inline forget() {
  lock0 = false; r = 0;
  do :: r < ROWS -> lock[r] = (lock[r] == 2 -> 0 : lock[r]); LETGO(r) = 0; r++ :: else -> break od;
  next = 0; limit = 0; seen = 0; e = 0; r = 0; i = 0; m = 0; p = 0; x = 0; changed = false; try = 1 - try
}

#ifdef MUT_NORECLAIM                    /* producer_waits: a dead row gates for ever */
#define TAKABLE(r) false
#elif defined(MUT_BADORACLE)            /* protected_overrun: a PID or a beat says dead, and the lock byte is not asked */
#define TAKABLE(r) (lock[r] != 2)
#else
#define TAKABLE(r) (lock[r] == 0)
#endif
#define GATES(r) (gating[r] && !IGNORED(r) && cursor[r] + K <= next)
#if ROWS > 1
#define ANYGATES (GATES(0) || GATES(1))
#define ANYDEAD ((GATES(0) && TAKABLE(0)) || (GATES(1) && TAKABLE(1)))
#else
#define ANYGATES GATES(0)
#define ANYDEAD (GATES(0) && TAKABLE(0))
#endif

/* StreamWriter.scan: the epoch first, then the rows, then the acknowledgement. */
inline scan() {
  e = join_epoch;
  limit = FREE; r = 0;
  do
  :: r < ROWS ->
     if
     :: gating[r] ->
        if
        :: IGNORED(r)
        :: else ->
           TAKEBACK(r);
           d_step { x = LEAST(next, cursor[r]) + K; limit = LEAST(limit, x); x = 0 }
        fi
     :: else -> TAKEBACK(r)
     fi;
     r++
  :: else -> r = 0; break
  od;
#ifdef MUT_EPOCHLAST                    /* protected_overrun: acknowledges a row that came after the look at it */
  e = join_epoch;
#endif
  STORE(ack_epoch = e);
  seen = e; e = 0
}

/* Rows.reclaim, Rows.clean: the byte is taken; then the row is emptied. */
inline reclaim() {
  r = 0;
  do
  :: r < ROWS ->
     if
     :: GATES(r) ->
        if
        :: d_step { TAKABLE(r) -> lock[r] = 2 };
           if
           :: gating[r] -> STORE(gating[r] = false); STORE(join_epoch++)
           :: else
           fi;
           lock[r] = 0; changed = true
        :: else
        fi
     :: else
     fi;
     r++
  :: else -> r = 0; break
  od
}

/* Stall.gates: the row has gated for too long. The bit first; then this join of it counts no more. */
#define EVICTABLE(r) (GATES(r) && (stalled[r] || evictions < EVICT))
inline evict(row) {
  evictions = (stalled[row] -> evictions : evictions + 1);
  letGo[row] = epoch[row];
  STORE(let_go[row] = letGo[row]);
#ifdef MUT_EVICTLATE                    /* protected_overrun: overwrites first, and tells then */
  late = row + 1
#else
  STORE(evicted[row] = true; robbed[row] = (epoch[row] == letGo[row] -> true : robbed[row]))
#endif
#ifdef MUT_EVICTCLEAN                   /* protected_overrun: empties a row that its live owner may be using again */
  ;
  STORE(gating[row] = false);
  STORE(join_epoch++)
#endif
}

proctype Producer() {
  byte next, limit, seen, e, r, i, m, p, x; bool changed, try;
#if EVICT > 0
  byte letGo[ROWS];
#endif
#ifdef MUT_EVICTLATE
  byte late;
#endif
takeover:
  atomic {
    !lock0 -> lock0 = true; next = head;
#ifdef MUT_MAXSTAMP                     /* takeover_exact: believes the highest stamp */
    do :: i < CELLS -> next = MOST(next, stamp[i]); i++ :: else -> i = 0; break od;
#else
    do :: stamp[CELL(next)] == next + 1 -> next++ :: else -> break od;
#endif
    ENSURE(next == committed, takeover_exact)
  };
#if EVICT > 0 && !defined(MUT_KEEPBITS)  /* false_eviction: a bit of the producer before stays, and nobody takes it back */
  do :: r < ROWS -> letGo[r] = (evicted[r] -> let_go[r] : 0); r++ :: else -> r = 0; break od;
#endif
#ifndef MUT_KEEPTAIL                    /* uncommitted_slot: a dead batch's stamps are left, and read one day */
  do
  :: i < CELLS -> if :: stamp[i] > next -> STORE(stamp[i] = 0) :: else fi; i++
  :: else -> i = 0; break
  od;
#endif
  STORE(head = next);
#ifdef MUT_BLINDTAKEOVER                /* protected_overrun: acknowledges without a look, and writes */
  limit = FREE; seen = join_epoch;
  STORE(ack_epoch = seen);
#else
  scan();
#endif

  do
  :: next == NW -> break
  :: next < NW || aborts < ABORTS ->    /* a write behind the last slot is aborted */
     if
     :: next < limit                    /* the epoch as it stands, or as it stood before the last stores were seen */
     :: join_epoch != seen || next >= limit ->
#ifdef MUT_ACKNOSCAN                    /* protected_overrun: acknowledges a new epoch without a look at the rows */
        if :: next < limit -> seen = join_epoch; STORE(ack_epoch = seen) :: else -> scan() fi
#else
        scan()
#endif
     fi;
     m = 1; do :: m < B && next + m < NW -> m++ :: break od;      /* a batch of m */
     do
     :: next + m <= limit -> break
     :: next < limit && next + m > limit -> m = limit - next      /* shortened by the gate */
     :: next >= limit ->                                          /* Producer.awaitCell */
        STORE(head = next);
        scan();
        if
        :: next >= limit ->
           reclaim();
           if
           :: changed -> changed = false
           :: !changed ->
#if HOSTILE > 0
end_gate:
#endif
#if STALL > 0 && EVICT == 0
end_block:
#endif
              if
#ifdef MUT_DEAFWAIT                     /* unacknowledged: at the gate the epoch is not looked at */
              :: !ANYGATES || ANYDEAD
#else
              :: join_epoch != seen || !ANYGATES || ANYDEAD
#endif
#if EVICT > 0 && !defined(MUT_NOEVICT)  /* producer_waits: a stalled consumer gates for ever */
              :: EVICTABLE(0) -> evict(0)
#if ROWS > 1
              :: EVICTABLE(1) -> evict(1)
#endif
#endif
              fi
           fi
        :: else
        fi
     od;
#ifndef MUT_NOEMPTY                     /* torn_bytes: a stamp stands above bytes that change */
     i = 0;
     do :: i < m -> STORE(stamp[CELL(next + i)] = 0); i++ :: else -> break od;
#endif
     i = 0;
     do
     :: i < m ->
        STORE(payload[CELL(next + i)] = 2 * (next + i + 1) + try);
        STORE(tag[CELL(next + i)] = 2 * (next + i + 1) + try);
        i++
     :: else -> i = 0; break
     od;
     p = m;
#if B > 1
     do :: p > 1 -> p-- :: break od;
#endif
#if ABORTS > 0
     if :: d_step { aborts < ABORTS -> aborts++; p = 0 } :: next < NW fi;
#endif
     try = (p == m -> try : 1 - try);
#ifdef MUT_FIRSTTOLAST                  /* takeover_exact: a batch that died between two stamps is there by half */
     i = 0;
     do
     :: i < p -> STORE(stamp[CELL(next + i)] = next + i + 1; committed = (i == p - 1 -> next + p : committed)); i++
     :: else -> i = 0; break
     od;
#else
     i = p;
     do
     :: i > 0 -> i--; STORE(stamp[CELL(next + i)] = next + i + 1; committed = (i == 0 -> next + p : committed))
     :: else -> break
     od;
#endif
#ifdef MUT_EVICTLATE
     if
     :: late > 0 -> STORE(evicted[late - 1] = true; robbed[late - 1] = true); late = 0
     :: else
     fi;
#endif
     next = next + p; p = 0; m = 0;
     if
     :: next > head + LAG -> STORE(head = next)
     :: next > head && next <= head + LAG -> if :: STORE(head = next) :: skip fi
     :: else
     fi
  od;
  STORE(head = next);
  atomic { finished = true; lock0 = false }
}

/* A store of a consumer, or its death instead; or it stalls there for ever. */
#define MINE(x) \
  if \
  :: d_step { x } \
  DIES \
  STALLS \
  fi
#if RCRASH > 0
#define DIES \
  :: d_step { \
       deaths < RCRASH -> deaths++; lock[ROW] = 0; \
       want = 0; h = 0; s = 0; a = 0; b = 0; my = 0; told = 0; n = 0; i = 0; right = 0; acked = false; flag = false \
     }; \
     goto dead
#else
#define DIES
#endif
#if STALL > 0
#define STALLS :: d_step { stalls < STALL -> stalls++; stalled[ROW] = true }; goto stalled_here
#else
#define STALLS
#endif

/* StreamWriter.newest, called by a reader. */
inline newest(h) { h = head; do :: stamp[CELL(h)] == h + 1 -> h++ :: else -> break od }

#define OLDEST(h) ((h) > K -> (h) - K : 0)

#define RIGHT(a, b, n) ((a) == (b) && (b) / 2 == (n) + 1)
inline deliver(n, whole) {
  ENSURE(whole, torn_bytes);
  ENSURE((n) < committed, uncommitted_slot);
  ENSURE(!(told & (1 << (n))), unaccounted);
  told = told | (1 << (n))
}

/* Reports [from, to) as lost. */
inline lose(from, to) {
  ENSURE(!(told >> (from)), unaccounted);
  told = told | (BELOW(to) - BELOW(from))
}

inline clean() {
  if
  :: gating[ROW] -> MINE(gating[ROW] = false); MINE(join_epoch++)
  :: else
  fi
}

/* Rows.activate: a number of its own before the row counts, an epoch that the producer must acknowledge after it. */
inline activate() {
#ifndef MUT_LATENUMBER
  MINE(join_epoch++; my = join_epoch);
  MINE(epoch[ROW] = my; robbed[ROW] = false);     /* from here on it is this join of the row */
#endif
  MINE(cursor[ROW] = want);
#ifdef MUT_EPOCHFIRST                   /* protected_overrun: the producer looks at the row before it is active */
  MINE(join_epoch++; my = join_epoch);
  MINE(gating[ROW] = true)
#else
  MINE(gating[ROW] = true);
  MINE(join_epoch++; my = join_epoch)
#endif
#ifdef MUT_LATENUMBER                   /* false_eviction: the row counts under the number of its former join for a moment */
  ;
  MINE(epoch[ROW] = my; robbed[ROW] = false)
#endif
}

/* StreamReader.rejoin, at slot `want`. */
inline rejoin() { acked = false; clean(); activate() }

/* An acknowledged consumer has lost a slot: it must have been evicted, and find its bit. */
#if HOSTILE > 0
#define LOSES(flag) skip
#else
#define LOSES(flag) \
  d_step { \
    flag = evicted[ROW]; \
    ENSURE(!acked || robbed[ROW], protected_overrun); \
    ENSURE(!acked || flag, untold_eviction); \
    flag = flag && acked \
  }
#endif

#define HERE (stamp[CELL(want)] == want + 1)
#ifdef MUT_BLIND                        /* consumer_waits: an emptied cell is taken for one that is not yet written */
#define OVERRUN(h, s) ((s) > want + 1)
#else
#define OVERRUN(h, s) ((s) != want + 1 && ((h) > want || (s) > want + 1))
#endif
#ifdef POLLING
#define FINDS true
#else
#define FINDS OVERRUN(head, stamp[CELL(want)])
#endif
#define BIT (evicted[ROW] && ack_epoch >= my)
#define ENSURE_MEANT ENSURE(robbed[ROW], false_eviction)

proctype Consumer(byte id) {
  byte want, h, s, a, b, my, told, n, i, right; bool acked, flag;
born:
  atomic { lock[ROW] == 0 -> lock[ROW] = 1 };
  clean();
  newest(h);
  want = h; if :: want = OLDEST(h) :: true fi; h = 0;
  told = BELOW(want);
  activate();
#ifdef MUT_NOACK                        /* protected_overrun: trusts its row before the producer has seen it */
  acked = true;
#endif
#if HOSTILE > 0 || (STALL > 0 && EVICT == 0)
end_look:
#endif
  do
  :: want == NW -> break
#if LEAVES > 0
  :: d_step { want < NW && leaves < LEAVES -> leaves++; told = BELOW(NW) } -> break
#endif
#if SEEKS > 0
  :: d_step { want < NW && seeks < SEEKS -> seeks++ } ->
     newest(h); want = OLDEST(h); told = BELOW(want); h = 0;
#ifdef MUT_SEEKACTIVE                   /* protected_overrun: a cursor that goes back while its row counts */
     MINE(cursor[ROW] = want)
#else
     rejoin()
#endif
#endif
  :: want < NW && !acked && ack_epoch >= my ->     /* acknowledge */
     if
#if EVICT > 0
     :: atomic { evicted[ROW] -> ENSURE_MEANT }; rejoin()
#endif
     :: !evicted[ROW] ->
        h = head; s = stamp[CELL(want)];
        if
        :: OVERRUN(h, s) ->
           newest(h); h = MOST(want + 1, OLDEST(h));
           lose(want, h); want = h; MINE(cursor[ROW] = want)
        :: else -> acked = true
        fi;
        h = 0; s = 0
     fi
  :: want < NW && HERE ->
     n = 1;
#if READ > 1
     do
     :: acked && n < READ && want + n < NW && stamp[CELL(want + n)] == want + n + 1 -> n++     /* held in place, several */
     :: break
     od;
#endif
     do                                            /* used: in place if acknowledged, else in the copy made here */
     :: i < n ->
        a = payload[CELL(want + i)]; b = tag[CELL(want + i)];
        d_step { right = right | (RIGHT(a, b, want + i) << i); a = 0; b = 0; i++ }
     :: i == n -> i = 0; break
     od;
     do                                            /* proven: the stamps once more */
     :: i < n ->
#ifdef MUT_NOCHECK                      /* torn_bytes: no second look at the stamp */
        s = want + i + 1;
#else
        s = stamp[CELL(want + i)];
#endif
        if
        :: s == want + i + 1 -> deliver(want + i, (right >> i) & 1); i++; s = 0
        :: s != want + i + 1 -> s = 0; break
        fi
     :: i == n -> break
     od;
     right = 0;
     if
     :: i == n || acked ->                         /* release */
        if
        :: i < n ->
           LOSES(flag);
           flag = false;
#ifndef MUT_SILENT                      /* unaccounted: what was lost while it was held is not reported */
           lose(want + i, want + n);
#endif
        :: i == n
        fi;
        want = want + n; n = 0; i = 0;
        MINE(cursor[ROW] = want)
     :: i < n && !acked -> n = 0; i = 0
     fi
#if EVICT > 0
  :: want < NW && !HERE && acked && BIT && !OVERRUN(head, stamp[CELL(want)]) ->         /* nothing lost so far */
     if
     :: atomic { evicted[ROW] -> ENSURE_MEANT }; rejoin()
     :: !evicted[ROW]
     fi
#endif
  :: want < NW && !HERE && FINDS ->                /* question */
#ifdef MUT_STAMPFIRST                   /* protected_overrun (POLLING): takes a slot committed meanwhile for an overrun */
     s = stamp[CELL(want)]; h = head;
#else
     h = head; s = stamp[CELL(want)];
#endif
     if
     :: OVERRUN(h, s) ->
        LOSES(flag);
        newest(h); h = MOST(want + 1, OLDEST(h));
        lose(want, h); want = h; h = 0; s = 0;
        MINE(cursor[ROW] = want; robbed[ROW] = (acked -> evicted[ROW] : robbed[ROW]));
        if :: flag -> flag = false; rejoin() :: else fi
     :: else
     fi;
     h = 0; s = 0
  od;
  ENSURE(told == BELOW(NW), unaccounted);
#ifdef MUT_UNLOCKFIRST                  /* protected_overrun (ONEROW): empties what may be another's by now */
  lock[ROW] = 0;
  clean();
#else
  clean();
  lock[ROW] = 0;
#endif
  goto gone;
dead:
  if :: goto born :: goto gone fi;
#if STALL > 0
stalled_here:
  over++;
end_stalled:
  false;
#endif
gone:
  over++
}

#ifndef SKIP
#define SKIP (K / 2)                    /* where an observer goes on after an overrun: so many behind the newest */
#endif

proctype Observer() {
  byte want, h, s, a, b, told;
  newest(h); want = h; h = 0;
  told = BELOW(want);
#if HOSTILE > 0
end_look:
#endif
  do
  :: want == NW -> break
  :: want < NW && HERE ->
     a = payload[CELL(want)]; b = tag[CELL(want)];
#ifdef MUT_NOCHECK
     s = want + 1;
#else
     s = stamp[CELL(want)];
#endif
     if :: s == want + 1 -> deliver(want, RIGHT(a, b, want)); want++ :: else fi;
     a = 0; b = 0; s = 0
  :: want < NW && !HERE && FINDS ->
     h = head; s = stamp[CELL(want)];
     if
     :: OVERRUN(h, s) ->
        newest(h); h = MOST(want + 1, h - SKIP);
        lose(want, h); want = h
     :: else
     fi;
     h = 0; s = 0
  od;
  ENSURE(told == BELOW(NW), unaccounted);
  over++
}

#if HOSTILE > 0
active proctype Hostile() {
  do
  :: spoilt < HOSTILE ->
     if
     :: d_step { spoilt++; cursor[0] = 90 }
     :: d_step { spoilt++; cursor[0] = 0 }
     :: d_step { spoilt++; gating[0] = 1 - gating[0] }
     :: d_step { spoilt++; join_epoch = 0 }
     :: d_step { spoilt++; join_epoch = 100 }
     fi
  :: break
  od
}
#else
active proctype Watch() {
  timeout;
#if STALL == 0 || EVICT > 0
  ENSURE(finished, producer_waits);
  ENSURE(over == NR + NOBS, consumer_waits);
#endif
  ENSURE(finished || ack_epoch == join_epoch, unacknowledged)
}
#endif

init {
  atomic {
    run Producer();
#if NR > 0
    run Consumer(0);
#endif
#if NR > 1
    run Consumer(1);
#endif
#if NOBS > 0
    run Observer();
#endif
#if NOBS > 1
    run Observer();
#endif
    skip
  }
}
