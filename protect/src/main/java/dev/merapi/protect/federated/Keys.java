package dev.merapi.protect.federated;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.XECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.security.spec.XECPrivateKeySpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The cryptography of {@link SecureClient}: X25519 for keys that two share, AES for masks and for what passes by. */
final class Keys {
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private interface Step<T> {
        T run() throws GeneralSecurityException;
    }

    private Keys() {}

    private static <T> T of(String what, Step<T> step) {
        try {
            return step.run();
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException("Federation: expected " + what + ". Received what is none: "
                    + e.getMessage(), e);
        }
    }

    static byte[] random(int bytes) {
        var all = new byte[bytes];
        RANDOM.nextBytes(all);
        return all;
    }

    static KeyPair pair() { return of("X25519", () -> KeyPairGenerator.getInstance("X25519").generateKeyPair()); }

    static String encode(byte[] bytes) { return Base64.getEncoder().encodeToString(bytes); }

    static byte[] decode(String text) { return of("bytes in Base64", () -> Base64.getDecoder().decode(text)); }

    /** The 32 bytes of which a private key consists. */
    static byte[] secret(PrivateKey key) { return ((XECPrivateKey) key).getScalar().orElseThrow(); }

    static PrivateKey privateKey(byte[] secret) {
        return of("a private key", () -> KeyFactory.getInstance("X25519")
                .generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, secret)));
    }

    /** What the owners of two key pairs can both compute, and nobody else; for one use. */
    static byte[] shared(PrivateKey own, String other, String use) {
        return of("a public key", () -> {
            var agreement = KeyAgreement.getInstance("X25519");
            agreement.init(own);
            agreement.doPhase(KeyFactory.getInstance("X25519").generatePublic(new X509EncodedKeySpec(decode(other))),
                    true);
            var hash = MessageDigest.getInstance("SHA-256");
            hash.update(agreement.generateSecret());
            return hash.digest(use.getBytes(StandardCharsets.UTF_8));
        });
    }

    static String encrypt(byte[] key, String text, String about) {
        return of("AES", () -> {
            byte[] nonce = random(NONCE);
            byte[] sealed = gcm(Cipher.ENCRYPT_MODE, key, nonce, about).doFinal(text.getBytes(StandardCharsets.UTF_8));
            return encode(ByteBuffer.allocate(NONCE + sealed.length).put(nonce).put(sealed).array());
        });
    }

    static String decrypt(byte[] key, String sealed, String about) {
        return of("a share that was sealed for this client", () -> {
            byte[] all = decode(sealed);
            byte[] nonce = Arrays.copyOf(all, NONCE);
            return new String(gcm(Cipher.DECRYPT_MODE, key, nonce, about).doFinal(all, NONCE, all.length - NONCE),
                    StandardCharsets.UTF_8);
        });
    }

    private static Cipher gcm(int mode, byte[] key, byte[] nonce, String about) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(about.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    /**
     * Adds, modulo 2⁶⁴, {@code sign} times the numbers that follow from a seed of 32 bytes: AES in counter mode.
     */
    static void addMask(long[] numbers, byte[] seed, int sign) {
        of("AES", () -> {
            var cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(seed, "AES"), new IvParameterSpec(new byte[16]));
            var stream = ByteBuffer.wrap(cipher.doFinal(new byte[8 * numbers.length])).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < numbers.length; i++) numbers[i] += sign * stream.getLong();
            return null;
        });
    }
}
