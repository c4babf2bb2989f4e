package dev.kiln.bench.dl4j;

import dev.kiln.bench.driver.Job;
import dev.kiln.safetensors.SafetensorsFile;
import java.io.IOException;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A weight and where it comes from.
 *
 * @param name Deeplearning4j's name: the layer's, then {@code _W} or the like
 * @param sources PyTorch's names, of which there are several where they are added
 * @param form how PyTorch's values become Deeplearning4j's
 */
record Weight(String name, List<String> sources, Form form) {

  /** How values become those of Deeplearning4j. */
  enum Form {
    /** As they are. */
    SAME,
    /** A vector as a row. */
    ROW,
    /** [out, in] as [in, out]. */
    TRANSPOSED,
    /** The gates of an LSTM as rows i, f, g, o become columns g, f, o, i. */
    GATES
  }

  /** Where PyTorch's gates i, f, g, o are looked for: Deeplearning4j's are g, f, o, i. */
  private static final int[] GATE_ORDER = {2, 1, 3, 0};

  static Weight of(String name, String source, Form form) {
    return new Weight(name, List.of(source), form);
  }

  INDArray read(SafetensorsFile exchange) throws IOException {
    INDArray sum = Dl4jDriver.array(exchange.read(Job.WEIGHT + sources.getFirst()));
    for (String source : sources.subList(1, sources.size())) {
      sum = sum.add(Dl4jDriver.array(exchange.read(Job.WEIGHT + source)));
    }
    return switch (form) {
      case SAME -> sum;
      case ROW -> sum.reshape(1, sum.length());
      case TRANSPOSED -> sum.transpose().dup();
      case GATES -> gates(sum);
    };
  }

  private static INDArray gates(INDArray values) {
    INDArray rows = values.rank() == 1 ? values.reshape(values.length(), 1) : values;
    long hidden = rows.size(0) / GATE_ORDER.length;
    INDArray[] gates = new INDArray[GATE_ORDER.length];
    for (int i = 0; i < gates.length; i++) {
      long start = GATE_ORDER[i] * hidden;
      gates[i] = rows.get(NDArrayIndex.interval(start, start + hidden), NDArrayIndex.all()).dup();
    }
    return Nd4j.concat(0, gates).transpose().dup();
  }
}
