package org.datahub.api.keys;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;
import org.datahub.api.DataHubException;
import org.datahub.api.ErrorCode;

/// Reads a secret from a file that nobody but its owner may read.
///
/// The file holds 32 bytes or more: as they are, or as text in hex or base64. No message has
/// anything of the content, nor of a word that may be a secret by mistake.
final class KeyFile {
    /// 256 bit.
    static final int LEAST_BYTES = 32;

    private static final int MOST_FILE_BYTES = 4096;
    private static final int OTHERS = 0077;
    /// What systemd's access list for the service's user shows as the group's right.
    private static final int OTHERS_OF_A_CREDENTIAL = 0037;

    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]+");
    private static final Pattern BASE64 = Pattern.compile("[0-9A-Za-z+/]+={0,2}");
    private static final Pattern CREDENTIAL = Pattern.compile("\\$\\[secret:([A-Za-z0-9._-]+)]");

    private KeyFile() {}

    /// The file that a word of the configuration names: an absolute path, or `$[secret:NAME]` for a
    /// file of the credentials directory.
    static Path path(String key, String word, Path credentials) {
        var credential = CREDENTIAL.matcher(word);
        if (credential.matches()) {
            if (credentials == null) {
                throw refused(
                        "a credential is named and there is no directory of credentials: " + key + "=" + word,
                        "start the program by systemd with LoadCredential=, or set $CREDENTIALS_DIRECTORY");
            }
            String name = credential.group(1);
            if (name.equals(".") || name.equals(".."))
                throw refused("no credential: " + key + "=" + word, "name a file");
            return credentials.resolve(name);
        }
        try {
            Path path = word.startsWith("/") ? Path.of(word) : null;
            if (path != null) return path;
        } catch (InvalidPathException e) {
            // told below, without the word
        }
        throw refused(
                key + " is no absolute path (the value is not shown, it may be a secret): length=" + word.length(),
                "write the secret into a file with `datahub key new FILE`, and give the file's path");
    }

    /// Reads and checks it.
    ///
    /// @throws DataHubException `DH-7005`
    static byte[] read(Path path, Path credentials) {
        try {
            Map<String, Object> before = status(path);
            check(path, before, credentials);
            byte[] content;
            try (InputStream in = Files.newInputStream(path)) {
                content = in.readNBytes(MOST_FILE_BYTES + 1);
            }
            Map<String, Object> after = status(path);
            if (!before.equals(after)) {
                throw refused("the key file changed while it was read: path=" + path, "try again");
            }
            return secret(path, content);
        } catch (IOException e) {
            throw new DataHubException(
                    ErrorCode.KEY_REFUSED,
                    "the key file can't be read: path=" + path + ", reason="
                            + e.getClass().getSimpleName(),
                    "make it with `datahub key new " + path + "`, as the user who runs the program",
                    e);
        }
    }

    private static Map<String, Object> status(Path path) throws IOException {
        return Files.readAttributes(path, "unix:mode,uid,ino,dev,size,lastModifiedTime");
    }

    private static void check(Path path, Map<String, Object> status, Path credentials) throws IOException {
        int mode = (int) status.get("mode");
        if ((mode & 0170000) != 0100000)
            throw refused("no regular file: path=" + path, "name the file that holds the key");
        int own = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        int owner = (int) status.get("uid");
        boolean credential = credentials != null && path.normalize().startsWith(credentials);
        if (owner != own && !(credential && owner == 0)) {
            throw refused(
                    "the key file belongs to another user: path=" + path + ", owner=" + owner + ", user=" + own,
                    "as root: chown " + own + " " + path);
        }
        if ((mode & (credential ? OTHERS_OF_A_CREDENTIAL : OTHERS)) != 0) {
            throw refused(
                    "others may read or write the key file: path=" + path + ", mode="
                            + Integer.toOctalString(mode & 07777),
                    "chmod 600 " + path + "; and if others could read it, make a new key");
        }
    }

    private static byte[] secret(Path path, byte[] content) {
        if (content.length > MOST_FILE_BYTES) {
            throw refused("the key file is too long: path=" + path + ", most=" + MOST_FILE_BYTES, "is it a key?");
        }
        byte[] secret = decoded(path, content);
        if (secret != content) Arrays.fill(content, (byte) 0);
        if (secret.length < LEAST_BYTES) {
            int bits = 8 * secret.length;
            Arrays.fill(secret, (byte) 0);
            throw refused(
                    "the key is too short: path=" + path + ", bits=" + bits + ", least=" + 8 * LEAST_BYTES,
                    "make one with `datahub key new FILE`");
        }
        boolean same = true;
        for (byte each : secret) same &= each == secret[0];
        if (same)
            throw refused("the key is one byte over and over: path=" + path, "make one with `datahub key new FILE`");
        return secret;
    }

    private static byte[] decoded(Path path, byte[] content) {
        for (byte each : content) {
            boolean text = each >= ' ' && each < 0x7f || each == '\n' || each == '\r' || each == '\t';
            if (!text) return content; // the bytes themselves
        }
        String text = new String(content, StandardCharsets.US_ASCII).strip();
        try {
            if (HEX.matcher(text).matches()) return HexFormat.of().parseHex(text);
            if (BASE64.matcher(text).matches()) return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            // told below, without the text
        }
        throw refused(
                "the key file holds text that is neither hex nor base64, so no random key: path=" + path,
                "make one with `datahub key new FILE`");
    }

    static DataHubException refused(String problem, String advice) {
        return new DataHubException(ErrorCode.KEY_REFUSED, problem, advice);
    }
}
