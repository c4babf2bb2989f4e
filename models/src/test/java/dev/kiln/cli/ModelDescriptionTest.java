package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.data.Normalize;
import dev.kiln.data.Vocabulary;
import dev.kiln.models.task.Classification;
import dev.kiln.models.task.LanguageModelling;
import dev.kiln.models.task.Regression;
import dev.kiln.models.task.Task;
import dev.kiln.models.task.WordClassification;
import dev.kiln.safetensors.SafetensorsWriter;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.train.CheckpointException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelDescriptionTest {

  private static final Normalize NORMALIZATION = new Normalize(List.of(2f), List.of(3f));

  @TempDir private Path temp;

  static Stream<Task> tasks() {
    return Stream.of(
        new Classification(List.of(1, 8, 8), List.of("no", "yes"), NORMALIZATION, 16),
        new Regression(List.of(52, 1), List.of(1), NORMALIZATION),
        new WordClassification(new Vocabulary(List.of("a", "ß")), 24, List.of("en", "de")),
        new LanguageModelling(new Vocabulary(List.of("\n", "a")), 64));
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void isReadAsItWasWritten(Task task) throws IOException {
    ModelDescription description = new ModelDescription("mlp", "some-data", task);
    assertThat(ModelDescription.read(checkpoint(description.toJson()))).isEqualTo(description);
  }

  @Test
  void theFirstCheckpointsDidNotNameTheirTask() throws IOException {
    String classes =
        """
        {"model":"mlp","data":"cells","input":[30],"target":[],"classes":["no","yes"],
         "normalization":{"mean":[2.0],"deviation":[3.0]},"white":1.0}
        """;
    assertThat(ModelDescription.read(checkpoint(classes)))
        .isEqualTo(
            new ModelDescription(
                "mlp",
                "cells",
                new Classification(List.of(30), List.of("no", "yes"), NORMALIZATION, 1)));
    String values =
        """
        {"model":"mlp","data":"co2","input":[52,1],"target":[1],"classes":[],
         "normalization":{"mean":[2.0],"deviation":[3.0]},"white":1.0}
        """;
    assertThat(ModelDescription.read(checkpoint(values)))
        .isEqualTo(
            new ModelDescription(
                "mlp", "co2", new Regression(List.of(52, 1), List.of(1), NORMALIZATION)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a model", "{}", "{\"model\":\"mlp\"}", "{\"task\":\"chess\"}", "[]"})
  void anotherProgramsDescriptionIsRefused(String description) throws IOException {
    Path file = checkpoint(description);
    assertThatThrownBy(() -> ModelDescription.read(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("was not written by 'kiln train'");
  }

  private Path checkpoint(String description) throws IOException {
    Path file = temp.resolve("file.safetensors");
    SafetensorsWriter.write(
        file,
        Map.of("weight", Tensor.of(Shape.of(1), 1f)),
        Map.of("kiln.format", "1", "kiln.model", description));
    return file;
  }
}
