package dev.merapi.protect.privacy;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.Rng;
import dev.merapi.tensor.Shapes;
import dev.merapi.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Standard normal numbers for gradients. */
interface GaussianNoise {
    /** Numbers of the mean 0 and the deviation 1, on the CPU, float32. */
    Tensor draw(long... shape);

    /** From a seed: for experiments that are to repeat. Who knows the seed can take the noise away again. */
    static GaussianNoise seeded(long seed) {
        var rng = new Rng(seed);
        return shape -> Tensor.randn(rng, shape);
    }

    /**
     * From AES in counter mode under a key of the system's cryptographic generator. Each number is the sum of four
     * normals, halved, so that gaps between the floating-point numbers that a single one can be tell nothing (Holohan
     * and Braghin 2021, arXiv:2107.10138).
     */
    static GaussianNoise secure() {
        var stream = keyStream();
        return shape -> {
            int n = (int) Shapes.numel(shape);
            var uniform = Tensor.of(uniform(stream, 8 * n), 2, 4, n);
            Tensor radius = uniform.select(0, 0).log().mul(-2).sqrt(); // Box and Muller
            Tensor normal = radius.mul(uniform.select(0, 1).mul(2 * Math.PI).cos()); // (4, n)
            return normal.sum(0).mul(0.5).to(DType.FLOAT32).view(shape);
        };
    }

    private static Cipher keyStream() {
        try {
            var key = new byte[16];
            new SecureRandom().nextBytes(key);
            var cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[16]));
            return cipher;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e); // every Java has it
        }
    }

    /** Above 0, up to 1. */
    private static double[] uniform(Cipher stream, int count) {
        var bits = ByteBuffer.wrap(stream.update(new byte[8 * count])).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
        var uniform = new double[count];
        for (int i = 0; i < count; i++) uniform[i] = ((bits.get(i) >>> 11) + 1) * 0x1p-53;
        return uniform;
    }
}
