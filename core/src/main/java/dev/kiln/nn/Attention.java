package dev.kiln.nn;

import dev.kiln.graph.Ops;
import dev.kiln.op.MatMul;
import dev.kiln.op.Value;
import java.util.Locale;

/**
 * Attention over the steps of another sequence: each query takes the mean of the memories, weighted
 * by the softmax of how well they fit it. Steps after the end of a memory's sequence have no
 * weight.
 *
 * <p>Parameters: none for {@link Score#DOT}; {@code general.weight} [memory, query] for {@link
 * Score#GENERAL}; {@code query.weight}, {@code query.bias}, {@code memory.weight} and {@code
 * score.weight} for {@link Score#ADDITIVE}.
 *
 * @param score how well a memory fits a query
 */
public record Attention(Score score) {

  /** What stands against the score of a step that does not exist. */
  private static final double NOWHERE = 1e9;

  /** How well a memory {@code m} fits a query {@code q}. */
  public enum Score {
    /** {@code q . m}, both of one size (Luong, Pham, Manning 2015). */
    DOT,
    /** {@code q . W m} (Luong, Pham, Manning 2015). */
    GENERAL,
    /** {@code v . tanh(W q + U m)}, as wide as the query (Bahdanau, Cho, Bengio 2015). */
    ADDITIVE
  }

  /**
   * What is attended to.
   *
   * @param values one vector for every step, [N, S, memory]
   * @param lengths how many of the steps there are, I64[N], each in [1, S]
   */
  public record Memory(Value values, Value lengths) {}

  /**
   * Writes the attention.
   *
   * @param scope where its parameters stand
   * @param queries one vector for every step that looks, [N, T, query]
   * @return for each query the weighted mean of the memories, [N, T, memory]
   * @throws dev.kiln.op.ShapeException if queries and memories do not fit
   */
  public Value apply(Scope scope, Value queries, Memory memory) {
    Value values = memory.values();
    scope.require(
        queries.shape().rank() == 3
            && values.shape().rank() == 3
            && (score != Score.DOT || queries.shape().dim(2) == values.shape().dim(2)),
        "attention: queries must be [N, T, query] and memories [N, S, memory]%s; got %s and %s"
            .formatted(
                score == Score.DOT ? ", both of one size" : "", queries.type(), values.type()));
    Ops ops = scope.ops();
    int batch = values.shape().dim(0);
    int steps = values.shape().dim(1);
    Value mask = StepMask.of(scope, memory.lengths(), steps);
    Value penalty = ops.reshape(ops.affine(mask, NOWHERE, -NOWHERE), batch, 1, steps);
    // [N,T,S] + [N,1,S] -> [N,T,S]
    Value weights = ops.softmax(ops.add(scores(scope, queries, values), penalty), 2);
    // [N,T,S] · [N,S,memory] -> [N,T,memory]
    return ops.matmul(weights, values);
  }

  /** How well each memory fits each query, [N, T, S]. */
  private Value scores(Scope scope, Value queries, Value values) {
    return switch (score) {
      case DOT -> products(scope, queries, values);
      case GENERAL ->
          products(
              scope,
              scope.child("general", Linear.of(values.shape().dim(2)).withoutBias(), queries),
              values);
      case ADDITIVE -> sums(scope, queries, values);
    };
  }

  private static Value products(Scope scope, Value queries, Value values) {
    // [N,T,D] · [N,S,D]' -> [N,T,S]
    return scope.graph().apply(new MatMul(false, true), queries, values);
  }

  private static Value sums(Scope scope, Value queries, Value values) {
    Ops ops = scope.ops();
    int batch = queries.shape().dim(0);
    int looks = queries.shape().dim(1);
    int steps = values.shape().dim(1);
    int width = queries.shape().dim(2);
    Value query = scope.child("query", Linear.of(width), queries);
    Value memory = scope.child("memory", Linear.of(width).withoutBias(), values);
    // [N,T,1,A] + [N,1,S,A] -> [N,T,S,A] -> [N,T,S]
    Value both =
        ops.add(
            ops.reshape(query, batch, looks, 1, width),
            ops.reshape(memory, batch, 1, steps, width));
    Value score = scope.child("score", Linear.of(1).withoutBias(), ops.tanh(both));
    return ops.reshape(score, batch, looks, steps);
  }

  /** Returns the attention's kind, such as {@code Attention(general)}. */
  public String describe() {
    return "Attention(" + score.name().toLowerCase(Locale.ROOT) + ")";
  }
}
