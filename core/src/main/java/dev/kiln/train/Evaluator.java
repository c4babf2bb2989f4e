package dev.kiln.train;

import dev.kiln.data.BatchLoader;
import dev.kiln.data.Dataset;
import dev.kiln.nn.Mode;
import dev.kiln.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Measures a network on data sets, as after training. It owns what loads them. */
final class Evaluator implements AutoCloseable {

  private final Learner learner;
  private final Measures measures;
  private final int batchSize;
  private final Map<Dataset, BatchLoader> loaders = new IdentityHashMap<>();

  Evaluator(Learner learner, Measures measures, int batchSize) {
    this.learner = learner;
    this.measures = measures;
    this.batchSize = batchSize;
  }

  /** Returns the mean loss and the metrics over a data set. */
  Map<String, Double> evaluate(Dataset dataset) {
    BatchLoader loader =
        loaders.computeIfAbsent(dataset, key -> Trainer.evaluating(key, batchSize).build());
    loader.seek(BatchLoader.Position.START);
    learner.forgetCarried(Mode.INFERENCE);
    Scorer scorer = measures.scorer();
    Totals totals = Totals.NONE;
    for (int i = 0; i < loader.batchesPerEpoch(); i++) {
      List<Tensor> batch = loader.next().fields();
      Evaluated evaluated = learner.evaluate(batch);
      totals = totals.plus(evaluated.loss(), batch.get(1), evaluated.counts());
      if (measures.needPredictions()) {
        scorer.add(batch, evaluated.predictions());
      }
    }
    return measures.values(totals, scorer);
  }

  /** Stops loading data. */
  @Override
  public void close() {
    loaders.values().forEach(BatchLoader::close);
  }
}
