package dev.merapi.bench.tf;

import dev.merapi.bench.Batches;
import dev.merapi.bench.Runner;
import dev.merapi.bench.Step;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.framework.optimizers.Adam;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The CNN of the Keras CIFAR example. Shapes: x (B, 32, 32, 3) to logits (B, 10). */
final class CifarCnn {
    private static final int CLASSES = 10;
    private static final List<Long> STRIDE = List.of(1L, 1L, 1L, 1L);

    private final Ops tf;
    private final List<Op> initializers = new ArrayList<>();

    private CifarCnn(Ops tf) { this.tf = tf; }

    static Step training(int batch) {
        var graph = new Graph();
        var tf = Ops.create(graph);
        var x = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(batch, 32, 32, 3)));
        var y = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(batch)));
        var net = new CifarCnn(tf);
        Operand<TFloat32> loss = net.crossEntropy(net.logits(x, batch), y);
        Op train = new Adam(graph, 1e-3f).minimize(loss);

        var session = new Session(graph, ConfigProto.newBuilder()
                .setIntraOpParallelismThreads(Runner.threads())
                .setInterOpParallelismThreads(Runner.threads()).build());
        var initialize = session.runner();
        net.initializers.forEach(initialize::addTarget);
        initialize.run().close();
        session.initialize();

        var batches = batches(batch);
        return () -> {
            batches.next();
            try (var fetched = session.runner().feed(x, batches.inputs()).feed(y, batches.labels())
                    .addTarget(train).fetch(loss).run()) {
                return ((TFloat32) fetched.get(0)).getFloat();
            }
        };
    }

    private static Batches<TFloat32, TInt32> batches(int batch) {
        return new Batches<>(
                seed -> TFloat32.tensorOf(Shape.of(batch, 32, 32, 3),
                        DataBuffers.of(Batches.normal(seed, batch * 32 * 32 * 3))),
                seed -> TInt32.tensorOf(StdArrays.ndCopyOf(Batches.integers(seed, batch, CLASSES))));
    }

    private Operand<TFloat32> logits(Operand<TFloat32> x, int batch) {
        Operand<TFloat32> h = pool(conv(x, 3, 32));                               // (B, 15, 15, 32)
        h = pool(conv(h, 32, 64));                                                // (B, 6, 6, 64)
        h = tf.reshape(h, tf.constant(new int[] {batch, 6 * 6 * 64}));
        h = tf.nn.relu(dense(h, 6 * 6 * 64, 64));
        return dense(h, 64, CLASSES);
    }

    private Operand<TFloat32> conv(Operand<TFloat32> x, int in, int out) {
        var h = tf.nn.conv2d(x, weight(9 * in, 3, 3, in, out), STRIDE, "VALID");
        return tf.nn.relu(tf.nn.biasAdd(h, weight(Double.POSITIVE_INFINITY, out)));
    }

    private Operand<TFloat32> pool(Operand<TFloat32> x) {
        Operand<TInt32> two = tf.constant(new int[] {1, 2, 2, 1});
        return tf.nn.maxPool(x, two, two, "VALID");
    }

    private Operand<TFloat32> dense(Operand<TFloat32> x, int in, int out) {
        return tf.nn.biasAdd(tf.linalg.matMul(x, weight(in, in, out)), weight(Double.POSITIVE_INFINITY, out));
    }

    /** Normal with He's deviation √(2 / fan-in): 0 for a bias, where that is infinite. */
    private Variable<TFloat32> weight(double fanIn, long... shape) {
        var variable = tf.variable(Shape.of(shape), TFloat32.class);
        var normal = tf.random.truncatedNormal(tf.constant(shape), TFloat32.class);
        initializers.add(tf.assign(variable, tf.math.mul(normal, tf.constant((float) Math.sqrt(2 / fanIn)))));
        return variable;
    }

    private Operand<TFloat32> crossEntropy(Operand<TFloat32> logits, Operand<TInt32> labels) {
        // one-hot: the kernel that takes integer labels has no gradient in TensorFlow's C++ library
        var targets = tf.oneHot(labels, tf.constant(CLASSES), tf.constant(1f), tf.constant(0f));
        return tf.math.mean(tf.nn.softmaxCrossEntropyWithLogits(logits, targets).loss(), tf.constant(0));
    }
}
