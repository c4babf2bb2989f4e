package dev.kiln.cpu.reference;

import dev.kiln.op.Dropout;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentWeights;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the two passes of a recurrent stack share: its operands, read as arrays of doubles, and the
 * traces of all steps in the reserve.
 */
final class RecurrentStack {

  private final Recurrent spec;
  private final int batch;
  private final int steps;
  private final RecurrentWeights layout;
  private final List<GateProduct> inputProducts = new ArrayList<>();
  private final List<GateProduct> stateProducts = new ArrayList<>();
  private final List<Tensor> inputs;
  private final Tensor reserve;
  private final double[] weights;
  private final double[] layerInput;
  private final double[] trace;
  private final int[] words = new int[Philox.BLOCK_WORDS];

  RecurrentStack(Recurrent spec, List<Tensor> inputs, Tensor reserve) {
    this.spec = spec;
    this.inputs = inputs;
    Tensor x = inputs.getFirst();
    this.batch = x.shape().dim(0);
    this.steps = x.shape().dim(1);
    this.layout = spec.weights(x.shape().dim(2));
    DType dtype = x.type().dtype();
    int elements = Math.toIntExact(reserve.elements() / dtype.bytes());
    this.reserve = Tensor.wrap(TensorType.of(dtype, elements), reserve.data());
    this.weights = Elements.arrayFor(inputs.get(1));
    int widest = Math.max(layout.features(0), width());
    this.layerInput = new double[Math.multiplyExact(batch * steps, widest)];
    this.trace = newTrace();
    for (int layer = 0; layer < spec.layers(); layer++) {
      for (int direction = 0; direction < spec.directions(); direction++) {
        inputProducts.add(GateProduct.ofInput(weights, layout, layer, direction));
        stateProducts.add(GateProduct.ofState(weights, layout, layer, direction));
      }
    }
  }

  Recurrent spec() {
    return spec;
  }

  int batch() {
    return batch;
  }

  int steps() {
    return steps;
  }

  /** The features of every layer's output. */
  int width() {
    return spec.directions() * spec.hidden();
  }

  /** The features of a layer's input. */
  int features(int layer) {
    return layout.features(layer);
  }

  double[] newTrace() {
    return new double[(spec.cell().gates() + 2) * spec.hidden()];
  }

  double[] newGates() {
    return new double[spec.cell().gates() * spec.hidden()];
  }

  /** Reads the weights anew: they change from run to run. */
  void loadWeights() {
    Elements.load(inputs.get(1), weights);
  }

  GateProduct inputProduct(int layer, int direction) {
    return inputProducts.get(layer * spec.directions() + direction);
  }

  GateProduct stateProduct(int layer, int direction) {
    return stateProducts.get(layer * spec.directions() + direction);
  }

  /** The number of steps of a sequence, or 0 where the length given is outside [1, T]. */
  int length(int sequence) {
    if (!spec.ragged()) {
      return steps;
    }
    long length = (long) inputs.get(spec.lengthsIndex()).get(sequence);
    return length >= 1 && length <= steps ? (int) length : 0;
  }

  /** The time of the {@code index}-th step that a direction takes. */
  static int time(int direction, int index, int length) {
    return direction == 0 ? index : length - 1 - index;
  }

  /** The first element of a vector in a tensor of initial or final states. */
  long stateAt(int layer, int direction, int sequence) {
    return ((long) (layer * spec.directions() + direction) * batch + sequence) * spec.hidden();
  }

  void loadInitial(int layer, int direction, int sequence, RecurrentStep.State state) {
    long at = stateAt(layer, direction, sequence);
    Elements.load(inputs.get(2), at, state.h(), spec.hidden());
    if (spec.cell().hasMemory()) {
      Elements.load(inputs.get(3), at, state.c(), spec.hidden());
    }
  }

  void loadTrace(int layer, int direction, int time, int sequence, double[] values) {
    Elements.load(reserve, traceAt(layer, direction, time, sequence), values, values.length);
  }

  void storeTrace(int layer, int direction, int time, int sequence, double[] values) {
    Elements.store(values, reserve, traceAt(layer, direction, time, sequence), values.length);
  }

  private long traceAt(int layer, int direction, int time, int sequence) {
    long index = (long) (layer * spec.directions() + direction) * steps + time;
    return (index * batch + sequence) * trace.length;
  }

  /** Copies a layer's states, 0 after a sequence's end, to [N, T, width]. */
  void gatherOutput(int layer, double[] output) {
    int hidden = spec.hidden();
    int stateInTrace = spec.cell().gates() * hidden;
    Arrays.fill(output, 0, batch * steps * width(), 0);
    for (int direction = 0; direction < spec.directions(); direction++) {
      for (int sequence = 0; sequence < batch; sequence++) {
        for (int time = 0; time < length(sequence); time++) {
          loadTrace(layer, direction, time, sequence, trace);
          int at = (sequence * steps + time) * width() + direction * hidden;
          System.arraycopy(trace, stateInTrace, output, at, hidden);
        }
      }
    }
  }

  /**
   * Returns what a layer reads, [N, T, features], with the dropout below it; valid until the next.
   */
  double[] layerInput(int layer) {
    if (layer == 0) {
      Tensor x = inputs.getFirst();
      Elements.load(x, 0, layerInput, Math.toIntExact(x.elements()));
    } else {
      gatherOutput(layer - 1, layerInput);
      drop(layer - 1, layerInput);
    }
    return layerInput;
  }

  /** Drops elements of a layer's output, or of its gradient: the mask is the same. */
  void drop(int layer, double[] output) {
    if (!spec.hasDropout()) {
      return;
    }
    Dropout dropout = spec.dropoutAfter(layer);
    // Read as what it is: a seed has 64 bits, a double only 53.
    MemorySegment counter = inputs.get(spec.counterIndex()).data();
    long seed = counter.getAtIndex(ValueLayout.JAVA_LONG, 0);
    long step = counter.getAtIndex(ValueLayout.JAVA_LONG, 1);
    double scale = 1 / (1 - dropout.probability());
    for (int i = 0; i < batch * steps * width(); i++) {
      int word = i % Philox.BLOCK_WORDS;
      if (word == 0) {
        Philox.block(seed, dropout.stream(), step, i / Philox.BLOCK_WORDS, words, 0);
      }
      output[i] *= Integer.toUnsignedLong(words[word]) < dropout.threshold() ? 0 : scale;
    }
  }
}
