package dev.merapi.cluster;

import dev.merapi.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** A folder such as an installed Spark's, whose jars are this build's. */
final class SparkHome {
    private SparkHome() {}

    /** Makes one, with links to the jars of the class path. */
    static Path in(Path folder) throws IOException {
        Path jars = Files.createDirectories(folder.resolve("spark/jars"));
        for (Path entry : new ChildJvm().classPath()) {
            Path link = jars.resolve(entry.getFileName());
            if (entry.toString().endsWith(".jar") && !Files.exists(link)) Files.createSymbolicLink(link, entry);
        }
        return jars.getParent();
    }

    /** What Spark's own scripts set. */
    static Map<String, String> variables(Path home) {
        return Map.of("SPARK_HOME", home.toString(), "SPARK_SCALA_VERSION", "2.13");
    }

    /** A JVM that Spark starts in, with its packages open and its variable set. */
    static ChildJvm jvm(Path home) {
        var opened = List.of("java.lang", "java.lang.invoke", "java.util", "java.nio", "java.net", "java.io",
                "java.util.concurrent", "java.util.concurrent.atomic", "sun.nio.ch", "sun.nio.cs",
                "sun.util.calendar", "jdk.internal.ref").stream()
                .map(name -> "--add-opens=java.base/" + name + "=ALL-UNNAMED").toArray(String[]::new);
        return new ChildJvm().with(opened).with("--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-Xmx512m").withVariables(variables(home));
    }

    /** One jar of all that this build has compiled: what lies on the class path in folders. */
    static Path jar(Path file) throws IOException {
        var entries = new TreeMap<String, byte[]>();
        for (Path folder : new ChildJvm().classPath()) {
            if (!Files.isDirectory(folder)) continue;
            try (var files = Files.walk(folder)) {
                for (Path each : files.filter(Files::isRegularFile).toList()) {
                    String name = folder.relativize(each).toString();
                    byte[] content = Files.readAllBytes(each);
                    // providers of all modules, one a line
                    if (name.startsWith("META-INF/services/")) entries.merge(name, content, SparkHome::lines);
                    else entries.putIfAbsent(name, content);
                }
            }
        }
        try (var jar = new JarOutputStream(Files.newOutputStream(file))) {
            for (var entry : entries.entrySet()) {
                jar.putNextEntry(new JarEntry(entry.getKey()));
                jar.write(entry.getValue());
            }
        }
        return file;
    }

    private static byte[] lines(byte[] some, byte[] more) {
        return (new String(some) + "\n" + new String(more)).getBytes();
    }
}
