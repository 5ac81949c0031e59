package dev.merapi.compress.export;

import dev.merapi.nn.Hooks;
import dev.merapi.nn.Signature;
import dev.merapi.tensor.DType;
import dev.merapi.tensor.Expect;
import dev.merapi.tensor.Param;
import dev.merapi.tensor.Recording;
import dev.merapi.tensor.Scope;
import dev.merapi.tensor.State;
import dev.merapi.tensor.Tensor;
import dev.merapi.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a model computes: its operators in their order, as they ran on samples of several sizes. A number that was the
 * same in all runs is a constant; one that grew with an axis of the input is computed from that axis.
 */
final class Trace implements AutoCloseable {
    private static final long[] PRIMES = {2, 3, 5, 7, 11, 13}; // a product of sizes tells which they were
    /** What changes a part of a tensor through a view of it cannot be told as a new value. */
    private static final Set<String> PARTS = Set.of("select", "narrow", "slice", "index", "unbind", "chunk", "split");
    private static final Set<String> RANDOM = Set.of("rand_like", "randn_like", "bernoulli_", "uniform_", "normal_",
            "dropout", "multinomial");

    final List<Value> inputs = new ArrayList<>();
    final List<Value> outputs = new ArrayList<>();
    final List<Node> nodes = new ArrayList<>();
    private final List<Map<String, Long>> sizes = new ArrayList<>(); // of each run
    private final Map<Tensor, String> names = new IdentityHashMap<>(); // of parameters
    private final Set<Tensor> held = Collections.newSetFromMap(new IdentityHashMap<>());

    /** One run: all operators, and a tensor's number by the tensor. */
    private static final class Run {
        final List<Called> calls = new ArrayList<>();
        final Map<Tensor, Integer> numbers = new IdentityHashMap<>();
        final List<long[]> shapes = new ArrayList<>();
        final List<DType> types = new ArrayList<>();
        final List<Tensor> tensors = new ArrayList<>();
        final List<Integer> outputs = new ArrayList<>();

        int number(Tensor tensor) {
            Integer known = numbers.get(tensor);
            return known != null ? known : add(tensor);
        }

        /** A new value, which the tensor holds from now on. */
        int add(Tensor tensor) {
            numbers.put(tensor, shapes.size());
            shapes.add(tensor.shape());
            types.add(tensor.dtype());
            tensors.add(tensor instanceof Param || tensor instanceof State ? tensor : tensor.detach().owned());
            return shapes.size() - 1;
        }
    }

    /** @param arguments as they were, tensors by their numbers in a {@code Ref} */
    private static final class Called {
        final String name;
        final List<Object> arguments;
        final List<Integer> results; // -1: none
        String layer;

        Called(String name, List<Object> arguments, List<Integer> results) {
            this.name = name;
            this.arguments = arguments;
            this.results = results;
        }
    }

    private record Ref(int number) {}

    private Trace() {}

    static Trace of(Signature model) {
        var trace = new Trace();
        model.model().tensors().forEach((name, tensor) -> trace.names.putIfAbsent(tensor, name));
        try (var _ = model.model().evaluating(); var _ = Torch.noGrad()) {
            trace.run(model);
        } catch (RuntimeException e) {
            trace.close();
            throw e;
        }
        return trace;
    }

    private void run(Signature model) {
        var axes = new LinkedHashMap<String, Long>();
        model.inputs().forEach(input -> input.axes().forEach(axis -> {
            if (axis instanceof String name) axes.putIfAbsent(name, PRIMES[1 + axes.size() % (PRIMES.length - 1)]);
        }));
        sizes.add(axes);
        axes.forEach((name, size) -> {
            var other = new LinkedHashMap<>(axes);
            other.put(name, size + 2);
            sizes.add(other);
        });
        var runs = sizes.stream().map(s -> run(model, s)).toList();
        try {
            join(model, runs);
        } finally {
            runs.forEach(run -> run.tensors.forEach(this::drop));
        }
    }

    private void drop(Tensor tensor) {
        if (!(tensor instanceof Param) && !(tensor instanceof State) && !held.contains(tensor)) tensor.close();
    }

    private Run run(Signature model, Map<String, Long> sizes) {
        var run = new Run();
        try (var _ = Scope.open()) {
            var samples = model.inputs().stream().map(input -> input.sample().apply(input.axes().stream()
                    .mapToLong(axis -> axis instanceof String name ? sizes.get(name) : ((Number) axis).longValue())
                    .toArray()).to(model.model().device())).toList();
            samples.forEach(run::number);
            List<Tensor> results;
            try (var _ = Recording.listen(operation -> run.calls.add(called(operation, run)));
                    var _ = Hooks.listen(model.model(), call -> label(run.calls, call.path()))) {
                results = model.forward().apply(samples);
            }
            label(run.calls, "");
            Expect.that(results.size() == model.outputs().size(), "Signature.outputs", "a name for each of "
                    + results.size() + " results", model.outputs());
            results.forEach(result -> run.outputs.add(run.number(result)));
        }
        return run;
    }

    /** The first layer that ends after an operator is the innermost one around it. */
    private static void label(List<Called> calls, String path) {
        for (int i = calls.size() - 1; i >= 0 && calls.get(i).layer == null; i--) calls.get(i).layer = path;
    }

    private static Called called(Recording.Operation operation, Run run) {
        var arguments = operation.arguments().stream().map(argument -> plain(argument, run)).toList();
        boolean inPlace = operation.name().endsWith("_");
        var results = operation.results().stream().map(result -> result == null ? -1
                : inPlace ? run.add(result) : run.number(result)).toList();
        return new Called(operation.name(), arguments, results);
    }

    private static Object plain(Object argument, Run run) {
        return switch (argument) {
            case Tensor tensor -> new Ref(run.number(tensor));
            case Tensor[] tensors -> Arrays.stream(tensors).map(t -> t == null ? null : new Ref(run.number(t)))
                    .toArray(Object[]::new);
            case long[] numbers -> numbers.clone();
            case null -> Absent.ARGUMENT;
            default -> argument;
        };
    }

    private enum Absent { ARGUMENT }

    private void join(Signature model, List<Run> runs) {
        var first = runs.getFirst();
        for (var run : runs) {
            boolean same = run.calls.stream().map(c -> c.name).toList()
                    .equals(first.calls.stream().map(c -> c.name).toList());
            Expect.that(same, "Onnx", "a model that runs the same operators for inputs of all sizes",
                    "one that runs others for other sizes; fix the axes");
        }
        var values = new Value[first.shapes.size()];
        for (int i = 0; i < model.inputs().size(); i++) {
            values[i] = value(runs, i);
            values[i].name = model.inputs().get(i).name();
            inputs.add(values[i]);
        }
        for (int i = 0; i < first.calls.size(); i++) add(i, runs, values);
        first.outputs.forEach(output -> outputs.add(known(runs, output, values)));
    }

    private Value value(List<Run> runs, int number) {
        var shapes = runs.stream().map(run -> run.shapes.get(number)).toList();
        var shape = IntStream.range(0, shapes.getFirst().length).mapToObj(dim -> Size.find(
                shapes.stream().map(s -> s[dim]).toList(), sizes).orElse(Size.UNKNOWN)).toList();
        return new Value(runs.getFirst().types.get(number), shape);
    }

    /** A value, which if nobody has made it was there before: a parameter, or a constant. */
    private Value known(List<Run> runs, int number, Value[] values) {
        if (values[number] == null) {
            values[number] = value(runs, number);
            hold(values[number], runs.getFirst().tensors.get(number));
        }
        return values[number];
    }

    private void hold(Value value, Tensor tensor) {
        value.values = tensor;
        value.name = names.get(tensor);
        held.add(tensor);
    }

    private void add(int i, List<Run> runs, Value[] values) {
        var call = runs.getFirst().calls.get(i);
        var arguments = IntStream.range(0, call.arguments.size()).mapToObj(a -> argument(call,
                runs.stream().map(run -> run.calls.get(i).arguments.get(a)).toList(), runs, values))
                .collect(Collectors.toCollection(ArrayList::new)); // with nulls
        var results = new ArrayList<Value>();
        String name = call.name.endsWith("_") ? call.name.substring(0, call.name.length() - 1) : call.name;
        var node = new Node(name, Collections.unmodifiableList(arguments), results, call.layer);
        boolean constant = !RANDOM.contains(call.name) && Value.areFixed(arguments)
                && Value.among(arguments).allMatch(Value::isConstant);
        if (call.name.endsWith("_") && arguments.getFirst() instanceof Value target && target.producer != null
                && PARTS.contains(target.producer.name()) && !constant) {
            throw Expect.error("Onnx", "operators that give new tensors", node.where()
                    + " with an underscore, which changes a part of one in place");
        }
        for (int number : call.results) {
            Value value = number < 0 ? null : value(runs, number);
            results.add(value);
            if (value == null) continue;
            value.producer = node;
            if (constant) hold(value, runs.getFirst().tensors.get(number));
            values[number] = value;
        }
        nodes.add(node);
    }

    private Object argument(Called call, List<Object> seen, List<Run> runs, Value[] values) {
        String where = "Onnx: " + call.name + (call.layer.isEmpty() ? "" : " in " + call.layer);
        return switch (seen.getFirst()) {
            case Ref ref -> known(runs, ref.number, values);
            case Object[] several -> IntStream.range(0, several.length).mapToObj(i -> several[i] instanceof Ref ref
                    ? known(runs, ref.number, values) : several[i]).toArray();
            case long[] numbers -> IntStream.range(0, numbers.length).mapToObj(i -> Size.solve(where,
                    seen.stream().map(s -> ((long[]) s)[i]).toList(), sizes)).toArray(Size[]::new);
            case Long _, Integer _ -> Size.solve(where, seen.stream().map(s -> ((Number) s).longValue()).toList(),
                    sizes);
            case Absent _ -> null;
            default -> seen.getFirst();
        };
    }

    /** Keeps a tensor as long as this. */
    void keep(Tensor tensor) { held.add(tensor); }

    /** The sizes of the axes in the first run. */
    Map<String, Long> sample() { return sizes.getFirst(); }

    @Override public void close() {
        held.forEach(tensor -> {
            if (!(tensor instanceof Param) && !(tensor instanceof State)) tensor.close();
        });
    }
}
