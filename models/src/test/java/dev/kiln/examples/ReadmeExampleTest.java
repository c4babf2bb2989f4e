package dev.kiln.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.data.DataSplit;
import dev.kiln.datasets.Catalogue;
import dev.kiln.datasets.DataFolders;
import dev.kiln.nn.Activation;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Flatten;
import dev.kiln.nn.Layer;
import dev.kiln.nn.Linear;
import dev.kiln.nn.MaxPool2d;
import dev.kiln.nn.Models;
import dev.kiln.nn.Sequential;
import dev.kiln.train.Optimizer;
import dev.kiln.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The README's example, compiled and run. */
class ReadmeExampleTest {

  private static Map<String, Double> train() throws IOException {
    // README begins
    DataSplit digits =
        Catalogue.entry("digits").load(DataFolders.standard(Optional.empty())).split();
    Layer network =
        Sequential.of(
            Conv2d.of(16, 3), Activation.RELU, MaxPool2d.of(2), new Flatten(), Linear.of(10));
    try (Backend backend = Backends.openBest();
        Trainer trainer =
            Trainer.of(backend, Models.classifier(network), digits.train())
                .validation(digits.validation())
                .optimizer(Optimizer.adam(0.003))
                .epochs(15)
                .build()) {
      trainer.fit();
      return trainer.evaluate(digits.test());
    }
    // README ends
  }

  @Test
  void trainsAsTheReadmeSays() throws IOException {
    assertThat(train().get("accuracy")).isGreaterThan(0.93);
  }

  @Test
  void standsInTheReadmeAsItIsCompiledHere() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("README.md"))) {
      root = root.getParent();
    }
    String source =
        Files.readString(
            root.resolve("models/src/test/java/dev/kiln/examples/ReadmeExampleTest.java"));
    String example =
        source
            .substring(
                source.indexOf("    // README begins\n") + "    // README begins\n".length(),
                source.indexOf("    // README ends"))
            .stripTrailing()
            .stripIndent();
    assertThat(Files.readString(root.resolve("README.md"))).contains(example.strip());
  }
}
