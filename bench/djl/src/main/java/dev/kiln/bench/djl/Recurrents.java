package dev.kiln.bench.djl;

import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.recurrent.RNN;
import ai.djl.nn.recurrent.RecurrentBlock;

/** DJL's recurrent blocks, whose builders share settings but not how they build. */
final class Recurrents {

  private Recurrents() {}

  static RecurrentBlock build(RecurrentBlock.BaseBuilder<?> builder) {
    return switch (builder) {
      case GRU.Builder gru -> gru.build();
      case LSTM.Builder lstm -> lstm.build();
      case RNN.Builder rnn -> rnn.setActivation(RNN.Activation.TANH).build();
      default -> throw new IllegalArgumentException("no recurrent block: " + builder);
    };
  }
}
