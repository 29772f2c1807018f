package org.datahub.distribution;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ServiceConfigurationError;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.spi.KernelException;
import org.datahub.distribution.demo.Broken;
import picocli.CommandLine;

/// A failure as people read it: what, with which values, and what to do next. Three lines, and an
/// exit status.
///
/// @param what the problem in words, its code first
/// @param values `name=value`
/// @param next what to do
/// @param exit the exit status of the command
record ErrorText(String what, String values, String next, int exit) {
    private static final int FAILURE = 1;
    private static final int NOT_FOUND = 3;
    private static final int PERMISSION = 6;
    private static final int NO_ENGINE = 9;

    /// Each part on one line, whatever stands in it.
    ErrorText {
        what = oneLine(what);
        values = oneLine(values);
        next = oneLine(next);
    }

    /// What `failure` of `command` means to people.
    static ErrorText of(Throwable failure, String command) {
        return switch (failure) {
            case DataHubException e -> coded(e.code(), e.problem(), e.advice(), command);
            case KernelException e -> kernel(e, command);
            case CommandLine.ParameterException e -> UsageText.of(e);
            case IllegalArgumentException e ->
                coded(ErrorCode.CONFIGURATION, message(e), "see " + command + " --help", command);
            case NoSuchFileException e ->
                new ErrorText("datahub: no such file", "path=" + e.getFile(), "check the path", NOT_FOUND);
            case AccessDeniedException e ->
                new ErrorText(
                        "datahub: no permission for a file", "path=" + e.getFile(), "see who may read it", PERMISSION);
            case IOException e ->
                new ErrorText(
                        "datahub: reading or writing failed",
                        message(e),
                        "see where the input comes from and where the output goes",
                        FAILURE);
            case Broken e ->
                new ErrorText("datahub: the demo broke off", message(e), "see what its processes said above", FAILURE);
            case ServiceConfigurationError e -> noEngine(e, command);
            case IllegalStateException e ->
                message(e).startsWith("no engine") ? noEngine(e, command) : unexpected(failure, command);
            default -> unexpected(failure, command);
        };
    }

    /// A code, and a problem whose first part says what, its second the values.
    static ErrorText coded(ErrorCode code, String problem, String advice, String command) {
        int colon = problem.indexOf(": ");
        String what = colon < 0 ? problem : problem.substring(0, colon);
        String values = colon < 0 ? "command=" + command : problem.substring(colon + 2);
        return new ErrorText(code.text() + " " + what, values, advice, code.exitCode());
    }

    private static ErrorText kernel(KernelException e, String command) {
        boolean permission = e.errno() == KernelException.EACCES || e.errno() == KernelException.EPERM;
        return permission
                ? coded(ErrorCode.PERMISSION, "no permission: " + message(e), "see who owns the hub directory", command)
                : coded(ErrorCode.KERNEL, "the kernel refused a call: " + message(e), e.advice(), command);
    }

    private static ErrorText noEngine(Throwable e, String command) {
        return new ErrorText(
                "datahub: the engine can't be loaded",
                message(e),
                "start " + command + " by the launcher of a complete distribution",
                NO_ENGINE);
    }

    private static ErrorText unexpected(Throwable e, String command) {
        return new ErrorText(
                "datahub: an unexpected failure",
                e.toString(),
                "run " + command + " -v for the stack trace, and report it",
                FAILURE);
    }

    private static String message(Throwable e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    /// The three lines.
    void print(PrintStream err) {
        err.println(what);
        err.println("  " + values);
        err.println("  → " + next);
    }
}
