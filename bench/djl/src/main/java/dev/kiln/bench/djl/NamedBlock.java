package dev.kiln.bench.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.RecurrentBlock;
import java.util.ArrayList;
import java.util.List;

/**
 * A block, and what PyTorch calls its learned parameters, in the block's order.
 *
 * @param block the block
 * @param names one for each learned parameter
 */
record NamedBlock(Block block, List<String> names) {

  private static final float EPSILON = 1e-5f;
  private static final float MOMENTUM = 0.9f;

  /** Returns a block without parameters. */
  static NamedBlock of(Block block) {
    return new NamedBlock(block, List.of());
  }

  static NamedBlock relu() {
    return of(Activation.reluBlock());
  }

  static NamedBlock flatten() {
    return of(Blocks.batchFlattenBlock());
  }

  static NamedBlock maxPool2() {
    return of(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)));
  }

  static NamedBlock linear(String name, int outputs) {
    return new NamedBlock(
        Linear.builder().setUnits(outputs).build(), List.of(name + ".weight", name + ".bias"));
  }

  static NamedBlock batchNorm(String name) {
    return new NamedBlock(
        BatchNorm.builder().optEpsilon(EPSILON).optMomentum(MOMENTUM).build(),
        List.of(name + ".weight", name + ".bias"));
  }

  /** A square convolution with a bias. */
  static NamedBlock convolution(String name, int filters, int kernel, int padding) {
    return new NamedBlock(
        Conv2d.builder()
            .setFilters(filters)
            .setKernelShape(new Shape(kernel, kernel))
            .optPadding(new Shape(padding, padding))
            .build(),
        List.of(name + ".weight", name + ".bias"));
  }

  /** A square convolution without a bias that changes the image's size by its stride alone. */
  static NamedBlock strided(String name, int filters, int kernel, int stride) {
    return new NamedBlock(
        Conv2d.builder()
            .setFilters(filters)
            .setKernelShape(new Shape(kernel, kernel))
            .optPadding(new Shape(kernel / 2, kernel / 2))
            .optStride(new Shape(stride, stride))
            .optBias(false)
            .build(),
        List.of(name + ".weight"));
  }

  /** Recurrent layers without their states. */
  static NamedBlock recurrent(String name, RecurrentBlock.BaseBuilder<?> builder, Size size) {
    builder.setStateSize(size.hidden).setNumLayers(size.layers);
    List<String> names = new ArrayList<>();
    for (int layer = 0; layer < size.layers; layer++) {
      for (String part : List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh")) {
        names.add("%s.%s_l%d".formatted(name, part, layer));
      }
    }
    return new NamedBlock(Recurrents.build(builder), names);
  }

  /**
   * The size of recurrent layers.
   *
   * @param hidden the length of a state
   * @param layers how many layers are stacked
   */
  record Size(int hidden, int layers) {}

  /** The last step of sequences [N, T, features]. */
  static NamedBlock lastStep() {
    return of(new LambdaBlock(sequences -> new NDList(sequences.head().get(":, -1"))));
  }

  /** Blocks one after the other. */
  static NamedBlock sequence(List<NamedBlock> parts) {
    SequentialBlock sequence = new SequentialBlock();
    List<String> names = new ArrayList<>();
    for (NamedBlock part : parts) {
      sequence.add(part.block);
      names.addAll(part.names);
    }
    return new NamedBlock(sequence, names);
  }

  /** The sum of a body and a shortcut. */
  static NamedBlock residual(NamedBlock body, NamedBlock shortcut) {
    List<String> names = new ArrayList<>(body.names);
    names.addAll(shortcut.names);
    Block sum =
        new ParallelBlock(
            branches -> {
              NDArray first = branches.get(0).head();
              return new NDList(first.add(branches.get(1).head()));
            },
            List.of(body.block, shortcut.block));
    return new NamedBlock(sum, names);
  }
}
