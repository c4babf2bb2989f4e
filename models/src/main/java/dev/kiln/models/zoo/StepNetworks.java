package dev.kiln.models.zoo;

import dev.kiln.graph.Ops;
import dev.kiln.nn.Activation;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Flatten;
import dev.kiln.nn.Identity;
import dev.kiln.nn.Layer;
import dev.kiln.nn.Linear;
import dev.kiln.nn.MaxPool2d;
import dev.kiln.nn.Recurrent;
import dev.kiln.nn.Scope;
import dev.kiln.nn.Sequential;
import dev.kiln.op.RecurrentCell;
import dev.kiln.op.Size2d;
import dev.kiln.op.Value;
import dev.kiln.tensor.Shape;
import java.util.List;
import java.util.function.BiFunction;

/** The zoo's networks that read images row by row and sequences step by step, to be compared. */
final class StepNetworks {

  private static final int HIDDEN = 128;
  private static final List<Integer> FILTERS = List.of(32, 64);

  private StepNetworks() {}

  /** One recurrent layer, read after the last step. */
  static BiFunction<Shape, Integer, Layer> recurrent(RecurrentCell cell) {
    return (input, outputs) -> {
      Layer stack = Recurrent.of(cell, HIDDEN).lastStep();
      return input.rank() == 3
          ? Sequential.of(new Rows(), stack, Linear.of(outputs))
          : Sequential.of(stack, Linear.of(outputs));
    };
  }

  /** Convolutions over both axes of an image, or along a sequence. */
  static Layer convolutional(Shape input, int outputs) {
    boolean image = input.rank() == 3;
    Size2d kernel = image ? Size2d.square(3) : new Size2d(5, 1);
    Size2d halved = image ? Size2d.square(2) : new Size2d(2, 1);
    Layer first = image ? new Identity() : new Column();
    return Sequential.of(
        first,
        Conv2d.of(FILTERS.get(0), kernel).withSamePadding(),
        Activation.RELU,
        MaxPool2d.of(halved),
        Conv2d.of(FILTERS.get(1), kernel).withSamePadding(),
        Activation.RELU,
        MaxPool2d.of(halved),
        new Flatten(),
        Linear.of(outputs));
  }

  /** Images as sequences of their rows: [N, C, H, W] to [N, H, C * W]. */
  private record Rows() implements Layer {

    @Override
    public Value apply(Scope scope, Value x) {
      Ops ops = scope.ops();
      Shape shape = x.shape();
      Value rows = shape.dim(1) == 1 ? x : ops.transpose(x, 0, 2, 1, 3);
      return ops.reshape(rows, shape.dim(0), shape.dim(2), shape.dim(1) * shape.dim(3));
    }
  }

  /** Sequences as images of one column: [N, T, features] to [N, features, T, 1]. */
  private record Column() implements Layer {

    @Override
    public Value apply(Scope scope, Value x) {
      Ops ops = scope.ops();
      Shape shape = x.shape();
      Value channels = shape.dim(2) == 1 ? x : ops.transpose(x, 0, 2, 1);
      return ops.reshape(channels, shape.dim(0), shape.dim(2), shape.dim(1), 1);
    }
  }
}
