package dev.kiln.data;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Divides data sets into parts that share no example; the same seed gives the same parts. Within a
 * part the examples keep their order.
 */
public final class Splits {

  private Splits() {}

  /**
   * One round of cross-validation.
   *
   * @param train all other folds
   * @param validation this fold
   */
  public record Fold(Dataset train, Dataset validation) {}

  /**
   * Splits at random.
   *
   * @param dataset what to split
   * @param validation the share to validate on, above 0
   * @param test the share to test on, above 0; the rest, also above 0, is for training
   * @param seed chooses the examples
   * @return the parts; sizes are rounded to the nearest whole example
   * @throws IllegalArgumentException if the shares leave a part without an example
   */
  public static DataSplit random(Dataset dataset, double validation, double test, long seed) {
    int[] order = shuffled(range(dataset.size()), seed, 0);
    return split(dataset, List.of(order), validation, test);
  }

  /**
   * Splits at random so that each part has the classes in the same proportion, as nearly as whole
   * examples allow.
   *
   * @param dataset what to split; its targets are classes
   * @param validation the share to validate on, above 0
   * @param test the share to test on, above 0; the rest, also above 0, is for training
   * @param seed chooses the examples
   * @return the parts
   * @throws IllegalArgumentException if the targets are no classes, or a part is left empty
   */
  public static DataSplit stratified(Dataset dataset, double validation, double test, long seed) {
    return split(dataset, shuffledClasses(dataset, seed), validation, test);
  }

  /**
   * Splits in order, for time series: the oldest examples train, the newest test.
   *
   * @param dataset what to split
   * @param validation the share to validate on, above 0
   * @param test the share to test on, above 0; the rest, also above 0, is for training
   * @return the parts
   * @throws IllegalArgumentException if the shares leave a part without an example
   */
  public static DataSplit chronological(Dataset dataset, double validation, double test) {
    return split(dataset, List.of(range(dataset.size())), validation, test);
  }

  /**
   * Divides at random into folds of sizes that differ by at most one, each validating once.
   *
   * @param dataset what to divide
   * @param folds how many, from 2 to the data set's size
   * @param seed chooses the examples
   * @return one round per fold
   * @throws IllegalArgumentException if the number of folds is out of range
   */
  public static List<Fold> kFold(Dataset dataset, int folds, long seed) {
    return folds(dataset, List.of(shuffled(range(dataset.size()), seed, 0)), folds);
  }

  /**
   * Divides at random into folds with the classes in the same proportion, each validating once.
   *
   * @param dataset what to divide; its targets are classes
   * @param folds how many, from 2 to the data set's size
   * @param seed chooses the examples
   * @return one round per fold
   * @throws IllegalArgumentException if the targets are no classes, or the number is out of range
   */
  public static List<Fold> stratifiedKFold(Dataset dataset, int folds, long seed) {
    return folds(dataset, shuffledClasses(dataset, seed), folds);
  }

  /**
   * Cuts every group at the same shares: first the test, then the validation, then the training.
   */
  private static DataSplit split(
      Dataset dataset, List<int[]> groups, double validation, double test) {
    if (!(validation > 0 && test > 0 && validation + test < 1)) {
      throw new IllegalArgumentException(
          "the shares for validation and test must be above 0 and leave some for training, but are "
              + validation
              + " and "
              + test);
    }
    List<int[]> trainParts = new ArrayList<>();
    List<int[]> validationParts = new ArrayList<>();
    List<int[]> testParts = new ArrayList<>();
    for (int[] group : groups) {
      int testBegin = (int) Math.round(group.length * (1 - test));
      int validationBegin = (int) Math.round(group.length * (1 - test - validation));
      trainParts.add(Arrays.copyOfRange(group, 0, validationBegin));
      validationParts.add(Arrays.copyOfRange(group, validationBegin, testBegin));
      testParts.add(Arrays.copyOfRange(group, testBegin, group.length));
    }
    return new DataSplit(
        part(dataset, trainParts), part(dataset, validationParts), part(dataset, testParts));
  }

  private static List<Fold> folds(Dataset dataset, List<int[]> groups, int folds) {
    if (folds < 2 || folds > dataset.size()) {
      throw new IllegalArgumentException(
          "%d examples can be divided into 2 to %d folds, not %d"
              .formatted(dataset.size(), dataset.size(), folds));
    }
    int[] order = concatenated(groups);
    List<Fold> rounds = new ArrayList<>();
    for (int fold = 0; fold < folds; fold++) {
      int chosen = fold;
      // Dealing like cards keeps the classes, which lie one after the other, in proportion.
      int[] validation =
          IntStream.range(0, order.length)
              .filter(at -> at % folds == chosen)
              .map(at -> order[at])
              .toArray();
      int[] train =
          IntStream.range(0, order.length)
              .filter(at -> at % folds != chosen)
              .map(at -> order[at])
              .toArray();
      rounds.add(new Fold(part(dataset, List.of(train)), part(dataset, List.of(validation))));
    }
    return rounds;
  }

  private static Subset part(Dataset dataset, List<int[]> parts) {
    int[] indices = concatenated(parts);
    Arrays.sort(indices);
    return new Subset(dataset, indices);
  }

  private static int[] concatenated(List<int[]> parts) {
    return parts.stream().flatMapToInt(Arrays::stream).toArray();
  }

  /** The examples of each class, shuffled within the class. */
  private static List<int[]> shuffledClasses(Dataset dataset, long seed) {
    if (dataset.classNames().isEmpty() || dataset.target().dtype() != DType.I64) {
      throw new IllegalArgumentException(
          "a stratified split needs targets that are classes, but this is " + dataset.describe());
    }
    long[] labels = labels(dataset);
    List<int[]> classes = new ArrayList<>();
    for (int label = 0; label < dataset.classNames().size(); label++) {
      int wanted = label;
      int[] members = IntStream.range(0, labels.length).filter(i -> labels[i] == wanted).toArray();
      classes.add(shuffled(members, seed, label));
    }
    return classes;
  }

  private static long[] labels(Dataset dataset) {
    long[] labels = new long[dataset.size()];
    Tensor label = Tensor.allocate(dataset.target().stacked(1));
    for (int i = 0; i < labels.length; i++) {
      dataset.readTarget(i, label, 0);
      labels[i] = (long) label.get(0);
    }
    return labels;
  }

  private static int[] range(int size) {
    return IntStream.range(0, size).toArray();
  }

  private static int[] shuffled(int[] items, long seed, long step) {
    Shuffle.shuffle(items, new Philox(seed, RandomStreams.SPLIT, step));
    return items;
  }
}
