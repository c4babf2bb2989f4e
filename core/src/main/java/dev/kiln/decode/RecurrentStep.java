package dev.kiln.decode;

import dev.kiln.nn.Recurrent;
import dev.kiln.nn.Scope;
import dev.kiln.op.Value;
import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * One step of a recurrent network that reads tokens.
 *
 * @param stack the layers that carry the state, in one direction
 * @param context the types of what stays the same for all steps of one sequence, such as the source
 *     of a translation; often none
 * @param writer writes the step
 */
public record RecurrentStep(Recurrent stack, List<TensorType> context, Writer writer) {

  /**
   * Checks the layers.
   *
   * @throws IllegalArgumentException if they run in both directions, so that there is no next step
   */
  public RecurrentStep {
    context = List.copyOf(context);
    if (stack.bidirectional()) {
      throw new IllegalArgumentException(
          "%s reads a sequence from both ends, so it cannot be continued step by step"
              .formatted(stack.describe()));
    }
  }

  /** Returns the step of a network without context. */
  public static RecurrentStep of(Recurrent stack, Writer writer) {
    return new RecurrentStep(stack, List.of(), writer);
  }

  /** Writes what comes out of a token and the state before it. */
  @FunctionalInterface
  public interface Writer {

    /**
     * Writes the operations of a step.
     *
     * @param scope the root of the network's names
     * @param tokens the tokens read, I64[N, 1]
     * @param state the state before them
     * @param context what stays the same for all steps of a sequence, each [N, ...]
     */
    Result apply(Scope scope, Value tokens, Recurrent.State state, List<Value> context);
  }

  /**
   * What a step returns.
   *
   * @param logits the score of each token to be the next, [N, 1, tokens]
   * @param state the state after the tokens read
   */
  public record Result(Value logits, Recurrent.State state) {}
}
