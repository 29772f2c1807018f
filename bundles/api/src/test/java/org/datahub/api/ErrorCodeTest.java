package org.datahub.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.datahub.api.spi.FileStatus;
import org.datahub.api.spi.KernelException;
import org.junit.jupiter.api.Test;

class ErrorCodeTest {
    /// 0 is success, 1 a failure of no other kind; 64 and more belong to shells and signals.
    private static final int LAST_EXIT = 63;

    @Test
    void noTwoErrorsShareANumberAndEachHasAnExitCode() {
        Set<String> seen = new HashSet<>();
        for (ErrorCode code : ErrorCode.values()) {
            assertTrue(code.text().matches("DH-[1-9][0-9]{3}"), code.text());
            assertTrue(seen.add(code.text()), "twice: " + code.text());
            assertTrue(code.exitCode() > 0 && code.exitCode() <= LAST_EXIT, code + " exit=" + code.exitCode());
        }
    }

    @Test
    void anExceptionSaysCodeProblemAndNextStepInOneMessage() {
        Exception cause = new IllegalStateException();
        DataHubException thrown = new DataHubException(ErrorCode.NO_SPACE, "no room: bytes=5", "free some", cause);
        assertEquals("DH-1005 no room: bytes=5 -> free some", thrown.getMessage());
        assertEquals(ErrorCode.NO_SPACE, thrown.code());
        assertEquals("no room: bytes=5", thrown.problem());
        assertEquals("free some", thrown.advice());
        assertSame(cause, thrown.getCause());
    }

    @Test
    void aKernelExceptionNamesTheCallAndTheErrno() {
        KernelException thrown = new KernelException("openat camera", KernelException.ENOENT);
        assertEquals("openat camera: errno=2 (ENOENT)", thrown.getMessage());
        assertEquals(2, thrown.errno());
        assertEquals("openat camera: errno=111", new KernelException("openat camera", 111).getMessage());
    }

    @Test
    void twoFilesAreTheSameByDeviceAndInode() {
        FileStatus one = new FileStatus(1, 2, FileStatus.Kind.REGULAR, 0640, 0, 0, 10);
        assertTrue(one.same(new FileStatus(1, 2, FileStatus.Kind.REGULAR, 0600, 5, 5, 20)));
        assertTrue(!one.same(new FileStatus(1, 3, FileStatus.Kind.REGULAR, 0640, 0, 0, 10)));
        assertTrue(!one.same(new FileStatus(2, 2, FileStatus.Kind.REGULAR, 0640, 0, 0, 10)));
        assertTrue(!one.same(null));
    }
}
