package dev.kiln.bench.workload;

import dev.kiln.nn.Model;
import dev.kiln.nn.Network;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A training task that frameworks are compared by. Everything is trained by Adam with a rate of
 * {@link #RATE} on cross-entropy, in F32.
 *
 * @param name what it is asked for by, such as {@code lenet-64}
 * @param description the network, in one line
 * @param batch the samples of a batch
 * @param fields the fields of the batch, by name
 * @param model the network with its loss
 * @param checked the same without dropout, whose losses are the same on every framework
 */
public record Workload(
    String name,
    String description,
    int batch,
    Map<String, Field> fields,
    Model model,
    Model checked) {

  /** The learning rate of Adam. */
  public static final double RATE = 0.001;

  /** Keeps the fields in their order. */
  public Workload {
    fields = new LinkedHashMap<>(fields);
  }

  /** Returns the network and the size of the batch, in one line. */
  public String describe() {
    return "%s, batch %d".formatted(description, batch);
  }

  /** Returns the types of one sample's fields. */
  public List<TensorType> sample() {
    return fields.values().stream().map(Field::type).toList();
  }

  /** Returns this workload with batches of another size. */
  public Workload withBatch(int rows) {
    return new Workload(name, description, rows, fields, model, checked);
  }

  /** Returns a model as a network that is trained on this workload's batches. */
  public Network network(Model trained) {
    return Network.of(
        trained, DType.F32, sample().stream().map(type -> Field.batch(type, batch)).toList());
  }

  /** Returns the one batch that is trained on, one tensor for each field. */
  public List<Tensor> drawBatch() {
    List<Tensor> batches = new ArrayList<>();
    for (Field field : fields.values()) {
      batches.add(field.draw(batch, batches.size()));
    }
    return batches;
  }
}
