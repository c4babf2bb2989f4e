package dev.kiln.data;

import dev.kiln.op.CrossEntropy;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.Arrays;
import java.util.List;

/**
 * Pairs of token sequences of different lengths in memory, to learn to turn one into the other,
 * both padded to one number of steps. The fields are those that {@code dev.kiln.nn.EncoderDecoder}
 * takes: the source I64[T], padded with zeros; the target with the mark of its end, I64[T], padded
 * with {@link CrossEntropy#IGNORE}; the source's length I64[]; what a decoder reads while it is
 * taught, I64[T]: the mark of the beginning and then the target, padded with the mark of the end.
 */
public final class SequencePairs implements RaggedDataset {

  /**
   * One pair.
   *
   * @param source the tokens to be read, at least one
   * @param target the tokens to be said, without marks, perhaps none
   */
  public record Pair(int[] source, int[] target) {

    private int steps() {
      return Math.max(source.length, target.length + 1);
    }
  }

  /**
   * What a target's tokens are.
   *
   * @param names the name of each token, the marks included
   * @param begin the mark of the beginning
   * @param end the mark of the end
   */
  public record Targets(List<String> names, int begin, int end) {

    /** Copies the names. */
    public Targets {
      names = List.copyOf(names);
    }
  }

  private final List<Pair> pairs;
  private final Targets targets;
  private final int steps;

  /**
   * Takes pairs.
   *
   * @param pairs at least one
   * @param targets the tokens of the targets
   * @throws IllegalArgumentException if there is no pair, a source is empty, or a target has a
   *     token without a name
   */
  public SequencePairs(List<Pair> pairs, Targets targets) {
    this(List.copyOf(pairs), targets, longest(pairs, targets));
  }

  private SequencePairs(List<Pair> pairs, Targets targets, int steps) {
    this.pairs = pairs;
    this.targets = targets;
    this.steps = steps;
  }

  private static int longest(List<Pair> pairs, Targets targets) {
    if (pairs.isEmpty()) {
      throw new IllegalArgumentException("a data set needs at least one pair of sequences");
    }
    int longest = 0;
    for (int i = 0; i < pairs.size(); i++) {
      Pair pair = pairs.get(i);
      if (pair.source.length == 0) {
        throw new IllegalArgumentException(
            "the source of pair %d is empty; it must have a token".formatted(i));
      }
      for (int token : pair.target) {
        if (token < 0 || token >= targets.names.size()) {
          throw new IllegalArgumentException(
              "the target of pair %d has token %d, but the tokens are 0 to %d"
                  .formatted(i, token, targets.names.size() - 1));
        }
      }
      longest = Math.max(longest, pair.steps());
    }
    return longest;
  }

  /** Returns how many steps the longest source, or target with its mark of the end, has. */
  public int steps() {
    return steps;
  }

  /** The longer of source, and target with its mark of the end. */
  @Override
  public int length(int index) {
    return pairs.get(index).steps();
  }

  @Override
  public SequencePairs truncatedTo(int count) {
    return new SequencePairs(pairs, targets, count);
  }

  @Override
  public int size() {
    return pairs.size();
  }

  @Override
  public TensorType features() {
    return TensorType.of(DType.I64, steps);
  }

  @Override
  public TensorType target() {
    return TensorType.of(DType.I64, steps);
  }

  @Override
  public List<TensorType> more() {
    return List.of(TensorType.of(DType.I64, Shape.SCALAR), TensorType.of(DType.I64, steps));
  }

  @Override
  public List<String> classNames() {
    return targets.names;
  }

  @Override
  public void readFeatures(int index, Tensor rows, int row) {
    int[] source = pairs.get(index).source;
    write(rows, row, steps, source, 0);
  }

  @Override
  public void readTarget(int index, Tensor rows, int row) {
    int[] target = pairs.get(index).target;
    int[] said = Arrays.copyOf(target, target.length + 1);
    said[target.length] = targets.end;
    write(rows, row, steps, said, CrossEntropy.IGNORE);
  }

  @Override
  public void readMore(int index, List<Tensor> stacks, int row) {
    Pair pair = pairs.get(index);
    stacks.get(0).set(row, pair.source.length);
    int[] read = new int[pair.target.length + 1];
    read[0] = targets.begin;
    System.arraycopy(pair.target, 0, read, 1, pair.target.length);
    write(stacks.get(1), row, steps, read, targets.end);
  }

  private static void write(Tensor rows, int row, int steps, int[] tokens, int padding) {
    for (int i = 0; i < steps; i++) {
      rows.set((long) row * steps + i, i < tokens.length ? tokens[i] : padding);
    }
  }
}
