package dev.merapi.data;

import dev.merapi.io.FileErrors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;

/** The samples of one file after another. Its place is the number of files read, and the place in the open one. */
final class FilesCursor<E> implements Cursor<E> {
    private final List<Path> files;
    private final Samples.FileReader<? extends E> reader;
    private Cursor<E> open; // null: none yet, or the last is read
    private int next; // the file to open next

    FilesCursor(List<Path> files, Samples.FileReader<? extends E> reader) {
        this.files = files;
        this.reader = reader;
    }

    @Override public boolean hasNext() {
        while (open == null || !open.hasNext()) {
            close();
            if (next == files.size()) return false;
            open();
        }
        return true;
    }

    private void open() {
        Path file = files.get(next++);
        try {
            var samples = reader.read(file);
            open = Cursor.of(samples.<E>map(sample -> sample).iterator(), samples::close);
        } catch (IOException e) {
            throw FileErrors.reading(file, e);
        }
    }

    @Override public E next() {
        if (hasNext()) return open.next();
        throw new NoSuchElementException("Samples.files: all files are read.");
    }

    @Override public String position() {
        return (open == null ? Place.of(next) : new Place(next - 1, open.position())).toString();
    }

    @Override public void seek(String position) {
        var place = Place.parse(position);
        if (place.number() > files.size()) {
            throw new IllegalArgumentException("Samples.files: expected a position in one of " + files.size()
                    + " files. Received " + position + "; are the files those of the run that wrote it?");
        }
        next = (int) place.number();
        if (place.rest().isEmpty()) return;
        open();
        open.seek(place.rest());
    }

    @Override public void close() {
        if (open != null) open.close();
        open = null;
    }
}
