package dev.merapi.protect.federated;

import dev.merapi.tensor.Expect;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Map;

/**
 * Divides a secret of 32 bytes so that any {@code threshold} shares give it back and fewer tell nothing: values of a
 * random polynomial of that degree less one over the prime 2⁵²¹ - 1, whose value at 0 is the secret (Shamir 1979).
 */
final class SecretSharing {
    private static final BigInteger PRIME = BigInteger.TWO.pow(521).subtract(BigInteger.ONE);
    private static final SecureRandom RANDOM = new SecureRandom();

    private SecretSharing() {}

    /** The shares of holders 1 to {@code holders}. */
    static BigInteger[] split(byte[] secret, int holders, int threshold) {
        Expect.that(threshold >= 1 && threshold <= holders, "SecretSharing", "a threshold of 1 to " + holders,
                threshold);
        var polynomial = new BigInteger[threshold];
        polynomial[0] = new BigInteger(1, secret);
        for (int i = 1; i < threshold; i++) polynomial[i] = new BigInteger(640, RANDOM).mod(PRIME);
        var shares = new BigInteger[holders];
        for (int holder = 1; holder <= holders; holder++) {
            var value = BigInteger.ZERO;
            for (int i = threshold - 1; i >= 0; i--) {
                value = value.multiply(BigInteger.valueOf(holder)).add(polynomial[i]).mod(PRIME);
            }
            shares[holder - 1] = value;
        }
        return shares;
    }

    /** The secret, from shares by their holders' numbers, as many as the threshold or more. */
    static byte[] join(Map<Integer, BigInteger> shares) {
        var secret = BigInteger.ZERO; // Lagrange's interpolation at 0
        for (int i : shares.keySet()) {
            var numerator = BigInteger.ONE;
            var denominator = BigInteger.ONE;
            for (int j : shares.keySet()) {
                if (i == j) continue;
                numerator = numerator.multiply(BigInteger.valueOf(-j)).mod(PRIME);
                denominator = denominator.multiply(BigInteger.valueOf(i - j)).mod(PRIME);
            }
            secret = secret.add(shares.get(i).multiply(numerator).multiply(denominator.modInverse(PRIME))).mod(PRIME);
        }
        byte[] bytes = secret.toByteArray();
        if (secret.bitLength() > 256) {
            throw new IllegalArgumentException("SecretSharing: expected shares of one secret, as many as its threshold."
                    + " Received " + shares.size() + " that do not belong together.");
        }
        var result = new byte[32];
        int length = Math.min(32, bytes.length);
        System.arraycopy(bytes, bytes.length - length, result, 32 - length, length);
        return result;
    }
}
