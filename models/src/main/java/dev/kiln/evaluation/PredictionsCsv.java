package dev.kiln.evaluation;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;

/** What a model said of each sample, as a table: one row per sample, counted from 0. */
public final class PredictionsCsv {

  private PredictionsCsv() {}

  /**
   * Writes the table of an examination.
   *
   * @param examination what was said
   * @param decision how probabilities become a class
   * @param out where to write; it is not closed
   */
  public static void write(Examination examination, Decision decision, Writer out)
      throws IOException {
    CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(out);
    switch (examination.outputs()) {
      case Outputs.Classes classes -> write(classes, examination.task().classes(), decision, csv);
      case Outputs.Values values -> write(values, csv);
      case Outputs.Transcriptions words -> write(words, csv);
      case Outputs.Stretches text -> write(text, csv);
    }
    csv.flush();
  }

  private static void write(
      Outputs.Classes outputs, List<String> names, Decision decision, CsvWriter csv) {
    List<String> header = new ArrayList<>(List.of("sample", "truth", "predicted", "correct"));
    names.forEach(name -> header.add("probability of " + name));
    csv.writeRecord(header);
    for (int i = 0; i < outputs.size(); i++) {
      int truth = outputs.targets()[i];
      int predicted = decision.predicted(outputs, i);
      List<String> row = new ArrayList<>();
      row.add(String.valueOf(i));
      row.add(names.get(truth));
      row.add(names.get(predicted));
      row.add(String.valueOf(truth == predicted));
      for (int label = 0; label < outputs.classes(); label++) {
        row.add(String.valueOf(outputs.probability(i, label)));
      }
      csv.writeRecord(row);
    }
  }

  private static void write(Outputs.Values outputs, CsvWriter csv) {
    List<String> header = new ArrayList<>(List.of("sample"));
    for (int k = 0; k < outputs.width(); k++) {
      String suffix = outputs.width() == 1 ? "" : " " + k;
      header.addAll(List.of("truth" + suffix, "predicted" + suffix, "error" + suffix));
    }
    csv.writeRecord(header);
    for (int i = 0; i < outputs.size(); i++) {
      List<String> row = new ArrayList<>(List.of(String.valueOf(i)));
      for (int k = i * outputs.width(); k < (i + 1) * outputs.width(); k++) {
        row.add(String.valueOf((float) outputs.targets()[k]));
        row.add(String.valueOf((float) outputs.predictions()[k]));
        row.add(String.valueOf((float) (outputs.predictions()[k] - outputs.targets()[k])));
      }
      csv.writeRecord(row);
    }
  }

  private static void write(Outputs.Transcriptions outputs, CsvWriter csv) {
    csv.writeRecord(
        "sample", "word", "truth", "predicted", "correct", "edits", "probability", "score");
    int sample = 0;
    for (Outputs.Transcription each : outputs.words()) {
      csv.writeRecord(
          String.valueOf(sample++),
          each.word(),
          each.truth(),
          each.said(),
          String.valueOf(each.isRight()),
          String.valueOf(each.edits()),
          String.valueOf((float) each.probability()),
          String.valueOf((float) each.score()));
    }
  }

  private static void write(Outputs.Stretches outputs, CsvWriter csv) {
    csv.writeRecord("sample", "text", "bits_per_character");
    int sample = 0;
    for (Outputs.Stretch each : outputs.stretches()) {
      csv.writeRecord(
          String.valueOf(sample++), each.text(), String.valueOf(each.bitsPerCharacter()));
    }
  }
}
