/* The request line of a block: requesters in turn, a producer that answers, deaths of both.
 *
 * Stands for: the request words in `control`, the answer in `state`, lock bytes 1 and 2: Request, Answer, Requester, RequestDesk. When in
 * its life the producer looks, and that it never does so inside a write, is in busy.pml.
 *
 * Modelled: each store and each load of a shared word is a step of its own. A requester takes byte 1, marks the words as its
 * new request's, writes them, the number last; then it takes byte 2, which says that it waits for this request, and waits
 * for the answer of that number, until the producer is dead, or until its deadline, which may come at any moment; then it
 * takes the mark away, and lets go of both bytes. A requester may be killed anywhere, and leaves its words as they are. The
 * producer copies a request that is not answered, looks at the mark before and after, looks whether byte 2 is held, looks at
 * the mark once more, carries the request out, and answers, the number last. It may be killed
 * anywhere, between acting and answering too; then a successor may come.
 *
 * With STANDIN a requester that finds no producer takes byte 0, under byte 1, asks anew and carries its request out itself, if
 * no other producer waits for the byte; it lets go of byte 0 last. It is the same code, so its steps stand here only without
 * mutants of their own. The requester of a producer that dies waiting asks anew in the same way.
 *
 * Abstracted: memory is sequentially consistent. What is asked for is one number, written to two words.
 *
 * Asserted, by name:
 *   mixed_request      what is carried out is what somebody asked for under that number, whole
 *   carried_out_twice  once, unless a producer died between acting and answering, or a stand-in went
 *   unasked            and only while somebody waits
 *   dead_request       nor what a dead requester left, whoever comes after it
 *   withdrawn          nor after its requester took it back, if it was not begun before
 *   wrong_answer       an answer is the answer to one's own request
 *   requester_waits    nobody waits for ever, even without a deadline
 *   two_producers      one holds byte 0
 *   left_undone        with STANDIN: whoever lived and had time got an answer
 *
 * Parameters: ASKS requests in all, by two requesters; PCRASH and QCRASH kills of producers and requesters; DEADLINES.
 */
#ifndef ASKS
#define ASKS 3
#endif
#ifndef PCRASH
#define PCRASH 0
#endif
#ifndef QCRASH
#define QCRASH 0
#endif
#ifndef DEADLINES
#define DEADLINES 0
#endif

/* A name is a byte that stays 0: pan prints it with the assertion that failed. */
#define ENSURE(c, name) assert((c) || name)
hidden byte mixed_request, carried_out_twice, unasked, withdrawn, wrong_answer, requester_waits, dead_request, two_producers, left_undone;

byte mark, kind, value, line;                   /* control: whose words, the words, the number */
byte status, answered;                          /* state: the answer, its number */
bool lock0, lock1, lock2;
byte asks, kills, deaths, deadlines, over;
byte producers, went;                           /* what holds: those that act; stand-ins that went */
byte asked[2 * ASKS + PCRASH + 4], carried[ASKS + 2];   /* by number; by what was asked for */
bool back[ASKS + 2], died[ASKS + 2];            /* taken back; its requester died */

#ifdef MUT_GIVEUP
#define OR_ANYWAY || true
#else
#define OR_ANYWAY
#endif
#if QCRASH > 0
#define MINE(x) if :: d_step { x } :: d_step { deaths < QCRASH -> deaths++; died[what] = true; lock1 = false; lock2 = false; BACK; n = 0; what = 0; done = false } -> goto again fi
#else
#define MINE(x) d_step { x }
#endif
#if PCRASH > 0
#define STORE(x) if :: d_step { x } :: d_step { kills < PCRASH -> kills++; lock0 = false; producers--; n = 0; k = 0; v = 0; wasBack = false; wasLeft = false } -> goto dead fi
#else
#define STORE(x) d_step { x }
#endif

#ifdef STANDIN                          /* for each who went once by a successor, and once where it is asked for anew */
#define TWICE (2 * (kills + went))
#else
#define TWICE kills
#endif

/* A stand-in goes, or dies. */
#define BACK lock0 = (mine -> false : lock0); producers = (mine -> producers - 1 : producers); went = (mine -> went + 1 : went); mine = false

active [2] proctype Requester() {
  byte n, what; bool mine, done;
again:
  do
  :: asks == ASKS -> break
  :: atomic { asks < ASKS && !lock1 -> lock1 = true; asks++; what = asks };
anew:
#ifdef STANDIN
     if
#ifdef MUT_STEAL                        /* two_producers: does not take the byte */
     :: atomic { !mine -> mine = true; producers++; ENSURE(producers == 1, two_producers) }
#else
     :: atomic { !mine && !lock0 -> lock0 = true; mine = true; producers++; ENSURE(producers == 1, two_producers) }
#endif
     :: lock0
     fi;
#endif
     n = line + 1;
#ifndef MUT_NOMARK                      /* mixed_request: nothing tells whose the words are, or that they are nobody's */
     MINE(mark = n);
#endif
#ifdef MUT_NUMBERFIRST                  /* mixed_request: stands before it is whole */
     MINE(line = n; asked[n] = what);
     MINE(kind = what);
     MINE(value = what);
#else
     MINE(kind = what);
     MINE(value = what);
     MINE(line = n; asked[n] = what);
#endif
     MINE(lock2 = true);                                /* only now: it waits for this request, and for none before */
#ifdef STANDIN
     if
     :: mine ->
        d_step {
          ENSURE(mark == n && kind == what && value == what, mixed_request);
          ENSURE(carried[what] <= TWICE, carried_out_twice);
          carried[what]++
        };
        MINE(status = what);
        MINE(answered = n)
     :: !mine
     fi;
#endif
     if
     :: answered == n -> ENSURE(status == what, wrong_answer); done = true
#ifndef MUT_DEAFWAIT                    /* requester_waits: the producer is gone */
     :: !lock0
#endif
#if DEADLINES > 0
     :: d_step { deadlines < DEADLINES -> deadlines++; done = true }
#endif
     fi;
#ifdef MUT_UNLOCKFIRST                  /* requester_waits: takes away the next one's mark */
     lock2 = false;
     lock1 = false;
     MINE(mark = 0; back[what] = true);
#elif defined(MUT_NOWITHDRAW)           /* withdrawn: carried out when nobody counts on it any more */
     MINE(back[what] = true);
     lock2 = false;
     lock1 = false;
#else
     MINE(mark = 0; back[what] = true);
     lock2 = false;
#ifdef STANDIN
     done = done || answered == n;
     if
#ifndef MUT_GIVEUP                      /* left_undone: nobody produces, and nobody does it */
     :: !done -> atomic { back[what] = false; n = 0 }; goto anew
#endif
     :: done OR_ANYWAY
     fi;
     ENSURE(done, left_undone);
#endif
     lock1 = false;
#ifdef STANDIN
     d_step { BACK };
#endif
#endif
     n = 0; what = 0; done = false
  od;
  over++
}

#ifdef MUT_NOMARK
#define WHOLE(n) true
#else
#define WHOLE(n) (mark == n)
#endif
#ifdef MUT_NOBYTE
#define HELD true
#elif defined(MUT_ONEBYTE)             /* dead_request: the next requester has the byte before it has marked the words */
#define HELD lock1
#else
#define HELD lock2
#endif

active proctype Producer() {
  byte n, k, v; bool wasBack, wasLeft;
born:
end_born:
  atomic { !lock0 -> lock0 = true; producers++; ENSURE(producers == 1, two_producers) };
end_look:
  do
#ifdef MUT_NONUMBER                     /* carried_out_twice: does not ask whether it is answered */
  :: line != 0 && WHOLE(line) && HELD ->
#else
  :: line != answered && WHOLE(line) && HELD ->          /* looks when there is something to find */
#endif
     d_step { n = line; wasBack = back[asked[n]] };
     if
     :: !WHOLE(n) -> goto next
     :: WHOLE(n)
     fi;
     k = kind;
     v = value;
#ifndef MUT_ONELOOK                     /* mixed_request: the words may have changed while they were copied */
     if
     :: !WHOLE(n) -> goto next
     :: WHOLE(n)
     fi;
#endif
#ifndef MUT_NOBYTE                      /* unasked: carries out what a dead requester left */
     if
     :: !HELD -> goto next
     :: d_step { HELD -> wasLeft = died[asked[n]] }     /* who dies later has seen it begin */
     fi;
#if !defined(MUT_NOLASTLOOK) && !defined(MUT_ONELOOK)    /* dead_request: the byte is that of the next requester */
     if
     :: !WHOLE(n) -> goto next
     :: WHOLE(n)
     fi;
#endif
#else
     ENSURE(lock1 || back[asked[n]], unasked);
#endif
     d_step {
       ENSURE(k == v && k == asked[n], mixed_request);
       ENSURE(!wasBack, withdrawn);
       ENSURE(!wasLeft, dead_request);
       ENSURE(carried[k] <= TWICE, carried_out_twice);
       carried[k]++
     };
#ifdef MUT_ANSWERFIRST                  /* wrong_answer: the number before the rest of the answer */
     STORE(answered = n);
     STORE(status = k);
#else
     STORE(status = k);
     STORE(answered = n);
#endif
next:
     atomic { n = 0; k = 0; v = 0; wasBack = false; wasLeft = false }
  od;
#if PCRASH > 0
dead:
  if :: goto born :: goto gone fi;
gone:
  skip
#endif
}

active proctype Watch() {
  timeout;
  ENSURE(over == 2, requester_waits)
}
