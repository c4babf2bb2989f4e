package dev.kiln.cpu.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.check.Deviation;
import dev.kiln.check.Tolerance;
import dev.kiln.data.SequenceDataset;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Autodiff;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Mode;
import dev.kiln.nn.Model;
import dev.kiln.nn.Models;
import dev.kiln.nn.Network;
import dev.kiln.nn.Recurrent;
import dev.kiln.op.CrossEntropy;
import dev.kiln.op.RecurrentCell;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import dev.kiln.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** However far sequences are padded, and whatever stands there: nothing that is learned changes. */
class PaddingProperties {

  private static final int SEQUENCES = 5;
  private static final int LONGEST = 6;
  private static final int FEATURES = 2;
  private static final int CLASSES = 3;
  private static final Tolerance ROUNDING = new Tolerance(1e-12, 1e-13);

  /** Sequences of random lengths; the first is the longest. */
  private record Sequences(int[] lengths, Philox random) {

    static Sequences of(long seed) {
      double[] shares = new double[SEQUENCES];
      new Philox(seed, 0, 0).fillUniform(shares);
      int[] lengths = new int[SEQUENCES];
      for (int i = 0; i < SEQUENCES; i++) {
        lengths[i] = i == 0 ? LONGEST : 1 + (int) (shares[i] * LONGEST);
      }
      return new Sequences(lengths, new Philox(seed, 1, 0));
    }

    double[] values(DType dtype, int sequence) {
      double[] values = new double[LONGEST * FEATURES];
      new Philox(random.seed(), 2 + sequence, dtype.ordinal()).fillNormal(values);
      return values;
    }

    int label(int sequence, int step) {
      return Math.floorMod(7 * sequence + 5 * step * step, CLASSES);
    }

    /** Features [N, steps, F] with normal values a thousand times as large in the padding. */
    Tensor features(int steps, long garbageSeed) {
      Tensor x = Tensor.allocate(TensorType.of(DType.F64, SEQUENCES, steps, FEATURES));
      double[] garbage = new double[Math.toIntExact(x.elements())];
      new Philox(garbageSeed, 100, 0).fillNormal(garbage);
      for (int i = 0; i < SEQUENCES; i++) {
        double[] own = values(DType.F64, i);
        for (int k = 0; k < steps * FEATURES; k++) {
          int at = i * steps * FEATURES + k;
          x.set(at, k < lengths[i] * FEATURES ? own[k] : 1000 * garbage[at]);
        }
      }
      return x;
    }

    Tensor labels(int steps) {
      Tensor labels = Tensor.allocate(TensorType.of(DType.I64, SEQUENCES, steps));
      for (int i = 0; i < SEQUENCES; i++) {
        for (int step = 0; step < steps; step++) {
          labels.set(
              (long) i * steps + step, step < lengths[i] ? label(i, step) : CrossEntropy.IGNORE);
        }
      }
      return labels;
    }

    Tensor lengthsTensor() {
      Tensor tensor = Tensor.allocate(TensorType.of(DType.I64, SEQUENCES));
      for (int i = 0; i < SEQUENCES; i++) {
        tensor.set(i, lengths[i]);
      }
      return tensor;
    }

    /** The same as a data set in single precision. */
    SequenceDataset dataset() {
      List<Tensor> features = new ArrayList<>();
      List<Tensor> labels = new ArrayList<>();
      for (int i = 0; i < SEQUENCES; i++) {
        Tensor x = Tensor.allocate(TensorType.of(DType.F32, lengths[i], FEATURES));
        Tensor own = Tensor.allocate(TensorType.of(DType.I64, lengths[i]));
        double[] values = values(DType.F32, i);
        for (int k = 0; k < x.elements(); k++) {
          x.set(k, values[k]);
        }
        for (int step = 0; step < lengths[i]; step++) {
          own.set(step, label(i, step));
        }
        features.add(x);
        labels.add(own);
      }
      return SequenceDataset.ofSteps(features, labels, List.of("a", "b", "c"));
    }
  }

  private static Model model(Recurrent stack) {
    return Models.sequenceClassifier((scope, x, lengths) -> {
      Recurrent.Input input = Recurrent.Input.of(x).withLengths(lengths);
      return scope.child("out", Linear.of(CLASSES), scope.child("rnn", stack, input).outputs());
    });
  }

  @Property(tries = 40)
  void paddingChangesNeitherLossNorGradients(
      @ForAll RecurrentCell cell,
      @ForAll @IntRange(min = 1, max = 2) int layers,
      @ForAll boolean bidirectional,
      @ForAll @IntRange(min = 1, max = 5) int more,
      @ForAll long seed) {
    Model model = model(new Recurrent(cell, 4, layers, bidirectional, 0));
    Sequences sequences = Sequences.of(seed);
    List<Tensor> tight = lossAndGradients(model, sequences, LONGEST, seed);
    List<Tensor> loose = lossAndGradients(model, sequences, LONGEST + more, seed + 1);
    assertThat(loose).hasSameSizeAs(tight).hasSizeGreaterThan(3);
    for (int i = 0; i < tight.size(); i++) {
      assertThat(ROUNDING.worst("result " + i, loose.get(i), tight.get(i)))
          .matches(Deviation::passes, "is within rounding");
    }
  }

  private static List<Tensor> lossAndGradients(
      Model model, Sequences sequences, int steps, long garbageSeed) {
    List<Tensor> fields =
        List.of(
            sequences.features(steps, garbageSeed),
            sequences.labels(steps),
            sequences.lengthsTensor());
    Network network = Network.of(model, DType.F64, fields.stream().map(Tensor::type).toList());
    GraphBuilder graph = new GraphBuilder();
    List<Value> batch = new ArrayList<>();
    fields.forEach(field -> batch.add(graph.input("field", field.type())));
    Value counter = graph.input("counter", TensorType.of(DType.I64, 2));
    Network.Applied applied = network.apply(graph, batch, counter, Mode.TRAINING);
    List<Value> results = new ArrayList<>(List.of(applied.outcome().loss()));
    results.addAll(Autodiff.gradients(graph, applied.outcome().loss(), applied.parameters()));
    try (Backend backend = Backends.open("reference", 0);
        Variables variables = new Variables(backend);
        Session session = Session.open(backend, graph.build(results), variables)) {
      variables.write(Network.PARAMETERS, network.initialParameters(1));
      for (int i = 0; i < fields.size(); i++) {
        session.feed(batch.get(i), fields.get(i));
      }
      session.run();
      return results.stream().map(session::read).toList();
    }
  }

  @Property(tries = 10)
  void paddingChangesNeitherMetricsNorWhatIsLearned(
      @ForAll RecurrentCell cell,
      @ForAll @IntRange(min = 1, max = 5) int more,
      @ForAll @IntRange(min = 1, max = 5) int batchSize,
      @ForAll long seed,
      @ForAll boolean fast) {
    String backend = fast ? "onednn" : "reference";
    Model model = model(Recurrent.of(cell, 4));
    SequenceDataset tight = Sequences.of(seed).dataset();
    Map<String, Double> expected = trained(backend, model, tight, batchSize);
    Map<String, Double> padded = trained(backend, model, tight.paddedTo(LONGEST + more), batchSize);
    assertThat(padded.keySet()).isEqualTo(expected.keySet()).contains("loss", "accuracy");
    expected.forEach((metric, value) ->
        assertThat(padded.get(metric)).as(metric).isCloseTo(value, within(1e-4)));
  }

  private static Map<String, Double> trained(
      String name, Model model, SequenceDataset data, int batchSize) {
    try (Backend backend = Backends.open(name, 0);
        Trainer trainer = Trainer.of(backend, model, data).epochs(2).batchSize(batchSize).build()) {
      trainer.fit();
      return trainer.evaluate(data);
    }
  }
}
