package dev.kiln.models.zoo;

import dev.kiln.nn.Layer;
import dev.kiln.tensor.Shape;

/**
 * A network of the zoo.
 *
 * @param name how it is asked for, such as {@code lenet}
 * @param description what it is, in one sentence
 * @param architecture what it takes and how it is made
 */
public record ModelEntry(String name, String description, Architecture architecture) {

  /**
   * Returns the network for images or features, from [N, input...] to [N, outputs].
   *
   * @param input the shape of one sample, such as [1, 28, 28]
   * @param outputs how many classes are told apart or values predicted, at least 1
   * @throws IllegalArgumentException if the network does not take samples of this shape, or there
   *     are no outputs
   */
  public Layer build(Shape input, int outputs) {
    if (outputs < 1) {
      throw new IllegalArgumentException(
          "model %s: the number of classes must be at least 1, but is %d".formatted(name, outputs));
    }
    return switch (architecture) {
      case Architecture.ForFeatures features -> features.network().apply(outputs);
      case Architecture.ForImages images when input.rank() == 3 -> images.network().apply(outputs);
      case Architecture.ForSteps steps when input.rank() == 2 || input.rank() == 3 ->
          steps.network().apply(input, outputs);
      default ->
          throw new IllegalArgumentException(
              "model %s takes %s, but the samples have the shape %s; for these take one of the models for features"
                  .formatted(name, architecture.input(), input));
    };
  }

  /**
   * Returns the architecture, which must be of a kind.
   *
   * @param kind the kind that the samples need
   * @param samples what they are, such as {@code words}
   * @throws IllegalArgumentException if it is of another kind
   */
  public <A extends Architecture> A require(Class<A> kind, String samples) {
    if (!kind.isInstance(architecture)) {
      throw new IllegalArgumentException(
          "model %s takes %s, but the samples are %s"
              .formatted(name, architecture.input(), samples));
    }
    return kind.cast(architecture);
  }
}
