package dev.kiln.tensor;

/**
 * How the elements of a tensor lie in memory. Everything outside a backend is {@link #ROW_MAJOR}; a
 * backend's lowering may choose private layouts (blocked channels, padded rows) that only its own
 * operations read and write. Layouts are equal when they place every element alike.
 */
public interface Layout {

  /** The last dimension is contiguous and nothing lies between the elements. */
  Layout ROW_MAJOR =
      new Layout() {
        @Override
        public long bytes(DType dtype, Shape shape) {
          return dtype.bytes() * shape.elements();
        }

        @Override
        public String toString() {
          return "row-major";
        }
      };

  /** Returns the bytes a tensor of this type occupies in this layout, padding included. */
  long bytes(DType dtype, Shape shape);
}
