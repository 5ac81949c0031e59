package dev.merapi.tensor;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Turns the engine's exceptions into ours: the method that was called, what it expected, the operands it received, what
 * to do. The engine's own words, and its C++ frames, stay in the cause.
 */
final class EngineErrors {
    private static final int OPERANDS = 6; // that a message names
    private static final Set<String> OPERATORS = Set.of("dev.merapi.tensor.Tensor", "dev.merapi.tensor.Torch",
            "dev.merapi.tensor.Param", "dev.merapi.tensor.State", "dev.merapi.nn.F");
    private static final List<String> INSIDE = List.of("dev.merapi.tensor.", "dev.merapi.internal.", "org.bytedeco.",
            "java.");

    private EngineErrors() {}

    /** @param operands tensors, or arrays of such; anything else is passed over */
    static RuntimeException translate(RuntimeException e, Object... operands) { return translate(e, "", operands); }

    /** Of an operator that was called by its name in the engine. */
    static RuntimeException ofCall(RuntimeException e, String name, Object[] operands) {
        return translate(e, " " + name, operands);
    }

    private static RuntimeException translate(RuntimeException e, String called, Object[] operands) {
        String message = e.getMessage();
        boolean ours = e.getClass() != RuntimeException.class || message == null || message.isBlank();
        if (ours) return e;
        var lines = message.lines().toList();
        String first = lines.size() > 1 && lines.getFirst().endsWith(":") ? lines.get(1) : lines.getFirst();
        if (first.contains("DefaultCPUAllocator") || first.contains("out of memory")) {
            var error = new OutOfMemoryError(first + " Use a smaller batch, or gradient accumulation.");
            error.initCause(e);
            throw error;
        }
        var said = EngineMessages.translate(first);
        String received = received(operands);
        String where = where(e);
        if (where.startsWith("Tensor.call")) where += called;
        if (!received.isEmpty()) received = ". Received " + received;
        return new IllegalArgumentException(where + ": " + said.expected() + received + said.advice(), e);
    }

    /** The outermost operator on the way to the engine: the one that a user, or a layer, called. */
    private static String where(RuntimeException e) {
        String where = "Tensor";
        for (StackTraceElement frame : e.getStackTrace()) {
            String type = frame.getClassName(), method = frame.getMethodName();
            if (!isInside(type)) break;
            if (OPERATORS.contains(type) && !method.startsWith("lambda$")) {
                where = type.substring(type.lastIndexOf('.') + 1) + "." + method;
            }
        }
        return where;
    }

    /** Whether a class works for the operators: of the engine's packages, or one that no user of {@code nn} sees. */
    private static boolean isInside(String type) {
        if (INSIDE.stream().anyMatch(type::startsWith) || OPERATORS.contains(type)) return true;
        if (!type.startsWith("dev.merapi.nn.")) return false;
        try {
            Class<?> outer = Class.forName(type, false, EngineErrors.class.getClassLoader()).getNestHost();
            return OPERATORS.contains(outer.getName()) || !Modifier.isPublic(outer.getModifiers());
        } catch (ClassNotFoundException made) { // at run time, as for a lambda
            return false;
        }
    }

    private static String received(Object[] operands) {
        var all = tensors(operands).map(EngineErrors::describe).toList();
        if (all.size() > OPERANDS) {
            return String.join(", ", all.subList(0, OPERANDS)) + " and " + (all.size() - OPERANDS) + " more";
        }
        if (all.size() < 2) return String.join("", all);
        return String.join(", ", all.subList(0, all.size() - 1)) + " and " + all.getLast();
    }

    /** Those among some operands, and in arrays of such. */
    static Stream<Tensor> tensors(Object[] operands) {
        return Arrays.stream(operands).flatMap(operand -> switch (operand) {
            case Tensor t -> Stream.of(t);
            case Object[] nested -> tensors(nested);
            case null, default -> Stream.empty();
        });
    }

    private static String describe(Tensor t) {
        if (t.isClosed()) return "a closed tensor";
        String device = t.device().equals(Device.CPU) ? "" : " " + t.device();
        return t.dtype() + " " + Shapes.toString(t.shape()) + device;
    }
}
