package dev.kiln.cli;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.kiln.profile.Profile;
import dev.kiln.profile.Subject;
import dev.kiln.profile.Timing;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Where the time of a training step goes, node by node, that which takes longest first. */
final class ProfileTable {

  private static final double NANOS_PER_MICROSECOND = 1000;

  /** Nodes below this share, such as those of a last short batch, are shown as one row. */
  private static final double LEAST_SHARE = 0.001;

  private final List<Timing> nodes;
  private final Timing step;
  private final Timing wait;
  private final double sum;

  /** Reads off what a profile has recorded. */
  ProfileTable(Profile profile) {
    this.nodes = profile.nodes();
    this.step = profile.timing(Subject.STEP);
    this.wait = profile.timing(Subject.DATA_WAIT);
    this.sum = nodes.stream().mapToDouble(this::perStep).sum();
  }

  /** Returns the table for people. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append("profile: medians of the last %,d steps%n".formatted(step.count()));
    String row =
        "  %9s  %6s  %-{name}s  %-{result}s  %s%n"
            .replace("{name}", width("node", Subject::name))
            .replace("{result}", width("result", Subject::result));
    text.append(row.formatted("microsec", "share", "node", "result", "run by"));
    List<Timing> shown = nodes.stream().filter(node -> shareOf(node) >= LEAST_SHARE).toList();
    for (Timing node : shown) {
      Subject subject = node.subject();
      text.append(
          row.formatted(
              micros(perStep(node)),
              percent(shareOf(node)),
              subject.name(),
              subject.result(),
              subject.implementation()));
    }
    List<Timing> others = nodes.subList(shown.size(), nodes.size());
    if (!others.isEmpty()) {
      double rest = others.stream().mapToDouble(this::perStep).sum();
      text.append(
          "  %9s  %6s  %d others%n".formatted(micros(rest), percent(rest / sum), others.size()));
    }
    text.append("  %9s  %6s  all nodes%n".formatted(micros(sum), "100.0%"));
    text.append(
        "  %9s          a step: the nodes, the batch fed and the loss read%n"
            .formatted(micros(step.medianNanos())));
    text.append(
        "  %9s          the wait for data before it%n".formatted(micros(wait.medianNanos())));
    return text.toString();
  }

  /** Returns the table for programs: times in microseconds. */
  String csv() throws IOException {
    StringWriter text = new StringWriter();
    try (CsvWriter writer = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(text)) {
      writer.writeRecord(
          "node", "operation", "result", "implementation", "count", "median_microseconds", "share");
      for (Timing node : nodes) {
        writeRow(writer, node, String.valueOf(shareOf(node)));
      }
      writeRow(writer, step, "");
      writeRow(writer, wait, "");
    }
    return text.toString();
  }

  private static void writeRow(CsvWriter writer, Timing timing, String share) {
    Subject subject = timing.subject();
    writer.writeRecord(
        subject.name(),
        subject.operation(),
        subject.result(),
        subject.implementation(),
        String.valueOf(timing.count()),
        String.valueOf(timing.medianNanos() / NANOS_PER_MICROSECOND),
        share);
  }

  /** The width of a column, as part of a format. */
  private String width(String title, Function<Subject, String> cell) {
    return String.valueOf(
        nodes.stream()
            .mapToInt(node -> cell.apply(node.subject()).length())
            .reduce(title.length(), Math::max));
  }

  private double perStep(Timing node) {
    return node.nanosPerStep(step.count());
  }

  private static String micros(double nanos) {
    return String.format(Locale.ROOT, "%,.1f", nanos / NANOS_PER_MICROSECOND);
  }

  private double shareOf(Timing node) {
    return sum == 0 ? 0 : perStep(node) / sum;
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }
}
