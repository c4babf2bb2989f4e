package dev.kiln.decode;

import dev.kiln.backend.Backend;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.nn.Attention;
import dev.kiln.nn.EncoderDecoder;
import dev.kiln.nn.Mode;
import dev.kiln.nn.Network;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A trained {@link EncoderDecoder} at work: turns sequences of tokens into others. It owns its
 * sessions; the parameters stay those of the training.
 */
public final class Translator implements AutoCloseable {

  private final int rows;
  private final int longest;
  private final Value sources;
  private final Value lengths;
  private final List<Value> memory = new ArrayList<>();
  private final List<Value> context = new ArrayList<>();
  private final Session encoder;
  private final RecurrentTokenModel decoder;

  /**
   * Plans the encoder and a step of the decoder.
   *
   * @param backend what computes; stays open when the translator is closed
   * @param network the trained network
   * @param variables its parameters, which must outlive the translator
   * @param model the model that the network was written from
   * @param sizes how much goes through at once
   */
  public Translator(
      Backend backend, Network network, Variables variables, EncoderDecoder model, Sizes sizes) {
    this.rows = sizes.rows;
    this.longest = sizes.longest;
    GraphBuilder graph = new GraphBuilder();
    this.sources = graph.input("sources", TensorType.of(DType.I64, rows, longest));
    this.lengths = graph.input("lengths", TensorType.of(DType.I64, rows));
    Value counter = graph.input("counter", TensorType.of(DType.I64, 2));
    EncoderDecoder.Encoded encoded =
        network.applyPart(
            graph, counter, Mode.INFERENCE, scope -> model.encode(scope, sources, lengths));
    memory.add(encoded.start().h());
    encoded.start().c().ifPresent(memory::add);
    List<TensorType> contextTypes = new ArrayList<>();
    if (model.decoder().attention().isPresent()) {
      context.add(encoded.outputs());
      int width = encoded.outputs().shape().dim(2);
      contextTypes.add(TensorType.of(network.dtype(), longest, width));
      contextTypes.add(TensorType.of(DType.I64, Shape.SCALAR));
    }
    List<Value> outputs = new ArrayList<>(memory);
    outputs.addAll(context);
    RecurrentStep step =
        new RecurrentStep(
            model.decoder().stack(),
            contextTypes,
            (scope, tokens, state, looked) -> {
              Optional<Attention.Memory> attended =
                  looked.isEmpty()
                      ? Optional.empty()
                      : Optional.of(new Attention.Memory(looked.get(0), looked.get(1)));
              EncoderDecoder.Decoded said = model.decode(scope, tokens, state, attended);
              return new RecurrentStep.Result(said.logits(), said.state());
            });
    this.encoder = Session.open(backend, graph.build(outputs), variables);
    this.decoder = new RecurrentTokenModel(backend, network, variables, step, rows);
  }

  /**
   * How much goes through at once.
   *
   * @param rows how many sequences, at least 1; more are taken in turns
   * @param longest the most tokens of a source, at least 1
   */
  public record Sizes(int rows, int longest) {

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if one is below 1
     */
    public Sizes {
      if (rows < 1 || longest < 1) {
        throw new IllegalArgumentException(
            "a translator needs room for at least 1 sequence of 1 token, not %d of %d"
                .formatted(rows, longest));
      }
    }
  }

  /**
   * Translates.
   *
   * @param given the tokens of each source
   * @param search how the best target is looked for
   * @param marks the tokens that begin and end a target
   * @return for each source the best targets, the best first
   * @throws IllegalArgumentException if a source is empty or too long
   */
  public List<List<Hypothesis>> translate(
      List<int[]> given, BeamSearch search, BeamSearch.Marks marks) {
    List<List<Hypothesis>> found = new ArrayList<>();
    for (int from = 0; from < given.size(); from += rows) {
      List<int[]> some = given.subList(from, Math.min(from + rows, given.size()));
      found.addAll(search.search(decoder, encode(some), marks));
    }
    return found;
  }

  private List<RecurrentTokenModel.State> encode(List<int[]> some) {
    Tensor tokens = Tensor.allocate(sources.type());
    Tensor ends = Tensor.allocate(lengths.type());
    for (int row = 0; row < rows; row++) {
      // Rows without a source read one token of no meaning.
      int[] source = row < some.size() ? checked(some.get(row)) : new int[1];
      for (int i = 0; i < source.length; i++) {
        tokens.set((long) row * longest + i, source[i]);
      }
      ends.set(row, source.length);
    }
    encoder.feed(sources, tokens);
    encoder.feed(lengths, ends);
    encoder.run();
    List<List<Tensor>> memories =
        memory.stream().map(value -> Rows.apart(encoder.read(value), 1, some.size())).toList();
    List<List<Tensor>> contexts = new ArrayList<>();
    for (Value value : context) {
      contexts.add(Rows.apart(encoder.read(value), 0, some.size()));
    }
    if (!contexts.isEmpty()) {
      contexts.add(Rows.apart(ends, 0, some.size()));
    }
    List<RecurrentTokenModel.State> starts = new ArrayList<>();
    for (int row = 0; row < some.size(); row++) {
      int sequence = row;
      starts.add(
          new RecurrentTokenModel.State(
              memories.stream().map(parts -> parts.get(sequence)).toList(),
              contexts.stream().map(parts -> parts.get(sequence)).toList()));
    }
    return starts;
  }

  private int[] checked(int[] source) {
    if (source.length == 0 || source.length > longest) {
      throw new IllegalArgumentException(
          "a source must have from 1 to %d tokens, but has %d".formatted(longest, source.length));
    }
    return source;
  }

  /** Frees the plans and their memory; the parameters stay. */
  @Override
  public void close() {
    decoder.close();
    encoder.close();
  }
}
