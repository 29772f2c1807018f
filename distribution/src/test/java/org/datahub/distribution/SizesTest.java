package org.datahub.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class SizesTest {
    private final Sizes sizes = new Sizes();

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "4096, 4096",
        "17B, 17",
        "64KiB, 65536",
        "64kib, 65536",
        "1 MiB, 1048576",
        "2GiB, 2147483648",
        "100KB, 100000",
        "3MB, 3000000",
        "1GB, 1000000000"
    })
    void decimalUnitsCountInThousandsAndBinaryOnesIn1024(String text, long bytes) {
        assertEquals(bytes, sizes.convert(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-1",
                "+1",
                "1.5MiB",
                "1e3",
                "KiB",
                "12K",
                "0x10",
                "9223372036854775808",
                "9999999999GiB"
            })
    void anythingElseIsRefusedAndSaysWhatIsAllowed(String text) {
        TypeConversionException refused = assertThrows(TypeConversionException.class, () -> sizes.convert(text));
        assertTrue(refused.getMessage().startsWith("allowed: "), refused.getMessage());
    }
}
