package org.datahub.distribution.demo;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import org.datahub.distribution.Figures;
import org.datahub.distribution.Json;
import org.datahub.distribution.Output;

/// How the demo speaks: for people or for programs. Each call ends with the text in the kernel's
/// hands.
sealed interface Voice {
    /// Everybody is there and records flow.
    void begin(Begin begin) throws IOException;

    /// A stream in one second.
    void second(Second second) throws IOException;

    /// A consumer was killed.
    void killed(Killed killed) throws IOException;

    /// A stream in the second in which the consumer died.
    void afterKill(AfterKill after) throws IOException;

    /// A file of the hub was changed.
    void changed(Changed changed) throws IOException;

    /// What that did.
    void swapped(Swapped swapped) throws IOException;

    /// The last word.
    void end(Summary summary, boolean well) throws IOException;

    /// Who plays.
    record Begin(String hubDirectory, int seconds, long hub, long lossless, long observer, long victim) {}

    /// What the lossless consumer got, and the observer.
    record Second(
            int second,
            String stream,
            double rate,
            double mbPerS,
            long p50Ns,
            long p99Ns,
            long missed,
            double observerRate,
            long observerMissed) {}

    /// Whom SIGKILL hit.
    record Killed(int second, long pid) {}

    /// How it was for the lossless consumer that lives.
    record AfterKill(String stream, long received, long longestPauseNs, long missed) {}

    /// A line that was added to a file.
    record Changed(int second, String file, String line) {}

    /// What a stream has now in place of what it had. Page size and remark are those of its memory.
    record Swapped(
            String stream, String what, String before, String after, long generation, long pageBytes, String remark) {}

    /// One object a line, named for what it tells.
    record ForPrograms(Output out) implements Voice {
        @Override
        public void begin(Begin begin) throws IOException {
            say("begin", begin);
        }

        @Override
        public void second(Second second) throws IOException {
            say("second", second);
        }

        @Override
        public void killed(Killed killed) throws IOException {
            say("killed", killed);
        }

        @Override
        public void afterKill(AfterKill after) throws IOException {
            say("after_kill", after);
        }

        @Override
        public void changed(Changed changed) throws IOException {
            say("changed", changed);
        }

        @Override
        public void swapped(Swapped swapped) throws IOException {
            say("swapped", swapped);
        }

        @Override
        public void end(Summary summary, boolean well) throws IOException {
            say("summary", summary);
        }

        private void say(String name, Object value) throws IOException {
            out.line(Json.line(Map.of(name, value)));
            out.flush();
        }
    }

    /// Columns.
    record ForPeople(Output out) implements Voice {
        @Override
        public void begin(Begin begin) throws IOException {
            say("hub and instruments in Felix pid=" + begin.hub() + ", lossless consumer pid=" + begin.lossless()
                    + ", observer pid=" + begin.observer());
            say("second lossless consumer pid=" + begin.victim() + ", to be killed half-way");
            say("look at it:  datahub ls --hub " + begin.hubDirectory());
            say("");
        }

        @Override
        public void second(Second second) throws IOException {
            say(String.format(
                    Locale.ROOT,
                    "%3d s  %-9s %7.1f/s %7.1f MB/s  p50 %7s  p99 %7s  missed %d   observer %7.1f/s  missed %d",
                    second.second,
                    second.stream,
                    second.rate,
                    second.mbPerS,
                    nanos(second.p50Ns),
                    nanos(second.p99Ns),
                    second.missed,
                    second.observerRate,
                    second.observerMissed));
        }

        @Override
        public void killed(Killed killed) throws IOException {
            say(String.format(
                    Locale.ROOT,
                    "%3d s  SIGKILL: the second lossless consumer, pid=%d, is dead",
                    killed.second,
                    killed.pid));
        }

        @Override
        public void afterKill(AfterKill after) throws IOException {
            say("       " + after.stream + " went on: received " + after.received + " since, longest pause "
                    + nanos(after.longestPauseNs) + ", missed " + after.missed);
        }

        @Override
        public void changed(Changed changed) throws IOException {
            say(String.format(Locale.ROOT, "%3d s  %s: %s", changed.second, changed.file, changed.line));
        }

        @Override
        public void swapped(Swapped swapped) throws IOException {
            boolean memory = swapped.what.equals("memory");
            say("       " + swapped.stream + " goes on with " + swapped.what + "=" + swapped.after + ", it was "
                    + swapped.before
                    + (memory ? ": generation=" + swapped.generation + ", page.bytes=" + swapped.pageBytes : ""));
            if (memory && !swapped.remark.isEmpty()) say("       " + swapped.remark);
        }

        @Override
        public void end(Summary summary, boolean well) throws IOException {
            say("");
            for (Summary.Stream stream : summary.streams()) {
                say(stream.name() + ": published " + stream.published() + ", received " + stream.received()
                        + ", missed "
                        + stream.missed() + ", repeated " + stream.repeated() + ", misverified " + stream.misverified()
                        + ", latency p50 " + nanos(stream.p50Ns()) + ", p99 " + nanos(stream.p99Ns()));
            }
            say("swapped while records flowed: " + summary.swaps());
            say(well ? "Every slot arrived once and intact." : "The demo failed.");
        }

        private static String nanos(long nanos) {
            return Figures.nanos(nanos);
        }

        private void say(String text) throws IOException {
            out.line(text);
            out.flush();
        }
    }
}
