package org.datahub.api;

import java.util.Objects;

/// A broken world: what happened as `name=value`, and what to do next.
public final class DataHubException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;
    private final String problem;
    private final String advice;

    /// An error of `code`: the problem in words with its values, and the next step.
    public DataHubException(ErrorCode code, String problem, String advice) {
        this(code, problem, advice, null);
    }

    /// The same, with its cause.
    public DataHubException(ErrorCode code, String problem, String advice, Throwable cause) {
        super(code.text() + " " + problem + " -> " + advice, cause);
        this.code = Objects.requireNonNull(code);
        this.problem = problem;
        this.advice = advice;
    }

    /// Which error.
    public ErrorCode code() {
        return code;
    }

    /// What happened.
    public String problem() {
        return problem;
    }

    /// What to do next.
    public String advice() {
        return advice;
    }
}
