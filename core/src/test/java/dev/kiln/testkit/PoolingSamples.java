package dev.kiln.testkit;

import dev.kiln.op.Pool2d;
import dev.kiln.op.Size2d;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Samples of pooling. */
final class PoolingSamples {

  private PoolingSamples() {}

  /** A window sliding over an image. */
  private record Window(String name, Size2d kernel, Size2d stride, Size2d padding, int[] x) {}

  private static final List<Window> WINDOWS =
      List.of(
          new Window("halving", square(2), square(2), square(0), dims(2, 3, 8, 8)),
          new Window("padded", square(3), square(2), square(1), dims(1, 2, 7, 9)),
          new Window("overlapping", square(3), square(1), square(1), dims(2, 2, 6, 6)),
          new Window("one pixel", square(1), square(1), square(0), dims(1, 1, 1, 1)),
          new Window("padded pixel", square(2), square(1), square(1), dims(1, 1, 1, 1)),
          new Window("remainder", square(3), square(3), square(0), dims(2, 3, 8, 10)),
          new Window("gaps", square(2), square(3), square(0), dims(2, 3, 9, 11)),
          new Window("whole plane", new Size2d(5, 4), square(1), square(0), dims(2, 13, 5, 4)),
          new Window(
              "lopsided", new Size2d(2, 3), new Size2d(1, 2), new Size2d(1, 0), dims(2, 3, 5, 7)),
          new Window("16 channels", square(2), square(2), square(0), dims(3, 16, 12, 12)),
          new Window("129 channels", square(2), square(2), square(0), dims(1, 129, 4, 4)),
          new Window("129 wide", square(3), square(2), square(1), dims(1, 1, 13, 129)));

  static List<Sample> all() {
    List<Sample> samples = new ArrayList<>();
    for (Pool2d.Kind kind : Pool2d.Kind.values()) {
      WINDOWS.forEach(window -> samples.addAll(samplesOf(kind, window)));
    }
    Pool2d overlapping = new Pool2d(Pool2d.Kind.MAX, square(3), square(2), square(1));
    samples.add(
        Sample.of(
                "max of equals, as after a relu",
                overlapping,
                Operand.of(Domain.grid(1, 0).map(x -> Math.max(x, 0)), 2, 3, 9, 9))
            .atKinks());
    samples.add(
        Sample.of(
                "max below the padding",
                overlapping,
                Operand.of(Domain.distinct(0.01).map(x -> x - 10), 2, 3, 9, 9))
            .within(1e-4, 1e-4));
    return samples;
  }

  private static List<Sample> samplesOf(Pool2d.Kind kind, Window window) {
    Pool2d pool = new Pool2d(kind, window.kernel, window.stride, window.padding);
    Pool2d.Grad grad = new Pool2d.Grad(pool, Shape.of(window.x));
    TensorType x = TensorType.of(DType.F32, window.x);
    int[] y = pool.infer(List.of(x)).getFirst().shape().toArray();
    String name = kind.name().toLowerCase(Locale.ROOT) + " " + window.name;
    return List.of(
        Sample.of(name, pool, Operand.of(Domain.distinct(0.05), window.x)).within(1e-4, 1e-4),
        kind == Pool2d.Kind.MAX
            ? Sample.of(
                name,
                grad,
                Operand.normal(y),
                Operand.of(DType.I32, positions(pool, window.x, y), y))
            : Sample.of(name, grad, Operand.normal(y)));
  }

  /** For every window a random place under it, as {@code row * W + column}. */
  private static Domain positions(Pool2d pool, int[] x, int[] y) {
    return (values, random) -> {
      double[] shares = new double[2 * values.length];
      random.fillUniform(shares);
      for (int i = 0; i < values.length; i++) {
        int column =
            inside(
                i % y[3] * pool.stride().width() - pool.padding().width(),
                pool.kernel().width(),
                x[3],
                shares[2 * i]);
        int row =
            inside(
                i / y[3] % y[2] * pool.stride().height() - pool.padding().height(),
                pool.kernel().height(),
                x[2],
                shares[2 * i + 1]);
        values[i] = (double) row * x[3] + column;
      }
    };
  }

  /** A place in the part of {@code [start, start + kernel)} that is not padding. */
  private static int inside(int start, int kernel, int size, double share) {
    int first = Math.max(start, 0);
    int end = Math.min(start + kernel, size);
    return first + (int) (share * (end - first));
  }

  private static Size2d square(int side) {
    return Size2d.square(side);
  }

  private static int[] dims(int... dims) {
    return dims;
  }
}
