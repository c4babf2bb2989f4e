package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.Pool2d;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/** {@link Pool2d} in plain Java. */
record ReferencePool2d(Pool2d pool, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor x = inputs.get(0);
    Tensor y = outputs.get(0);
    Windows windows = Windows.of(pool, x.shape(), y.shape());
    return switch (pool.kind()) {
      case MAX -> () -> maximum(windows, x, y, outputs.get(1));
      case AVERAGE_INCLUDING_PADDING, AVERAGE_EXCLUDING_PADDING -> () -> average(windows, x, y);
    };
  }

  private static void maximum(Windows windows, Tensor x, Tensor y, Tensor indices) {
    long elements = y.elements();
    for (long i = 0; i < elements; i++) {
      int row = windows.row(i);
      int column = windows.column(i);
      long image = windows.imageStart(i);
      double largest = Double.NEGATIVE_INFINITY;
      int index = windows.firstRow(row) * windows.columns.in() + windows.firstColumn(column);
      for (int h = windows.firstRow(row); h < windows.endRow(row); h++) {
        for (int w = windows.firstColumn(column); w < windows.endColumn(column); w++) {
          int candidate = h * windows.columns.in() + w;
          double value = x.get(image + candidate);
          if (value > largest || Double.isNaN(value)) { // once not a number, always not a number
            largest = value;
            index = candidate;
          }
        }
      }
      y.set(i, largest);
      indices.data().setAtIndex(ValueLayout.JAVA_INT, i, index);
    }
  }

  private void average(Windows windows, Tensor x, Tensor y) {
    long elements = y.elements();
    for (long i = 0; i < elements; i++) {
      int row = windows.row(i);
      int column = windows.column(i);
      long image = windows.imageStart(i);
      double sum = 0;
      for (int h = windows.firstRow(row); h < windows.endRow(row); h++) {
        for (int w = windows.firstColumn(column); w < windows.endColumn(column); w++) {
          int inPlane = h * windows.columns.in() + w;
          sum += x.get(image + inPlane);
        }
      }
      y.set(i, sum / windows.divisor(pool, row, column));
    }
  }

  /** Which part of an image plane lies under each window; {@code i} counts windows of a batch. */
  private record Windows(int kernelRows, int kernelColumns, SlidingAxis rows, SlidingAxis columns) {

    static Windows of(Pool2d pool, Shape x, Shape y) {
      return new Windows(
          pool.kernel().height(),
          pool.kernel().width(),
          new SlidingAxis(x.dim(2), y.dim(2), pool.stride().height(), pool.padding().height(), 1),
          new SlidingAxis(x.dim(3), y.dim(3), pool.stride().width(), pool.padding().width(), 1));
    }

    int planeSize() {
      return rows.in() * columns.in();
    }

    int perPlane() {
      return rows.out() * columns.out();
    }

    long imageStart(long i) {
      return i / perPlane() * planeSize();
    }

    int row(long i) {
      return (int) (i / columns.out() % rows.out());
    }

    int column(long i) {
      return (int) (i % columns.out());
    }

    int firstRow(int row) {
      return Math.max(0, rows.input(row, 0));
    }

    int endRow(int row) {
      return Math.min(rows.in(), rows.input(row, kernelRows));
    }

    int firstColumn(int column) {
      return Math.max(0, columns.input(column, 0));
    }

    int endColumn(int column) {
      return Math.min(columns.in(), columns.input(column, kernelColumns));
    }

    /** What the sum under a window is divided by. */
    int divisor(Pool2d pool, int row, int column) {
      return pool.kind() == Pool2d.Kind.AVERAGE_EXCLUDING_PADDING
          ? (endRow(row) - firstRow(row)) * (endColumn(column) - firstColumn(column))
          : kernelRows * kernelColumns;
    }
  }

  /** {@link Pool2d.Grad} in plain Java. */
  record Grad(Pool2d.Grad grad, OperandTypes types) implements ReferenceOp {

    @Override
    public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
      Tensor dy = inputs.get(0);
      Tensor dx = outputs.get(0);
      Pool2d pool = grad.pool();
      Windows windows = Windows.of(pool, grad.input(), dy.shape());
      double[] plane = new double[windows.planeSize()];
      int windowsPerPlane = windows.perPlane();
      long planes = dx.elements() / plane.length;
      return () -> {
        for (long p = 0; p < planes; p++) {
          Arrays.fill(plane, 0);
          for (long i = p * windowsPerPlane; i < (p + 1) * windowsPerPlane; i++) {
            switch (pool.kind()) {
              case MAX ->
                  plane[inputs.get(1).data().getAtIndex(ValueLayout.JAVA_INT, i)] += dy.get(i);
              case AVERAGE_INCLUDING_PADDING, AVERAGE_EXCLUDING_PADDING ->
                  spread(windows, i, dy.get(i), plane);
            }
          }
          Elements.store(plane, dx, p * plane.length, plane.length);
        }
      };
    }

    private void spread(Windows windows, long i, double upstream, double[] plane) {
      int row = windows.row(i);
      int column = windows.column(i);
      double share = upstream / windows.divisor(grad.pool(), row, column);
      for (int h = windows.firstRow(row); h < windows.endRow(row); h++) {
        for (int w = windows.firstColumn(column); w < windows.endColumn(column); w++) {
          plane[h * windows.columns.in() + w] += share;
        }
      }
    }
  }
}
