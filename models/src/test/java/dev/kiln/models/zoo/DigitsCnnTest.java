package dev.kiln.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.data.DataSplit;
import dev.kiln.datasets.Catalogue;
import dev.kiln.datasets.DataFolders;
import dev.kiln.nn.Layer;
import dev.kiln.nn.Models;
import dev.kiln.train.Optimizer;
import dev.kiln.train.Trainer;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DigitsCnnTest {

  @Test
  void readsTheEmbeddedDigits() throws IOException {
    DataSplit digits =
        Catalogue.entry("digits").load(DataFolders.standard(Optional.empty())).split();
    Layer network = Zoo.find("digits-cnn").build(digits.train().features().shape(), 10);
    try (Backend backend = Backends.openBest();
        Trainer trainer =
            Trainer.of(backend, Models.classifier(network), digits.train())
                .optimizer(Optimizer.adam(0.003))
                .batchSize(32)
                .epochs(10)
                .build()) {
      trainer.fit();
      assertThat(trainer.evaluate(digits.test()).get("accuracy")).isGreaterThanOrEqualTo(0.97);
    }
  }
}
