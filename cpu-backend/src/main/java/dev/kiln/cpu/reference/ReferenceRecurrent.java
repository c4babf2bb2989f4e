package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.Recurrent;
import dev.kiln.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** {@link Recurrent} in plain Java, one step of one sequence after the other. */
record ReferenceRecurrent(Recurrent recurrent, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Forward pass = new Forward(new RecurrentStack(recurrent, inputs, outputs.getLast()), outputs);
    return pass::run;
  }

  /** The forward pass. */
  private static final class Forward {

    private final RecurrentStack stack;
    private final Recurrent spec;
    private final RecurrentStep step;
    private final List<Tensor> outputs;
    private final double[] fromInput;
    private final double[] fromState;
    private final double[] trace;
    private final double[] y;
    private final RecurrentStep.State state;

    Forward(RecurrentStack stack, List<Tensor> outputs) {
      this.stack = stack;
      this.spec = stack.spec();
      this.step = RecurrentStep.of(spec.cell(), spec.hidden());
      this.outputs = outputs;
      this.fromInput = stack.newGates();
      this.fromState = stack.newGates();
      this.trace = stack.newTrace();
      this.y = Elements.arrayFor(outputs.getFirst());
      this.state = RecurrentStep.State.ofSize(spec.hidden());
    }

    void run() {
      stack.loadWeights();
      for (int layer = 0; layer < spec.layers(); layer++) {
        double[] input = stack.layerInput(layer);
        for (int direction = 0; direction < spec.directions(); direction++) {
          for (int sequence = 0; sequence < stack.batch(); sequence++) {
            runSequence(layer, direction, sequence, input);
          }
        }
      }
      stack.gatherOutput(spec.layers() - 1, y);
      markInvalid();
      Elements.store(y, outputs.getFirst());
    }

    private void runSequence(int layer, int direction, int sequence, double[] input) {
      GateProduct inputProduct = stack.inputProduct(layer, direction);
      GateProduct stateProduct = stack.stateProduct(layer, direction);
      stack.loadInitial(layer, direction, sequence, state);
      int length = stack.length(sequence);
      for (int i = 0; i < length; i++) {
        int time = RecurrentStack.time(direction, i, length);
        int at = (sequence * stack.steps() + time) * stack.features(layer);
        inputProduct.apply(input, at, fromInput);
        stateProduct.apply(state.h(), 0, fromState);
        step.forward(fromInput, fromState, state, trace);
        stack.storeTrace(layer, direction, time, sequence, trace);
        state.follow(trace, spec.cell().gates());
      }
      if (length == 0) {
        state.fill(Double.NaN);
      }
      long at = stack.stateAt(layer, direction, sequence);
      Elements.store(state.h(), outputs.get(1), at, spec.hidden());
      if (spec.cell().hasMemory()) {
        Elements.store(state.c(), outputs.get(2), at, spec.hidden());
      }
    }

    /** A sequence of an invalid length has no states to gather. */
    private void markInvalid() {
      int row = stack.steps() * stack.width();
      for (int sequence = 0; sequence < stack.batch(); sequence++) {
        if (stack.length(sequence) == 0) {
          Arrays.fill(y, sequence * row, (sequence + 1) * row, Double.NaN);
        }
      }
    }
  }

  /**
   * {@link Recurrent.Grad} in plain Java: backpropagation through time. A sequence of an invalid
   * length has the gradient not-a-number, and adds nothing to that of the weights.
   */
  record Grad(Recurrent.Grad grad, OperandTypes types) implements ReferenceOp {

    @Override
    public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
      Recurrent forward = grad.forward();
      List<Tensor> operands = inputs.subList(0, forward.inputCount());
      List<Tensor> upstream = inputs.subList(grad.upstreamIndex(), inputs.size());
      RecurrentStack stack = new RecurrentStack(forward, operands, inputs.get(grad.reserveIndex()));
      return new Backward(stack, upstream, outputs)::run;
    }
  }

  /** The backward pass. */
  private static final class Backward {

    private final RecurrentStack stack;
    private final Recurrent spec;
    private final RecurrentStep step;
    private final List<Tensor> upstream;
    private final List<Tensor> outputs;
    private final double[] toInput;
    private final double[] toState;
    private final double[] trace;
    private final double[] previousTrace;
    private final double[] weightSums;
    private final RecurrentStep.State previous;
    private final RecurrentStep.State gradient;

    /** The gradients of a layer's output and of its input, in turn. */
    private double[] outputGradient;

    private double[] inputGradient;

    Backward(RecurrentStack stack, List<Tensor> upstream, List<Tensor> outputs) {
      this.stack = stack;
      this.spec = stack.spec();
      this.step = RecurrentStep.of(spec.cell(), spec.hidden());
      this.upstream = upstream;
      this.outputs = outputs;
      this.toInput = stack.newGates();
      this.toState = stack.newGates();
      this.trace = stack.newTrace();
      this.previousTrace = stack.newTrace();
      this.weightSums = Elements.arrayFor(outputs.get(1));
      this.previous = RecurrentStep.State.ofSize(spec.hidden());
      this.gradient = RecurrentStep.State.ofSize(spec.hidden());
      int widest = Math.max(stack.features(0), stack.width());
      int elements = Math.multiplyExact(stack.batch() * stack.steps(), widest);
      this.outputGradient = new double[elements];
      this.inputGradient = new double[elements];
    }

    void run() {
      stack.loadWeights();
      Arrays.fill(weightSums, 0);
      Tensor dy = upstream.getFirst();
      Elements.load(dy, 0, outputGradient, Math.toIntExact(dy.elements()));
      for (int layer = spec.layers() - 1; layer >= 0; layer--) {
        double[] input = stack.layerInput(layer);
        Arrays.fill(inputGradient, 0);
        for (int direction = 0; direction < spec.directions(); direction++) {
          for (int sequence = 0; sequence < stack.batch(); sequence++) {
            runSequence(layer, direction, sequence, input);
          }
        }
        if (layer > 0) {
          stack.drop(layer - 1, inputGradient);
        }
        double[] swapped = outputGradient;
        outputGradient = inputGradient;
        inputGradient = swapped;
      }
      storeInputGradient();
      Elements.store(weightSums, outputs.get(1));
    }

    private void runSequence(int layer, int direction, int sequence, double[] input) {
      GateProduct inputProduct = stack.inputProduct(layer, direction);
      GateProduct stateProduct = stack.stateProduct(layer, direction);
      loadFinalGradient(layer, direction, sequence);
      int hidden = spec.hidden();
      int length = stack.length(sequence);
      for (int i = length - 1; i >= 0; i--) {
        int time = RecurrentStack.time(direction, i, length);
        stack.loadTrace(layer, direction, time, sequence, trace);
        if (i == 0) {
          stack.loadInitial(layer, direction, sequence, previous);
        } else {
          int before = RecurrentStack.time(direction, i - 1, length);
          stack.loadTrace(layer, direction, before, sequence, previousTrace);
          previous.follow(previousTrace, spec.cell().gates());
        }
        int outputAt = (sequence * stack.steps() + time) * stack.width() + direction * hidden;
        for (int k = 0; k < hidden; k++) {
          gradient.h()[k] += outputGradient[outputAt + k];
        }
        step.backward(trace, previous, gradient, toInput, toState);
        int inputAt = (sequence * stack.steps() + time) * stack.features(layer);
        inputProduct.addWeightGradient(toInput, input, inputAt, weightSums);
        inputProduct.addVectorGradient(toInput, inputGradient, inputAt);
        stateProduct.addWeightGradient(toState, previous.h(), 0, weightSums);
        stateProduct.addVectorGradient(toState, gradient.h(), 0);
      }
      if (length == 0) {
        gradient.fill(Double.NaN);
      }
      storeInitialGradient(layer, direction, sequence);
    }

    private void loadFinalGradient(int layer, int direction, int sequence) {
      long at = stack.stateAt(layer, direction, sequence);
      Elements.load(upstream.get(1), at, gradient.h(), spec.hidden());
      if (spec.cell().hasMemory()) {
        Elements.load(upstream.get(2), at, gradient.c(), spec.hidden());
      }
    }

    private void storeInitialGradient(int layer, int direction, int sequence) {
      long at = stack.stateAt(layer, direction, sequence);
      Elements.store(gradient.h(), outputs.get(2), at, spec.hidden());
      if (spec.cell().hasMemory()) {
        Elements.store(gradient.c(), outputs.get(3), at, spec.hidden());
      }
    }

    private void storeInputGradient() {
      int row = stack.steps() * stack.features(0);
      for (int sequence = 0; sequence < stack.batch(); sequence++) {
        if (stack.length(sequence) == 0) {
          Arrays.fill(outputGradient, sequence * row, (sequence + 1) * row, Double.NaN);
        }
      }
      Tensor dx = outputs.getFirst();
      Elements.store(outputGradient, dx, 0, Math.toIntExact(dx.elements()));
    }
  }
}
