package dev.kiln.nn;

import dev.kiln.graph.Ops;
import dev.kiln.op.Value;
import java.util.List;
import java.util.Optional;

/**
 * A network that turns one sequence of tokens into another (Sutskever, Vinyals, Le 2014; Cho et al.
 * 2014): the encoder reads the source, the decoder starts from the encoder's last state and says
 * the target token by token, each from the one before. With attention the decoder also looks at
 * every step of the encoder (Luong, Pham, Manning 2015, without input feeding, so that a whole
 * target is one recurrent operation).
 *
 * <p>It is trained by teacher forcing: the decoder reads the true tokens, one step late. The fields
 * of a batch: the sources I64[N, S]; the targets I64[N, T], {@link dev.kiln.op.CrossEntropy#IGNORE}
 * after the end; the sources' lengths I64[N]; what the decoder reads, I64[N, T]: the mark of the
 * beginning and then the targets, any token after the end.
 *
 * <p>Parameters: those of {@code encoder.embedding}, {@code encoder.rnn}, {@code
 * decoder.embedding}, {@code decoder.rnn}, {@code decoder.output}, and with attention {@code
 * decoder.attention} and {@code decoder.combine}.
 *
 * @param encoder reads the source
 * @param decoder writes the target
 */
public record EncoderDecoder(Encoder encoder, Decoder decoder) implements Model {

  /**
   * Reads the source.
   *
   * @param tokens how many tokens there are
   * @param features the length of a token's vector
   * @param stack the recurrent layers, in one direction or both
   */
  public record Encoder(int tokens, int features, Recurrent stack) {}

  /**
   * Writes the target.
   *
   * @param tokens how many tokens there are, the marks of beginning and end included
   * @param features the length of a token's vector
   * @param stack the recurrent layers: as many as the encoder's, of the same cell, with a state as
   *     large as both of the encoder's directions together
   * @param attention how it looks at the source, if it does
   */
  public record Decoder(int tokens, int features, Recurrent stack, Optional<Attention> attention) {}

  /**
   * What the encoder makes of the sources.
   *
   * @param outputs the last layer's state at every step, [N, S, directions * hidden]
   * @param start the state from which the decoder starts
   */
  public record Encoded(Value outputs, Recurrent.State start) {}

  /**
   * What the decoder says.
   *
   * @param logits the score of each token to be the next after each read, [N, T, tokens]
   * @param state the state after the last token read
   */
  public record Decoded(Value logits, Recurrent.State state) {}

  /**
   * Checks that the decoder can start where the encoder ends.
   *
   * @throws IllegalArgumentException if their cells, layers or sizes differ, or the decoder runs in
   *     both directions
   */
  public EncoderDecoder {
    Recurrent from = encoder.stack;
    Recurrent to = decoder.stack;
    int states = (from.bidirectional() ? 2 : 1) * from.hidden();
    if (to.bidirectional()
        || from.cell() != to.cell()
        || from.layers() != to.layers()
        || to.hidden() != states) {
      throw new IllegalArgumentException(
          "the decoder must have one direction and the encoder's cell and layers, and a state of %d, but they are %s and %s"
              .formatted(states, from.describe(), to.describe()));
    }
  }

  @Override
  public Outcome apply(Scope scope, List<Value> batch) {
    Value lengths = batch.get(2);
    Encoded encoded = encode(scope, batch.getFirst(), lengths);
    Optional<Attention.Memory> memory =
        decoder.attention.map(any -> new Attention.Memory(encoded.outputs, lengths));
    Decoded decoded = decode(scope, batch.get(3), encoded.start, memory);
    return Models.classified(scope.ops(), decoded.logits, batch.get(1));
  }

  /**
   * Writes the encoder.
   *
   * @param sources the tokens, I64[N, S]
   * @param lengths how many there are, I64[N], each in [1, S]
   */
  public Encoded encode(Scope scope, Value sources, Value lengths) {
    return scope.within(
        "encoder",
        () -> {
          Value x =
              scope.child("embedding", Embedding.of(encoder.tokens, encoder.features), sources);
          Recurrent.Result read =
              scope.child("rnn", encoder.stack, Recurrent.Input.of(x).withLengths(lengths));
          return new Encoded(read.outputs(), start(scope, read.last()));
        });
  }

  private Recurrent.State start(Scope scope, Recurrent.State last) {
    return new Recurrent.State(
        directionsJoined(scope, last.h()), last.c().map(c -> directionsJoined(scope, c)));
  }

  /** Both directions of a layer as one state: [layers * 2, N, hidden] to [layers, N, 2 hidden]. */
  private Value directionsJoined(Scope scope, Value states) {
    if (!encoder.stack.bidirectional()) {
      return states;
    }
    Ops ops = scope.ops();
    int layers = encoder.stack.layers();
    int batch = states.shape().dim(1);
    int hidden = encoder.stack.hidden();
    Value apart = ops.reshape(states, layers, 2, batch, hidden);
    return ops.reshape(ops.transpose(apart, 0, 2, 1, 3), layers, batch, 2 * hidden);
  }

  /**
   * Writes the decoder.
   *
   * @param read the tokens it reads, I64[N, T]
   * @param state the state before the first
   * @param memory the encoder's outputs to look at; present if it has attention
   */
  public Decoded decode(
      Scope scope, Value read, Recurrent.State state, Optional<Attention.Memory> memory) {
    return scope.within(
        "decoder",
        () -> {
          Value x = scope.child("embedding", Embedding.of(decoder.tokens, decoder.features), read);
          Recurrent.Result said =
              scope.child("rnn", decoder.stack, Recurrent.Input.of(x).startingFrom(state));
          Value features =
              decoder
                  .attention
                  .map(
                      attention -> attended(scope, attention, said.outputs(), memory.orElseThrow()))
                  .orElse(said.outputs());
          Value logits = scope.child("output", Linear.of(decoder.tokens), features);
          return new Decoded(logits, said.last());
        });
  }

  /** {@code tanh(W [context; state])}, as large as the state. */
  private static Value attended(
      Scope scope, Attention attention, Value states, Attention.Memory memory) {
    Ops ops = scope.ops();
    Value contexts = scope.within("attention", () -> attention.apply(scope, states, memory));
    Linear combine = Linear.of(states.shape().dim(2)).withoutBias();
    return ops.tanh(scope.child("combine", combine, ops.concat(2, contexts, states)));
  }
}
