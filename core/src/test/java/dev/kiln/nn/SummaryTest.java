package dev.kiln.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {

  private static final Layer BLOCK =
      Sequential.of(
          Conv2d.of(4, 3).withSamePadding(),
          BatchNorm.of(),
          Residual.of(Conv2d.of(4, 1).withoutBias()),
          new Flatten(),
          Linear.of(2));

  @Test
  void listsTheInnermostLayersInTheOrderInWhichTheyRun() {
    Summary summary = summary(BLOCK, 8, 1, 5, 5);
    Shape plane = Shape.of(8, 4, 5, 5);
    assertThat(summary.rows())
        .containsExactly(
            new Summary.Row("0", "Conv2d(4, 3x3, same padding)", Shape.of(8, 1, 5, 5), plane, 40),
            new Summary.Row("1", "BatchNorm", plane, plane, 8),
            new Summary.Row("2.body", "Conv2d(4, 1x1, no bias)", plane, plane, 16),
            new Summary.Row("2.shortcut", "Identity", plane, plane, 0),
            new Summary.Row("3", "Flatten", plane, Shape.of(8, 100), 0),
            new Summary.Row("4", "Linear(2)", Shape.of(8, 100), Shape.of(8, 2), 202));
    assertThat(summary.parameters()).isEqualTo(40 + 8 + 16 + 202);
    assertThat(summary.statistics()).isEqualTo(8);
  }

  @Test
  void aLayerAppliedTwiceCountsOnce() {
    Layer shared = Linear.of(3);
    Layer network = (scope, x) -> scope.child("shared", shared, scope.child("shared", shared, x));
    Summary summary = summary(network, 8, 3);
    assertThat(summary.rows()).extracting(Summary.Row::parameters).containsExactly(12L, 0L);
    assertThat(summary.parameters()).isEqualTo(12);
  }

  @Test
  void aNetworkOfOneLayerIsARow() {
    Summary summary = summary(Linear.of(3), 8, 2);
    assertThat(summary.rows())
        .containsExactly(new Summary.Row("", "Linear(3)", Shape.of(8, 2), Shape.of(8, 3), 9));
    assertThat(summary.render()).contains("(network)  Linear(3)  [8, 3]");
  }

  @Test
  void parametersOutsideAnyLayerAreCountedToo() {
    Model model =
        (scope, batch) -> {
          Value weight = scope.parameter("weight", Shape.of(1, 2), Initializer.ones());
          Value y = scope.child("head", Linear.of(3), scope.ops().mul(batch.getFirst(), weight));
          return new Outcome(scope.ops().sum(y), y);
        };
    Summary summary =
        Summary.of(Network.of(model, DType.F32, List.of(TensorType.of(DType.F32, 8, 2))));
    assertThat(summary.outsideParameters()).isEqualTo(2);
    assertThat(summary.parameters()).isEqualTo(2 + 9);
    assertThat(summary.render()).contains("outside any layer");
  }

  @Test
  void rendersATable() {
    assertThat(summary(BLOCK, 8, 1, 5, 5).render())
        .isEqualToNormalizingNewlines(
            """
            Layer       Kind                          Output          Parameters
            0           Conv2d(4, 3x3, same padding)  [8, 4, 5, 5]            40
            1           BatchNorm                     [8, 4, 5, 5]             8
            2.body      Conv2d(4, 1x1, no bias)       [8, 4, 5, 5]            16
            2.shortcut  Identity                      [8, 4, 5, 5]
            3           Flatten                       [8, 100]
            4           Linear(2)                     [8, 2]                 202

            266 parameters, 8 running statistics
            """);
  }

  private static Summary summary(Layer layer, int... dims) {
    Model model =
        (scope, batch) -> {
          Value y = scope.root(layer, batch.getFirst());
          return new Outcome(scope.ops().sum(y), y);
        };
    return Summary.of(Network.of(model, DType.F32, List.of(TensorType.of(DType.F32, dims))));
  }
}
