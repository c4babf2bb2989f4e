package dev.kiln.cuda;

import dev.kiln.backend.Precision;
import dev.kiln.op.RecurrentCell;
import dev.kiln.op.RecurrentWeights;
import dev.kiln.tensor.DType;
import java.util.Arrays;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnDirectionMode;
import jcuda.jcudnn.cudnnDropoutDescriptor;
import jcuda.jcudnn.cudnnForwardMode;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnRNNAlgo;
import jcuda.jcudnn.cudnnRNNBiasMode;
import jcuda.jcudnn.cudnnRNNDataDescriptor;
import jcuda.jcudnn.cudnnRNNDataLayout;
import jcuda.jcudnn.cudnnRNNDescriptor;
import jcuda.jcudnn.cudnnRNNInputMode;
import jcuda.jcudnn.cudnnRNNMode;
import jcuda.jcudnn.cudnnTensorDescriptor;

/**
 * A recurrent stack over sequences of one length as cuDNN describes it (cuDNN API, cudnn_adv:
 * cudnnSetRNNDescriptor_v8).
 */
final class RecurrentDescriptors {

  /** What cuDNN takes for no pointer: there is neither padding to fill nor a length to read. */
  static final Pointer NONE = new Pointer();

  private static final int PADDED_IO = 1;

  /** cuDNN 9.13.0, as it counts its versions. */
  private static final long FIRST_WITH_BF16 = 91_300;

  private final RecurrentShape shape;
  private final TensorDescriptors tensors;
  private final cudnnHandle handle;
  private final cudnnRNNDescriptor stack = new cudnnRNNDescriptor();
  private final cudnnRNNDataDescriptor x;
  private final cudnnRNNDataDescriptor y;
  private final cudnnTensorDescriptor states = new cudnnTensorDescriptor();
  private final long workspaceBytes;
  private final long reserveBytes;

  /** Describes a stack to an opened device; what it makes belongs to a scope. */
  RecurrentDescriptors(CudaEngine engine, NativeScope scope, RecurrentShape shape) {
    this.shape = shape;
    this.handle = engine.cudnn().handle();
    this.tensors = TensorDescriptors.rowMajor(scope, shape.dtype());
    describeStack(scope, engine.options().precision());
    this.x = sequences(scope, shape.features());
    this.y = sequences(scope, shape.outputWidth());
    describeStates(scope);
    long[] workspace = new long[1];
    long[] reserve = new long[1];
    Cudnn.check(
        "cudnnGetRNNTempSpaceSizes",
        JCudnn.cudnnGetRNNTempSpaceSizes(
            handle, stack, cudnnForwardMode.CUDNN_FWD_MODE_TRAINING, x, workspace, reserve));
    this.workspaceBytes = workspace[0];
    this.reserveBytes = reserve[0];
  }

  /**
   * Returns whether the loaded version computes stacks of a type. BF16 is one from 9.13 on, summed
   * in F32, as PyTorch does it (its pull request 164411).
   */
  static boolean takes(DType dtype) {
    return dtype != DType.BF16 || JCudnn.cudnnGetVersion() >= FIRST_WITH_BF16;
  }

  /** Returns the layout of the reserve of a stack. */
  static ReserveLayout reserve(CudaEngine engine, RecurrentShape shape) {
    try (NativeScope scope = new NativeScope()) {
      return new ReserveLayout(new RecurrentDescriptors(engine, scope, shape).reserveBytes());
    }
  }

  private void describeStack(NativeScope scope, Precision precision) {
    Cudnn.check("cudnnCreateRNNDescriptor", JCudnn.cudnnCreateRNNDescriptor(stack));
    scope.onClose(
        () -> Cudnn.check("cudnnDestroyRNNDescriptor", JCudnn.cudnnDestroyRNNDescriptor(stack)));
    Cudnn.check(
        "cudnnSetRNNDescriptor_v8",
        JCudnn.cudnnSetRNNDescriptor_v8(
            stack,
            cudnnRNNAlgo.CUDNN_RNN_ALGO_STANDARD,
            mode(shape.spec().cell()),
            cudnnRNNBiasMode.CUDNN_RNN_DOUBLE_BIAS,
            shape.spec().bidirectional()
                ? cudnnDirectionMode.CUDNN_BIDIRECTIONAL
                : cudnnDirectionMode.CUDNN_UNIDIRECTIONAL,
            cudnnRNNInputMode.CUDNN_LINEAR_INPUT,
            tensors.type(),
            tensors.computeType(),
            tensors.math(precision),
            shape.features(),
            shape.hidden(),
            shape.hidden(),
            shape.spec().layers(),
            noDropout(scope),
            PADDED_IO));
  }

  private static int mode(RecurrentCell cell) {
    return switch (cell) {
      case RNN_TANH -> cudnnRNNMode.CUDNN_RNN_TANH;
      case RNN_RELU -> cudnnRNNMode.CUDNN_RNN_RELU;
      case LSTM -> cudnnRNNMode.CUDNN_LSTM;
      case GRU -> cudnnRNNMode.CUDNN_GRU;
    };
  }

  private cudnnDropoutDescriptor noDropout(NativeScope scope) {
    cudnnDropoutDescriptor dropout = new cudnnDropoutDescriptor();
    Cudnn.check("cudnnCreateDropoutDescriptor", JCudnn.cudnnCreateDropoutDescriptor(dropout));
    scope.onClose(() ->
        Cudnn.check(
            "cudnnDestroyDropoutDescriptor", JCudnn.cudnnDestroyDropoutDescriptor(dropout)));
    Cudnn.check(
        "cudnnSetDropoutDescriptor",
        JCudnn.cudnnSetDropoutDescriptor(dropout, handle, 0, NONE, 0, 0));
    return dropout;
  }

  private cudnnRNNDataDescriptor sequences(NativeScope scope, int width) {
    cudnnRNNDataDescriptor data = new cudnnRNNDataDescriptor();
    Cudnn.check("cudnnCreateRNNDataDescriptor", JCudnn.cudnnCreateRNNDataDescriptor(data));
    scope.onClose(() ->
        Cudnn.check("cudnnDestroyRNNDataDescriptor", JCudnn.cudnnDestroyRNNDataDescriptor(data)));
    int[] lengths = new int[shape.batch()];
    Arrays.fill(lengths, shape.steps());
    Cudnn.check(
        "cudnnSetRNNDataDescriptor",
        JCudnn.cudnnSetRNNDataDescriptor(
            data,
            tensors.type(),
            cudnnRNNDataLayout.CUDNN_RNN_DATA_LAYOUT_BATCH_MAJOR_UNPACKED,
            shape.steps(),
            shape.batch(),
            width,
            lengths,
            NONE));
    return data;
  }

  private void describeStates(NativeScope scope) {
    Cudnn.check("cudnnCreateTensorDescriptor", JCudnn.cudnnCreateTensorDescriptor(states));
    scope.onClose(() ->
        Cudnn.check("cudnnDestroyTensorDescriptor", JCudnn.cudnnDestroyTensorDescriptor(states)));
    int cells = shape.spec().layers() * shape.spec().directions();
    Cudnn.check(
        "cudnnSetTensorNdDescriptor",
        JCudnn.cudnnSetTensorNdDescriptor(
            states,
            tensors.type(),
            3,
            new int[] {cells, shape.batch(), shape.hidden()},
            new int[] {shape.batch() * shape.hidden(), shape.hidden(), 1}));
  }

  /**
   * Checks that cuDNN expects every weight where {@link RecurrentWeights} has it, since it uses
   * them in place.
   *
   * @throws CudaException if it does not
   */
  void checkWeights(DeviceBuffer weights) {
    long[] bytes = new long[1];
    Cudnn.check(
        "cudnnGetRNNWeightSpaceSize", JCudnn.cudnnGetRNNWeightSpaceSize(handle, stack, bytes));
    if (bytes[0] != weights.bytes()) {
      throw new CudaException(
          "cuDNN wants %d bytes of weights for a stack that has %d"
              .formatted(bytes[0], weights.bytes()));
    }
    for (int layer = 0; layer < shape.spec().layers(); layer++) {
      for (int direction = 0; direction < shape.spec().directions(); direction++) {
        for (int gate = 0; gate < shape.spec().cell().gates(); gate++) {
          checkGate(weights, layer, direction, gate);
        }
      }
    }
  }

  private void checkGate(DeviceBuffer weights, int layer, int direction, int gate) {
    int ofStates = shape.spec().cell().gates() + gate;
    checkMatrix(weights, layer, direction, gate, gate, RecurrentWeights.Kind.WEIGHT_IH);
    checkMatrix(weights, layer, direction, gate, ofStates, RecurrentWeights.Kind.WEIGHT_HH);
  }

  private void checkMatrix(
      DeviceBuffer weights,
      int layer,
      int direction,
      int gate,
      int matrix,
      RecurrentWeights.Kind kind) {
    DevicePointer matrixAt = new DevicePointer();
    DevicePointer biasAt = new DevicePointer();
    try (NativeScope scope = new NativeScope()) {
      TensorDescriptors own = TensorDescriptors.rowMajor(scope, shape.dtype());
      Cudnn.check(
          "cudnnGetRNNWeightParams",
          JCudnn.cudnnGetRNNWeightParams(
              handle,
              stack,
              layer * shape.spec().directions() + direction,
              weights.bytes(),
              weights.pointer(),
              matrix,
              own.perChannel(1),
              matrixAt,
              own.perChannel(1),
              biasAt));
    }
    RecurrentWeights.Kind bias =
        kind == RecurrentWeights.Kind.WEIGHT_IH
            ? RecurrentWeights.Kind.BIAS_IH
            : RecurrentWeights.Kind.BIAS_HH;
    checkPlace(weights, matrixAt, layer, direction, gate, kind);
    checkPlace(weights, biasAt, layer, direction, gate, bias);
  }

  private void checkPlace(
      DeviceBuffer weights,
      DevicePointer actual,
      int layer,
      int direction,
      int gate,
      RecurrentWeights.Kind kind) {
    RecurrentWeights.Part part =
        shape.spec().weights(shape.features()).part(layer, direction, kind);
    long perGate = part.shape().elements() / shape.spec().cell().gates();
    long expected = (part.offset() + gate * perGate) * shape.dtype().bytes();
    long found = actual.address() - weights.pointer().address();
    if (found != expected) {
      throw new CudaException(
          "cuDNN looks for gate %d of %s at byte %d of the weights, but it lies at byte %d"
              .formatted(gate, part.name(), found, expected));
    }
  }

  /** Returns the library's handle. */
  cudnnHandle handle() {
    return handle;
  }

  /** Returns the description of the stack. */
  cudnnRNNDescriptor stack() {
    return stack;
  }

  /** Returns the description of the stack's input. */
  cudnnRNNDataDescriptor x() {
    return x;
  }

  /** Returns the description of the stack's output. */
  cudnnRNNDataDescriptor y() {
    return y;
  }

  /** Returns the description of initial and final states. */
  cudnnTensorDescriptor states() {
    return states;
  }

  /** Returns the scratch memory that every pass needs, in bytes. */
  long workspaceBytes() {
    return workspaceBytes;
  }

  /** Returns the length of the reserve. */
  long reserveBytes() {
    return reserveBytes;
  }
}
