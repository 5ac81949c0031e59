package dev.merapi.serve;

import dev.merapi.recipe.Bits;
import dev.merapi.recipe.Describe;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.text.generate.ContinuousBatch;
import dev.merapi.text.generate.RaggedDecoding;
import java.nio.file.Path;

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
                + " there; bfloat16 keeps those of language models as most files have them") Bits quantize,
        @Describe("divides language models by their blocks: among so many processes of this machine, or among this one"
                + " and those of merapi stage at host:port,host:port; 1x2 for one stage of two processes, of half the"
                + " heads each; empty for one process") String stages,
        @Describe("a file with the word that those stages have too; empty for none") String stagesToken,
        Texts texts) {
    /** In what numbers keys and values are kept. */
    public enum Keep {
        /** In those in which the model computes. */
        MODEL(null),
        /** In 32 bits. */
        FLOAT32(DType.FLOAT32),
        /** In 16 bits. */
        BFLOAT16(DType.BFLOAT16),
        /** In 8 bits, each token's vector of a head with a scale in 32. */
        INT8(DType.INT8);

        private final DType type;

        Keep(DType type) { this.type = type; }
    }

    /** How texts are written. */
    public record Texts(
            @Describe("most MiB of keys and values of each model; texts wait until there is room") int memory,
            @Describe("numbers of keys and values: bfloat16 are half as large as float32, int8 a quarter and a little;"
                    + " model for those in which it computes") Keep keep,
            @Describe("tokens of prompts that are read between two tokens of the texts being written") int chunk,
            @Describe("tokens that are guessed at a time, by the draft, or from what stands in the text already; 0 for"
                    + " none") int guess,
            @Describe("the folder of a smaller model with the same tokens, which guesses; empty for none") String draft,
            @Describe("a folder of LoRAs, a folder each, which requests name as model:adapter; empty for none")
            String adapters,
            @Describe("a folder in which beginnings of prompts that came more than once are kept between two starts,"
                    + " up to texts.memory of each model; empty for none") String kept) {
        /** 1 GiB, and 256 tokens at a time. */
        public static final Texts DEFAULT = new Texts(1024, Keep.MODEL, 256, 0, "", "", "");

        public Texts {
            Expect.atLeast("texts.memory", 1, memory);
            Expect.atLeast("texts.chunk", 1, chunk);
            Expect.atLeast("texts.guess", draft.isEmpty() ? 0 : 1, guess);
            Expect.that(kept.isEmpty() || adapters.isEmpty(), "texts.kept", "none beside texts.adapters", kept);
        }

        /**
         * The same within other limits.
         *
         * @param memoryMiB of keys and values of each model, from 1
         * @param tokens of prompts between two tokens of the texts being written, from 1
         * @throws IllegalArgumentException for less
         */
        public Texts limits(int memoryMiB, int tokens) {
            return new Texts(memoryMiB, keep, tokens, guess, draft, adapters, kept);
        }

        /** The same with keys and values in other numbers. */
        public Texts keep(Keep value) { return new Texts(memory, value, chunk, guess, draft, adapters, kept); }

        /** The same with so many tokens guessed at a time; of an empty folder, from what stands in the text. */
        public Texts guess(int most, String folder) {
            return new Texts(memory, keep, chunk, most, folder, adapters, kept);
        }

        /** The same with a folder of adapters. */
        public Texts adapters(String folder) { return new Texts(memory, keep, chunk, guess, draft, folder, kept); }

        /** The same with a folder in which prompts are kept. */
        public Texts kept(String folder) { return new Texts(memory, keep, chunk, guess, draft, adapters, folder); }

        /** @param name the model's */
        ContinuousBatch.Limits limits(String name) {
            return new ContinuousBatch.Limits(chunk, new RaggedDecoding.Memory((long) memory << 20, keep.type,
                    kept.isEmpty() ? null : Path.of(kept, name + ".safetensors")));
        }
    }

    /** Port 8080 of this machine, without keys; batches of 32 within 5 ms. */
    public static final ServeConfig DEFAULT = new ServeConfig(8080, "127.0.0.1", "", 32, 5, 256, 16 << 20, 4096, 300,
            30, 0, "", "", Bits.NONE, "", "", Texts.DEFAULT);

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
        boolean whole = stages.isEmpty();
        Expect.that(whole || texts.adapters().isEmpty(), "texts.adapters", "none beside stages", texts.adapters()
                + "; merge one into the model and save that (Adapters.merge), which can be divided");
        Expect.that(whole || texts.kept().isEmpty(), "texts.kept", "none beside stages", texts.kept());
    }

    /** With weights as folders have them. */
    public ServeConfig(int port, String host, String keys, int batch, int delay, int queue, int maxBody, int maxTokens,
            int timeout, int drain, int rate, String tls, String tlsPassword) {
        this(port, host, keys, batch, delay, queue, maxBody, maxTokens, timeout, drain, rate, tls, tlsPassword,
                Bits.NONE, "", "", Texts.DEFAULT);
    }

    /** The same at another port. */
    public ServeConfig port(int value) {
        return new ServeConfig(value, host, keys, batch, delay, queue, maxBody, maxTokens, timeout, drain, rate, tls,
                tlsPassword, quantize, stages, stagesToken, texts);
    }

    /** The same for so many requests a minute of a key. */
    public ServeConfig rate(int value) {
        return new ServeConfig(port, host, keys, batch, delay, queue, maxBody, maxTokens, timeout, drain, value, tls,
                tlsPassword, quantize, stages, stagesToken, texts);
    }

    /** The same by HTTPS. */
    public ServeConfig tls(String file, String passwordFile) {
        return new ServeConfig(port, host, keys, batch, delay, queue, maxBody, maxTokens, timeout, drain, rate, file,
                passwordFile, quantize, stages, stagesToken, texts);
    }

    /** The same with weights of so many bits. */
    public ServeConfig quantize(Bits value) {
        return new ServeConfig(port, host, keys, batch, delay, queue, maxBody, maxTokens, timeout, drain, rate, tls,
                tlsPassword, value, stages, stagesToken, texts);
    }

    /** The same with language models in stages; see {@link #stages} and {@link #stagesToken}. */
    public ServeConfig stages(String value, String tokenFile) {
        return new ServeConfig(port, host, keys, batch, delay, queue, maxBody, maxTokens, timeout, drain, rate, tls,
                tlsPassword, quantize, value, tokenFile, texts);
    }

    /** The same with texts written so. */
    public ServeConfig texts(Texts value) {
        return new ServeConfig(port, host, keys, batch, delay, queue, maxBody, maxTokens, timeout, drain, rate, tls,
                tlsPassword, quantize, stages, stagesToken, value);
    }
}
