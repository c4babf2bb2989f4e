package dev.kiln.graph;

import dev.kiln.op.Affine;
import dev.kiln.op.BatchNorm;
import dev.kiln.op.BatchNormInference;
import dev.kiln.op.Binary;
import dev.kiln.op.Broadcast;
import dev.kiln.op.Cast;
import dev.kiln.op.Clamp;
import dev.kiln.op.Concat;
import dev.kiln.op.Conv2d;
import dev.kiln.op.CorrectCount;
import dev.kiln.op.CrossEntropy;
import dev.kiln.op.CustomSpec;
import dev.kiln.op.Dropout;
import dev.kiln.op.Embedding;
import dev.kiln.op.Fill;
import dev.kiln.op.LayerNorm;
import dev.kiln.op.Linear;
import dev.kiln.op.LogSoftmax;
import dev.kiln.op.MatMul;
import dev.kiln.op.OneHot;
import dev.kiln.op.OpSpec;
import dev.kiln.op.OptimizerStep;
import dev.kiln.op.Pack;
import dev.kiln.op.Pool2d;
import dev.kiln.op.PrivateSpec;
import dev.kiln.op.Recurrent;
import dev.kiln.op.Reduce;
import dev.kiln.op.Reshape;
import dev.kiln.op.Slice;
import dev.kiln.op.Softmax;
import dev.kiln.op.Transpose;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.op.View;
import dev.kiln.op.WhereFinite;
import dev.kiln.tensor.DType;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Chooses the element types of operations while a graph is written (Micikevicius et al. 2018,
 * "Mixed precision training"; the lists are PyTorch's): products take their operands in a low type,
 * what adds up many numbers or grows fast is computed in F32, and everything between follows its
 * operands. A value is cast once to each type, however often it is used.
 */
final class Autocast {

  /** In which type an operation takes its floating-point operands. */
  private enum Operands {
    /** In the low type. */
    LOW,
    /** In F32. */
    SINGLE,
    /** In the widest type among them. */
    WIDEST,
    /** Each as it is: they have types of their own. */
    UNCHANGED
  }

  private final GraphBuilder graph;
  private final DType low;
  private final Map<Value, Map<DType, Value>> casts = new IdentityHashMap<>();
  private final Map<Value, Value> originals = new IdentityHashMap<>();

  /** Casts to a low type. */
  Autocast(GraphBuilder graph, DType low) {
    this.graph = graph;
    this.low = low;
  }

  /** Returns an operation's operands in the types that it takes them in. */
  List<Value> operands(OpSpec spec, List<Value> operands) {
    return switch (operandsOf(spec)) {
      case LOW -> cast(operands, low);
      case SINGLE -> cast(operands, DType.F32);
      case WIDEST ->
          operands.stream()
              .map(operand -> operand.type().dtype())
              .filter(DType::isFloating)
              .max(Comparator.comparingInt(DType::bytes))
              .map(widest -> cast(operands, widest))
              .orElse(operands);
      case UNCHANGED -> operands;
    };
  }

  private List<Value> cast(List<Value> operands, DType type) {
    return operands.stream()
        .map(operand -> operand.type().dtype().isFloating() ? graph.cast(operand, type) : operand)
        .toList();
  }

  /** Returns a value in another type. What was only widened before is not rounded again. */
  Value cast(Value value, DType type) {
    Value original = originals.get(value);
    if (original != null && original.type().dtype() == type && isWidened(original, value)) {
      return original;
    }
    Map<DType, Value> known = casts.computeIfAbsent(value, key -> new HashMap<>());
    Value cast = known.get(type);
    if (cast == null) {
      cast = graph.append(new Cast(type), List.of(value)).getFirst();
      known.put(type, cast);
      originals.put(cast, value);
    }
    return cast;
  }

  private static boolean isWidened(Value original, Value value) {
    return original.type().dtype().bytes() < value.type().dtype().bytes();
  }

  private static Operands operandsOf(OpSpec spec) {
    return switch (spec) {
      case Conv2d _, Linear _, MatMul _, Recurrent _ -> Operands.LOW;
      case CorrectCount _, CrossEntropy _, LayerNorm _, LogSoftmax _, Reduce _, Softmax _ ->
          Operands.SINGLE;
      case CustomSpec _ -> Operands.SINGLE;
      case Unary function -> operandsOf(function);
      case Affine _, Binary _, Broadcast _, Clamp _, Concat _, Dropout _, Embedding _, Fill _ ->
          Operands.WIDEST;
      case OneHot _, Pack _, Pool2d _, Reshape _, Slice _, Transpose _, View _ -> Operands.WIDEST;
      case BatchNorm _,
          BatchNormInference _,
          Cast _,
          OptimizerStep _,
          PrivateSpec _,
          WhereFinite _ ->
          Operands.UNCHANGED;
      case BatchNorm.Grad _,
          Clamp.Grad _,
          Conv2d.InputGrad _,
          Conv2d.WeightGrad _,
          CrossEntropy.Grad _,
          Embedding.Grad _,
          LayerNorm.Grad _,
          LogSoftmax.Grad _,
          Pool2d.Grad _,
          Recurrent.Grad _,
          Slice.Grad _,
          Softmax.Grad _,
          Unary.Grad _ ->
          Operands.UNCHANGED;
    };
  }

  /** What is bounded keeps its precision in any type; what grows or has a pole does not. */
  private static Operands operandsOf(Unary function) {
    return switch (function) {
      case SQUARE, SQRT, RECIPROCAL, EXP, LOG, SOFTPLUS, GAUSSIAN -> Operands.SINGLE;
      case IDENTITY,
          NEGATE,
          ABS,
          STEP,
          RELU,
          LEAKY_RELU,
          ELU,
          SELU,
          GELU,
          GELU_TANH,
          SILU,
          MISH,
          SOFTSIGN,
          SIGMOID,
          HARD_SIGMOID,
          TANH,
          HARD_TANH ->
          Operands.WIDEST;
    };
  }
}
