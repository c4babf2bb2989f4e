package dev.kiln.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Values on the host: a row-major tensor in native memory, ready to be copied to any backend. The
 * memory belongs to the arena it was made with; {@link #allocate(TensorType)} leaves it to the
 * garbage collector.
 */
public final class Tensor {

  /** Native memory begins at multiples of this many bytes: one cache line, one AVX-512 register. */
  public static final long ALIGNMENT = 64;

  private final TensorType type;
  private final MemorySegment data;

  /** Kept, since loops over elements ask for it and counting again would allocate an iterator. */
  private final long elements;

  private Tensor(TensorType type, MemorySegment data) {
    this.type = type;
    this.data = data;
    this.elements = type.elements();
  }

  /**
   * Returns a tensor over memory the caller owns.
   *
   * @throws IllegalArgumentException if the type is not row-major or the memory has another size
   */
  public static Tensor wrap(TensorType type, MemorySegment data) {
    if (!type.isRowMajor()) {
      throw new IllegalArgumentException("a host tensor is row-major, but the type is " + type);
    }
    if (data.byteSize() != type.bytes()) {
      throw new IllegalArgumentException(
          "a tensor of type %s takes %d bytes, but the memory has %d"
              .formatted(type, type.bytes(), data.byteSize()));
    }
    return new Tensor(type, data);
  }

  /** Returns a tensor of zeros in the arena's memory. */
  public static Tensor allocate(TensorType type, Arena arena) {
    return wrap(type, arena.allocate(type.bytes(), ALIGNMENT));
  }

  /** Returns a tensor of zeros whose memory is freed when nothing refers to it any more. */
  public static Tensor allocate(TensorType type) {
    return allocate(type, Arena.ofAuto());
  }

  /**
   * Returns an {@link DType#F32} tensor of these values, in row-major order.
   *
   * @throws IllegalArgumentException if the values do not fill the shape exactly
   */
  public static Tensor of(Shape shape, float... values) {
    checkCount(shape, values.length);
    Tensor tensor = allocate(TensorType.of(DType.F32, shape));
    MemorySegment.copy(values, 0, tensor.data, ValueLayout.JAVA_FLOAT, 0, values.length);
    return tensor;
  }

  /**
   * Returns an {@link DType#F32} tensor [rows, columns] of these rows.
   *
   * @throws IllegalArgumentException if there is no row, or they differ in length
   */
  public static Tensor of(float[][] rows) {
    int columns = rows.length == 0 ? 0 : rows[0].length;
    for (int row = 0; row < rows.length; row++) {
      if (rows[row].length != columns) {
        throw new IllegalArgumentException(
            "the rows of a tensor must be of one length, but row 0 has %d values and row %d has %d"
                .formatted(columns, row, rows[row].length));
      }
    }
    Tensor tensor = allocate(TensorType.of(DType.F32, rows.length, columns));
    for (int row = 0; row < rows.length; row++) {
      MemorySegment.copy(
          rows[row],
          0,
          tensor.data,
          ValueLayout.JAVA_FLOAT,
          (long) row * columns * Float.BYTES,
          columns);
    }
    return tensor;
  }

  /**
   * Returns an {@link DType#F64} tensor of these values, in row-major order.
   *
   * @throws IllegalArgumentException if the values do not fill the shape exactly
   */
  public static Tensor of(Shape shape, double... values) {
    checkCount(shape, values.length);
    Tensor tensor = allocate(TensorType.of(DType.F64, shape));
    MemorySegment.copy(values, 0, tensor.data, ValueLayout.JAVA_DOUBLE, 0, values.length);
    return tensor;
  }

  /**
   * Returns an {@link DType#I64} tensor of these values, in row-major order.
   *
   * @throws IllegalArgumentException if the values do not fill the shape exactly
   */
  public static Tensor of(Shape shape, long... values) {
    checkCount(shape, values.length);
    Tensor tensor = allocate(TensorType.of(DType.I64, shape));
    MemorySegment.copy(values, 0, tensor.data, ValueLayout.JAVA_LONG, 0, values.length);
    return tensor;
  }

  private static void checkCount(Shape shape, int count) {
    if (shape.elements() != count) {
      throw new IllegalArgumentException(
          "shape %s has %d elements, but %d values were given"
              .formatted(shape, shape.elements(), count));
    }
  }

  /** Returns the element type, the shape and the (row-major) layout. */
  public TensorType type() {
    return type;
  }

  /** Returns the shape. */
  public Shape shape() {
    return type.shape();
  }

  /** Returns the memory itself: changes to it are changes to this tensor. */
  public MemorySegment data() {
    return data;
  }

  /** Returns the number of elements. */
  public long elements() {
    return elements;
  }

  /**
   * Returns one element as a double.
   *
   * @param index the position in row-major order
   * @throws IllegalArgumentException if the elements are {@link DType#OPAQUE}
   */
  public double get(long index) {
    return switch (type.dtype()) {
      case F32 -> data.getAtIndex(ValueLayout.JAVA_FLOAT, index);
      case F64 -> data.getAtIndex(ValueLayout.JAVA_DOUBLE, index);
      case F16 -> Float.float16ToFloat(data.getAtIndex(ValueLayout.JAVA_SHORT, index));
      case BF16 -> Float.intBitsToFloat(data.getAtIndex(ValueLayout.JAVA_SHORT, index) << 16);
      case I32 -> data.getAtIndex(ValueLayout.JAVA_INT, index);
      case I64 -> data.getAtIndex(ValueLayout.JAVA_LONG, index);
      case U8 -> Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, index));
      case OPAQUE -> throw opaque();
    };
  }

  /**
   * Sets one element, rounded to the element type (to the nearest; whole numbers truncate).
   *
   * @param index the position in row-major order
   * @throws IllegalArgumentException if the elements are {@link DType#OPAQUE}
   */
  public void set(long index, double value) {
    switch (type.dtype()) {
      case F32 -> data.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) value);
      case F64 -> data.setAtIndex(ValueLayout.JAVA_DOUBLE, index, value);
      case F16 ->
          data.setAtIndex(ValueLayout.JAVA_SHORT, index, Float.floatToFloat16((float) value));
      case BF16 -> data.setAtIndex(ValueLayout.JAVA_SHORT, index, toBFloat16((float) value));
      case I32 -> data.setAtIndex(ValueLayout.JAVA_INT, index, (int) value);
      case I64 -> data.setAtIndex(ValueLayout.JAVA_LONG, index, (long) value);
      case U8 -> data.set(ValueLayout.JAVA_BYTE, index, (byte) (int) value);
      case OPAQUE -> throw opaque();
    }
  }

  /** Rounds to nearest, ties to even; a NaN stays a NaN. */
  private static short toBFloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  private static IllegalArgumentException opaque() {
    return new IllegalArgumentException("the elements of an OPAQUE tensor cannot be read or set");
  }

  /** Returns all elements as floats, in row-major order. */
  public float[] toFloatArray() {
    if (type.dtype() == DType.F32) {
      return data.toArray(ValueLayout.JAVA_FLOAT);
    }
    float[] values = new float[Math.toIntExact(elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) get(i);
    }
    return values;
  }

  /** Returns all elements as doubles, in row-major order. */
  public double[] toDoubleArray() {
    double[] values = new double[Math.toIntExact(elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = get(i);
    }
    return values;
  }

  /** Returns all elements as longs, in row-major order; floating-point numbers truncate. */
  public long[] toLongArray() {
    if (type.dtype() == DType.I64) {
      return data.toArray(ValueLayout.JAVA_LONG);
    }
    long[] values = new long[Math.toIntExact(elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (long) get(i);
    }
    return values;
  }

  /** Returns a copy with the elements converted to another type. */
  public Tensor to(DType dtype) {
    Tensor converted = allocate(type.withDType(dtype));
    if (dtype == type.dtype()) {
      converted.data.copyFrom(data);
      return converted;
    }
    for (long i = 0; i < elements(); i++) {
      converted.set(i, get(i));
    }
    return converted;
  }

  /**
   * Returns the same memory seen with another shape.
   *
   * @throws IllegalArgumentException if the shapes differ in their number of elements
   */
  public Tensor reshape(int... dims) {
    Shape shape = Shape.of(dims);
    if (shape.elements() != elements()) {
      throw new IllegalArgumentException(
          "cannot reshape %s to %s: %d elements against %d"
              .formatted(type.shape(), shape, elements(), shape.elements()));
    }
    return new Tensor(type.withShape(shape), data);
  }

  /** Returns the single element of a tensor that has only one. */
  public double item() {
    if (elements() != 1) {
      throw new IllegalArgumentException(
          "item() reads a tensor of one element, but this is " + type);
    }
    return get(0);
  }

  /** Returns the type, and the values when they are few. */
  @Override
  public String toString() {
    if (elements() > 16 || type.dtype() == DType.OPAQUE) {
      return "Tensor " + type;
    }
    return "Tensor " + type + " " + java.util.Arrays.toString(toDoubleArray());
  }
}
