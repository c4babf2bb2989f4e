package dev.kiln.nn;

import dev.kiln.tensor.Shape;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The layers of a network with their shapes and sizes, in the order in which they run. Layers that
 * only hold others are left out; one that is applied twice counts its parameters once.
 *
 * @param rows one for each layer
 * @param outsideParameters the learned numbers that belong to no layer of the rows
 * @param statistics the numbers kept but not learned, such as running means
 */
public record Summary(List<Row> rows, long outsideParameters, long statistics) {

  /**
   * One layer.
   *
   * @param name its path in the network; empty for the network itself
   * @param kind what it is, with its settings
   * @param input the shape of what it takes, the batch first
   * @param output the shape of what it returns
   * @param parameters how many numbers it learns
   */
  public record Row(String name, String kind, Shape input, Shape output, long parameters) {}

  /** Copies the rows. */
  public Summary {
    rows = List.copyOf(rows);
  }

  /** Returns the summary of a network, for the batch it was written for. */
  public static Summary of(Network network) {
    List<LayerVisit> visits = network.layers();
    Map<String, Long> owned = new HashMap<>();
    long outside = 0;
    for (Parameter parameter : network.parameters()) {
      Optional<String> owner = owner(parameter, visits);
      if (owner.isPresent()) {
        owned.merge(owner.get(), parameter.elements(), Long::sum);
      } else {
        outside += parameter.elements();
      }
    }
    Set<String> counted = new HashSet<>();
    List<Row> rows =
        visits.stream()
            .filter(visit -> owned.containsKey(visit.name()) || isInnermost(visit, visits))
            .map(visit ->
                new Row(
                    visit.name(),
                    visit.layer().describe(),
                    visit.input(),
                    visit.output(),
                    counted.add(visit.name()) ? owned.getOrDefault(visit.name(), 0L) : 0))
            .toList();
    long statistics =
        network.statistics().stream().mapToLong(statistic -> statistic.shape().elements()).sum();
    return new Summary(rows, outside, statistics);
  }

  /** The innermost layer whose path the parameter's name begins with. */
  private static Optional<String> owner(Parameter parameter, List<LayerVisit> visits) {
    return visits.stream()
        .map(LayerVisit::name)
        .filter(path -> isWithin(parameter.name(), path))
        .max(Comparator.comparingInt(String::length));
  }

  private static boolean isInnermost(LayerVisit visit, List<LayerVisit> visits) {
    return visits.stream()
        .allMatch(
            other -> other.name().equals(visit.name()) || !isWithin(other.name(), visit.name()));
  }

  private static boolean isWithin(String name, String path) {
    return path.isEmpty() || name.startsWith(path + ".");
  }

  /** Returns how many numbers the network learns. */
  public long parameters() {
    return outsideParameters + rows.stream().mapToLong(Row::parameters).sum();
  }

  /** Returns a table for people. */
  public String render() {
    int name = width("Layer", rows.stream().map(Summary::shownName).toList());
    int kind = width("Kind", rows.stream().map(Row::kind).toList());
    int output = width("Output", rows.stream().map(row -> row.output().toString()).toList());
    String line = "%-" + name + "s  %-" + kind + "s  %-" + output + "s  %12s%n";
    StringBuilder text = new StringBuilder();
    text.append(line.formatted("Layer", "Kind", "Output", "Parameters"));
    for (Row row : rows) {
      String count = row.parameters() == 0 ? "" : grouped(row.parameters());
      text.append(line.formatted(shownName(row), row.kind(), row.output(), count).stripTrailing());
      text.append(System.lineSeparator());
    }
    if (outsideParameters > 0) {
      text.append(line.formatted("", "outside any layer", "", grouped(outsideParameters)));
    }
    text.append("%n%s parameters".formatted(grouped(parameters())));
    if (statistics > 0) {
      text.append(", %s running statistics".formatted(grouped(statistics)));
    }
    return text.append(System.lineSeparator()).toString();
  }

  private static String grouped(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  private static String shownName(Row row) {
    return row.name().isEmpty() ? "(network)" : row.name();
  }

  private static int width(String title, List<String> cells) {
    return cells.stream().mapToInt(String::length).reduce(title.length(), Math::max);
  }
}
