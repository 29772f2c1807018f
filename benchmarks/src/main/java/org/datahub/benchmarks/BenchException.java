package org.datahub.benchmarks;

/// What keeps a benchmark from running, in words for the user.
final class BenchException extends RuntimeException {
    BenchException(String problem, Throwable cause) {
        super(problem, cause);
    }
}
