package dev.merapi.cluster;

import dev.merapi.parallel.ProcessGroup;
import java.io.Serializable;
import java.util.List;

/**
 * What a rank does in a Spark task. It is sent to executors, with all that it refers to.
 *
 * @param <T> rows of data
 * @param <R> what it gives back
 */
@FunctionalInterface
public interface RankWork<T, R extends Serializable> extends Serializable {
    /**
     * Runs on each rank at the same time.
     *
     * @param group of the ranks; closed afterwards
     * @param rows this rank's part of the data, which may be larger or smaller than another's
     */
    R run(ProcessGroup group, List<T> rows) throws Exception;
}
