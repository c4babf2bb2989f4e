package dev.kiln.cli;

import dev.kiln.exec.Variables;
import dev.kiln.tensor.Tensor;
import dev.kiln.train.EpochReport;
import dev.kiln.train.Learner;
import dev.kiln.train.Trainer;
import dev.kiln.train.TrainingListener;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keeps the parameters and statistics of the best epoch in memory. */
final class BestWeights implements TrainingListener {

  private final Map<String, Tensor> kept = new LinkedHashMap<>();

  @Override
  public void onEpoch(Trainer trainer, EpochReport report) {
    if (report.best()) {
      Variables variables = trainer.learner().variables();
      variables.names().forEach(name -> kept.put(name, variables.read(name)));
    }
  }

  /** Puts them back; does nothing if no epoch was best. */
  void restore(Learner learner) {
    kept.forEach(learner.variables()::write);
  }
}
