package dev.merapi.tensor;

import org.bytedeco.pytorch.global.torch.ScalarType;

/** The type of a tensor's elements. */
public enum DType {
    FLOAT32("float32", "F32", 4, ScalarType.Float),
    FLOAT64("float64", "F64", 8, ScalarType.Double),
    FLOAT16("float16", "F16", 2, ScalarType.Half),
    BFLOAT16("bfloat16", "BF16", 2, ScalarType.BFloat16),
    INT8("int8", "I8", 1, ScalarType.Char),
    UINT8("uint8", "U8", 1, ScalarType.Byte),
    INT16("int16", "I16", 2, ScalarType.Short),
    INT32("int32", "I32", 4, ScalarType.Int),
    INT64("int64", "I64", 8, ScalarType.Long),
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

    public boolean isFloating() { return this == FLOAT32 || this == FLOAT64 || this == FLOAT16 || this == BFLOAT16; }

    public boolean isComplex() { return this == COMPLEX64 || this == COMPLEX128; }

    /** True for the integer types; not for {@link #BOOL}. */
    public boolean isInteger() { return !isFloating() && !isComplex() && this != BOOL; }

    static DType of(ScalarType type) {
        DType found = BY_CODE[type.value];
        if (found == null) throw new IllegalArgumentException("Merapi has no DType for the engine's " + type);
        return found;
    }
}
