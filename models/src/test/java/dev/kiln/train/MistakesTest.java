package dev.kiln.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.check.GradientCheck;
import dev.kiln.data.BatchLoader;
import dev.kiln.data.Dataset;
import dev.kiln.data.TensorDataset;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.nn.Activation;
import dev.kiln.nn.BatchNorm;
import dev.kiln.nn.Conv2d;
import dev.kiln.nn.Embedding;
import dev.kiln.nn.Flatten;
import dev.kiln.nn.Layer;
import dev.kiln.nn.Linear;
import dev.kiln.nn.Model;
import dev.kiln.nn.Models;
import dev.kiln.nn.Recurrent;
import dev.kiln.nn.Sequential;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What people who use Kiln as a library get wrong, and what they are told: where, the rule, what
 * they gave, and what to do.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MistakesTest {

  private static final Settings SETTINGS = Settings.of(Optimizer.sgd(0.1));
  private static final TensorType FEATURES = TensorType.of(DType.F32, 3);
  private static final TensorType LABEL = TensorType.of(DType.I64, Shape.SCALAR);
  private static final TensorType SEQUENCE = TensorType.of(DType.F32, 5, 1);

  private Backend backend;
  private Backend other;
  private Learner learner;
  private Learner sequences;

  @TempDir private Path folder;

  @FunctionalInterface
  private interface Mistake {

    void make() throws IOException;
  }

  @BeforeAll
  void open() {
    backend = Backends.openBest();
    other = Backends.open("reference");
    learner = classifier(backend, Sequential.of(Linear.of(4), Activation.RELU, Linear.of(2)));
    Model model =
        Models.sequenceClassifier((scope, x, lengths) ->
            scope.child("head", Linear.of(2), Recurrent.gru(4).lastOf(scope, "rnn", x, lengths)));
    sequences = Learner.of(backend, model, SETTINGS, SEQUENCE, LABEL, LABEL);
  }

  @AfterAll
  void close() {
    sequences.close();
    learner.close();
    other.close();
    backend.close();
  }

  private static Learner classifier(Backend on, Layer network) {
    return Learner.of(on, Models.classifier(network), SETTINGS, FEATURES, LABEL);
  }

  private static Tensor zeros(int... dims) {
    return Tensor.allocate(TensorType.of(DType.F32, dims));
  }

  private static Tensor whole(long... values) {
    return Tensor.of(Shape.of(values.length), values);
  }

  private static Dataset data(int features) {
    return TensorDataset.ofClasses(zeros(4, features), whole(0, 1, 0, 1), List.of("a", "b"));
  }

  private static DynamicTest row(String mistake, Mistake making, String... told) {
    return DynamicTest.dynamicTest(
        mistake, () -> assertThat(catchThrowable(making::make)).hasMessageContainingAll(told));
  }

  @TestFactory
  Stream<DynamicTest> whatIsWrongWithABatchIsSaid() {
    return Stream.of(
        row(
            "features of another size",
            () -> learner.train(List.of(zeros(2, 4), whole(0, 1))),
            "batch of [F32[2, 4], I64[2]]",
            "made for samples of [F32[3], I64[]]",
            "0.weight",
            "the input has another size"),
        row(
            "one sample without rows",
            () -> learner.predict(zeros(3)),
            "field 0",
            "Tensor.reshape"),
        row(
            "fields of different rows",
            () -> learner.train(List.of(zeros(4, 3), whole(0, 1))),
            "as many rows as the first, 4, but field 1 has 2"),
        row("no target", () -> learner.train(List.of(zeros(4, 3))), "must have 2 fields, not 1"),
        row(
            "a field too many",
            () -> learner.train(List.of(zeros(1, 3), whole(0), whole(0))),
            "must have 2 fields, not 3"),
        row(
            "predicting with a target",
            () -> learner.predict(zeros(2, 3), whole(0, 1)),
            "but for the target",
            "[F32[2, 3], I64[2]]"),
        row("predicting nothing", () -> learner.predict(), "fields of a batch", "got []"),
        row(
            "double features",
            () -> learner.predict(Tensor.of(Shape.of(1, 3), 1.0, 2.0, 3.0)),
            "field 0 must be F32[1, 3], not F64[1, 3]",
            "Tensor.to"),
        row(
            "labels that are no whole numbers",
            () -> learner.train(List.of(zeros(2, 3), zeros(2))),
            "field 1 must be I64[2], not F32[2]"),
        row(
            "a label that is no class",
            () -> learner.train(List.of(zeros(2, 3), whole(0, 2))),
            "cross_entropy",
            "target I64[2] must be from 0 to 1, or -100",
            "element [1] is 2",
            "Correct the data"),
        row(
            "an index out of range",
            () -> {
              Layer network = Sequential.of(Embedding.of(5, 3), new Flatten(), Linear.of(2));
              try (Learner embedding =
                  Learner.of(
                      backend,
                      Models.classifier(network),
                      SETTINGS,
                      TensorType.of(DType.I64, 2),
                      LABEL)) {
                embedding.train(List.of(Tensor.of(Shape.of(1, 2), 4L, 5L), whole(0)));
              }
            },
            "0.embedding",
            "indices I64[1, 2] must be from 0 to 4",
            "element [0, 1] is 5"),
        row(
            "a length of nothing",
            () -> sequences.train(List.of(zeros(2, 5, 1), whole(0, 1), whole(0, 5))),
            "rnn.recurrent",
            "lengths I64[2] must be from 1 to 5",
            "element [0] is 0"),
        row(
            "a negative length, predicting",
            () -> sequences.predict(zeros(2, 5, 1), whole(3, -1)),
            "predictions",
            "lengths I64[2] must be from 1 to 5",
            "element [1] is -1"),
        row(
            "a length beyond the padding",
            () -> sequences.predict(zeros(2, 5, 1), whole(6, 5)),
            "element [0] is 6"),
        row(
            "what is not a number, predicting",
            () -> learner.predict(Tensor.of(Shape.of(1, 3), 1f, Float.NaN, 3f)),
            "field 0, F32[1, 3]",
            "NaN at element 1"),
        row(
            "what is not a number, training on sequences",
            () ->
                sequences.train(
                    List.of(
                        Tensor.of(Shape.of(1, 5, 1), 0, 0, Float.NaN, 0, 0), whole(0), whole(5))),
            "rnn.recurrent",
            "hold NaN at [0, 2, 0]",
            "Correct the data"),
        row(
            "one row for a batch normalization",
            () -> {
              try (Learner norm =
                  classifier(backend, Sequential.of(Linear.of(4), BatchNorm.of(), Linear.of(2)))) {
                norm.train(List.of(zeros(1, 3), whole(0)));
              }
            },
            "1: batch_norm",
            "more than one value"));
  }

  @TestFactory
  Stream<DynamicTest> whatIsWrongWithANetworkIsSaid() {
    return Stream.of(
        row(
            "integers into Linear",
            () ->
                Learner.of(
                    backend,
                    Models.classifier(Linear.of(2)),
                    SETTINGS,
                    TensorType.of(DType.I64, 3),
                    LABEL),
            "linear: x must hold floating-point numbers, not I64"),
        row(
            "a convolution over rows",
            () -> classifier(backend, Sequential.of(Conv2d.of(4, 3), new Flatten(), Linear.of(2))),
            "0: conv2d: x must have the dimensions [N, C, H, W]; got x F32[2, 3]"),
        row(
            "two layers of one name",
            () ->
                classifier(
                    backend,
                    (scope, x) ->
                        scope.child("a", Linear.of(2), scope.child("a", Linear.of(4), x))),
            "a.weight",
            "[4, 3]",
            "[2, 4]",
            "two layers share a name"),
        row(
            "a loss for each row",
            () -> {
              Model model = Models.withLoss(Linear.of(2), (ops, y, target) -> ops.sum(y, 1));
              try (Learner rows = Learner.of(backend, model, SETTINGS, FEATURES, LABEL)) {
                rows.train(List.of(zeros(2, 3), whole(0, 1)));
              }
            },
            "scalar",
            "F32[2]",
            "by its mean"),
        row(
            "values [N] for predictions [N, 1]",
            () ->
                Trainer.of(
                        backend,
                        Models.regressor(Linear.of(1)),
                        TensorDataset.ofValues(zeros(4, 3), zeros(4)))
                    .build(),
            "mean squared error",
            "one shape",
            "F32[4, 1] and F32[4]",
            "reshape"),
        row(
            "nothing to learn",
            () -> {
              try (Learner none = classifier(backend, (_, x) -> x)) {
                none.train(List.of(zeros(2, 3), whole(0, 1)));
              }
            },
            "no parameters"),
        row(
            "fewer scores than classes",
            () -> {
              try (Trainer one =
                  Trainer.of(backend, Models.classifier(Linear.of(1)), data(3)).build()) {
                one.fit();
              }
            },
            "target I64[4] must be from 0 to 0",
            "is 1"),
        row(
            "a gradient check in single precision",
            () -> GradientCheck.run(backend, Unary.TANH, zeros(2)),
            "tanh",
            "F64",
            "Tensor.to"));
  }

  @TestFactory
  Stream<DynamicTest> whatIsWrongWithDataIsSaid() {
    return Stream.of(
        row(
            "a label without a name",
            () -> TensorDataset.ofClasses(zeros(2, 3), whole(0, 5), List.of("a", "b")),
            "row 1 has label 5",
            "2 classes are 0 to 1"),
        row(
            "what is missing",
            () ->
                TensorDataset.ofClasses(
                    Tensor.of(new float[][] {{1, 2}, {3, Float.NaN}}),
                    whole(0, 1),
                    List.of("a", "b")),
            "features F32[2, 2] hold NaN in row 1, place 1",
            "fill it or leave the row out"),
        row(
            "an infinite value",
            () -> TensorDataset.ofValues(zeros(2, 3), Tensor.of(Shape.of(2), 0f, 1f / 0f)),
            "targets F32[2] hold Infinity in row 1"),
        row(
            "labels for other sequences",
            () -> TensorDataset.ofClasses(zeros(3, 3), whole(0, 1), List.of("a", "b")),
            "same N",
            "F32[3, 3] and I64[2]"),
        row(
            "validation data of another size",
            () -> {
              try (Trainer trainer =
                  Trainer.of(backend, Models.classifier(Linear.of(2)), data(3))
                      .validation(data(4))
                      .epochs(1)
                      .build()) {
                trainer.fit();
              }
            },
            "F32[4, 4]",
            "made for samples of [F32[3], I64[]]"),
        row(
            "rows of different lengths",
            () -> Tensor.of(new float[][] {{1, 2}, {1}}),
            "row 1 has 1"),
        row("a dimension that is not there", () -> Shape.of(2, 3).dim(2), "[2, 3]", "dimension 2"));
  }

  @TestFactory
  Stream<DynamicTest> whatIsClosedOrElsewhereIsSaid() {
    return Stream.of(
        row(
            "a closed learner",
            () -> {
              Learner closed = classifier(backend, Linear.of(2));
              closed.close();
              closed.train(List.of(zeros(2, 3), whole(0, 1)));
            },
            "the learner is closed",
            "make another"),
        row(
            "a closed trainer",
            () -> {
              Trainer closed =
                  Trainer.of(backend, Models.classifier(Linear.of(2)), data(3)).build();
              closed.close();
              closed.fit();
            },
            "the trainer is closed",
            "build another"),
        row(
            "a closed session",
            () -> {
              GraphBuilder graph = new GraphBuilder();
              Value x = graph.input("x", FEATURES);
              try (Variables held = new Variables(backend)) {
                Session session = Session.open(backend, graph.build(graph.ops().tanh(x)), held);
                session.close();
                session.run();
              }
            },
            "the session is closed",
            "Session.open"),
        row(
            "closed variables",
            () -> {
              Variables closed = new Variables(backend);
              closed.declare(List.of(new Value("weight", FEATURES)));
              closed.close();
              closed.read("weight");
            },
            "the variables are closed"),
        row(
            "a closed loader",
            () -> {
              BatchLoader closed = BatchLoader.of(data(3)).batchSize(2).build();
              closed.close();
              closed.next();
            },
            "the batch loader is closed"),
        row(
            "a closed backend",
            () -> {
              Backend closed = Backends.open("onednn");
              closed.close();
              classifier(closed, Linear.of(2)).train(List.of(zeros(2, 3), whole(0, 1)));
            },
            "backend onednn is closed",
            "Backends.open"),
        row(
            "variables of another backend",
            () -> {
              GraphBuilder graph = new GraphBuilder();
              Value held = graph.variable("x", FEATURES);
              try (Variables elsewhere = new Variables(other)) {
                Session.open(backend, graph.build(graph.ops().tanh(held)), elsewhere);
              }
            },
            "held on reference",
            "on " + backend.name(),
            "the same Backend object"),
        row(
            "an input that was never fed",
            () -> {
              GraphBuilder graph = new GraphBuilder();
              Value x = graph.input("x", FEATURES);
              try (Variables held = new Variables(backend);
                  Session session = Session.open(backend, graph.build(graph.ops().tanh(x)), held)) {
                session.run();
              }
            },
            "x: F32[3]",
            "never been fed",
            "Session.feed"),
        row(
            "a backend that is not there",
            () -> Backends.open("gpu"),
            "'gpu'",
            "onednn, reference"));
  }

  @TestFactory
  Stream<DynamicTest> whatIsWrongWithACheckpointIsSaid() throws IOException {
    Path file = folder.resolve("weights.safetensors");
    Checkpoint.writeWeights(file, learner);
    Path damaged = Files.writeString(folder.resolve("damaged"), "not what it should be");
    return Stream.of(
        row(
            "weights of another architecture",
            () -> Checkpoint.loadWeights(file, sequences),
            "weights.safetensors has no tensor rnn.weight_ih_l0",
            "another model?"),
        row(
            "weights of another size",
            () -> {
              try (Learner wider =
                  classifier(backend, Sequential.of(Linear.of(5), Activation.RELU, Linear.of(2)))) {
                Checkpoint.loadWeights(file, wider);
              }
            },
            "tensor 0.weight is F32[4, 3]",
            "needs F32[5, 3]"),
        row(
            "a file that is not there",
            () -> Checkpoint.loadWeights(folder.resolve("nothing"), learner),
            "nothing: no such file"),
        row(
            "a file of something else",
            () -> Checkpoint.loadWeights(damaged, learner),
            "damaged",
            "is it a safetensors file?"),
        row(
            "going on from weights",
            () -> Checkpoint.resume(file, learner),
            "no training state",
            "cannot be resumed"),
        row(
            "a folder that is not there",
            () -> Checkpoint.writeWeights(folder.resolve("no/file"), learner),
            "cannot write",
            "does not exist"));
  }
}
