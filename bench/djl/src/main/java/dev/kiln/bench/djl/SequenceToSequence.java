package dev.kiln.bench.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.nn.recurrent.GRU;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Letters and phonemes fed, both [N, 12], to the logits of the phonemes, [N, 12, 40]. */
final class SequenceToSequence extends AbstractBlock {

  private static final int VOCABULARY = 40;
  private static final int FEATURES = 64;
  private static final int HIDDEN = 128;
  private static final List<String> NAMES =
      List.of(
          "letters.weight",
          "phonemes.weight",
          "encoder.weight_ih_l0",
          "encoder.weight_hh_l0",
          "encoder.bias_ih_l0",
          "encoder.bias_hh_l0",
          "decoder.weight_ih_l0",
          "decoder.weight_hh_l0",
          "decoder.bias_ih_l0",
          "decoder.bias_hh_l0",
          "output.weight",
          "output.bias");

  private final Parameter letters = addParameter(table("letters"));
  private final Parameter phonemes = addParameter(table("phonemes"));
  private final GRU encoder = addChildBlock("encoder", gru());
  private final GRU decoder = addChildBlock("decoder", gru());
  private final Linear output =
      addChildBlock("output", Linear.builder().setUnits(VOCABULARY).build());

  private SequenceToSequence() {}

  static NamedBlock named() {
    return new NamedBlock(new SequenceToSequence(), NAMES);
  }

  private static Parameter table(String name) {
    return Parameter.builder()
        .setName(name)
        .setType(Parameter.Type.WEIGHT)
        .optShape(new Shape(VOCABULARY, FEATURES))
        .build();
  }

  private static GRU gru() {
    return GRU.builder().setStateSize(HIDDEN).setNumLayers(1).optReturnState(true).build();
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store,
      NDList inputs,
      boolean training,
      @Nullable PairList<String, Object> params) {
    NDList encoded =
        encoder.forward(store, new NDList(embed(store, inputs.get(0), letters)), training);
    NDArray fed = embed(store, inputs.get(1), phonemes);
    NDList decoded = decoder.forward(store, new NDList(fed, encoded.get(1)), training);
    return output.forward(store, new NDList(decoded.head()), training);
  }

  private static NDArray embed(ParameterStore store, NDArray tokens, Parameter table) {
    NDArray weight = store.getValue(table, tokens.getDevice(), true);
    return tokens.getNDArrayInternal().embedding(tokens, weight, SparseFormat.DENSE).head();
  }

  @Override
  protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
    Shape embedded = new Shape(inputs[0].get(0), inputs[0].get(1), FEATURES);
    encoder.initialize(manager, type, embedded);
    decoder.initialize(manager, type, embedded);
    output.initialize(manager, type, new Shape(inputs[0].get(0), inputs[0].get(1), HIDDEN));
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputs) {
    return new Shape[] {new Shape(inputs[0].get(0), inputs[0].get(1), VOCABULARY)};
  }
}
