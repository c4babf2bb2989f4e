package dev.kiln.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Puts a configuration together from what stands on the command line, what stands in a file, and
 * what is usual, in this order.
 */
final class ConfigLayers {

  static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              text ->
                  text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .build();

  /**
   * What may differ when a run goes on: everything that the steps already made do not depend on.
   */
  private static final Set<String> CHANGEABLE =
      new TreeSet<>(
          Set.of("epochs", "metrics", "patience", "backend", "device", "data-dir", "memory"));

  private ConfigLayers() {}

  /** Returns the configuration keys that stand on the command line, with their values. */
  static ObjectNode given(ParseResult parsed) {
    Set<String> keys = RunConfig.keys();
    ObjectNode given = JSON.createObjectNode();
    for (OptionSpec option : parsed.matchedOptions()) {
      String key = option.longestName().substring("--".length());
      if (keys.contains(key)) {
        given.set(key, JSON.valueToTree(option.getValue()));
      }
    }
    return given;
  }

  /**
   * Reads a configuration file.
   *
   * @throws UsageException if it is missing, no JSON object, or has a key that does not exist
   */
  static ObjectNode read(Path file) throws IOException {
    JsonNode content;
    try {
      content = JSON.readTree(Files.readString(file));
    } catch (NoSuchFileException missing) {
      throw new UsageException("there is no configuration file " + file, missing);
    } catch (JsonProcessingException malformed) {
      throw new UsageException(
          "%s is not JSON: line %d: %s"
              .formatted(file, malformed.getLocation().getLineNr(), malformed.getOriginalMessage()),
          malformed);
    }
    if (!(content instanceof ObjectNode object)) {
      throw new UsageException(
          file + " must hold a JSON object, such as {\"model\": \"lenet\", \"epochs\": 3}");
    }
    Set<String> known = new TreeSet<>(RunConfig.keys());
    for (String key : (Iterable<String>) object::fieldNames) {
      if (!known.contains(key)) {
        throw new UsageException(
            file + ": " + NamedConstants.unknown("key", key, List.copyOf(known)).getMessage());
      }
    }
    return object;
  }

  /**
   * Returns the configuration of a new run.
   *
   * @param file what stands in a configuration file, possibly nothing
   * @param given what stands on the command line
   * @throws UsageException if a value is out of range or of the wrong kind
   */
  static RunConfig resolve(ObjectNode file, ObjectNode given) {
    ObjectNode asked = file.deepCopy().setAll(given);
    return bind(Defaults.of(asked).setAll(asked));
  }

  /**
   * Returns the configuration of a run that goes on.
   *
   * @param saved what stands in the run's folder
   * @param given what stands on the command line
   * @throws UsageException if something is given on which the steps already made depend
   */
  static RunConfig resume(ObjectNode saved, ObjectNode given) {
    for (String key : (Iterable<String>) given::fieldNames) {
      if (!CHANGEABLE.contains(key) && !given.get(key).equals(saved.get(key))) {
        throw new UsageException(
            "--%s cannot change when a run is resumed; what can is %s"
                .formatted(
                    key,
                    CHANGEABLE.stream()
                        .map(name -> "--" + name)
                        .collect(Collectors.joining(", "))));
      }
    }
    ObjectNode asked = saved.deepCopy().setAll(given);
    // A run of an earlier version lacks what was added since.
    return bind(Defaults.of(asked).setAll(asked));
  }

  private static RunConfig bind(JsonNode values) {
    try {
      return JSON.treeToValue(values, RunConfig.class);
    } catch (JsonMappingException wrong) {
      if (wrong.getCause() instanceof UsageException usage) {
        throw usage;
      }
      String key =
          wrong.getPath().isEmpty()
              ? "?"
              : String.valueOf(wrong.getPath().getFirst().getFieldName());
      throw new UsageException(
          "the configuration key '%s' cannot be %s".formatted(key, values.get(key)), wrong);
    } catch (JsonProcessingException wrong) {
      throw new UsageException("the configuration: " + wrong.getOriginalMessage(), wrong);
    }
  }
}
