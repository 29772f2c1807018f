package org.datahub.distribution.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.datahub.distribution.Stop;
import org.datahub.distribution.Terminal;
import org.datahub.examples.instrument.Content;
import org.datahub.examples.instrument.Frames;
import org.datahub.examples.instrument.Telemetry;

/// The conductor: starts everybody, shows each second what flows, kills one half-way, swaps integrity
/// and memory after that, and adds up.
public final class Demo {
    private static final int INTERRUPTED = 130;
    private static final long SECOND = 1_000_000_000;
    private static final double MEGABYTE = 1e6;

    /// The consumers' reports of a second are in by then.
    private static final long REPORT_DELAY = SECOND / 5;

    private static final long SWAP_LIMIT = 20 * SECOND;
    private static final Content TELEMETRY = new Telemetry(null);
    private static final Content FRAMES = new Frames();

    private final Terminal terminal;
    private final Stop stop;
    private final int seconds;
    private final Voice voice;
    private final List<Content> contents = List.of(TELEMETRY, FRAMES);
    private final List<String> faults = new ArrayList<>();
    private final Map<String, Long> receivedAfterKill = new HashMap<>();
    private int killed;
    private int swapped;

    /// Runs for `seconds`, and speaks JSON if `json`.
    public Demo(Terminal terminal, Stop stop, int seconds, boolean json) {
        this.terminal = terminal;
        this.stop = stop;
        this.seconds = seconds;
        this.voice = json ? new Voice.ForPrograms(terminal.out()) : new Voice.ForPeople(terminal.out());
    }

    /// Plays, and returns the exit status.
    public int run() throws IOException, InterruptedException, Broken {
        Path distribution = Cast.distribution();
        try (Place place = Place.make(distribution, contents);
                Cast cast = new Cast(place, distribution, stop, contents)) {
            cast.enter();
            if (!stop.requested()) play(place, cast);
            return stop.requested() ? INTERRUPTED : end(cast);
        } catch (Broken | InterruptedException e) {
            // Ctrl-C reaches the children too, and they may be faster.
            LockSupport.parkNanos(REPORT_DELAY);
            if (stop.requested()) return INTERRUPTED;
            throw e;
        }
    }

    private int end(Cast cast) throws IOException, InterruptedException {
        if (!cast.leave()) faults.add("a process did not end as it should");
        Summary summary = summary(cast);
        faults.addAll(summary.faults());
        for (Content content : contents) judgeFlow(content.name(), cast);
        voice.end(summary, faults.isEmpty());
        for (String fault : faults) terminal.say(fault);
        return faults.isEmpty() ? 0 : 1;
    }

    /// Both that lived must have gone on, and what the observer was given must be right too.
    private void judgeFlow(String stream, Cast cast) {
        for (Child child : survivors(cast)) {
            Report.Total all = child.got(stream).all();
            if (all.received() <= receivedAfterKill.get(child.pid() + stream)) {
                faults.add("nothing came after the kill: stream=" + stream + ", pid=" + child.pid());
            }
            if (all.misverified() != 0 || all.repeated() != 0) {
                faults.add("a wrong slot was delivered: stream=" + stream + ", pid=" + child.pid() + ", misverified="
                        + all.misverified() + ", repeated=" + all.repeated());
            }
        }
    }

    private static List<Child> survivors(Cast cast) {
        return List.of(cast.lossless(), cast.observer());
    }

    private void play(Place place, Cast cast) throws IOException, InterruptedException, Broken {
        voice.begin(new Voice.Begin(
                place.blocks().toString(),
                seconds,
                cast.hubProcess().pid(),
                cast.lossless().pid(),
                cast.observer().pid(),
                cast.victim().pid()));
        Swaps swaps = new Swaps(place, cast, voice);
        long begin = System.nanoTime() + REPORT_DELAY;
        int half = seconds / 2;
        for (int second = 1; second <= seconds; second++) {
            if (!sleepUntil(begin + second * SECOND)) return;
            cast.requireAlive();
            for (Content content : contents) show(second, content.name(), cast);
            if (second == half) kill(second, cast);
            if (second == half + 1) showAfterKill(cast);
            if (second == half + 1) swaps.integrity(second, TELEMETRY);
            if (second == half + 2) swaps.memory(second, FRAMES);
            swaps.look();
        }
        awaitSwaps(swaps);
        swapped = swaps.seen();
    }

    /// Those that have not taken place within the time of the run; none that never does is waited for.
    private void awaitSwaps(Swaps swaps) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + SWAP_LIMIT;
        while (!swaps.look() && System.nanoTime() - deadline < 0) {
            if (!sleepUntil(System.nanoTime() + REPORT_DELAY)) return;
        }
    }

    private boolean sleepUntil(long time) throws InterruptedException {
        while (!stop.requested()) {
            long left = time - System.nanoTime();
            if (left <= 0) return true;
            Thread.sleep(Duration.ofNanos(left));
        }
        return false;
    }

    private void show(int second, String stream, Cast cast) throws IOException {
        Report.Got lossless = cast.lossless().got(stream);
        Report.Got observer = cast.observer().got(stream);
        voice.second(new Voice.Second(
                second,
                stream,
                rounded(lossless.slots() / lossless.seconds()),
                rounded(lossless.bytes() / lossless.seconds() / MEGABYTE),
                lossless.p50Ns(),
                lossless.p99Ns(),
                lossless.all().missed(),
                rounded(observer.slots() / observer.seconds()),
                observer.all().missed()));
    }

    private static double rounded(double value) {
        return Math.round(value * 10) / 10.0;
    }

    private void kill(int second, Cast cast) throws IOException, InterruptedException {
        if (cast.victim().kill()) killed++;
        voice.killed(new Voice.Killed(second, cast.victim().pid()));
    }

    private void showAfterKill(Cast cast) throws IOException {
        for (Content content : contents) {
            for (Child child : survivors(cast)) {
                receivedAfterKill.put(
                        child.pid() + content.name(),
                        child.got(content.name()).all().received());
            }
            Report.Got lossless = cast.lossless().got(content.name());
            voice.afterKill(new Voice.AfterKill(
                    content.name(),
                    lossless.slots(),
                    lossless.pauseNs(),
                    lossless.all().missed()));
        }
    }

    private Summary summary(Cast cast) {
        List<Summary.Stream> streams = contents.stream()
                .map(content -> Summary.Stream.of(
                        content.name(),
                        cast.published(content.name()),
                        cast.lossless().got(content.name()).all()))
                .toList();
        return new Summary(streams, killed, swapped);
    }
}
