package dev.kiln.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.op.Size2d;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The attributes of a golden case. It remembers which were asked for, so that an attribute that
 * nobody understands fails the case instead of being passed over.
 */
final class Attributes {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode values;
  private final Set<String> used = new HashSet<>();

  private Attributes(JsonNode values) {
    this.values = values;
  }

  /**
   * Parses a JSON object.
   *
   * @throws IOException if it is none
   */
  static Attributes parse(String json) throws IOException {
    JsonNode values = JSON.readTree(json);
    if (values == null || !values.isObject()) {
      throw new GoldenCaseException("attrs must be a JSON object, but is: " + json);
    }
    return new Attributes(values);
  }

  private JsonNode find(String name) {
    used.add(name);
    return values.path(name);
  }

  private JsonNode require(String name) {
    JsonNode found = find(name);
    if (found.isMissingNode()) {
      throw new IllegalArgumentException("the attribute '" + name + "' is missing");
    }
    return found;
  }

  boolean has(String name) {
    return values.has(name);
  }

  String text(String name) {
    return require(name).asText();
  }

  String text(String name, String usual) {
    JsonNode found = find(name);
    return found.isMissingNode() ? usual : found.asText();
  }

  double number(String name) {
    return number(name, require(name));
  }

  double number(String name, double usual) {
    JsonNode found = find(name);
    return found.isMissingNode() ? usual : number(name, found);
  }

  int integer(String name) {
    return integer(name, require(name));
  }

  int integer(String name, int usual) {
    JsonNode found = find(name);
    return found.isMissingNode() ? usual : integer(name, found);
  }

  boolean flag(String name, boolean usual) {
    JsonNode found = find(name);
    if (!found.isMissingNode() && !found.isBoolean()) {
      throw wrong(name, "true or false", found);
    }
    return found.asBoolean(usual);
  }

  List<Integer> integers(String name) {
    JsonNode found = require(name);
    if (!found.isArray()) {
      throw wrong(name, "a list of whole numbers", found);
    }
    List<Integer> numbers = new ArrayList<>();
    found.forEach(element -> numbers.add(integer(name, element)));
    return numbers;
  }

  List<Double> numbers(String name, List<Double> usual) {
    JsonNode found = find(name);
    if (found.isMissingNode()) {
      return usual;
    }
    if (!found.isArray() || found.size() != usual.size()) {
      throw wrong(name, "a list of " + usual.size() + " numbers", found);
    }
    List<Double> numbers = new ArrayList<>();
    found.forEach(element -> numbers.add(number(name, element)));
    return numbers;
  }

  /** Returns a pair [height, width]. */
  Size2d size(String name) {
    List<Integer> pair = integers(name);
    if (pair.size() != 2) {
      throw wrong(name, "a pair [height, width]", find(name));
    }
    return new Size2d(pair.get(0), pair.get(1));
  }

  /** Returns axes, counted from the back when negative, as positions from the front. */
  List<Integer> axes(String name, int rank) {
    return integers(name).stream().map(axis -> axis < 0 ? axis + rank : axis).toList();
  }

  /** Returns an axis, counted from the back when negative, as a position from the front. */
  int axis(String name, int rank) {
    int axis = integer(name);
    return axis < 0 ? axis + rank : axis;
  }

  /**
   * Checks that every attribute was asked for.
   *
   * @throws IllegalArgumentException if one was not
   */
  void checkAllUsed() {
    values
        .fieldNames()
        .forEachRemaining(name -> {
          if (!used.contains(name)) {
            throw new IllegalArgumentException("the attribute '" + name + "' is not understood");
          }
        });
  }

  private static double number(String name, JsonNode value) {
    if (!value.isNumber()) {
      throw wrong(name, "a number", value);
    }
    return value.asDouble();
  }

  private static int integer(String name, JsonNode value) {
    if (!value.canConvertToInt() || !value.isIntegralNumber()) {
      throw wrong(name, "a whole number", value);
    }
    return value.asInt();
  }

  private static IllegalArgumentException wrong(String name, String wanted, JsonNode value) {
    return new IllegalArgumentException(
        "the attribute '%s' must be %s, but is %s".formatted(name, wanted, value));
  }
}
