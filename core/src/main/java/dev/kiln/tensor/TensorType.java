package dev.kiln.tensor;

/**
 * What is known of a tensor before it has values: the type of its elements, its shape and how it
 * lies in memory.
 *
 * @param dtype the element type
 * @param shape the dimensions
 * @param layout the placement in memory, {@link Layout#ROW_MAJOR} outside a backend's lowering
 */
public record TensorType(DType dtype, Shape shape, Layout layout) {

  /** Returns the row-major type with these elements and dimensions. */
  public static TensorType of(DType dtype, int... dims) {
    return new TensorType(dtype, Shape.of(dims), Layout.ROW_MAJOR);
  }

  /** Returns the row-major type with these elements and this shape. */
  public static TensorType of(DType dtype, Shape shape) {
    return new TensorType(dtype, shape, Layout.ROW_MAJOR);
  }

  /** Returns this type with another shape, row-major. */
  public TensorType withShape(Shape other) {
    return of(dtype, other);
  }

  /** Returns the type of a batch of so many tensors of this type, {@code [count, ...]}. */
  public TensorType stacked(int count) {
    return withShape(shape.stacked(count));
  }

  /** Returns this type with another element type, row-major. */
  public TensorType withDType(DType other) {
    return of(other, shape);
  }

  /** Returns this type placed differently in memory. */
  public TensorType withLayout(Layout other) {
    return new TensorType(dtype, shape, other);
  }

  /** Returns whether the elements lie in row-major order. */
  public boolean isRowMajor() {
    return layout.equals(Layout.ROW_MAJOR);
  }

  /** Returns whether element type and shape agree, wherever the elements lie. */
  public boolean sameElements(TensorType other) {
    return dtype == other.dtype && shape.equals(other.shape);
  }

  /** Returns the number of elements. */
  public long elements() {
    return shape.elements();
  }

  /** Returns the bytes this tensor occupies in its layout. */
  public long bytes() {
    return layout.bytes(dtype, shape);
  }

  /** Returns the type as {@code F32[64, 1, 28, 28]}, with the layout when it is private. */
  @Override
  public String toString() {
    return dtype + shape.toString() + (isRowMajor() ? "" : "@" + layout);
  }
}
