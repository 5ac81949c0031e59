package dev.merapi.serve;

import dev.merapi.io.FileErrors;
import io.helidon.common.tls.Tls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The certificate that a server shows. */
final class Https {
    private Https() {}

    /**
     * From the files that the settings name.
     *
     * @throws IllegalArgumentException if there is no certificate with its key in the file, or the password is another
     */
    static Tls of(ServeConfig config) {
        Path file = Path.of(config.tls());
        char[] password = config.tlsPassword().isEmpty() ? new char[0] : read(Path.of(config.tlsPassword()));
        byte[] bytes = bytes(file);
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(bytes), password);
            if (store.size() == 0) throw new GeneralSecurityException("it holds nothing");
            var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, password);
            var context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return Tls.builder().sslContext(context).build();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("tls: expected a PKCS #12 file with a certificate and its key, of the"
                    + " password in tls_password. Received " + file + ": " + e.getMessage() + ".", e);
        }
    }

    private static char[] read(Path file) {
        return new String(bytes(file), StandardCharsets.UTF_8).strip().toCharArray();
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }
}
