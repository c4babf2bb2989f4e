package dev.kiln.nn;

import dev.kiln.op.Value;
import java.util.List;

/**
 * Layers one after the other, named by their position as in PyTorch: {@code 0}, {@code 1}, ...
 *
 * @param layers the layers, the first one first
 */
public record Sequential(List<Layer> layers) implements Layer {

  /** Copies the list. */
  public Sequential {
    layers = List.copyOf(layers);
  }

  /** Returns the layers one after the other. */
  public static Sequential of(Layer... layers) {
    return new Sequential(List.of(layers));
  }

  @Override
  public Value apply(Scope scope, Value x) {
    Value y = x;
    for (int i = 0; i < layers.size(); i++) {
      y = scope.child(String.valueOf(i), layers.get(i), y);
    }
    return y;
  }

  @Override
  public String describe() {
    return "Sequential(%d layers)".formatted(layers.size());
  }
}
