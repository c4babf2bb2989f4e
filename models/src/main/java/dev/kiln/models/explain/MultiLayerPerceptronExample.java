package dev.kiln.models.explain;

import dev.kiln.backend.Backend;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.op.Value;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/**
 * A multi-layer perceptron of four inputs, three hidden units and one output, taught three samples
 * by full-batch gradient descent: one step in detail, then many.
 */
final class MultiLayerPerceptronExample {

  private static final double RATE = 0.1;
  private static final int STEPS = 5000;
  private static final int DECIMALS = 6;

  private static final Tensor X = matrix(3, 4, 1, 0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1);
  private static final Tensor Y = matrix(3, 1, 1, 1, 0);
  private static final Tensor HIDDEN_WEIGHT =
      matrix(4, 3, 0.42, 0.88, 0.55, 0.10, 0.73, 0.68, 0.60, 0.18, 0.47, 0.92, 0.11, 0.52);
  private static final Tensor HIDDEN_BIAS = Tensor.of(Shape.of(3), 0.46, 0.72, 0.08);
  private static final Tensor OUTPUT_WEIGHT = matrix(3, 1, 0.30, 0.25, 0.23);
  private static final Tensor OUTPUT_BIAS = Tensor.of(Shape.of(1), 0.69);

  private MultiLayerPerceptronExample() {}

  private static Tensor matrix(int rows, int columns, double... values) {
    return Tensor.of(Shape.of(rows, columns), values);
  }

  /** Computes the example and explains it. */
  static Explanation explain(Backend backend) {
    MultiLayerPerceptronGraph network =
        new MultiLayerPerceptronGraph(X.shape(), HIDDEN_BIAS.shape().dim(0));
    try (Variables variables = new Variables(backend);
        Session session = Session.open(backend, network.graph(), variables)) {
      variables.write(
          MultiLayerPerceptronGraph.PARAMETERS,
          network.flat(List.of(HIDDEN_WEIGHT, HIDDEN_BIAS, OUTPUT_WEIGHT, OUTPUT_BIAS)));
      session.feed(network.x, X);
      session.feed(network.y, Y);
      session.feed(network.rate, Tensor.of(Shape.SCALAR, RATE));
      Run run = new Run(network, session, variables);
      run.step(1);
      List<ExplanationStep> first =
          List.of(
              beginning(),
              run.hiddenInput(),
              run.hiddenActivation(),
              run.output(),
              run.loss(),
              run.outputDelta(),
              run.hiddenDelta(),
              run.gradients(),
              run.update());
      Tensor before = session.read(network.loss);
      for (int number = 2; number <= STEPS; number++) {
        run.step(number);
      }
      return new Explanation(
          "A multi-layer perceptron learns by gradient descent", concat(first, run.end(before)));
    }
  }

  private static List<ExplanationStep> concat(List<ExplanationStep> first, ExplanationStep last) {
    return Stream.concat(first.stream(), Stream.of(last)).toList();
  }

  private static ExplanationStep beginning() {
    return new ExplanationStep(
        "The data and the network",
        "",
        """
        Three samples (rows of X) of four features each, and for each the answer that is wanted (y).
        Every feature is connected with each of three hidden units by a weight in wh, and every
        hidden unit with the output by a weight in wout; bh and bout are added to the sums. Weights
        begin as random numbers, here these:\
        """,
        List.of(
            new Table("X [3 samples, 4 features]", X, 0),
            new Table("y [3, 1]", Y, 0),
            new Table("wh [4 features, 3 hidden units]", HIDDEN_WEIGHT, 2),
            new Table("bh [3]", HIDDEN_BIAS, 2),
            new Table("wout [3 hidden units, 1]", OUTPUT_WEIGHT, 2),
            new Table("bout [1]", OUTPUT_BIAS, 2)));
  }

  /** Runs training steps and tells what the session holds after them. */
  private record Run(MultiLayerPerceptronGraph network, Session session, Variables variables) {

    void step(long number) {
      session.feed(network.step, Tensor.of(Shape.SCALAR, number));
      session.run();
    }

    private Table table(String name, Value value) {
      return new Table(name, session.read(value), DECIMALS);
    }

    private Table parameter(String name, int index) {
      Tensor flat = variables.read(MultiLayerPerceptronGraph.PARAMETERS);
      return new Table(name, network.part(flat, index), DECIMALS);
    }

    ExplanationStep hiddenInput() {
      return new ExplanationStep(
          "Forward: what arrives at the hidden units",
          "hidden input = X wh + bh",
          """
          Each hidden unit sums up the features of a sample, each times its weight, and adds its
          bias. For all samples and units at once that is a matrix product.\
          """,
          List.of(table("hidden input [3 samples, 3 hidden units]", network.hiddenInput)));
    }

    ExplanationStep hiddenActivation() {
      return new ExplanationStep(
          "Forward: what the hidden units answer",
          "hidden activation = sigmoid(hidden input),   sigmoid(z) = 1 / (1 + e^-z)",
          """
          The sigmoid squeezes every sum between 0 and 1. Without such a bend two layers would be no
          more than one: a product of matrices is a matrix.\
          """,
          List.of(table("hidden activation [3, 3]", network.hidden)));
    }

    ExplanationStep output() {
      return new ExplanationStep(
          "Forward: the output",
          "output = sigmoid(hidden activation wout + bout)",
          "The same once more, with the hidden activations as inputs: one answer for each sample.",
          List.of(table("output [3, 1]", network.output)));
    }

    ExplanationStep loss() {
      return new ExplanationStep(
          "The loss: how wrong the output is",
          "E = y - output,   loss = sum(E^2) / 2",
          """
          The first two outputs should be 1 and the third 0. The errors E are squared, so that both
          directions count and large ones count more, and summed up to one number, which training
          makes smaller.\
          """,
          List.of(table("E [3, 1]", network.error), table("loss", network.loss)));
    }

    ExplanationStep outputDelta() {
      return new ExplanationStep(
          "Backward: the output's delta",
          "slope = output (1 - output),   delta of output = E slope",
          """
          How would the loss fall if the sum that arrives at the output were a little larger? By the
          chain rule, by the error times the slope of the sigmoid at that place. This delta is the
          gradient of the loss with the sign reversed: the direction in which the loss falls.\
          """,
          List.of(
              table("slope of output [3, 1]", network.outputSlope),
              table("delta of output [3, 1]", network.outputDelta)));
    }

    ExplanationStep hiddenDelta() {
      return new ExplanationStep(
          "Backward: the hidden units' deltas",
          "error at hidden = delta of output wout',   delta of hidden = error slope",
          """
          The output's delta goes back along the weights it came by: each hidden unit gets it times
          its own weight (wout' is wout transposed). Times the slope of its own sigmoid, that is the
          unit's delta. More layers would repeat this step; this is backpropagation.\
          """,
          List.of(
              table("error at hidden [3, 3]", network.hiddenError),
              table("slope of hidden [3, 3]", network.hiddenSlope),
              table("delta of hidden [3, 3]", network.hiddenDelta)));
    }

    ExplanationStep gradients() {
      return new ExplanationStep(
          "Backward: the gradients of weights and biases",
          "wout: -(hidden activation' delta of output),   wh: -(X' delta of hidden)",
          """
          A weight's gradient is what came in through it times the delta it led to, summed over all
          samples: that is again a matrix product. A bias has the constant input 1, so its gradient
          is the sum of the deltas. The gradient points uphill, hence the minus.\
          """,
          List.of(
              table("gradient of wout [3, 1]", network.gradients.get(2)),
              table("gradient of bout [1]", network.gradients.get(3)),
              table("gradient of wh [4, 3]", network.gradients.get(0)),
              table("gradient of bh [3]", network.gradients.get(1))));
    }

    ExplanationStep update() {
      return new ExplanationStep(
          "The update: a small step downhill",
          "new weight = weight - " + RATE + " gradient",
          """
          Every weight and every bias moves a little against its gradient; how far, the learning rate
          says. All samples were used for this one step: full-batch gradient descent.\
          """,
          List.of(
              parameter("new wout [3, 1]", 2),
              parameter("new bout [1]", 3),
              parameter("new wh [4, 3]", 0),
              parameter("new bh [3]", 1)));
    }

    ExplanationStep end(Tensor firstLoss) {
      return new ExplanationStep(
          "The same again, " + STEPS + " steps in all",
          "",
          """
          Forward, loss, backward, update, again and again. In the last step the outputs are close to
          the answers that were wanted, 1, 1 and 0, and the loss has become small.\
          """,
          List.of(
              new Table("loss in step 1", firstLoss, DECIMALS),
              table("loss in step " + STEPS, network.loss),
              table("output in step " + STEPS + " [3, 1]", network.output)));
    }
  }
}
