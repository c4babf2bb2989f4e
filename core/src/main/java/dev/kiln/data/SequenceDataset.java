package dev.kiln.data;

import dev.kiln.op.CrossEntropy;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Sequences of different lengths in memory, each padded at its end to one number of steps. Features
 * are padded with zeros and labels of steps with {@link CrossEntropy#IGNORE}; the one further
 * field, {@code I64[]}, is the length.
 */
public final class SequenceDataset implements RaggedDataset {

  private final List<Tensor> sequences;
  private final List<Tensor> labels;
  private final List<String> classNames;
  private final int steps;
  private final boolean labelPerStep;

  private SequenceDataset(
      List<Tensor> sequences,
      List<Tensor> labels,
      List<String> classNames,
      int steps,
      boolean labelPerStep) {
    this.sequences = List.copyOf(sequences);
    this.labels = List.copyOf(labels);
    this.classNames = List.copyOf(classNames);
    this.steps = steps;
    this.labelPerStep = labelPerStep;
  }

  /**
   * Returns sequences that have one class each.
   *
   * @param sequences at least one, each {@code [steps, ...]}, alike but for the steps
   * @param labels the class of each, I64[N]
   * @param classNames the name of each class
   * @throws IllegalArgumentException if the sequences differ in more than their steps, the sizes do
   *     not agree or a label is no index into the names
   */
  public static SequenceDataset ofClasses(
      List<Tensor> sequences, Tensor labels, List<String> classNames) {
    int steps = longest(sequences);
    if (!labels.type().equals(TensorType.of(DType.I64, sequences.size()))) {
      throw new IllegalArgumentException(
          "%d sequences need labels I64[%d], but they are %s"
              .formatted(sequences.size(), sequences.size(), labels.type()));
    }
    ClassLabels.check(labels, classNames);
    return new SequenceDataset(sequences, List.of(labels), classNames, steps, false);
  }

  /**
   * Returns sequences that have a class for every step.
   *
   * @param sequences at least one, each {@code [steps, ...]}, alike but for the steps
   * @param labels for each sequence the classes of its steps, I64[steps]
   * @param classNames the name of each class
   * @throws IllegalArgumentException if the sequences differ in more than their steps, the sizes do
   *     not agree or a label is no index into the names
   */
  public static SequenceDataset ofSteps(
      List<Tensor> sequences, List<Tensor> labels, List<String> classNames) {
    int steps = longest(sequences);
    if (labels.size() != sequences.size()) {
      throw new IllegalArgumentException(
          "%d sequences need as many lists of labels, but there are %d"
              .formatted(sequences.size(), labels.size()));
    }
    for (int i = 0; i < sequences.size(); i++) {
      Tensor own = labels.get(i);
      if (!own.type().equals(TensorType.of(DType.I64, sequences.get(i).shape().dim(0)))) {
        throw new IllegalArgumentException(
            "sequence %d is %s, so its labels must be I64[%d], but they are %s"
                .formatted(
                    i, sequences.get(i).type(), sequences.get(i).shape().dim(0), own.type()));
      }
      ClassLabels.check(own, classNames);
    }
    return new SequenceDataset(sequences, labels, classNames, steps, true);
  }

  /** The steps of the longest sequence; all must be alike otherwise. */
  private static int longest(List<Tensor> sequences) {
    if (sequences.isEmpty()) {
      throw new IllegalArgumentException("a data set needs at least one sequence");
    }
    int steps = 0;
    for (int i = 0; i < sequences.size(); i++) {
      TensorType type = sequences.get(i).type();
      if (type.shape().rank() == 0) {
        throw new IllegalArgumentException(
            "sequence %d must be [steps, ...], but is %s".formatted(i, type));
      }
      TensorType step = Batch.rowOf(type);
      TensorType first = Batch.rowOf(sequences.getFirst().type());
      if (!step.equals(first)) {
        throw new IllegalArgumentException(
            "sequence %d has steps %s, but the first has steps %s".formatted(i, step, first));
      }
      steps = Math.max(steps, type.shape().dim(0));
    }
    return steps;
  }

  /**
   * Returns these sequences padded to another number of steps, such as that of the training data.
   *
   * @throws IllegalArgumentException if a sequence is longer
   */
  public SequenceDataset paddedTo(int count) {
    for (int i = 0; i < sequences.size(); i++) {
      int length = sequences.get(i).shape().dim(0);
      if (length > count) {
        throw new IllegalArgumentException(
            "sequence %d has %d steps, which do not fit into %d: cut it first"
                .formatted(i, length, count));
      }
    }
    return new SequenceDataset(sequences, labels, classNames, count, labelPerStep);
  }

  @Override
  public int length(int index) {
    return sequences.get(index).shape().dim(0);
  }

  @Override
  public Dataset truncatedTo(int count) {
    return new SequenceDataset(sequences, labels, classNames, count, labelPerStep);
  }

  @Override
  public int size() {
    return sequences.size();
  }

  @Override
  public TensorType features() {
    TensorType first = sequences.getFirst().type();
    return first.withShape(first.shape().with(0, steps));
  }

  @Override
  public TensorType target() {
    return labelPerStep ? TensorType.of(DType.I64, steps) : TensorType.of(DType.I64, Shape.SCALAR);
  }

  @Override
  public List<TensorType> more() {
    return List.of(TensorType.of(DType.I64, Shape.SCALAR));
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public void readFeatures(int index, Tensor rows, int row) {
    long bytes = features().bytes();
    MemorySegment padded = rows.data().asSlice(row * bytes, bytes);
    Tensor sequence = sequences.get(index);
    padded.asSlice(0, sequence.type().bytes()).copyFrom(sequence.data());
    padded.asSlice(sequence.type().bytes()).fill((byte) 0);
  }

  @Override
  public void readTarget(int index, Tensor rows, int row) {
    if (!labelPerStep) {
      rows.set(row, labels.getFirst().get(index));
      return;
    }
    Tensor own = labels.get(index);
    long first = (long) row * steps;
    for (int i = 0; i < steps; i++) {
      rows.set(first + i, i < own.elements() ? own.get(i) : CrossEntropy.IGNORE);
    }
  }

  @Override
  public void readMore(int index, List<Tensor> stacks, int row) {
    long length = sequences.get(index).shape().dim(0);
    stacks.getFirst().data().setAtIndex(ValueLayout.JAVA_LONG, row, length);
  }
}
