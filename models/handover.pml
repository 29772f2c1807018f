/* The handover of a stream block: prepare, answers, cut, retire, by one producer; consumers and observers that follow.
 *
 * Stands for: Handover (begin, cancel, decide, cut, giveUp, retire, takeover), SegmentEntry (begin, drop), StreamWriter
 * (cutTo, mayRetire, leftBehind, heldFrom), GenerationTable, Succession (boundary, follow, enter, answer), StreamReader
 * (followed, acknowledgeBehind): the generation table in `state` (number and cut of an entry, and whose segment stands) and
 * the words of a row that tell how far its owner follows.
 *
 * Modelled: each store to shared memory is a step of its own; so is each load that another process can come between. The
 * producer may be killed before any of its stores, and is taken over; so may consumers, which may come back, and may come
 * late. A generation is made, prepared, then cancelled or cut over to; what was left is retired. The table has two entries
 * that are used again and again, numbers are not. Each generation has its own K. Two generations stand between a cut and the
 * retirement; the next handover begins after it.
 *
 * Abstracted: memory is sequentially consistent, except that a write may miss any change of `join_epoch`. A slot is its
 * stamp (stream.pml has payload, tag, batches, evictions, a late `head`, clearing of stamps). A segment is made whole in
 * one step. The cut waits for no answer, since a consumer may join at any time and the deadline of a command is a choice;
 * with ANSWERS it waits, or cancels. Waiting is a condition. The end of the stream is slot NW; a retirement that is due then
 * still comes to its end.
 *
 * Asserted, by name:
 *   newest_intact      at every store of the producer the K newest committed slots are in segments that the table names,
 *                      and those have their files; K is the smaller one while two generations stand
 *   takeover_exact     a takeover finds exactly what was committed
 *   wrong_generation   a slot is read from the generation that it was committed in
 *   wrong_file         a mapping made ahead is the segment that its number means
 *   protected_overrun  an acknowledged consumer loses no slot
 *   next_gone          nor finds its next generation gone
 *   unaccounted        each slot from the start on is delivered or reported as lost, once, in order
 *   closed_by_cut      a cut alone closes no gate
 *   cut_unanswered     (ANSWERS) who gates at the cut has mapped the next generation, or refused it
 *   producer_waits, consumer_waits   nobody waits for ever: for a slot, a gate, a retirement
 *   left_behind        in the end no file stands that the table does not name
 *
 * Parameters: K0, K1, K2 of the generations in turn, NW slots, NH prepares (cancelled ones and those that died count), NR
 * consumers, NOBS observers, WCRASH and RCRASH kills, REFUSE: consumers may refuse a generation, before the cut or late;
 * STALL of those that did may stop for ever behind the cut.
 */
#ifndef K0
#define K0 1
#endif
#ifndef K1
#define K1 1
#endif
#ifndef K2
#define K2 1
#endif
#ifndef NW
#define NW 3
#endif
#ifndef NH
#define NH 1
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
#ifndef STALL
#define STALL 0
#endif
#if NR > 1
#define ROWS NR
#else
#define ROWS 1
#endif
#define NUMBERS (NH + 2)                /* 0: none, 1: the first, one a prepare */
#if K0 > 2 || K1 > 2 || K2 > 2
#define CELLS 4
#elif K0 > 1 || K1 > 1 || K2 > 1
#define CELLS 3
#else
#define CELLS 2
#endif
#define KOF(g) ((g) == 2 -> K1 : ((g) == 3 -> K2 : K0))
#define CELL(g, n) stamp[(g) * CELLS + (n) % (KOF(g) + 1)]
#define FREE 100
#define LEAST(x, y) ((x) < (y) -> (x) : (y))
#define MOST(x, y) ((x) > (y) -> (x) : (y))

/* A name is a byte that stays 0: pan prints it with the assertion that failed. */
#define ENSURE(c, name) assert((c) || name)
hidden byte newest_intact, takeover_exact, wrong_generation, wrong_file, protected_overrun, next_gone, unaccounted;
hidden byte closed_by_cut, cut_unanswered, producer_waits, consumer_waits, left_behind;

bool linked[NUMBERS];                           /* files, by number */
byte stamp[NUMBERS * CELLS];                    /* data, of each */
byte head[NUMBERS], first[NUMBERS];
byte number[2], cut[2], file[2], newest_number; /* state: the table (file: whose segment stands), and numbers given */
byte ack_epoch;                                 /* state */
byte join_epoch;                                /* control, and its rows: */
bool gating[ROWS]; byte cursor[ROWS], entered[ROWS], refused[ROWS];
#ifdef ANSWERS
byte ready[ROWS];
byte ahead_of[ROWS];                           /* what holds: mapped ahead */
#endif
bool lock0; byte lock[ROWS];                   /* lock bytes: 0 free, 1 its owner's, 2 the producer's */

byte committed, home[NW + 1];                   /* what holds by definition: slots, and the generation of each */
byte kills, deaths, stalls, prepares;
bool finished; byte over;
#ifdef MUT_REUSE
byte made[NUMBERS];
#define MADE(g) made[g]
#else
#define MADE(g) 0
#endif
hidden byte z, zi, zg, zk;

/* The entry of the oldest generation. */
#define OLDER(x, y) ((x) != 0 && ((y) == 0 || (x) < (y)) -> 0 : 1)

inline newest_are_intact() {
  zi = OLDER(number[0], number[1]);
  ENSURE(number[zi] != 0 && linked[number[zi]], newest_intact);
  zk = KOF(number[zi]);
  if :: cut[zi] != 0 -> zg = number[1 - zi]; zk = LEAST(zk, KOF(zg)) :: else fi;
  z = (committed > zk -> committed - zk : 0);
  do
  :: z < committed ->
     zg = (cut[zi] != 0 && z >= cut[zi] - 1 -> number[1 - zi] : number[zi]);
     ENSURE(zg != 0 && linked[zg] && CELL(zg, z) == z + 1, newest_intact);
     z++
  :: else -> break
  od;
  z = 0; zi = 0; zg = 0; zk = 0
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
inline forget() {
  lock0 = false; r = 0;
  do :: r < ROWS -> lock[r] = (lock[r] == 2 -> 0 : lock[r]); r++ :: else -> break od;
  r = 0; next = 0; limit = 0; seen = 0; e = 0; x = 0; g = 0; q = 0; old = 0; c = 0; at = 0; two = false; prepared = false;
  changed = false
}

/* A row that refused the present generation, or one before it and was left behind, is none of the producer's business. */
#ifdef MUT_REFUSEDGATES                 /* producer_waits: a row that can't follow gates, and holds up the retirement */
#define CANTFOLLOW(r) false
#elif defined(MUT_REFUSEDONCE)          /* producer_waits: and does so from the second handover on */
#define CANTFOLLOW(r) (refused[r] == g)
#elif defined(MUT_REFUSEDEARLY)         /* protected_overrun: stops gating when it refuses, not at the cut */
#define CANTFOLLOW(r) (refused[r] != 0)
#elif defined(MUT_REFUSEDLOW)           /* protected_overrun: also one that refused what was cancelled */
#define CANTFOLLOW(r) (refused[r] != 0 && refused[r] <= g)
#else
#define CANTFOLLOW(r) (refused[r] != 0 && (refused[r] == g || entered[r] < (two -> old : g)))
#endif
#ifdef MUT_NOMAX                        /* closed_by_cut: the new, smaller K counts from cursors in the old generation */
#define FROM(r) cursor[r]
#else
#define FROM(r) (two -> MOST(cursor[r], c) : cursor[r])
#endif
#define GATES(r) (gating[r] && !CANTFOLLOW(r) && FROM(r) + KOF(g) <= next)
#ifdef MUT_NOENTERWAIT                  /* protected_overrun: retires what a consumer has not left */
#define HOLDS(r) false
#else
#define HOLDS(r) (two && gating[r] && !CANTFOLLOW(r) && entered[r] < g)
#endif
#ifdef MUT_NORECLAIM                    /* producer_waits: a dead row holds up a retirement for ever */
#define DEAD(r) false
#else
#define DEAD(r) (lock[r] == 0)
#endif
#if NR > 1
#define ANY(p) (p(0) || p(1))
#else
#define ANY(p) p(0)
#endif
#define DEADGATES(r) (GATES(r) && DEAD(r))
#define DEADHOLDS(r) (HOLDS(r) && DEAD(r))

/* The epoch first, then the rows, then the acknowledgement. */
inline scan() {
  e = join_epoch; limit = FREE; r = 0;
  do
  :: r < ROWS ->
     d_step {
       if
       :: gating[r] && !CANTFOLLOW(r) -> x = FROM(r) + KOF(g); limit = LEAST(limit, x); x = 0
       :: else
       fi;
       r++
     }
  :: else -> r = 0; break
  od;
  STORE(ack_epoch = e); seen = e; e = 0
}

/* The bytes of dead rows that gate, or hold up a retirement; then the rows are emptied. */
inline reclaim() {
  r = 0;
  do
  :: r < ROWS ->
     if
     :: d_step { (GATES(r) || HOLDS(r)) && DEAD(r) -> lock[r] = 2 };
        if :: gating[r] -> STORE(gating[r] = false); STORE(join_epoch++) :: else fi;
        lock[r] = 0; changed = true
     :: else
     fi;
     r++
  :: else -> r = 0; break
  od
}

/* The entry is free first, so that who reads the table looks for no file that is gone; `file` tells a takeover. */
inline drop(i) {
#ifdef MUT_UNLINKFIRST                  /* newest_intact: the table names a file that is gone */
  STORE(linked[file[i]] = false); STORE(number[i] = 0)
#else
  STORE(number[i] = 0); STORE(linked[file[i]] = false)
#endif
  ;
  STORE(file[i] = 0)
}
inline retire() { drop(1 - at); two = false; old = 0; c = 0 }

proctype Producer() {
  byte next, limit, seen, e, r, x, g, q, old, c, at; bool two, prepared, changed;
takeover:
  atomic {
    !lock0 -> lock0 = true;
    at = OLDER(number[0], number[1]); g = number[at];
    if
#ifndef MUT_IGNORECUT                   /* takeover_exact: goes on in the old generation */
    :: cut[at] != 0 -> c = cut[at] - 1; old = g; at = 1 - at; g = number[at]; two = true    /* goes forward */
#endif
    :: else
    fi;
    next = head[g];
    do :: CELL(g, next) == next + 1 -> next++ :: else -> break od;
    ENSURE(next == committed, takeover_exact)
  };
#ifndef MUT_LEFTOVER                    /* left_behind */
  if
  :: !two && file[1 - at] != 0 -> drop(1 - at)          /* made, prepared, cancelled, or retired by half */
  :: else
  fi;
#else
  if :: !two && number[1 - at] != 0 -> STORE(number[1 - at] = 0) :: else fi;
#endif
  STORE(head[g] = next);
  scan();
  do
  :: next == NW -> break
  :: next < NW ->                                       /* a write */
     if
     :: next < limit                                    /* may miss what joined just now */
     :: join_epoch != seen || next >= limit -> scan()
     fi;
     if
     :: next < limit ->
        STORE(CELL(g, next) = 0);
        STORE(CELL(g, next) = next + 1; home[next] = g; committed++);
        next++;
        STORE(head[g] = next)
     :: else ->
        ENSURE(!two || next >= c + KOF(g), closed_by_cut);
        reclaim();
        if
        :: changed -> changed = false
        :: !changed -> join_epoch != seen || !ANY(GATES) || ANY(DEADGATES) || (two && next >= c + KOF(g) && !ANY(HOLDS))
        fi;
        if :: two && next >= c + KOF(g) && !ANY(HOLDS) -> retire() :: else fi
     fi
  :: !two && !prepared && prepares < NH ->              /* prepare: the entry first, its number last; then the segment */
     prepares++;
#ifdef MUT_REUSE                        /* wrong_file: the number of what was cancelled comes again */
     q = g + 1;
#else
     q = newest_number + 1;
     STORE(newest_number = q);
#endif
     STORE(cut[1 - at] = 0);
     STORE(file[1 - at] = q);
     STORE(number[1 - at] = q);
#ifdef MUT_REUSE
     made[q]++;
#endif
     STORE(linked[q] = true; head[q] = next; first[q] = next);
     prepared = true
  :: prepared -> drop(1 - at); prepared = false; q = 0  /* cancel */
#ifdef ANSWERS
#ifdef MUT_ANYANSWER                    /* cut_unanswered: takes an answer to what was cancelled for one to this */
#define ANSWERED(r) (!gating[r] || ready[r] != 0 || refused[r] != 0)
#else
#define ANSWERED(r) (!gating[r] || ready[r] == q || refused[r] == q)
#endif
#if NR > 1
#define ALLANSWERED (ANSWERED(0) && ANSWERED(1))
#else
#define ALLANSWERED ANSWERED(0)
#endif
#define MEANT(r) (!gating[r] || lock[r] != 1 || ahead_of[r] == q || refused[r] == q)
  :: d_step { prepared && ALLANSWERED -> ENSURE(MEANT(0), cut_unanswered);
#if NR > 1
              ENSURE(MEANT(1), cut_unanswered)
#endif
     } ->
#else
  :: prepared ->
#endif
#ifdef MUT_CUTFIRST                     /* takeover_exact: the next generation begins where it was prepared */
     STORE(cut[at] = next + 1);
     STORE(first[q] = next);
     STORE(head[q] = next);
#else
     STORE(first[q] = next);
     STORE(head[q] = next);
     STORE(cut[at] = next + 1);                         /* the one switch point */
#endif
#ifdef MUT_WRITEOLD                     /* newest_intact: one more write to the generation that was cut */
     if
     :: next < limit && next < NW ->
        STORE(CELL(g, next) = 0);
        STORE(CELL(g, next) = next + 1; home[next] = g; committed++);
        next++
     :: else
     fi;
#endif
     d_step { c = next; old = g; g = q; at = 1 - at; two = true; prepared = false; q = 0 };
#ifdef MUT_OLDLIMIT                     /* protected_overrun: a limit of the old, larger K survives the cut */
     skip
#else
     scan()
#endif
#ifdef MUT_EARLYRETIRE                  /* newest_intact: retires before the next generation holds the K newest */
  :: two && !ANY(HOLDS) -> retire()
#else
  :: two && next >= c + KOF(g) && !ANY(HOLDS) -> retire()
#endif
  od;
  do                                                    /* a retirement that is due */
  :: !two || next < c + KOF(g) -> break
  :: else ->
     reclaim(); changed = false;
     if
     :: !ANY(HOLDS) -> retire()
     :: ANY(DEADHOLDS)
     fi
  od;
  STORE(head[g] = next);
  atomic { finished = true; lock0 = false; next = 0; limit = 0; seen = 0; g = 0; q = 0; old = 0; c = 0; at = 0; two = false; prepared = false }
}

/* A store of a consumer to its row, or its death instead. An observer has no row. */
#if RCRASH > 0
#define DIES \
  :: d_step { \
       !watches && deaths < RCRASH -> deaths++; lock[id] = 0; \
       want = 0; h = 0; s = 0; x = 0; y = 0; my = 0; told = 0; g = 0; at = 0; n = 0; nat = 0; ahead = 0; fresh = 0; c = 0; \
       acked = false; leaving = false \
     }; \
     goto dead
#else
#define DIES
#endif
#define MINE(x) \
  if \
  :: d_step { !watches -> x } \
  DIES \
  :: watches \
  fi

/* The table, read until two readings agree: numbers never come back, so that was one instant. */
inline table() {
#ifdef MUT_ONEREAD                      /* consumer_waits: joins what is only prepared */
  x = number[0]; y = number[1]
#else
  do
  :: x = number[0]; y = number[1];
     if :: number[0] == x -> if :: number[1] == y -> break :: else fi :: else fi
  od
#endif
}

/* The lowest number above g, mapped ahead or opened now. n = 0: it is gone already. */
inline follow() {
  table();
  atomic {
    n = 0; nat = 0;
    if
    :: x > g && (y <= g || x < y) -> n = x
    :: else -> if :: y > g -> n = y; nat = 1 :: else fi
    fi;
    x = 0; y = 0
  };
  if
  :: n != 0 && ahead != n && !linked[n] -> n = 0
  :: else
  fi
}

/* Goes on in it, and says so in the row. */
inline enter() {
  d_step {
    ENSURE(ahead != n || fresh == MADE(n), wrong_file);
    at = nat; g = n; n = 0; nat = 0; ahead = 0; fresh = 0
  };
  if :: !watches && cursor[id] != want -> MINE(cursor[id] = want) :: else fi;
  MINE(entered[id] = g)
}

#ifdef MUT_NONUMBER                     /* consumer_waits: trusts the cut of an entry that bears another number by now */
#define STANDS true
#else
#define STANDS (number[at] == g)
#endif
#ifdef MUT_NOWATCH                      /* producer_waits: the consumer waits for a slot that is never written here */
#define PASSED false
#else
#define PASSED (cut[at] != 0 && want >= cut[at] - 1)
#endif
#define HERE (CELL(g, want) == want + 1)
#define OVERRUN(h, s, n) ((s) != (n) + 1 && ((h) > (n) || (s) > (n) + 1))
#define OLDEST(g, h) MOST(first[g], ((h) > KOF(g) -> (h) - KOF(g) : 0))

inline lose(to) {
  ENSURE(!acked, protected_overrun);
  ENSURE(told == want && (to) >= want, unaccounted);
  told = to; want = to
}

proctype Consumer(byte id; bool watches) {
  byte want, h, s, x, y, my, told, g, at, n, nat, ahead, fresh, c; bool acked, leaving;
born:
  if
  :: watches -> my = FREE
  :: !watches -> atomic { lock[id] == 0 -> lock[id] = 1 }
  fi;
  if :: !watches && gating[id] -> MINE(gating[id] = false); MINE(join_epoch++) :: else fi;
  MINE(refused[id] = 0);
#ifdef ANSWERS
  MINE(ready[id] = 0; ahead_of[id] = 0);
#endif
attach:
  table();
  atomic { at = OLDER(x, y); g = (at == 0 -> x : y); x = 0; y = 0 };
  if :: !linked[g] -> goto attach :: else fi;           /* gone meanwhile: the table again */
  x = cut[at];
  if
  :: !STANDS -> x = 0; goto attach
  :: STANDS && x == 0
  :: STANDS && x != 0 ->
     x = 0;
     follow();
     if :: n == 0 -> goto attach :: else -> d_step { at = nat; g = n; n = 0; nat = 0 } fi
  fi;
  want = head[g]; told = want;
  if
  :: !watches ->
     MINE(cursor[id] = want); MINE(entered[id] = g); MINE(gating[id] = true);
     MINE(join_epoch++; my = join_epoch)
  :: watches
  fi;
  do
  :: want == NW -> break
  :: want < NW && !acked && ack_epoch >= my ->          /* acknowledged: one more look, the cut before the slots */
     x = cut[at];
     if
     :: !STANDS ->                                      /* retired: on in the next, with a gap if need be */
        follow();
        if
        :: n == 0
        :: else ->
           h = MOST(want, first[n]); lose(h); enter()
        fi
     :: STANDS ->
        h = head[g]; s = CELL(g, want);
        if
        :: OVERRUN(h, s, want) ->
           h = MOST(want, OLDEST(g, h)); lose(h); MINE(cursor[id] = want)
        :: else ->
           if
           :: x == 0 -> acked = true
#ifdef MUT_OLDLOOK                      /* protected_overrun: looks for slot n where it will not be */
           :: x != 0 && want >= x - 1 -> acked = true
#else
           :: x != 0 && want >= x - 1 -> follow(); if :: n == 0 :: else -> enter() fi     /* looks there, next time */
#endif
#ifdef MUT_ONELOOK                      /* protected_overrun: slot c of the next generation may have been lost before */
           :: x != 0 && want < x - 1 -> acked = true
#else
           :: x != 0 && want < x - 1 ->
              c = x - 1;
              follow();
              if
              :: n == 0                                 /* retired just now: looks again */
              :: else ->
                 h = head[n]; s = CELL(n, c);
                 if
                 :: OVERRUN(h, s, c) -> h = MOST(c, OLDEST(n, h)); lose(h); enter()
                 :: else -> acked = true; ahead = n; fresh = MADE(n)
                 fi
              fi
#endif
           fi
        fi
     fi;
     d_step { x = 0; h = 0; s = 0; c = 0; n = 0; nat = 0 }
  :: want < NW && HERE ->                               /* used, then looked at once more */
     if
     :: acked ->
        MINE(skip);
        ENSURE(HERE, protected_overrun)
     :: !acked
     fi;
     if
     :: d_step { HERE -> ENSURE(home[want] == g, wrong_generation); ENSURE(told == want, unaccounted); want++; told++ };
        MINE(cursor[id] = want)
     :: else
     fi
  :: want < NW && OVERRUN(head[g], CELL(g, want), want) ->
     h = head[g]; s = CELL(g, want);
     if
     :: OVERRUN(h, s, want) -> h = MOST(want, OLDEST(g, h)); lose(h); MINE(cursor[id] = want)
     :: else
     fi;
     h = 0; s = 0
  :: want < NW && !HERE && (!STANDS || PASSED) ->       /* cut, or retired: the next slot is not here */
     if
     :: HERE                                            /* nothing is written here any more: looked once more */
     :: !HERE ->
        if
        :: leaving -> break                             /* the end of the stream, with the reason */
        :: !leaving ->
           follow();
           if
           :: n == 0 -> ENSURE(!acked, next_gone)       /* an observer's look at the table was too late: again */
           :: else ->
              h = MOST(want, first[n]);
              if :: h > want -> lose(h) :: else fi;
              h = 0;
              enter()
           fi
        fi
     fi
  :: want < NW && ahead == 0 && !leaving && number[1 - at] > g ->       /* prepared: mapped ahead, which says ready */
     x = number[1 - at];
     if
     :: x > g && linked[x] -> d_step { ahead = x; fresh = MADE(x) };
#ifdef ANSWERS
        MINE(ready[id] = ahead; ahead_of[id] = ahead)
#endif
     :: else
     fi;
     x = 0
  :: want < NW && ahead != 0 && number[0] != ahead && number[1] != ahead && STANDS ->   /* it was cancelled */
     ahead = 0; fresh = 0
#ifdef ANSWERS
     ; if :: !watches -> ahead_of[id] = 0 :: else fi
#endif
#ifdef REFUSE
  :: want < NW && !watches && acked && !leaving && STANDS && number[1 - at] > g ->      /* before the cut, or late */
     x = number[1 - at];
     if
     :: x > g -> MINE(refused[id] = x); leaving = true; ahead = 0; fresh = 0; MINE(join_epoch++)
     :: else
     fi;
     x = 0
  :: want < NW && leaving && STANDS && number[1 - at] != refused[id] && cut[at] == 0 -> leaving = false /* cancelled */
#if STALL > 0
  :: d_step { want < NW && leaving && stalls < STALL && cut[at] != 0 && number[at] == g && number[1 - at] == refused[id] ->
       stalls++; over++ } -> goto stalled_here
#endif
#endif
  od;
  if
  :: !watches -> MINE(gating[id] = false); MINE(join_epoch++); lock[id] = 0
  :: watches
  fi;
  goto gone;
#if RCRASH > 0
dead:
  if :: goto born :: goto gone fi;
#endif
#if STALL > 0
stalled_here:
end_stalled:
  false;
#endif
gone:
  atomic { over++; want = 0; my = 0; told = 0; g = 0; at = 0; ahead = 0; fresh = 0; acked = false; leaving = false; h = 0; s = 0; x = 0; y = 0; n = 0; nat = 0; c = 0 }
}

active proctype Watch() {
  timeout;
  ENSURE(finished, producer_waits);
  ENSURE(over == NR + NOBS, consumer_waits);
  d_step {
    z = 1;
    do
    :: z < NUMBERS -> ENSURE(!linked[z] || number[0] == z || number[1] == z, left_behind); z++
    :: else -> break
    od
  }
}

init {
  atomic {
    linked[1] = true; number[0] = 1; file[0] = 1; newest_number = 1;
    run Producer();
#if NR > 0
    run Consumer(0, false);
#endif
#if NR > 1
    run Consumer(1, false);
#endif
#if NOBS > 0
    run Consumer(0, true);
#endif
    skip
  }
}
