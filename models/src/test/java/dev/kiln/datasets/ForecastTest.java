package dev.kiln.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.data.Dataset;
import dev.kiln.metrics.Evaluation;
import dev.kiln.metrics.Metric;
import dev.kiln.models.task.Task;
import dev.kiln.models.zoo.Zoo;
import dev.kiln.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The documented forecasts in small. */
class ForecastTest {

  private static LoadedDataset load(String name) throws IOException {
    return Catalogue.entry(name).load(DataFolders.standard(Optional.<Path>empty()));
  }

  private static Evaluation naive(LoadedDataset data) {
    Dataset test = data.split().test();
    return data.task().baselines(data.split(), test).getFirst().evaluation();
  }

  /** Numbers that NumPy gives for the same windows. */
  @ParameterizedTest
  @CsvSource({"co2, 1.667796, 1.855869", "sunspots, 28.183448, 38.037053"})
  void theSeasonalNaiveForecastIsJudgedInTheUnitOfTheSeries(String name, double mae, double rmse)
      throws IOException {
    Evaluation naive = naive(load(name));
    assertThat(naive.value(Metric.MAE)).isCloseTo(mae, within(2e-5));
    assertThat(naive.value(Metric.RMSE)).isCloseTo(rmse, within(2e-5));
  }

  @Test
  void aFewEpochsOfCo2BeatTheSeasonalNaiveForecast() throws IOException {
    LoadedDataset data = load("co2");
    Task task = data.task();
    try (Backend backend = Backends.openBest();
        Trainer trainer =
            Trainer.of(backend, task.build(Zoo.find("gru")), data.split().train())
                .metrics(Metric.MAE)
                .scorer(task::scorer)
                .batchSize(32)
                .epochs(3)
                .build()) {
      trainer.fit();
      Map<String, Double> found = trainer.evaluate(data.split().test());
      assertThat(found.get("mae")).isLessThan(1).isLessThan(naive(data).value(Metric.MAE));
    }
  }
}
