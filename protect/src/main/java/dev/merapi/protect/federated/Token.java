package dev.merapi.protect.federated;

import dev.merapi.io.AtomicFiles;
import dev.merapi.io.FileErrors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How a client proves who it is: its token is the server's secret applied to its name, and never travels. Each
 * connection begins with random bytes of the server's, which the client signs with it: a proof that was heard is worth
 * nothing again.
 */
final class Token {
    private static final String SECRET = "secret.key";

    private Token() {}

    /** The secret in a server's folder, made where there is none. */
    static byte[] secret(Path folder) {
        Path file = folder.resolve(SECRET);
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(folder);
                AtomicFiles.write(file, Keys.encode(Keys.random(32)) + "\n");
                if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
                    Files.setPosixFilePermissions(file,
                            PosixFilePermissions.fromString("rw-------"));
                }
            }
            return Keys.decode(Files.readString(file).strip());
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    /** The token for a client of this name. */
    static String of(byte[] secret, String name) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(sign(secret, "token " + name));
    }

    /** What a client with this token answers to the server's random bytes. */
    static String proof(String token, String challenge, String name) {
        return Keys.encode(sign(token.getBytes(StandardCharsets.UTF_8), challenge + " " + name));
    }

    /** Whether it is the proof of the client of this name. */
    static boolean isProof(byte[] secret, String challenge, String name, String proof) {
        return MessageDigest.isEqual(proof(of(secret, name), challenge, name).getBytes(StandardCharsets.UTF_8),
                proof.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] sign(byte[] key, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e); // every Java has it
        }
    }
}
