package dev.kiln.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.data.Dataset;
import dev.kiln.data.TensorDataset;
import dev.kiln.exec.Step;
import dev.kiln.nn.Activation;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Models;
import dev.kiln.nn.Network;
import dev.kiln.nn.Sequential;
import dev.kiln.profile.NodeEvent;
import dev.kiln.profile.Profile;
import dev.kiln.profile.Subject;
import dev.kiln.profile.Timing;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Times taken while training: all of them, by both ways, and without changing what is learned. */
final class TrainingProfileTest {

  private static final int BATCHES = 3;
  private static final int EPOCHS = 2;

  @TempDir private Path folder;

  private static TrainerBuilder trainer(Backend backend) {
    float[] features = new float[BATCHES * 4 * 2];
    long[] labels = new long[BATCHES * 4];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % 2;
      features[2 * i] = i % 2;
      features[2 * i + 1] = i;
    }
    Dataset data =
        TensorDataset.ofClasses(
            Tensor.of(Shape.of(labels.length, 2), features),
            Tensor.of(Shape.of(labels.length), labels),
            List.of("even", "odd"));
    return Trainer.of(
            backend,
            Models.classifier(Sequential.of(Linear.of(3), Activation.TANH, Linear.of(2))),
            data)
        .batchSize(4)
        .epochs(EPOCHS);
  }

  private static float[] fit(Trainer trainer) {
    trainer.fit();
    return trainer.learner().variables().read(Network.PARAMETERS).toFloatArray();
  }

  @Test
  void everyNodeOfEveryStepIsTimedAndLearningIsTheSame() {
    Profile profile = new Profile();
    try (Backend backend = Backends.openBest();
        Trainer plain = trainer(backend).build();
        Trainer profiled = trainer(backend).profile(profile).build()) {
      assertThat(fit(profiled)).isEqualTo(fit(plain));
      assertThat(profile.nodes())
          .hasSize(profiled.learner().trainingPlan(4).steps().size())
          .allMatch(node -> node.count() == BATCHES * EPOCHS)
          .allMatch(node -> node.medianNanos() > 0);
      assertThat(profile.nodes().stream().map(Timing::subject))
          .containsAll(
              profiled.learner().trainingPlan(4).steps().stream()
                  .map(TrainingProfileTest::subject)
                  .toList());
      Timing step = profile.timing(Subject.STEP);
      assertThat(step.count()).isEqualTo(BATCHES * EPOCHS);
      assertThat(step.totalNanos())
          .isGreaterThan(profile.nodes().stream().mapToLong(Timing::totalNanos).sum());
      assertThat(profile.timing(Subject.DATA_WAIT).count()).isEqualTo(BATCHES * EPOCHS);
    }
  }

  private static Subject subject(Step step) {
    return new Subject(
        step.node().name(),
        step.node().spec().opName(),
        step.op().describe(),
        step.node().outputs().getFirst().type().toString());
  }

  @Test
  void aFlightRecordingHoldsStepsWaitsAndNodes() throws IOException {
    Path file = folder.resolve("training.jfr");
    int nodes;
    try (Backend backend = Backends.openBest();
        Trainer trainer = trainer(backend).build();
        Recording recording = new Recording()) {
      recording.enable(NodeEvent.class);
      recording.start();
      trainer.fit();
      recording.stop();
      recording.dump(file);
      nodes = trainer.learner().trainingPlan(4).steps().size();
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    assertThat(events)
        .filteredOn(event -> event.getEventType().getName().equals("dev.kiln.Node"))
        .hasSize(nodes * BATCHES * EPOCHS)
        .allMatch(event -> !event.getString("implementation").isEmpty());
    assertThat(events)
        .filteredOn(event -> event.getEventType().getName().equals("dev.kiln.Step"))
        .hasSize(BATCHES * EPOCHS)
        .allMatch(event -> event.getInt("samples") == 4)
        .extracting(event -> event.getLong("batch"))
        .containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    assertThat(events)
        .filteredOn(event -> event.getEventType().getName().equals("dev.kiln.DataWait"))
        .hasSize(BATCHES * EPOCHS);
  }

  @Test
  void nodesAreNotRecordedUnlessAskedFor() throws IOException {
    Path file = folder.resolve("training.jfr");
    try (Backend backend = Backends.openBest();
        Trainer trainer = trainer(backend).build();
        Recording recording = new Recording()) {
      recording.start();
      trainer.fit();
      recording.stop();
      recording.dump(file);
    }
    assertThat(RecordingFile.readAllEvents(file))
        .extracting(event -> event.getEventType().getName())
        .contains("dev.kiln.Step")
        .doesNotContain("dev.kiln.Node");
  }
}
