package dev.kiln.decode;

import dev.kiln.tensor.Philox;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Any probabilities at all after any beginning; its state is the beginning itself. */
record RandomTokenModel(int tokens, long seed) implements TokenModel<List<Integer>> {

  @Override
  public List<Reading<List<Integer>>> read(List<List<Integer>> states, int[] read) {
    return IntStream.range(0, read.length)
        .mapToObj(i -> {
          List<Integer> after = new ArrayList<>(states.get(i));
          after.add(read[i]);
          return new Reading<>(List.copyOf(after), logProbabilities(after));
        })
        .toList();
  }

  float[] logProbabilities(List<Integer> after) {
    double[] logits = new double[tokens];
    new Philox(seed, 1, after.hashCode()).fillNormal(logits);
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp(2 * logit);
    }
    float[] logs = new float[tokens];
    for (int i = 0; i < tokens; i++) {
      logs[i] = (float) (2 * logits[i] - Math.log(sum));
    }
    return logs;
  }
}
