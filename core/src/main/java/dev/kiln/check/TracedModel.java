package dev.kiln.check;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The network of a trace, as its case writes it down: layers separated by spaces, their sizes in
 * parentheses or right behind the name, as in {@code conv(1,6,5) relu maxpool2 flatten linear(10)}.
 *
 * @param layers the layers in order
 */
record TracedModel(List<Layer> layers) {

  /** Says that a recurrent model's last layer is applied to every step's state. */
  private static final String EVERY_STEP = " on every step";

  private static final Pattern LAYER =
      Pattern.compile("([a-z_]+?)(?:\\((\\d+(?:,\\d+)*)\\)|(\\d+))?");

  /**
   * One layer.
   *
   * @param name its kind, such as {@code conv}
   * @param sizes its sizes, such as input channels, output channels and kernel
   */
  record Layer(String name, List<Integer> sizes) {

    /**
     * Returns one of the sizes.
     *
     * @throws IllegalArgumentException if there are not so many
     */
    int size(int index) {
      if (index >= sizes.size()) {
        throw new IllegalArgumentException(
            "the layer %s needs more sizes than %s".formatted(name, sizes));
      }
      return sizes.get(index);
    }
  }

  /**
   * Parses a network.
   *
   * @throws IllegalArgumentException if a layer is not written as described
   */
  static TracedModel parse(String text) {
    String model = text.endsWith(EVERY_STEP) ? text.replace(EVERY_STEP, "") : text;
    List<Layer> layers = new ArrayList<>();
    for (String word : model.strip().split("\\s+")) {
      Matcher match = LAYER.matcher(word);
      if (!match.matches()) {
        throw new IllegalArgumentException("the model's layer '" + word + "' cannot be read");
      }
      String sizes = match.group(2) != null ? match.group(2) : match.group(3);
      layers.add(new Layer(match.group(1), sizes == null ? List.of() : integers(sizes)));
    }
    return new TracedModel(List.copyOf(layers));
  }

  private static List<Integer> integers(String sizes) {
    List<Integer> integers = new ArrayList<>();
    for (String size : sizes.split(",")) {
      integers.add(Integer.parseInt(size));
    }
    return List.copyOf(integers);
  }
}
