package dev.merapi.cluster;

import dev.merapi.parallel.ProcessGroup;
import dev.merapi.parallel.Rendezvous;
import java.io.IOException;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.BarrierTaskContext;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/** Makes ranks of the tasks of a barrier stage: they tell each other where rank 0 is, and meet there. */
final class BarrierTask<T, R extends Serializable>
        extends AbstractFunction1<Iterator<T>, Iterator<BarrierTask.Done<R>>> implements Serializable {
    private static final long serialVersionUID = 1;

    /** What a rank gave back. */
    record Done<R extends Serializable>(int rank, R result) implements Serializable { }

    private final RankWork<T, R> work;
    private final Duration timeout;

    BarrierTask(RankWork<T, R> work, Duration timeout) {
        this.work = work;
        this.timeout = timeout;
    }

    @Override public Iterator<Done<R>> apply(Iterator<T> part) {
        var rows = new ArrayList<T>();
        part.foreach(row -> rows.add(row));
        var task = BarrierTaskContext.get();
        try (var group = ProcessGroup.join(meeting(task))) {
            var done = new Done<R>(group.rank(), work.run(group, rows));
            return CollectionConverters.asScala(List.of(done)).iterator();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("rank " + task.partitionId() + ": " + e.getMessage(), e);
        }
    }

    private Rendezvous meeting(BarrierTaskContext task) {
        String own = task.partitionId() == 0 ? freePlace() : "";
        String[] first = task.allGather(own)[0].split(" "); // in the order of partitions
        String attempt = task.stageId() + "." + task.stageAttemptNumber(); // one that failed may linger
        return new Rendezvous(first[0], Integer.parseInt(first[1]), task.partitionId(), task.getTaskInfos().length,
                attempt, timeout);
    }

    private static String freePlace() {
        try (var socket = new ServerSocket(0)) {
            return InetAddress.getLocalHost().getHostAddress() + " " + socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException("SparkRanks: no free port on this executor: " + e.getMessage(), e);
        }
    }
}
