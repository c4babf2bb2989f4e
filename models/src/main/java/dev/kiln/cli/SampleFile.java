package dev.kiln.cli;

import dev.kiln.data.CsvFormat;
import dev.kiln.data.CsvTable;
import dev.kiln.data.InvalidDataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** Reads what is to be predicted from files. */
final class SampleFile {

  private static final String LABEL = "label";

  /** Letters that no number has: e is in 1e5. */
  private static final Pattern NAME = Pattern.compile(".*[a-df-zA-DF-Z_].*");

  private SampleFile() {}

  /**
   * Reads the samples of a file: one of an image, one per row of a CSV file.
   *
   * @throws IOException if it is missing, damaged, or does not fit the model
   */
  static List<Sample> read(Path file, ModelDescription model) throws IOException {
    if (!Files.exists(file)) {
      throw new InvalidDataException(file, "no such file");
    }
    if (file.toString().toLowerCase(Locale.ROOT).endsWith(".csv")) {
      return readTable(file, model);
    }
    if (model.input().size() != 3) {
      throw new InvalidDataException(
          file,
          "the model takes samples of shape %s, which are no images; name a .csv file"
              .formatted(model.input()));
    }
    float[] raw = ImageFile.read(file, model.input());
    for (int i = 0; i < raw.length; i++) {
      raw[i] *= (float) model.white();
    }
    return List.of(new Sample(file.toString(), model.normalized(raw), OptionalDouble.empty()));
  }

  private static List<Sample> readTable(Path file, ModelDescription model) throws IOException {
    CsvFormat format = hasNames(file) ? CsvFormat.withNames() : CsvFormat.withoutNames();
    CsvTable table = format.read(file);
    int label = table.columns().indexOf(LABEL);
    int features = table.columns().size() - (label < 0 ? 0 : 1);
    long needed = model.features().elements();
    if (features != needed) {
      throw new InvalidDataException(
          file,
          "has %d columns of features, but the model takes %d, samples of shape %s"
              .formatted(features, needed, model.input()));
    }
    List<Sample> samples = new ArrayList<>();
    for (int row = 0; row < table.rows(); row++) {
      samples.add(sample(file, table, row, label, model));
    }
    return samples;
  }

  private static boolean hasNames(Path file) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      String first = lines.readLine();
      return first != null && NAME.matcher(first).matches();
    }
  }

  private static Sample sample(
      Path file, CsvTable table, int row, int label, ModelDescription model)
      throws InvalidDataException {
    float[] raw = new float[(int) model.features().elements()];
    int filled = 0;
    for (int column = 0; column < table.columns().size(); column++) {
      if (column != label) {
        raw[filled++] = (float) table.get(row, column);
      }
    }
    OptionalDouble truth = OptionalDouble.empty();
    if (label >= 0 && model.isClassifier()) {
      double value = table.get(row, label);
      if (value != Math.rint(value) || value < 0 || value >= model.classes().size()) {
        throw new InvalidDataException(
            file,
            "line %d has label %s, but the %d classes are 0 to %d"
                .formatted(
                    table.lines().get(row),
                    value,
                    model.classes().size(),
                    model.classes().size() - 1));
      }
      truth = OptionalDouble.of(value);
    }
    return new Sample(
        "%s line %d".formatted(file, table.lines().get(row)), model.normalized(raw), truth);
  }
}
