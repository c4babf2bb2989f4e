package dev.kiln.op;

import dev.kiln.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where the weights of a recurrent stack lie in their one flat tensor: first {@code weight_ih}
 * [gates * hidden, features] and {@code weight_hh} [gates * hidden, hidden] of every layer and
 * direction, then {@code bias_ih} and {@code bias_hh} [gates * hidden] of every layer and
 * direction. This is the order in which cuDNN lays out its weight space, so that it can use them in
 * place; names are PyTorch's.
 *
 * @param spec the stack
 * @param features the features of its input
 */
public record RecurrentWeights(Recurrent spec, int features) {

  /** The four tensors of a layer and direction. */
  public enum Kind {
    /** Input to gates, [gates * hidden, features]. */
    WEIGHT_IH,
    /** State to gates, [gates * hidden, hidden]. */
    WEIGHT_HH,
    /** Added to the input's part, [gates * hidden]. */
    BIAS_IH,
    /** Added to the state's part, [gates * hidden]. */
    BIAS_HH
  }

  /**
   * One tensor among the weights.
   *
   * @param name PyTorch's name, such as {@code weight_ih_l0_reverse}
   * @param offset its first element
   * @param shape its dimensions
   */
  public record Part(String name, long offset, Shape shape) {}

  /** Returns the features of a layer's input: the stack's, or the states of the layer below. */
  public int features(int layer) {
    return layer == 0 ? features : spec.directions() * spec.hidden();
  }

  /** Returns the elements of all weights. */
  public long length() {
    Part last = parts().getLast();
    return last.offset() + last.shape().elements();
  }

  /** Returns one tensor of a layer and direction (0 forward, 1 backward). */
  public Part part(int layer, int direction, Kind kind) {
    int perDirection = 2;
    int cellIndex = (layer * spec.directions() + direction) * perDirection;
    int biases = spec.layers() * spec.directions() * perDirection;
    int index =
        switch (kind) {
          case WEIGHT_IH -> cellIndex;
          case WEIGHT_HH -> cellIndex + 1;
          case BIAS_IH -> biases + cellIndex;
          case BIAS_HH -> biases + cellIndex + 1;
        };
    return parts().get(index);
  }

  /** Returns every tensor, in the order of memory. */
  public List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    long offset = 0;
    for (List<Kind> kinds :
        List.of(List.of(Kind.WEIGHT_IH, Kind.WEIGHT_HH), List.of(Kind.BIAS_IH, Kind.BIAS_HH))) {
      for (int layer = 0; layer < spec.layers(); layer++) {
        for (int direction = 0; direction < spec.directions(); direction++) {
          for (Kind kind : kinds) {
            Shape shape = shape(layer, kind);
            parts.add(new Part(name(layer, direction, kind), offset, shape));
            offset += shape.elements();
          }
        }
      }
    }
    return parts;
  }

  private Shape shape(int layer, Kind kind) {
    int rows = spec.cell().gates() * spec.hidden();
    return switch (kind) {
      case WEIGHT_IH -> Shape.of(rows, features(layer));
      case WEIGHT_HH -> Shape.of(rows, spec.hidden());
      case BIAS_IH, BIAS_HH -> Shape.of(rows);
    };
  }

  private static String name(int layer, int direction, Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT) + "_l" + layer + (direction == 1 ? "_reverse" : "");
  }
}
