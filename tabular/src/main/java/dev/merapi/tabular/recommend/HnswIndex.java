package dev.merapi.tabular.recommend;

import dev.merapi.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.store.FSDirectory;

/**
 * Searches among many items without comparing with all of them, along a graph in which near ones are neighbours
 * (Malkov and Yashunin 2016, arXiv:1603.09320); now and then it misses one. Lucene's, in a folder of files.
 *
 * <pre>{@code
 * HnswIndex.write(model.itemVectors(), Map.of(), folder);
 * try (var index = HnswIndex.open(folder)) {
 *     int best = index.search(vector, 10).items()[0];
 * }
 * }</pre>
 */
public final class HnswIndex implements ItemIndex {
    /** Lucene would tell every user to add a JDK module; held, so that it stays silent. */
    private static final Logger QUIET = Logger.getLogger("org.apache.lucene.internal.vectorization");

    static {
        QUIET.setLevel(Level.SEVERE);
    }

    private static final String VECTOR = "vector";
    private static final String ITEM = "item";
    private static final int WIDER = 50; // looked at beside k, for fewer misses

    private final DirectoryReader reader;
    private final IndexSearcher searcher;
    private final Path folder;

    private HnswIndex(DirectoryReader reader, Path folder) {
        this.reader = reader;
        this.folder = folder;
        searcher = new IndexSearcher(reader);
        searcher.setQueryCache(null);
    }

    /**
     * Writes an index beside, and moves it into place when it is whole; one that was there is replaced.
     *
     * @param vectors (items, D), D up to 1024
     * @param notes what {@link #notes} tells again
     * @throws UncheckedIOException if it cannot be written
     */
    public static void write(Tensor vectors, Map<String, String> notes, Path folder) {
        Path beside = folder.resolveSibling(folder.getFileName() + ".tmp" + ProcessHandle.current().pid());
        try {
            delete(beside);
            Files.createDirectories(beside);
            fill(vectors, notes, beside);
            delete(folder);
            Files.move(beside, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not write " + folder + ": " + e.getMessage(), e);
        }
    }

    private static void fill(Tensor vectors, Map<String, String> notes, Path folder) throws IOException {
        int width = (int) vectors.size(1), items = (int) vectors.size(0);
        float[] all = vectors.detach().toFloats();
        try (var directory = FSDirectory.open(folder);
                var writer = new IndexWriter(directory, new IndexWriterConfig())) {
            for (int item = 0; item < items; item++) {
                var vector = new float[width];
                System.arraycopy(all, item * width, vector, 0, width);
                var document = new Document();
                document.add(new KnnFloatVectorField(VECTOR, vector, VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT));
                document.add(new NumericDocValuesField(ITEM, item));
                writer.addDocument(document);
            }
            writer.forceMerge(1); // one graph
            writer.setLiveCommitData(notes.entrySet());
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }

    /**
     * An index that {@link #write} wrote.
     *
     * @throws IllegalArgumentException if there is none in the folder, or it is damaged
     */
    public static HnswIndex open(Path folder) {
        try {
            return new HnswIndex(DirectoryReader.open(FSDirectory.open(folder)), folder);
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException(folder + ": expected an index of items. " + e.getMessage(), e);
        }
    }

    /** What it was written with. */
    public Map<String, String> notes() {
        try {
            return reader.getIndexCommit().getUserData();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override public int size() { return reader.numDocs(); }

    @Override public Found search(float[] vector, int k) {
        try {
            int some = Math.min(size(), k);
            var top = searcher.search(new KnnFloatVectorQuery(VECTOR, vector, Math.min(size(), some + WIDER)), some);
            var items = new int[top.scoreDocs.length];
            var scores = new float[items.length];
            for (int i = 0; i < items.length; i++) {
                items[i] = item(top.scoreDocs[i].doc);
                scores[i] = product(top.scoreDocs[i].score);
            }
            return new Found(items, scores);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read " + folder + ": " + e.getMessage(), e);
        }
    }

    private int item(int document) throws IOException {
        var leaf = reader.leaves().get(ReaderUtil.subIndex(document, reader.leaves()));
        var numbers = leaf.reader().getNumericDocValues(ITEM);
        numbers.advanceExact(document - leaf.docBase);
        return (int) numbers.longValue();
    }

    /** Lucene's scores are positive: 1 / (1 − p) of a negative product p, else p + 1. */
    private static float product(float score) { return score < 1 ? 1 - 1 / score : score - 1; }

    @Override public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
