package dev.merapi.protect.masking;

import dev.merapi.io.FileErrors;
import dev.merapi.tensor.Expect;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret that masking is consistent by: the same value becomes the same in all files that are masked with one key,
 * and what was encrypted is decrypted with it. Nothing shows it.
 *
 * <pre>{@code
 * var key = MaskKey.read(Path.of("secret.key"));                              // made by: openssl rand -hex 32
 * }</pre>
 */
public final class MaskKey {
    private static final int LEAST = 16; // bytes
    private static final String HMAC = "HmacSHA256";
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
    private static final int HASH = 12; // letters of 5 bits: of a million values two are equal by a chance of 4e-7

    private final SecretKeySpec hashes;
    private final SecretKeySpec shifts;
    private final FormatPreserving cipher;
    private final boolean lasting;

    private MaskKey(byte[] secret, boolean lasting) {
        Expect.that(secret.length >= LEAST, "MaskKey", "a secret of at least 16 bytes, as openssl rand -hex 32 makes",
                secret.length + " bytes");
        var master = new SecretKeySpec(secret, HMAC);
        hashes = new SecretKeySpec(mac(master, "merapi mask hash"), HMAC);
        shifts = new SecretKeySpec(mac(master, "merapi mask shift"), HMAC);
        cipher = new FormatPreserving(mac(master, "merapi mask encrypt"));
        this.lasting = lasting;
    }

    /** Of a secret of at least 16 bytes. */
    public static MaskKey of(byte[] secret) { return new MaskKey(secret.clone(), true); }

    /**
     * Of the secret in a file, without the end of its line.
     *
     * @throws IllegalArgumentException if it is shorter than 16 bytes
     */
    public static MaskKey read(Path file) {
        try {
            byte[] all = Files.readAllBytes(file);
            int end = all.length;
            while (end > 0 && (all[end - 1] == '\n' || all[end - 1] == '\r')) end--;
            return new MaskKey(Arrays.copyOf(all, end), true);
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    /** A new one that is forgotten when the program ends: consistent within it, and not to be undone. */
    public static MaskKey random() {
        var secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        return new MaskKey(secret, false);
    }

    /** Whether it is there after this program, so that what it encrypted can be decrypted. */
    public boolean isLasting() { return lasting; }

    /** 12 small letters and digits that stand for a value. */
    String hash(String type, String value) {
        long bits = ByteBuffer.wrap(mac(hashes, type + "\0" + value)).getLong();
        var hash = new StringBuilder(HASH);
        for (int i = 0; i < HASH; i++, bits >>>= 5) hash.append(LETTERS.charAt((int) (bits & 31)));
        return hash.toString();
    }

    /** A person's days, from 1 to most before or after. */
    long days(String person, int most) {
        long bits = ByteBuffer.wrap(mac(shifts, person)).getLong();
        long days = Math.floorMod(bits >>> 1, (long) most) + 1;
        return (bits & 1) == 0 ? days : -days;
    }

    /** Empty where the value's form has too few values. */
    Optional<String> encrypt(String type, String value) { return cipher.apply(true, value, type); }

    Optional<String> decrypt(String type, String value) { return cipher.apply(false, value, type); }

    private static byte[] mac(SecretKeySpec key, String text) {
        try {
            var mac = Mac.getInstance(HMAC);
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has it", e);
        }
    }

    /** Does not show the secret. */
    @Override public String toString() { return "MaskKey"; }
}
