package dev.kiln.cpu.reference;

import dev.kiln.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The product of two matrices, [M, K]·[K, N] -> [M, N], plus a bias [N] in every row. Works through
 * blocks of columns that stay in the cache, and adds rows to rows, which compiles to vector
 * instructions.
 */
final class MatrixProduct {

  private static final int BLOCK = 64;

  /**
   * A matrix inside a tensor.
   *
   * @param data the tensor
   * @param rows the rows
   * @param columns the columns
   * @param transposed whether it is stored column by column
   */
  record Matrix(Tensor data, int rows, int columns, boolean transposed) {

    private long rowStride() {
      return transposed ? 1 : columns;
    }

    private long columnStride() {
      return transposed ? rows : 1;
    }

    private long elements() {
      return (long) rows * columns;
    }
  }

  private final Matrix a;
  private final Matrix b;
  private final @Nullable Tensor bias;
  private final Tensor y;
  private final double[] row;
  private final double[] panel;
  private final double[] sums = new double[BLOCK];

  MatrixProduct(Matrix a, Matrix b, @Nullable Tensor bias, Tensor y) {
    this.a = a;
    this.b = b;
    this.bias = bias;
    this.y = y;
    this.row = new double[a.columns];
    this.panel = new double[a.columns * Math.min(BLOCK, b.columns)];
  }

  /** Computes one product of a batch; the matrices of a batch lie one after the other. */
  void run(long batch) {
    for (int first = 0; first < b.columns; first += BLOCK) {
      int width = Math.min(BLOCK, b.columns - first);
      loadPanel(batch * b.elements() + first * b.columnStride(), width);
      for (int m = 0; m < a.rows; m++) {
        loadRow(batch * a.elements() + m * a.rowStride());
        startSums(first, width);
        for (int k = 0; k < row.length; k++) {
          double factor = row[k];
          int line = k * width;
          for (int j = 0; j < width; j++) {
            sums[j] += factor * panel[line + j];
          }
        }
        Elements.store(sums, y, (batch * a.rows + m) * b.columns + first, width);
      }
    }
  }

  private void loadPanel(long start, int width) {
    for (int k = 0; k < row.length; k++) {
      for (int j = 0; j < width; j++) {
        panel[k * width + j] = b.data.get(start + k * b.rowStride() + j * b.columnStride());
      }
    }
  }

  private void loadRow(long start) {
    for (int k = 0; k < row.length; k++) {
      row[k] = a.data.get(start + k * a.columnStride());
    }
  }

  private void startSums(int first, int width) {
    if (bias == null) {
      Arrays.fill(sums, 0);
    } else {
      Elements.load(bias, first, sums, width);
    }
  }
}
