package dev.kiln.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.data.TokenStream;
import dev.kiln.nn.Embedding;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Model;
import dev.kiln.nn.Models;
import dev.kiln.nn.Network;
import dev.kiln.nn.Recurrent;
import dev.kiln.op.RecurrentCell;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A network that reads a long sequence window by window remembers what came before a window. */
class ContinuedStateTest {

  private static final List<String> NAMES = List.of("a", "b", "c");

  @TempDir private Path temp;

  private static TokenStream stream(int length, int window) {
    int[] tokens = IntStream.range(0, length).map(i -> i * i % 7 % 3).toArray();
    return TokenStream.of(tokens, window, NAMES);
  }

  private static Model model(RecurrentCell cell) {
    Recurrent stack = Recurrent.of(cell, 6).withLayers(2);
    return Models.classifier((scope, tokens) -> {
      var x = scope.child("embedding", Embedding.of(NAMES.size(), 4), tokens);
      return scope.child("out", Linear.of(NAMES.size()), stack.applyContinued(scope, "rnn", x));
    });
  }

  private static TrainerBuilder trainer(
      Backend backend, RecurrentCell cell, TokenStream data, int rows) {
    return Trainer.of(backend, model(cell), data)
        .batchSize(rows)
        .epochs(2)
        .optimizer(Optimizer.adam(0.01))
        .seed(5);
  }

  @ParameterizedTest
  @CsvSource({"reference, LSTM", "reference, GRU", "onednn, LSTM", "onednn, RNN_TANH"})
  void whatWindowsSayIsWhatOneLongSequenceSays(String name, RecurrentCell cell) {
    try (Backend backend = Backends.open(name, 0);
        Trainer windows = trainer(backend, cell, stream(49, 4), 2).build();
        Trainer whole = trainer(backend, cell, stream(49, 24), 2).build()) {
      double expected = whole.evaluate(stream(49, 24)).get("loss");
      assertThat(windows.evaluate(stream(49, 4)).get("loss")).isCloseTo(expected, within(1e-6));
      // And once more, since an evaluation begins with nothing remembered.
      assertThat(windows.evaluate(stream(49, 4)).get("loss")).isCloseTo(expected, within(1e-6));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "onednn"})
  void anInterruptedTrainingGoesOnWithTheSameBits(String name) throws IOException {
    Path file = temp.resolve("middle.safetensors");
    try (Backend backend = Backends.open(name, 0);
        Trainer straight = trainer(backend, RecurrentCell.LSTM, stream(49, 4), 2).build();
        Trainer stopped =
            trainer(backend, RecurrentCell.LSTM, stream(49, 4), 2)
                .listener(
                    new TrainingListener() {
                      @Override
                      public void onBatch(Trainer trainer, BatchReport report) {
                        if (report.epoch() == 1 && report.batch() == 2) {
                          trainer.requestStop();
                        }
                      }
                    })
                .build();
        Trainer resumed = trainer(backend, RecurrentCell.LSTM, stream(49, 4), 2).build()) {
      straight.fit();
      stopped.fit();
      // Evaluating has a state of its own, which neither disturbs nor is kept.
      stopped.evaluate(stream(49, 4));
      stopped.save(file, "");
      resumed.resume(file);
      assertThat(resumed.state().batch()).isEqualTo(3);
      resumed.fit();
      assertThat(parameters(resumed)).isEqualTo(parameters(straight));
    }
  }

  @Test
  void everyEpochBeginsWithNothingRemembered() {
    try (Backend backend = Backends.open("reference", 0);
        Trainer still =
            Trainer.of(backend, model(RecurrentCell.GRU), stream(49, 4))
                .batchSize(2)
                .epochs(2)
                .optimizer(Optimizer.sgd(1e-30))
                .build()) {
      List<EpochReport> epochs = still.fit();
      assertThat(epochs.get(1).training()).isEqualTo(epochs.get(0).training());
    }
  }

  private static float[] parameters(Trainer trainer) {
    return trainer.learner().variables().read(Network.PARAMETERS).toFloatArray();
  }
}
