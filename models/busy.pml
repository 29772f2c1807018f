/* The busy mark of a handle: close and requests against the thread that works.
 *
 * Stands for: Occupancy (enter, exit, fail, close, finish), Handle (beat, finish), Beats. With REQUESTS > 0:
 * Occupancy (ask, answered) and RequestDesk, what a write and the housekeeping thread owe each other at the request line.
 *
 * Modelled: the threads of one process. A worker enters, uses the memory in two steps, leaves; it may be preceded by a
 * worker that has ended (WORKERS=2: a handle passes from thread to thread). Closers close from other threads, and the
 * worker may close its own handle, inside or outside. Housekeeping beats, may find that the block is gone (fail), and
 * carries requests out. Total store order: what the worker stores to `owner` and `busy` waits in a buffer until it drains;
 * a compare-and-set and a lock drain it, membarrier(PRIVATE_EXPEDITED) drains it from outside. NOMEMBARRIER: both sides
 * pay a full fence instead.
 *
 * Requests: `line` were asked, `answered` were answered; the requester asks the next when the last is answered. At each
 * tick housekeeping takes the handle's lock, sets the request word, passes the barrier, acts if nobody works, and else lets
 * go and comes back. A worker that sees the word after its mark takes the lock first. Who has the lock acts only on a
 * request not yet answered. GATE: a write may find the gate closed, and only a request (an eviction) opens it.
 *
 * Abstracted: other processes, what is in the memory, time, entering twice by the same thread. The worker stops for good after any write, or never (NOSTOP).
 *
 * Asserted, by name:
 *   used_unmapped      memory is used only while it is mapped: by the worker, by a beat, by the last farewell
 *   finished_twice     a handle finishes once
 *   never_finished     a closed handle finishes, as soon as nobody is inside
 *   acts_inside_write  no request is carried out inside a write
 *   carried_out_twice  nor twice
 *   request_forgotten  nor left alone: by a look at states where nothing moves, and with LIVE as request_answered, under
 *                      weak fairness
 *
 * What the close can't do: LATEDEATH, the worker's thread ends inside after the close has looked at it: never_finished.
 */
#ifndef WORKERS
#define WORKERS 1
#endif
#ifndef CLOSERS
#define CLOSERS 1
#endif
#ifndef REQUESTS
#define REQUESTS 0
#endif

/* A name is a byte that stays 0: pan prints it with the assertion that failed. */
#define ENSURE(c, name) assert((c) || name)
hidden byte used_unmapped, finished_twice, never_finished, acts_inside_write, carried_out_twice, request_forgotten;

#define FAILED 1
#define CLOSED 2
byte owner; bool busy; byte stop; bool finished;        /* Occupancy; owner 0: none, 1 and 2: workers */
bool ended, mapped = true;                              /* Handle, Block */
bool beat_lock, handle_lock;
bool asked; byte line, answered; bool gate = true;
bool dead[3], inside[3], writing; byte finishes, acting, carried;
bool closed, idle, waits[3];
chan buffer = [4] of { byte, byte };                    /* the worker's stores under way: to busy (1) or owner (0) */
hidden byte w, v;

inline apply() { if :: w == 1 -> busy = v :: else -> owner = v fi; w = 0; v = 0 }
inline drain() { do :: buffer ? w, v -> apply() :: empty(buffer) -> break od; w = 0; v = 0 }
active proctype Memory() { end: do :: atomic { buffer ? w, v -> apply() } od }

#ifdef MUT_NOBARRIER                    /* used_unmapped, acts_inside_write */
#define BARRIER skip
#define FENCE skip
#elif defined(NOMEMBARRIER)
#define BARRIER skip
#define FENCE atomic { drain() }
#else
#define BARRIER atomic { drain() }
#define FENCE skip
#endif

/* A compare-and-set of thread t, which is a full fence for its own stores. */
inline take(t, word, won) { atomic { if :: t != 0 -> drain() :: else fi; won = !word; word = true } }
inline lock(t, word) {
  take(t, word, won);
  do
  :: won -> break
  :: else -> waits[t] = true; !word; take(t, word, won)
  od;
  atomic { won = false; waits[t] = false }
}

/* Occupancy.finish and Handle.finish, by thread t (0: none of the workers). */
inline finish(t) {
  take(t, finished, won);
#ifdef MUT_TWICE                        /* finished_twice: no compare-and-set decides who */
  won = true;
#endif
  if
  :: !won
  :: won ->
     won = false;
     lock(t, beat_lock);
     atomic {
       ended = true; finishes++;
       ENSURE(finishes == 1, finished_twice);
       ENSURE(mapped, used_unmapped)                    /* leave */
     };
     atomic {
       mapped = false;
       ENSURE((!inside[1] || t == 1 || dead[1]) && (!inside[2] || t == 2 || dead[2]), used_unmapped);
       beat_lock = false
     }
  fi
}

/* Occupancy.close by thread t. */
inline close(t) {
#ifdef MUT_BUSYFIRST                    /* used_unmapped: looks at the worker before it has shut the door */
  wasBusy = busy;
#endif
  atomic { if :: t != 0 -> drain() :: else fi; stop = CLOSED; closed = true };
  BARRIER;
  was = owner;
  gone = (was == 0 || was == t || dead[was]);
#ifndef MUT_BUSYFIRST
  wasBusy = busy;
#endif
#ifdef MUT_NOBUSY                       /* used_unmapped */
  wasBusy = false;
#endif
  if
  :: !wasBusy || gone -> finish(t)
  :: else
  fi;
  wasBusy = false; was = 0; gone = false
}

/* Carries the request out, if nobody has; the caller holds the handle's lock. */
inline act() {
  if
#ifndef MUT_NONUMBER                    /* carried_out_twice: does not ask whether it is answered */
  :: line == answered
#endif
  :: else ->
     atomic { acting++; ENSURE(acting == 1 && !writing, acts_inside_write); ENSURE(mapped, used_unmapped) };
     atomic { carried++; ENSURE(carried == line, carried_out_twice); ENSURE(!writing, acts_inside_write) };
     atomic { gate = true; answered = line; acting-- }
  fi
}

/* The worker, at a slot boundary and at the gate. */
inline serve(t) {
#if REQUESTS > 0
  if
  :: !asked
  :: asked ->
#ifdef MUT_NOLOCK                       /* acts_inside_write: goes on while housekeeping acts */
     take(t, handle_lock, won);
     if :: won -> act(); asked = false; handle_lock = false; won = false :: else fi
#else
     lock(t, handle_lock);
     act(); asked = false; handle_lock = false
#endif
  fi
#else
  skip
#endif
}

#define EXIT(t) buffer ! 1, 0; FENCE; LOOKOUT(t)
#ifdef MUT_NOLOOK                       /* never_finished: who leaves does not look whether it was waited for */
#define LOOKOUT(t) skip
#else
#define LOOKOUT(t) if :: stop == CLOSED -> finish(t) :: stop != CLOSED fi
#endif

proctype Worker(byte t) {
  byte was; bool wasBusy, gone, won;
#if WORKERS > 1
  if :: t == 2 -> dead[1] :: t == 1 fi;                 /* the thread before it has ended */
#endif
  do
  :: finished -> break
#ifndef NOSTOP
  :: true -> break
#endif
#if CLOSERS > 0 && !defined(NOOWN)
  :: !closed -> close(t); break                         /* its own handle */
#endif
  :: true ->
     if                                                 /* enter */
     :: owner != t ->
        buffer ! 0, t
     :: owner == t
     fi;
#ifndef MUT_LOOKFIRST
     buffer ! 1, 1;
#endif
     FENCE;
     if
     :: stop != 0 -> EXIT(t); break                     /* refuse */
     :: atomic { stop == 0 -> inside[t] = true };
        serve(t);
#ifdef MUT_LOOKFIRST                    /* used_unmapped, acts_inside_write: looks before it has marked itself */
        buffer ! 1, 1;
#endif
#ifdef GATE
        if :: gate = false :: true fi;
        do
        :: gate -> break
        :: !gate && stop != 0 -> break
#ifdef MUT_DEAFGATE                     /* request_answered: waits for the request that it holds up */
        :: !gate && stop == 0 ->
end_deaf:
           (gate || stop != 0)
#else
        :: !gate && stop == 0 ->
end_gate:                                               /* no request comes any more */
           (gate || stop != 0 || asked);
           serve(t)
#endif
        od;
#endif
        if
        :: true ->
           atomic { writing = true; ENSURE(mapped, used_unmapped); ENSURE(acting == 0, acts_inside_write) };
           atomic { ENSURE(mapped, used_unmapped); ENSURE(acting == 0, acts_inside_write); writing = false }
#if CLOSERS > 0 && !defined(NOOWN)
        :: !closed -> close(t)                          /* inside: what it still does then throws */
#endif
#ifdef LATEDEATH
        :: true -> goto ends
#endif
#ifdef MUT_NOEXIT                       /* never_finished: an exception passes the exit by */
        :: true -> inside[t] = false; break
#endif
        fi;
        inside[t] = false;
        EXIT(t)
     fi
  od;
ends:
  atomic { drain(); dead[t] = (t == 1 && WORKERS > 1) || inside[t]; idle = true }
}

#if CLOSERS > 0
active [CLOSERS] proctype Closer() {
  byte was; bool wasBusy, gone, won;
  close(0)
}
#endif

/* Beats, Handle.beat, and requests. */
#if REQUESTS > 0
#define TICK (!ended && line != answered && !waits[1] && !waits[2])   /* ticks are far apart */
#else
#define TICK (!ended && !failed && !idle)
#endif
active proctype Housekeeping() {
  bool failed, won;
end:
  do
  :: TICK ->
#ifndef MUT_NOBEATLOCK                  /* used_unmapped: the memory may go between look and beat */
     lock(0, beat_lock);
#endif
     if
     :: ended || stop != 0
     :: !ended && stop == 0 ->
        ENSURE(mapped, used_unmapped);
#if REQUESTS == 0
        if
        :: !failed -> failed = true;
#ifdef MUT_FAILSTORE                    /* never_finished: the mark of a close is stored over */
           stop = FAILED
#else
           atomic { if :: stop == 0 -> stop = FAILED :: else fi }
#endif
        :: true
        fi
#else
        lock(0, handle_lock);
        if
        :: line != answered ->
           asked = true;
           BARRIER;
           if
#ifndef MUT_IGNOREBUSY                  /* acts_inside_write */
           :: busy
#ifdef MUT_NORETRY                      /* request_forgotten: left to a worker that never comes back */
              -> handle_lock = false; beat_lock = false; line == answered
#endif
           :: !busy ->
#else
           :: true ->
#endif
#ifdef MUT_CLEARFIRST                   /* acts_inside_write: takes the word away before it has acted */
              asked = false;
#endif
              act();
              asked = false
           fi
        :: else
        fi;
        handle_lock = false
#endif
     fi;
#ifndef MUT_NOBEATLOCK
     beat_lock = false
#else
     skip
#endif
  od
}

#if REQUESTS > 0
active proctype Requester() { end: do :: line < REQUESTS && line == answered -> line++ od }
#endif

#ifdef LIVE
ltl request_answered { [] ((line != answered) -> <> (line == answered || stop != 0)) }
#else
active proctype Watch() {
  timeout;
  ENSURE(!closed || finished, never_finished);
  ENSURE(closed || line == answered, request_forgotten)
}
#endif

init {
  atomic {
    run Worker(1);
#if WORKERS > 1
    run Worker(2);
#endif
    skip
  }
}
