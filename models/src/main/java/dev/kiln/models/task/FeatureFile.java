package dev.kiln.models.task;

import dev.kiln.data.CsvFormat;
import dev.kiln.data.CsvTable;
import dev.kiln.data.InvalidDataException;
import dev.kiln.data.Normalize;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/**
 * A file of what is to be predicted: an image, or a CSV file with a sample in every row.
 *
 * @param file where it is
 * @param input the shape of a sample
 * @param normalization what is applied to its values
 * @param white what a white pixel is before that
 */
record FeatureFile(Path file, List<Integer> input, Normalize normalization, double white) {

  private static final String LABEL = "label";

  /** Letters that no number has: e is in 1e5. */
  private static final Pattern NAME = Pattern.compile(".*[a-df-zA-DF-Z_].*");

  /**
   * One sample.
   *
   * @param name what messages call it
   * @param line where it stands, from 1
   * @param features its normalized features, [1, input...]
   * @param label what stands in its column {@code label}
   */
  record Row(String name, int line, Tensor features, OptionalDouble label) {

    /** Returns it as a sample, with a target of zeros where the true one is not known. */
    Sample sample(Optional<Tensor> truth, TensorType target) {
      Tensor second = truth.orElseGet(() -> Tensor.allocate(target));
      return new Sample(name, List.of(features, second), truth);
    }
  }

  /**
   * Reads the samples of the file.
   *
   * @throws IOException if it is missing, damaged, or does not fit the model
   */
  List<Row> read() throws IOException {
    if (!Files.exists(file)) {
      throw new InvalidDataException(file, "no such file");
    }
    if (file.toString().toLowerCase(Locale.ROOT).endsWith(".csv")) {
      return readTable();
    }
    if (input.size() != 3) {
      throw new InvalidDataException(
          file,
          "the model takes samples of shape %s, which are no images; name a .csv file"
              .formatted(input));
    }
    float[] raw = ImageFile.read(file, input);
    for (int i = 0; i < raw.length; i++) {
      raw[i] *= (float) white;
    }
    return List.of(new Row(file.toString(), 1, normalized(raw), OptionalDouble.empty()));
  }

  private List<Row> readTable() throws IOException {
    CsvFormat format = hasNames() ? CsvFormat.withNames() : CsvFormat.withoutNames();
    CsvTable table = format.read(file);
    int label = table.columns().indexOf(LABEL);
    int features = table.columns().size() - (label < 0 ? 0 : 1);
    long needed = new Shape(input).elements();
    if (features != needed) {
      throw new InvalidDataException(
          file,
          "has %d columns of features, but the model takes %d, samples of shape %s"
              .formatted(features, needed, input));
    }
    List<Row> rows = new ArrayList<>();
    for (int row = 0; row < table.rows(); row++) {
      rows.add(row(table, row, label));
    }
    return rows;
  }

  private boolean hasNames() throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      String first = lines.readLine();
      return first != null && NAME.matcher(first).matches();
    }
  }

  private Row row(CsvTable table, int row, int label) {
    float[] raw = new float[Math.toIntExact(new Shape(input).elements())];
    int filled = 0;
    for (int column = 0; column < table.columns().size(); column++) {
      if (column != label) {
        raw[filled++] = (float) table.get(row, column);
      }
    }
    int line = table.lines().get(row);
    return new Row(
        "%s line %d".formatted(file, line),
        line,
        normalized(raw),
        label < 0 ? OptionalDouble.empty() : OptionalDouble.of(table.get(row, label)));
  }

  /** Returns a raw sample as the network takes it, a batch of one. */
  private Tensor normalized(float[] raw) {
    TensorType type = TensorType.of(DType.F32, new Shape(input));
    normalization.apply(MemorySegment.ofArray(raw), type, MemorySegment.NULL, new int[0]);
    return Tensor.of(Sample.batch(List.of(type), 1).getFirst().shape(), raw);
  }
}
