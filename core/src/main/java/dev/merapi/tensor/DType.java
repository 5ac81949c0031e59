package dev.merapi.tensor;

import org.bytedeco.pytorch.global.torch.ScalarType;

/** The type of a tensor's elements. */
public enum DType {
    FLOAT32("float32", "F32", 4, ScalarType.Float),
    FLOAT64("float64", "F64", 8, ScalarType.Double),
    FLOAT16("float16", "F16", 2, ScalarType.Half),
    BFLOAT16("bfloat16", "BF16", 2, ScalarType.BFloat16),
    /** Four bits of exponent, up to 448, without infinity. For storage: convert before computing. */
    FLOAT8_E4M3("float8_e4m3fn", "F8_E4M3", 1, ScalarType.Float8_e4m3fn),
    /** Five bits of exponent, up to 57,344. For storage: convert before computing. */
    FLOAT8_E5M2("float8_e5m2", "F8_E5M2", 1, ScalarType.Float8_e5m2),
    INT8("int8", "I8", 1, ScalarType.Char),
    UINT8("uint8", "U8", 1, ScalarType.Byte),
    INT16("int16", "I16", 2, ScalarType.Short),
    INT32("int32", "I32", 4, ScalarType.Int),
    INT64("int64", "I64", 8, ScalarType.Long),
    /** For storage, as the wider ones: the engine computes little in them. */
    UINT16("uint16", "U16", 2, ScalarType.UInt16),
    UINT32("uint32", "U32", 4, ScalarType.UInt32),
    UINT64("uint64", "U64", 8, ScalarType.UInt64),
    BOOL("bool", "BOOL", 1, ScalarType.Bool),
    COMPLEX64("complex64", "C64", 8, ScalarType.ComplexFloat),
    COMPLEX128("complex128", "C128", 16, ScalarType.ComplexDouble);

    private static final DType[] BY_CODE = new DType[64];

    static {
        for (DType type : values()) BY_CODE[type.scalarType.value] = type;
    }

    final ScalarType scalarType;
    private final String torchName;
    private final String fileName;
    private final int bytes;

    DType(String torchName, String fileName, int bytes, ScalarType scalarType) {
        this.torchName = torchName;
        this.fileName = fileName;
        this.bytes = bytes;
        this.scalarType = scalarType;
    }

    /** PyTorch's name without the prefix, such as {@code float32}. */
    @Override public String toString() { return torchName; }

    /** The name used in safetensors files, such as {@code F32}. */
    public String fileName() { return fileName; }

    /** Size of one element in bytes. */
    public int bytes() { return bytes; }

    /** Whether its elements are real numbers with fractions. */
    public boolean isFloating() {
        return switch (this) {
            case FLOAT32, FLOAT64, FLOAT16, BFLOAT16, FLOAT8_E4M3, FLOAT8_E5M2 -> true;
            default -> false;
        };
    }

    /** Whether it holds pairs of a real and an imaginary part. */
    public boolean isComplex() { return this == COMPLEX64 || this == COMPLEX128; }

    /** True for the integer types; not for {@link #BOOL}. */
    public boolean isInteger() { return !isFloating() && !isComplex() && this != BOOL; }

    static DType of(ScalarType type) {
        DType found = BY_CODE[type.value];
        if (found == null) throw new IllegalArgumentException("Merapi has no DType for the engine's " + type);
        return found;
    }
}
