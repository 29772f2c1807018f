package org.datahub.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.ServiceConfigurationError;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;
import org.datahub.api.spi.KernelException;
import org.junit.jupiter.api.Test;

class ErrorTextTest {
    private static List<String> lines(Throwable failure) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ErrorText.of(failure, "datahub pub").print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static int exit(Throwable failure) {
        return ErrorText.of(failure, "datahub pub").exit();
    }

    @Test
    void aCodedErrorIsThreeLinesCodeFirstAdviceLast() {
        DataHubException e = new DataHubException(
                ErrorCode.GEOMETRY_REFUSED, "the block has another geometry: name=cam: slots=4", "datahub rm cam");
        assertEquals(
                List.of("DH-1004 the block has another geometry", "  name=cam: slots=4", "  → datahub rm cam"),
                lines(e));
        assertEquals(4, exit(e));
    }

    @Test
    void aProblemWithoutValuesNamesTheCommand() {
        DataHubException e = new DataHubException(ErrorCode.HANDLE_CLOSED, "the handle was closed", "open a new one");
        assertEquals(List.of("DH-2007 the handle was closed", "  command=datahub pub", "  → open a new one"), lines(e));
    }

    @Test
    void lineBreaksInATextDoNotMakeMoreLines() {
        assertEquals(
                3,
                lines(new DataHubException(ErrorCode.KERNEL, "a\nb: c\n\nd", "e\r\nf"))
                        .size());
        assertEquals(3, lines(new IllegalStateException("many\nlines")).size());
    }

    @Test
    void whatASpecRefusesIsUsage() {
        IllegalArgumentException e = new IllegalArgumentException("slots out of range: slots=0, least=1");
        assertEquals(
                List.of("DH-6001 slots out of range", "  slots=0, least=1", "  → see datahub pub --help"), lines(e));
        assertEquals(2, exit(e));
    }

    @Test
    void everyFailureHasTheExitStatusOfItsKind() {
        assertEquals(3, exit(new NoSuchFileException("/nope")));
        assertEquals(6, exit(new AccessDeniedException("/secret")));
        assertEquals(6, exit(new KernelException("openat x", KernelException.EACCES)));
        assertEquals(1, exit(new KernelException("openat x", KernelException.EMFILE)));
        assertEquals(9, exit(new ServiceConfigurationError("no provider")));
        assertEquals(1, exit(new IOException("broken")));
        assertEquals(1, exit(new NullPointerException()));
        for (ErrorCode code : ErrorCode.values()) {
            assertEquals(code.exitCode(), exit(new DataHubException(code, "problem: a=1", "advice")));
        }
    }
}
