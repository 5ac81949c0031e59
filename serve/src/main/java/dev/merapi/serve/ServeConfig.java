package dev.merapi.serve;

import dev.merapi.recipe.Describe;
import dev.merapi.tensor.Expect;

/** How models are served. {@link #DEFAULT} hears this machine alone. */
public record ServeConfig(
        @Describe("where it listens; 0 for any free one") int port,
        @Describe("the address it listens at; others than this machine's own need keys") String host,
        @Describe("a file of API keys, one a line; empty for none") String keys,
        @Describe("most inputs of a batch, and texts that are written together") int batch,
        @Describe("milliseconds that an input waits for others to join its batch") int delay,
        @Describe("inputs or texts of a model that may wait; more are told to come back later") int queue,
        @Describe("most bytes of a request") int maxBody,
        @Describe("most tokens of a text") int maxTokens,
        @Describe("seconds that a request may take") int timeout,
        @Describe("seconds that running requests are waited for at the end") int drain,
        @Describe("requests a minute of a key, a sixth of them at once; 0 for any number") int rate,
        @Describe("a PKCS #12 file with a certificate and its key, for HTTPS; empty for HTTP") String tls,
        @Describe("a file with the password of tls; empty for none") String tlsPassword,
        @Describe("bits of weights: int8 or int4 rounds them as models are opened, for which merapi-compress must be"
                + " there; bfloat16 keeps those of language models as most files have them") Bits quantize) {
    /** How weights are kept. */
    public enum Bits {
        /** As the model's folder says, where nothing else is said in float32. */
        NONE,
        /** In 16 bits, and multiplied so. */
        BFLOAT16,
        /** In 8 bits. */
        INT8,
        /** In 4 bits. */
        INT4
    }

    /** Port 8080 of this machine, without keys; batches of 32 within 5 ms. */
    public static final ServeConfig DEFAULT = new ServeConfig(8080, "127.0.0.1", "", 32, 5, 256, 16 << 20, 4096, 300,
            30, 0, "", "", Bits.NONE);

    public ServeConfig {
        Expect.that(port >= 0 && port < 1 << 16, "port", "0 to 65535", port);
        Expect.that(!host.isBlank(), "host", "an address, such as 127.0.0.1", "none");
        Expect.atLeast("batch", 1, batch);
        Expect.atLeast("delay", 0, delay);
        Expect.atLeast("queue", 1, queue);
        Expect.atLeast("max_body", 1, maxBody);
        Expect.atLeast("max_tokens", 1, maxTokens);
        Expect.atLeast("timeout", 1, timeout);
        Expect.atLeast("drain", 0, drain);
        Expect.atLeast("rate", 0, rate);
        Expect.that(!tls.isEmpty() || tlsPassword.isEmpty(), "tls", "a file, beside tls_password", "none");
    }

    /** With weights as folders have them. */
    public ServeConfig(int port, String host, String keys, int batch, int delay, int queue, int maxBody, int maxTokens,
            int timeout, int drain, int rate, String tls, String tlsPassword) {
        this(port, host, keys, batch, delay, queue, maxBody, maxTokens, timeout, drain, rate, tls, tlsPassword,
                Bits.NONE);
    }

    /** The same at another port. */
    public ServeConfig port(int value) {
        return new ServeConfig(value, host, keys, batch, delay, queue, maxBody, maxTokens, timeout, drain, rate, tls,
                tlsPassword, quantize);
    }

    /** The same for so many requests a minute of a key. */
    public ServeConfig rate(int value) {
        return new ServeConfig(port, host, keys, batch, delay, queue, maxBody, maxTokens, timeout, drain, value, tls,
                tlsPassword, quantize);
    }

    /** The same by HTTPS. */
    public ServeConfig tls(String file, String passwordFile) {
        return new ServeConfig(port, host, keys, batch, delay, queue, maxBody, maxTokens, timeout, drain, rate, file,
                passwordFile, quantize);
    }

    /** The same with weights of so many bits. */
    public ServeConfig quantize(Bits value) {
        return new ServeConfig(port, host, keys, batch, delay, queue, maxBody, maxTokens, timeout, drain, rate, tls,
                tlsPassword, value);
    }
}
