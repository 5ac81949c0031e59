package dev.merapi.io;

import dev.merapi.internal.Version;
import dev.merapi.tensor.Torch;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What made a file, for its metadata. Parts that are unknown are null, and not written.
 *
 * <pre>{@code
 * var origin = Provenance.of("{\"epochs\": 10}", Provenance.sha256(data), 1337L);
 * Safetensors.save(model, file, origin.metadata());
 * }</pre>
 *
 * @param config the settings, as JSON
 * @param data SHA-256 of the data it was trained on, in hexadecimal
 * @param seed of the random numbers
 * @param created when
 * @param merapi Merapi's version
 * @param libtorch libtorch's version
 * @param java the runtime's version
 */
public record Provenance(String config, String data, Long seed, Instant created, String merapi, String libtorch,
        String java) {
    /** What is given, now, with the versions that run. */
    public static Provenance of(String config, String data, Long seed) {
        return new Provenance(config, data, seed, Instant.now(), Version.read(), Torch.version(),
                Runtime.version().toString());
    }

    /** As metadata of a safetensors file, which {@link #from} reads back; with {@code format: pt}, as tools expect. */
    public Map<String, String> metadata() {
        var metadata = new LinkedHashMap<String, String>();
        metadata.put("format", "pt");
        put(metadata, "config", config);
        put(metadata, "data_sha256", data);
        put(metadata, "seed", seed);
        put(metadata, "created", created);
        put(metadata, "merapi_version", merapi);
        put(metadata, "libtorch_version", libtorch);
        put(metadata, "java_version", java);
        return metadata;
    }

    /**
     * Reads {@link #metadata}; what a file of another origin does not say is null.
     *
     * @throws IllegalArgumentException if the seed is no number, or the time none of ISO 8601
     */
    public static Provenance from(Map<String, String> metadata) {
        return new Provenance(metadata.get("config"), metadata.get("data_sha256"),
                parsed(metadata, "seed", Long::valueOf), parsed(metadata, "created", Instant::parse),
                metadata.get("merapi_version"), metadata.get("libtorch_version"), metadata.get("java_version"));
    }

    /** SHA-256 of a file's bytes, in hexadecimal. */
    public static String sha256(Path file) {
        try (var in = new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every Java has it
        }
    }

    private static <T> T parsed(Map<String, String> metadata, String key, Function<String, T> parser) {
        String value = metadata.get(key);
        try {
            return value == null ? null : parser.apply(value);
        } catch (NumberFormatException | DateTimeParseException e) {
            throw new IllegalArgumentException("Provenance: expected a number as seed, and as created a time such as"
                    + " 2026-01-31T12:00:00Z. Received " + key + " \"" + value + "\" in the file's metadata.", e);
        }
    }

    private static void put(Map<String, String> metadata, String key, Object value) {
        if (value != null) metadata.put(key, value.toString());
    }
}
