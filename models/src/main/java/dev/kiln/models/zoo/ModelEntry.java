package dev.kiln.models.zoo;

import dev.kiln.nn.Layer;
import dev.kiln.tensor.Shape;

/**
 * A network of the zoo.
 *
 * @param name how it is asked for, such as {@code lenet}
 * @param description what it is, in one sentence
 * @param input what it takes
 * @param builder makes it
 */
public record ModelEntry(String name, String description, Input input, Builder builder) {

  /** What a network takes, without the batch. */
  public enum Input {
    /** Images [C, H, W]. */
    IMAGES("images [C, H, W]"),
    /** Anything: images and tables alike, taken as a flat list of features. */
    FEATURES("features [...]");

    private final String description;

    Input(String description) {
      this.description = description;
    }

    /** Returns what it is, for people. */
    @Override
    public String toString() {
      return description;
    }
  }

  /**
   * Makes a network for a number of classes. Sizes of the input are read off when it is written.
   */
  @FunctionalInterface
  public interface Builder {

    /** Returns the network, from [N, input...] to logits [N, classes]. */
    Layer build(int classes);
  }

  /**
   * Returns the network, from [N, input...] to logits [N, classes].
   *
   * @param input the shape of one sample, such as [1, 28, 28]
   * @param classes how many classes are told apart, at least 1
   * @throws IllegalArgumentException if the network does not take samples of this shape, or there
   *     are no classes
   */
  public Layer build(Shape input, int classes) {
    if (classes < 1) {
      throw new IllegalArgumentException(
          "model %s: the number of classes must be at least 1, but is %d".formatted(name, classes));
    }
    switch (this.input) {
      case IMAGES -> {
        if (input.rank() != 3) {
          throw new IllegalArgumentException(
              "model %s takes %s, but the samples have the shape %s; for these take one of the models for features"
                  .formatted(name, this.input, input));
        }
      }
      case FEATURES -> {}
    }
    return builder.build(classes);
  }
}
