package dev.kiln.models.zoo;

import dev.kiln.nn.Attention;
import dev.kiln.nn.EncoderDecoder;
import dev.kiln.nn.Recurrent;
import java.util.Optional;

/** The zoo's networks that turn one sequence into another: GRUs, read in both directions. */
final class SequenceToSequence {

  private static final int FEATURES = 64;
  private static final int HIDDEN = 96;

  private SequenceToSequence() {}

  /** The whole source in the one state from which the target is begun. */
  static EncoderDecoder plain(int sourceTokens, int targetTokens) {
    return network(sourceTokens, targetTokens, Optional.empty());
  }

  /** Every step of the target looks at every step of the source. */
  static EncoderDecoder attentive(int sourceTokens, int targetTokens) {
    return network(sourceTokens, targetTokens, Optional.of(new Attention(Attention.Score.GENERAL)));
  }

  private static EncoderDecoder network(
      int sourceTokens, int targetTokens, Optional<Attention> attention) {
    return new EncoderDecoder(
        new EncoderDecoder.Encoder(
            sourceTokens, FEATURES, Recurrent.gru(HIDDEN).inBothDirections()),
        new EncoderDecoder.Decoder(targetTokens, FEATURES, Recurrent.gru(2 * HIDDEN), attention));
  }
}
