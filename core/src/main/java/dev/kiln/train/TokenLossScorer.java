package dev.kiln.train;

import dev.kiln.metrics.Evaluation;
import dev.kiln.metrics.Metric;
import dev.kiln.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** Judges tokens by the loss, which is their mean negative log likelihood. */
final class TokenLossScorer implements Scorer {

  private final Scorer ofPredictions = Scorer.ofTokens();

  @Override
  public Optional<OnDevice> onDevice(Metric metric) {
    return switch (metric) {
      case NEGATIVE_LOG_LIKELIHOOD -> Optional.of(new OnDevice.OfLoss(loss -> loss));
      case PERPLEXITY -> Optional.of(new OnDevice.OfLoss(Math::exp));
      case BITS_PER_CHARACTER -> Optional.of(new OnDevice.OfLoss(loss -> loss / Math.log(2)));
      default -> Optional.empty();
    };
  }

  @Override
  public void add(List<Tensor> batch, Tensor predictions) {
    ofPredictions.add(batch, predictions);
  }

  @Override
  public Evaluation evaluate() {
    return ofPredictions.evaluate();
  }
}
