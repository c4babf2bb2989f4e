package dev.kiln.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.nn.CarriedState;
import dev.kiln.nn.Mode;
import dev.kiln.nn.Network;
import dev.kiln.nn.Parameter;
import dev.kiln.nn.Statistic;
import dev.kiln.op.OptimizerRule;
import dev.kiln.safetensors.SafetensorsException;
import dev.kiln.safetensors.SafetensorsFile;
import dev.kiln.safetensors.SafetensorsWriter;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Training as a safetensors file: parameters and running statistics under PyTorch's names, so that
 * either side can load the other's; optimizer slots as {@code optimizer.SLOT.PARAMETER}; and in the
 * metadata the model's description and the {@link TrainingState}. A file that holds only
 * parameters, such as a PyTorch state dict, can be loaded for its weights.
 */
public final class Checkpoint {

  private static final String FORMAT_KEY = "kiln.format";
  private static final String FORMAT = "1";
  private static final String MODEL_KEY = "kiln.model";
  private static final String STATE_KEY = "kiln.state";
  private static final ObjectMapper JSON = new ObjectMapper();

  private Checkpoint() {}

  /**
   * Writes a learner's tensors and a training's state in one atomic step.
   *
   * @param file the target, in a folder that exists
   * @param description the model in the caller's words, such as its name and settings as JSON
   * @throws IOException if it cannot be written; what stood there before still stands
   */
  public static void write(Path file, Learner learner, TrainingState state, String description)
      throws IOException {
    SafetensorsWriter.write(
        file,
        named(learner, kept(learner)),
        Map.of(
            FORMAT_KEY, FORMAT,
            MODEL_KEY, description,
            STATE_KEY, JSON.writeValueAsString(state)));
  }

  /**
   * Writes parameters and running statistics only, under PyTorch's names, in one atomic step: what
   * {@code model.load_state_dict(safetensors.torch.load_file(file))} reads.
   *
   * @param file the target, in a folder that exists
   * @throws IOException if it cannot be written; what stood there before still stands
   */
  public static void writeWeights(Path file, Learner learner) throws IOException {
    SafetensorsWriter.write(file, named(learner, weights(learner.network())), Map.of());
  }

  /** Reads variables under the names that they have in a file. */
  private static Map<String, Tensor> named(Learner learner, List<String> variables) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : variables) {
      Tensor value = learner.variables().read(name);
      if (isLaidOutLikeParameters(learner.network(), value)) {
        String prefix = name.equals(Network.PARAMETERS) ? "" : name + ".";
        for (Parameter parameter : learner.network().parameters()) {
          tensors.put(prefix + parameter.name(), part(value, parameter));
        }
      } else {
        tensors.put(name, value);
      }
    }
    return tensors;
  }

  /**
   * Reads the description a checkpoint was written with.
   *
   * @throws CheckpointException if the file was not written by Kiln or is damaged
   */
  public static String description(Path file) throws IOException {
    try (SafetensorsFile content = open(file)) {
      return metadata(file, content, MODEL_KEY);
    }
  }

  /**
   * Loads everything and returns where the training stood.
   *
   * @throws CheckpointException if the file is damaged, was not written by Kiln, or belongs to
   *     another network, optimizer or seed
   */
  public static TrainingState resume(Path file, Learner learner) throws IOException {
    try (SafetensorsFile content = open(file)) {
      TrainingState state;
      try {
        state = JSON.readValue(metadata(file, content, STATE_KEY), TrainingState.class);
      } catch (JsonProcessingException damaged) {
        throw new CheckpointException(
            file + ": the training state cannot be read: " + damaged.getOriginalMessage(), damaged);
      }
      if (state.seed() != learner.settings().seed()) {
        throw new CheckpointException(
            "%s was trained with seed %d, but the seed now is %d; resume with the same seed"
                .formatted(file, state.seed(), learner.settings().seed()));
      }
      Map<String, Tensor> values = new LinkedHashMap<>();
      for (String name : kept(learner)) {
        values.put(name, load(file, content, learner, name, hint(learner, name)));
      }
      values.forEach(learner.variables()::write);
      learner.resume(state.progress());
      return state;
    }
  }

  /**
   * The state of a sequence that is being evaluated is of no use to anyone later, and what guards
   * the updates says nothing between them.
   */
  private static List<String> kept(Learner learner) {
    return learner.variables().names().stream()
        .filter(name -> !CarriedState.isOf(Mode.INFERENCE, name))
        .filter(name -> !name.equals(TrainingGraph.GUARD))
        .toList();
  }

  /** The variables that a network needs to predict. */
  private static List<String> weights(Network network) {
    return Stream.concat(
            Stream.of(Network.PARAMETERS), network.statistics().stream().map(Statistic::name))
        .toList();
  }

  private static String hint(Learner learner, String name) {
    OptimizerRule rule = learner.settings().optimizer().rule();
    if (name.startsWith(LossScaling.SCALE)) {
      return "it is needed to train in fp16; was it trained in another precision?";
    }
    return name.startsWith(TrainingGraph.SLOT)
        ? "it is needed by optimizer " + rule.ruleName() + "; was another optimizer used?"
        : "is it a checkpoint of another model?";
  }

  /**
   * Loads parameters and running statistics only; optimizer slots and state are left alone.
   *
   * @throws CheckpointException if the file is damaged or belongs to another network
   */
  public static void loadWeights(Path file, Learner learner) throws IOException {
    try (SafetensorsFile content = open(file)) {
      String hint = "is it a checkpoint of another model?";
      Map<String, Tensor> values = new LinkedHashMap<>();
      for (String name : weights(learner.network())) {
        values.put(name, load(file, content, learner, name, hint));
      }
      values.forEach(learner.variables()::write);
    }
  }

  private static SafetensorsFile open(Path file) throws IOException {
    try {
      return SafetensorsFile.open(file);
    } catch (SafetensorsException damaged) {
      throw new CheckpointException("not a checkpoint: " + damaged.getMessage(), damaged);
    }
  }

  private static String metadata(Path file, SafetensorsFile content, String key)
      throws CheckpointException {
    String format = content.metadata().get(FORMAT_KEY);
    if (format == null) {
      throw new CheckpointException(
          file
              + " holds tensors but no training state: it was not written by Kiln. Its weights can"
              + " be used for prediction, but training cannot be resumed from it");
    }
    if (!format.equals(FORMAT)) {
      throw new CheckpointException(
          "%s has checkpoint format %s, but this version reads format %s"
              .formatted(file, format, FORMAT));
    }
    return Optional.ofNullable(content.metadata().get(key))
        .orElseThrow(() -> new CheckpointException(file + ": the metadata lack " + key));
  }

  /** Reads one variable whole, so that a bad file changes nothing. */
  private static Tensor load(
      Path file, SafetensorsFile content, Learner learner, String variable, String hint)
      throws IOException {
    Network network = learner.network();
    Tensor value = Tensor.allocate(learner.variables().type(variable));
    if (isLaidOutLikeParameters(network, value)) {
      String prefix = variable.equals(Network.PARAMETERS) ? "" : variable + ".";
      for (Parameter parameter : network.parameters()) {
        Tensor part = part(value, parameter);
        check(file, content, prefix + parameter.name(), part.type(), hint);
        content.readInto(prefix + parameter.name(), part);
      }
    } else {
      check(file, content, variable, value.type(), hint);
      content.readInto(variable, value);
    }
    return value;
  }

  private static void check(
      Path file, SafetensorsFile content, String name, TensorType expected, String hint)
      throws CheckpointException {
    TensorType actual = content.types().get(name);
    if (actual == null) {
      throw new CheckpointException("%s has no tensor %s: %s".formatted(file, name, hint));
    }
    if (!actual.equals(expected)) {
      throw new CheckpointException(
          "%s: tensor %s is %s, but the network needs %s: %s"
              .formatted(file, name, actual, expected, hint));
    }
  }

  private static boolean isLaidOutLikeParameters(Network network, Tensor value) {
    return value.shape().equals(Shape.of(Math.toIntExact(network.flatLength())));
  }

  private static Tensor part(Tensor flat, Parameter parameter) {
    TensorType type = TensorType.of(flat.type().dtype(), parameter.shape());
    MemorySegment data =
        flat.data().asSlice(parameter.offset() * type.dtype().bytes(), type.bytes());
    return Tensor.wrap(type, data);
  }
}
