package dev.kiln.cpu.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.decode.RecurrentStep;
import dev.kiln.decode.RecurrentTokenModel;
import dev.kiln.decode.TokenModel;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.nn.Embedding;
import dev.kiln.nn.Initializer;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Mode;
import dev.kiln.nn.Model;
import dev.kiln.nn.Network;
import dev.kiln.nn.Outcome;
import dev.kiln.nn.Recurrent;
import dev.kiln.nn.Scope;
import dev.kiln.op.RecurrentCell;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A network that is asked step by step says what it says of the whole sequence. */
class RecurrentTokenModelTest {

  private static final int TOKENS = 7;
  private static final int SEQUENCES = 5;
  private static final int STEPS = 6;
  private static final TensorType WHOLE = TensorType.of(DType.I64, SEQUENCES, STEPS);

  private static Recurrent.Result states(Scope scope, Recurrent stack, Recurrent.Input input) {
    return scope.child("rnn", stack, input);
  }

  private static Value embedded(Scope scope, Value tokens) {
    return scope.child("embedding", Embedding.of(TOKENS, 3), tokens);
  }

  private static Value logits(Scope scope, Value outputs) {
    return scope.child("output", Linear.of(TOKENS), outputs);
  }

  private static Model model(Recurrent stack) {
    return (scope, batch) -> {
      Value x = embedded(scope, batch.getFirst());
      Value logits = logits(scope, states(scope, stack, Recurrent.Input.of(x)).outputs());
      return new Outcome(scope.ops().mean(logits), scope.ops().logSoftmax(logits, 2));
    };
  }

  private static RecurrentStep step(Recurrent stack) {
    return RecurrentStep.of(
        stack,
        (scope, tokens, state, context) -> {
          Value x = embedded(scope, tokens);
          Recurrent.Result result = states(scope, stack, Recurrent.Input.of(x).startingFrom(state));
          return new RecurrentStep.Result(logits(scope, result.outputs()), result.last());
        });
  }

  @ParameterizedTest
  @EnumSource
  void stepByStepIsTheWholeSequence(RecurrentCell cell) {
    Recurrent stack = Recurrent.of(cell, 4).withLayers(2);
    Network network = Network.of(model(stack), DType.F64, List.of(WHOLE));
    Tensor sequences = Tensor.allocate(WHOLE);
    for (int i = 0; i < sequences.elements(); i++) {
      sequences.set(i, Math.floorMod(i * i + 3 * i, TOKENS));
    }
    try (Backend backend = Backends.open("reference", 0);
        Variables variables = new Variables(backend)) {
      double[] expected = whole(backend, variables, network, sequences);
      // Two rows for five sequences: the last turn is not full.
      try (RecurrentTokenModel model =
          new RecurrentTokenModel(backend, network, variables, step(stack), 2)) {
        assertThat(model.tokens()).isEqualTo(TOKENS);
        List<RecurrentTokenModel.State> states = Collections.nCopies(SEQUENCES, model.zeros());
        for (int time = 0; time < STEPS; time++) {
          int[] tokens = new int[SEQUENCES];
          for (int i = 0; i < SEQUENCES; i++) {
            tokens[i] = (int) sequences.get((long) i * STEPS + time);
          }
          List<TokenModel.Reading<RecurrentTokenModel.State>> readings = model.read(states, tokens);
          for (int i = 0; i < SEQUENCES; i++) {
            for (int token = 0; token < TOKENS; token++) {
              assertThat((double) readings.get(i).logProbabilities()[token])
                  .isCloseTo(expected[(i * STEPS + time) * TOKENS + token], within(1e-6));
            }
          }
          states = readings.stream().map(TokenModel.Reading::state).toList();
        }
      }
    }
  }

  private static double[] whole(
      Backend backend, Variables variables, Network network, Tensor sequences) {
    GraphBuilder graph = new GraphBuilder();
    Value x = graph.input("x", WHOLE);
    Value counter = graph.input("counter", TensorType.of(DType.I64, 2));
    Value predictions =
        network.apply(graph, List.of(x), counter, Mode.INFERENCE).outcome().predictions();
    try (Session session = Session.open(backend, graph.build(predictions), variables)) {
      variables.write(Network.PARAMETERS, network.initialParameters(1));
      session.feed(x, sequences);
      session.run();
      return session.read(predictions).toDoubleArray();
    }
  }

  @Test
  void aStackInBothDirectionsHasNoNextStep() {
    Recurrent both = Recurrent.gru(3).inBothDirections();
    assertThatThrownBy(() -> step(both))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Gru(3, both directions) reads a sequence from both ends");
  }

  @Test
  void aPartMayNotAskForParametersThatTheWholeHasNot() {
    Network network = Network.of(model(Recurrent.gru(3)), DType.F32, List.of(WHOLE));
    GraphBuilder graph = new GraphBuilder();
    Value counter = graph.input("counter", TensorType.of(DType.I64, 2));
    assertThatThrownBy(() ->
            network.applyPart(
                graph,
                counter,
                Mode.INFERENCE,
                scope -> scope.parameter("other.weight", Shape.of(1), Initializer.ones())))
        .hasMessageContaining("other.weight");
  }
}
