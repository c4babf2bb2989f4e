package dev.kiln.models.zoo;

import dev.kiln.decode.RecurrentStep;
import dev.kiln.nn.Embedding;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Model;
import dev.kiln.nn.Models;
import dev.kiln.nn.Outcome;
import dev.kiln.nn.Recurrent;
import dev.kiln.nn.Scope;
import dev.kiln.op.Value;
import java.util.List;

/**
 * A network that reads a text token by token and says after each which is next: tokens I64[N, T] to
 * logits [N, T, tokens]. Trained window by window, with the state carried on; used step by step.
 *
 * <p>Parameters: {@code embedding.weight}, {@code rnn.weight_ih_l0} and so on, {@code out.weight},
 * {@code out.bias}.
 *
 * @param tokens how many tokens there are
 * @param features the length of the vector that stands for a token
 * @param stack the recurrent layers, forward only
 */
public record LanguageModel(int tokens, int features, Recurrent stack) implements Model {

  @Override
  public Outcome apply(Scope scope, List<Value> batch) {
    return Models.classifier(
            (root, x) -> logits(root, stack.applyContinued(root, "rnn", embedded(root, x))))
        .apply(scope, batch);
  }

  /** Returns one step, for making text. */
  public RecurrentStep step() {
    return RecurrentStep.of(
        stack,
        (scope, read, state, context) -> {
          Recurrent.Input input = Recurrent.Input.of(embedded(scope, read)).startingFrom(state);
          Recurrent.Result result = scope.child("rnn", stack, input);
          return new RecurrentStep.Result(logits(scope, result.outputs()), result.last());
        });
  }

  private Value embedded(Scope scope, Value read) {
    return scope.child("embedding", Embedding.of(tokens, features), read);
  }

  private Value logits(Scope scope, Value states) {
    return scope.child("out", Linear.of(tokens), states);
  }
}
