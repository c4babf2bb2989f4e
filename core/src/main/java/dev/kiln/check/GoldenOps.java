package dev.kiln.check;

import dev.kiln.op.BatchNorm;
import dev.kiln.op.BatchNormInference;
import dev.kiln.op.Binary;
import dev.kiln.op.Conv2d;
import dev.kiln.op.CrossEntropy;
import dev.kiln.op.Embedding;
import dev.kiln.op.LayerNorm;
import dev.kiln.op.Linear;
import dev.kiln.op.LogSoftmax;
import dev.kiln.op.MatMul;
import dev.kiln.op.OpSpec;
import dev.kiln.op.Pool2d;
import dev.kiln.op.RecurrentCell;
import dev.kiln.op.Reduce;
import dev.kiln.op.Softmax;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BinaryOperator;

/**
 * What the names of operations in golden cases stand for. Shapes are those of each case; nothing
 * here knows the cases that ship with Kiln.
 */
final class GoldenOps {

  private static final Map<String, Construction> CONSTRUCTIONS = constructions();

  private GoldenOps() {}

  /**
   * Returns how an operation is written into a graph.
   *
   * @throws UnknownOperationException if there is none of this name
   */
  static Construction named(String op) {
    Construction found = CONSTRUCTIONS.get(op);
    if (found == null) {
      throw new UnknownOperationException("the operation '" + op + "' is not known");
    }
    return found;
  }

  private static Map<String, Construction> constructions() {
    Map<String, Construction> map = new HashMap<>();
    for (Unary function : Unary.values()) {
      map.put(function.toString(), c -> c.y(function, "x"));
    }
    for (Binary operation : Binary.values()) {
      map.put(operation.toString(), c -> c.y(operation, "a", "b"));
    }
    for (RecurrentCell cell : RecurrentCell.values()) {
      map.put(cell.name().toLowerCase(Locale.ROOT), new RecurrentConstruction(cell));
    }
    map.put("matmul", GoldenOps::matmul);
    map.put("linear", c -> withBias(c, new Linear()));
    map.put("conv2d", c -> withBias(c, conv2d(c.attributes())));
    map.put("max_pool2d", c -> c.y(pool2d(c.attributes(), Pool2d.Kind.MAX), "x"));
    map.put("avg_pool2d", GoldenOps::averagePool2d);
    map.put("global_avg_pool2d", c -> Map.of("y", c.ops().globalAveragePool2d(c.input("x"))));
    map.put("sum", c -> reduce(c, Reduce.Kind.SUM));
    map.put("mean", c -> reduce(c, Reduce.Kind.MEAN));
    map.put("softmax", c -> c.y(new Softmax(axis(c)), "x"));
    map.put("log_softmax", c -> c.y(new LogSoftmax(axis(c)), "x"));
    map.put("batch_norm", GoldenOps::batchNorm);
    map.put("layer_norm", GoldenOps::layerNorm);
    map.put("embedding", c -> c.y(new Embedding(), "indices", "weight"));
    map.put("cross_entropy", GoldenOps::crossEntropy);
    map.put("mse", c -> loss(c, "x", c.ops()::meanSquaredError));
    map.put("l1", c -> loss(c, "x", c.ops()::meanAbsoluteError));
    map.put("huber", GoldenOps::huber);
    map.put(
        "binary_cross_entropy_with_logits",
        c -> loss(c, "logits", c.ops()::binaryCrossEntropyWithLogits));
    map.put("half_squared_error", GoldenOps::halfSquaredError);
    return map;
  }

  private static int axis(CaseGraph c) {
    return c.attributes().axis("axis", c.input("x").shape().rank());
  }

  private static Map<String, Value> matmul(CaseGraph c) {
    Attributes attributes = c.attributes();
    boolean transposeA = attributes.flag("transpose_a", false);
    boolean transposeB = attributes.flag("transpose_b", false);
    return c.y(new MatMul(transposeA, transposeB), "a", "b");
  }

  private static Map<String, Value> withBias(CaseGraph c, OpSpec spec) {
    return c.has("bias") ? c.y(spec, "x", "weight", "bias") : c.y(spec, "x", "weight");
  }

  private static Conv2d conv2d(Attributes attributes) {
    return new Conv2d(
        attributes.size("stride"),
        attributes.size("padding"),
        attributes.size("dilation"),
        attributes.integer("groups"));
  }

  private static Pool2d pool2d(Attributes attributes, Pool2d.Kind kind) {
    return new Pool2d(
        kind, attributes.size("kernel"), attributes.size("stride"), attributes.size("padding"));
  }

  private static Map<String, Value> averagePool2d(CaseGraph c) {
    Pool2d.Kind kind =
        c.attributes().flag("count_include_pad", true)
            ? Pool2d.Kind.AVERAGE_INCLUDING_PADDING
            : Pool2d.Kind.AVERAGE_EXCLUDING_PADDING;
    return c.y(pool2d(c.attributes(), kind), "x");
  }

  private static Map<String, Value> reduce(CaseGraph c, Reduce.Kind kind) {
    List<Integer> axes = c.attributes().axes("axes", c.input("x").shape().rank());
    return c.y(new Reduce(kind, axes, c.attributes().flag("keep_dims", false)), "x");
  }

  private static Map<String, Value> batchNorm(CaseGraph c) {
    Attributes attributes = c.attributes();
    double momentum = attributes.number("momentum", 0.1);
    double epsilon = attributes.number("eps", 1e-5);
    List<Value> operands =
        List.of(
            c.input("x"),
            c.input("weight"),
            c.input("bias"),
            c.input("running_mean"),
            c.input("running_var"));
    if (attributes.flag("training", true)) {
      List<Value> outputs = c.builder().add(new BatchNorm(momentum, epsilon), operands);
      return Map.of(
          "y", outputs.get(0), "running_mean", outputs.get(3), "running_var", outputs.get(4));
    }
    Value y = c.builder().add(new BatchNormInference(epsilon), operands).getFirst();
    return Map.of("y", y, "running_mean", operands.get(3), "running_var", operands.get(4));
  }

  private static Map<String, Value> layerNorm(CaseGraph c) {
    int dims = c.attributes().integers("normalized_shape").size();
    LayerNorm norm = new LayerNorm(dims, c.attributes().number("eps", 1e-5));
    return c.y(norm, "x", "weight", "bias");
  }

  private static Map<String, Value> crossEntropy(CaseGraph c) {
    double smoothing = c.attributes().number("label_smoothing", 0);
    return c.y(new CrossEntropy(smoothing), "logits", "target");
  }

  private static Map<String, Value> huber(CaseGraph c) {
    double delta = c.attributes().number("delta", 1);
    return loss(c, "x", (x, target) -> c.ops().huber(x, target, delta));
  }

  /** Half the sum of squares; the mean of the halves if the case says so. */
  private static Map<String, Value> halfSquaredError(CaseGraph c) {
    Value sum = c.ops().halfSquaredError(c.input("x"), c.input("target"));
    return switch (c.attributes().text("reduction", "sum")) {
      case "sum" -> Map.of("y", sum);
      case "mean" -> Map.of("y", c.ops().affine(sum, 1 / elements(c, "x"), 0));
      case String other -> throw unknownReduction(other);
    };
  }

  /** The mean of the elements' losses; their sum if the case says so. */
  private static Map<String, Value> loss(CaseGraph c, String name, BinaryOperator<Value> formula) {
    Value mean = formula.apply(c.input(name), c.input("target"));
    return switch (c.attributes().text("reduction", "mean")) {
      case "mean" -> Map.of("y", mean);
      case "sum" -> Map.of("y", c.ops().affine(mean, elements(c, name), 0));
      case String other -> throw unknownReduction(other);
    };
  }

  private static double elements(CaseGraph c, String name) {
    return c.input(name).type().elements();
  }

  private static IllegalArgumentException unknownReduction(String reduction) {
    return new IllegalArgumentException(
        "the reduction '" + reduction + "' is neither mean nor sum");
  }
}
