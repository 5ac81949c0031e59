package dev.merapi.tensor;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** libtorch's commonest messages in Merapi's words; the rest with C++'s and Python's names replaced by ours. */
final class EngineMessages {
    /** @param advice what to do, after a semicolon; or a full stop alone */
    record Said(String expected, String advice) {}

    private record Rule(Pattern pattern, String expected, String advice) {
        Rule(String pattern, String expected, String advice) { this(Pattern.compile(pattern), expected, advice); }
    }

    private static final String CONVERT = "convert with to(DType)";

    private static final List<Rule> RULES = List.of(
            // shapes
            new Rule("The size of tensor a \\((\\d+)\\) must match the size of tensor b \\((\\d+)\\) at non-singleton"
                    + " dimension (\\d+)", "expected shapes that broadcast: at dimension $3 equal sizes or a 1, not $1"
                    + " and $2", "reshape or unsqueeze one of them"),
            new Rule("output with shape (\\[.*?]) doesn't match the broadcast shape (\\[.*?])",
                    "expected a result of this tensor's shape $1, since it is written in place, not $2",
                    "use the operator without _"),
            new Rule("mat1 and mat2 shapes cannot be multiplied \\((\\d+)x(\\d+) and (\\d+)x(\\d+)\\)",
                    "expected matrices (n, k) and (k, m), not ($1, $2) and ($3, $4)", "mT() swaps the last two"
                    + " dimensions"),
            new Rule("size mismatch, got input \\(\\d+\\), mat \\((\\d+)x(\\d+)\\), vec \\((\\d+)\\)",
                    "expected a matrix (n, k) and a vector (k), not ($1, $2) and ($3)", "mT() swaps the last two"
                    + " dimensions"),
            new Rule("Expected size for first two dimensions of batch2 tensor to be: \\[(\\d+), (\\d+)] but got:"
                    + " \\[\\d+, (\\d+)]", "expected batches of matrices (b, n, k) and (b, k, m) with k = $2, not $3",
                    "mT() swaps the last two dimensions"),
            new Rule("inconsistent tensor size, expected tensor \\[(\\d+)] and src \\[(\\d+)]",
                    "expected vectors of one length, not $1 and $2", ""),
            new Rule("shape '(\\[.*?])' is invalid for input of size (\\d+)",
                    "expected a shape of $2 elements, not $1", "one size may be -1"),
            new Rule("Sizes of tensors must match except in dimension (-?\\d+)\\. Expected size (\\d+)"
                    + "(?: in dimension \\d+)? but got size (\\d+) for tensor number (\\d+)",
                    "expected equal sizes in every dimension but $1: $2 as in the first, not $3 as in number $4"
                    + " (counted from 0)", ""),
            new Rule("Tensors must have same number of dimensions: got (\\d+) and (\\d+)",
                    "expected tensors of one rank, not $1 and $2", "unsqueeze adds a dimension"),
            new Rule("stack expects each tensor to be equal size, but got (\\[.*?]) at entry 0 and (\\[.*?]) at entry"
                    + " (\\d+)", "expected tensors of one shape: $1 as the first, not $2 as number $3 (counted from 0)",
                    "Tensor.cat joins along a dimension that they have"),
            new Rule("expected a non-empty (?:list of Tensors|TensorList)|stack expects a non-empty",
                    "expected at least one tensor", ""),
            new Rule("Dimension out of range \\(expected to be in range of \\[(-?\\d+), (-?\\d+)], but got (-?\\d+)\\)",
                    "expected a dimension from $1 to $2, not $3", ""),
            new Rule("Dimension specified as (-?\\d+) but tensor has no dimensions",
                    "expected a tensor that has a dimension $1", "unsqueeze(0) gives a 0-d tensor one"),
            new Rule("expand\\(.*?, size=(.*)\\): the number of sizes",
                    "expected a size for every dimension, and perhaps new ones before them, not $1", ""),
            new Rule("The expanded size of the tensor \\((-?\\d+)\\) must match the existing size \\((\\d+)\\) at"
                    + " non-singleton dimension (\\d+)", "expected size $2 or -1 at dimension $3, not $1: only a"
                    + " dimension of size 1 expands", "repeat copies the others"),
            new Rule("Trying to create tensor with negative dimension (-?\\d+)",
                    "expected sizes of at least 0, not $1", ""),
            new Rule("view size is not compatible", "expected a layout in memory that allows this shape without a copy",
                    "use reshape"),
            new Rule("A must be batches of square matrices, but they are (\\d+) by (\\d+)",
                    "expected square matrices, not ($1, $2)", ""),
            new Rule("The input tensor .* must have at least 2 dimensions", "expected a matrix, or a batch of such",
                    ""),
            new Rule("input is not positive-definite", "expected a positive-definite matrix", ""),
            new Rule("singular", "expected a matrix that has an inverse; this one is singular", ""),
            // kernels and windows
            new Rule("Calculated padded input size per channel: (\\(.*?\\))\\. Kernel size: (\\(.*?\\))\\.",
                    "expected x of at least the kernel's size $2, not $1 with its padding",
                    "pad it, or use a smaller kernel"),
            new Rule("Output size is too small|is too small\\. Calculated output", "expected x of at least the"
                    + " kernel's size", "pad it, or use a smaller kernel"),
            new Rule("Given groups=(\\d+), weight of size (\\[.*?]), expected input(?:\\[.*?])? to have (\\d+)"
                    + " channels, but got (\\d+)", "expected x with $3 channels for a weight of shape $2 and $1 groups,"
                    + " not $4", ""),
            // indices
            new Rule("index (-?\\d+) is out of bounds for dimension (\\d+) with size (\\d+)",
                    "expected indices below $3, the size of dimension $2, not $1", ""),
            new Rule("index out of range in self", "expected indices below the size of that dimension", ""),
            new Rule("Class values must be smaller", "expected class ids below the number of classes", ""),
            new Rule("cannot be applied to a 0-dim tensor", "expected a tensor that has dimensions",
                    "unsqueeze(0) gives a 0-d tensor one"),
            // types and devices
            new Rule("\"\\w+\" not implemented for '(\\w+)'", "this operator is not made for $1", CONVERT),
            new Rule("result type (.+) can't be cast to the desired output type (.+)",
                    "expected a result of this tensor's type $2, since it is written in place, not $1",
                    "use the operator without _, or convert with to(DType)"),
            new Rule("Found dtype (\\w+) but expected (\\w+)|expected scalar type (\\w+) but found (\\w+)|"
                    + "[sS]hould be the same|same (?:dtype|datatype|scalar type)|expect parameter to have scalar type|"
                    + "^\\w+ did not match \\w+$|Type promoting not supported|expected dtype .* but got dtype",
                    "expected tensors of one type", CONVERT),
            new Rule("(?i)expected (?:all tensors to be on the same device|.* on the same device)",
                    "expected tensors on one device", "move them with to(Device)"),
            new Rule("attempted to run this operator with Meta tensors|convolution_overrideable not implemented",
                    "the engine has no rule for the shape of this operator's result on meta", "run it on another"
                    + " device"),
            new Rule("(?i)cannot copy out of meta tensor|cannot be called on meta tensors",
                    "expected a tensor with values, not one on meta", "load its model's weights, or make it on another"
                    + " device"),
            new Rule("Expected tensor for argument #\\d+ 'indices' to have one of",
                    "expected indices of int64 or int32", CONVERT),
            new Rule("Only Tensors of floating point and complex dtype can require gradients",
                    "expected a floating-point or complex tensor, for gradients", CONVERT),
            new Rule("floating[- ]point (?:or|and) complex|only supports floating-point|could not infer output dtype",
                    "expected a floating-point tensor", CONVERT),
            new Rule("Expected dtype int32", "expected an index of int64 or int32", CONVERT),
            new Rule("Expected a long tensor for index", "expected an index of int64", CONVERT),
            new Rule("one_hot is only applicable", "expected class ids of int64", CONVERT),
            new Rule("boolean masks|BoolTensor for mask|condition to be a boolean", "expected a mask of bool",
                    "compare, such as x.gt(0), or convert with to(DType.BOOL)"),
            new Rule("^Subtraction, .* bool tensor is not supported", "expected numbers, not booleans to subtract",
                    "xor and not are the operators for those"),
            // gradients
            new Rule("Trying to backward through the graph a second time", "an earlier backward has freed the graph",
                    "keep it there by backward(gradient, true), or compute the forward pass again"),
            new Rule("element \\d+ of (?:the input )?tensors does not require grad",
                    "expected a tensor that records gradients", "call requiresGrad_(true) on a leaf it depends on,"
                    + " and compute outside of Torch.noGrad()"),
            new Rule("grad can be implicitly created only for scalar outputs", "expected a 0-d tensor, such as a loss",
                    "reduce it with sum() or mean(), or give backward its gradient"),
            new Rule("leaf Variable that requires grad is being used in an in-place operation",
                    "a leaf that records gradients is not changed in place",
                    "use the operator without _, or work inside Torch.noGrad()"),
            new Rule("modified by an inplace operation", "a tensor that backward needs was changed in place since",
                    "use the operator without _, or change a copy()"),
            new Rule("Inference tensors? |inference tensor", "expected a tensor made outside of Torch.inference()",
                    "make it inside Torch.noGrad(), or use its copy()"),
            new Rule("Could not find schema for aten::([\\w.]*\\w)",
                    "the engine has no operator $1 (name, then overload)", ""));

    /** What stands before the message: the engine's name of the operator. */
    private static final Pattern PREFIX = Pattern.compile("^(?:torch\\.)?[a-z][\\w.]*(?:\\(.*?\\))? ?: |^\\w+\\(\\) ");
    private static final Pattern TYPE = Pattern.compile("\\b(?:CPU|CUDA|torch\\.)?(?:(Float|Double|Long|Int|Short|Char|"
            + "Byte|Bool|Half|BFloat16|ComplexFloat|ComplexDouble)(?:Type|Tensor)?|(long int|double|float))\\b\\{?");
    private static final Pattern SHAPE = Pattern.compile("(?<!range of |in |range )\\[([-\\d, ]*)]}?");

    private EngineMessages() {}

    static Said translate(String message) {
        for (var rule : RULES) {
            var found = rule.pattern().matcher(message);
            if (!found.find()) continue;
            return new Said(inOurWords(expand(rule.expected(), found)),
                    rule.advice().isEmpty() ? "." : "; " + rule.advice() + ".");
        }
        String bare = PREFIX.matcher(message).replaceFirst("");
        return new Said(inOurWords(bare.replaceAll("\\.\\s*$", "")), ".");
    }

    private static String expand(String text, Matcher found) {
        for (int i = 1; i <= found.groupCount(); i++) text = text.replace("$" + i, String.valueOf(found.group(i)));
        return text;
    }

    private static String inOurWords(String text) {
        String typed = TYPE.matcher(text).replaceAll(m -> type(m.group(1) == null ? m.group(2) : m.group(1)));
        return SHAPE.matcher(typed).replaceAll("($1)");
    }

    private static String type(String name) {
        return switch (name) {
            case "Float", "float" -> "float32";
            case "Double", "double" -> "float64";
            case "Half" -> "float16";
            case "BFloat16" -> "bfloat16";
            case "Long", "long int" -> "int64";
            case "Int" -> "int32";
            case "Short" -> "int16";
            case "Char" -> "int8";
            case "Byte" -> "uint8";
            case "Bool" -> "bool";
            case "ComplexFloat" -> "complex64";
            default -> "complex128";
        };
    }
}
