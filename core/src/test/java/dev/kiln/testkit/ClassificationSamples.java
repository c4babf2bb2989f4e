package dev.kiln.testkit;

import dev.kiln.op.CorrectCount;
import dev.kiln.op.CrossEntropy;
import dev.kiln.op.LogSoftmax;
import dev.kiln.op.Softmax;
import dev.kiln.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** Samples of softmax and cross-entropy. */
final class ClassificationSamples {

  private ClassificationSamples() {}

  /** An axis of a shape. */
  private record Along(String name, int axis, int... dims) {}

  private static final List<Along> AXES =
      List.of(
          new Along("classes of a batch", 1, 4, 10),
          new Along("the last of three", 2, 2, 3, 5),
          new Along("the middle of three", 1, 2, 13, 5),
          new Along("the first", 0, 129, 3),
          new Along("one class", 1, 13, 1),
          new Along("one number", 0, 1),
          new Along("129 classes", 1, 13, 129),
          new Along("channels of images", 1, 2, 3, 4, 5));

  static List<Sample> all() {
    List<Sample> samples = new ArrayList<>();
    for (Along along : AXES) {
      Operand x = Operand.normal(along.dims);
      samples.add(Sample.of(along.name, new Softmax(along.axis), x));
      samples.add(Sample.of(along.name, new LogSoftmax(along.axis), x));
      samples.add(
          Sample.of(
              along.name,
              new Softmax.Grad(along.axis),
              Operand.of(Domain.uniform(0, 1), along.dims),
              x));
      samples.add(
          Sample.of(
                  along.name,
                  new LogSoftmax.Grad(along.axis),
                  Operand.of(Domain.uniform(-5, 0), along.dims),
                  x)
              .within(1e-4, 1e-4));
    }
    Operand large = Operand.of(Domain.cycle(-1000, 1000, 999, 88, 0), 3, 5);
    samples.add(Sample.of("scores that overflow", new Softmax(1), large));
    samples.add(Sample.of("scores that overflow", new LogSoftmax(1), large));
    for (double smoothing : new double[] {0, 0.1}) {
      samples.addAll(crossEntropy(smoothing));
    }
    samples.addAll(correctCounts());
    return samples;
  }

  private static List<Sample> crossEntropy(double smoothing) {
    CrossEntropy loss = new CrossEntropy(smoothing);
    String how = ", smoothing " + smoothing;
    Operand large = Operand.of(Domain.cycle(-1000, 1000, 999, 88, 0), 3, 5);
    return List.of(
        Sample.of("[6, 4]" + how, loss, Operand.normal(6, 4), labels(4, 6)),
        Sample.of("[1, 1]" + how, loss, Operand.normal(1, 1), labels(1, 1)),
        Sample.of("[13, 129]" + how, loss, Operand.normal(13, 129), labels(129, 13)),
        Sample.of("[129, 10]" + how, loss, Operand.normal(129, 10), labels(10, 129)),
        Sample.of(
            "32-bit labels" + how,
            loss,
            Operand.normal(6, 4),
            Operand.of(DType.I32, Domain.below(4), 6)),
        Sample.of(
            "bytes as labels" + how,
            loss,
            Operand.normal(6, 4),
            Operand.of(DType.U8, Domain.below(4), 6)),
        Sample.of("some ignored" + how, loss, Operand.normal(6, 4), labels(3.0, -100, 0)),
        Sample.of("all ignored" + how, loss, Operand.normal(6, 4), labels(-100.0)),
        Sample.of("scores that overflow" + how, loss, large, labels(5, 3)),
        Sample.of("a label too large" + how, loss, Operand.normal(6, 4), labels(1.0, 4, 0))
            .atKinks(),
        Sample.of("a negative label" + how, loss, Operand.normal(6, 4), labels(-1.0)).atKinks(),
        gradient("[6, 4]" + how, smoothing, labels(4, 6), 6, 4),
        gradient("some ignored" + how, smoothing, labels(3.0, -100, 0), 6, 4),
        gradient("all ignored" + how, smoothing, labels(-100.0), 6, 4),
        gradient("[13, 129]" + how, smoothing, labels(129, 13), 13, 129));
  }

  /** Scores are whole numbers, so that many are equal. */
  private static List<Sample> correctCounts() {
    CorrectCount predicted = CorrectCount.ofPredicted();
    CorrectCount top3 = CorrectCount.ofTop(3);
    return List.of(
        Sample.of("[129, 10] predicted", predicted, scores(129, 10), labels(10, 129)),
        Sample.of("[129, 10] of three", top3, scores(129, 10), labels(10, 129)),
        Sample.of("[13, 129]", CorrectCount.ofTop(13), scores(13, 129), labels(129, 13)),
        Sample.of("[1, 1]", predicted, scores(1, 1), labels(1, 1)),
        Sample.of("all equal", predicted, of(Domain.cycle(2), 6, 4), labels(0.0, 1, 3)),
        Sample.of("all equal, of three", top3, of(Domain.cycle(2), 6, 4), labels(0.0, 1, 3)),
        Sample.of("more than there are", top3, scores(6, 2), labels(2, 6)),
        Sample.of("some ignored", predicted, of(Domain.cycle(0, 1, 2), 6, 3), labels(2.0, -100)),
        Sample.of("labels that are no class", top3, scores(6, 3), labels(3.0, -1, 1)),
        Sample.of(
            "scores that are not numbers",
            CorrectCount.ofTop(2),
            of(Domain.cycle(Double.NaN, 1, 2, 0), 6, 4),
            labels(0.0, 1, 2, 3)),
        Sample.of(
            "32-bit labels", predicted, scores(9, 4), Operand.of(DType.I32, Domain.below(4), 9)),
        Sample.of(
            "bytes as labels", predicted, scores(9, 4), Operand.of(DType.U8, Domain.below(4), 9)));
  }

  private static Operand scores(int... dims) {
    return of(Domain.grid(1, 0), dims);
  }

  private static Operand of(Domain domain, int... dims) {
    return Operand.of(domain, dims).constant();
  }

  private static Sample gradient(String name, double smoothing, Operand target, int... dims) {
    return Sample.of(
        name,
        new CrossEntropy.Grad(smoothing),
        Operand.of(Domain.uniform(0, 1), dims),
        target,
        Operand.normal());
  }

  private static Operand labels(int classes, int count) {
    return Operand.of(DType.I64, Domain.below(classes), count);
  }

  /** Six labels, these in turn. */
  private static Operand labels(double... cycle) {
    return Operand.of(DType.I64, Domain.cycle(cycle), 6);
  }
}
