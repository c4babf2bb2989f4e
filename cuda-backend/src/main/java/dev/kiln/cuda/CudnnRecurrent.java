package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Recurrent;
import java.util.List;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnForwardMode;

/** {@link Recurrent} and its gradient through cuDNN, with the weights used in place. */
final class CudnnRecurrent {

  private CudnnRecurrent() {}

  /** Compiles {@code x, weights, h0, c0? -> y, hN, cN?, reserve}. */
  static Op forward(OpContext context, Recurrent spec) {
    return new Forward(spec, rnn(context, spec));
  }

  /** Compiles {@code x, weights, h0, c0?, y, reserve, dy, dhN, dcN? -> dx, dweights, dh0, dc0?}. */
  static Op grad(OpContext context, Recurrent.Grad grad) {
    return new Backward(context, grad, rnn(context, grad.forward()));
  }

  private static RecurrentDescriptors rnn(OpContext context, Recurrent spec) {
    return new RecurrentDescriptors(
        context.engine(), context.scope(), RecurrentShape.of(spec, context.input(0)));
  }

  /** Returns a buffer's pointer, or none where the cell has no memory. */
  private static Pointer memory(Recurrent spec, List<Buffer> buffers, int index) {
    return spec.cell().hasMemory()
        ? DeviceBuffer.pointer(buffers, index)
        : RecurrentDescriptors.NONE;
  }

  private record Forward(Recurrent spec, RecurrentDescriptors rnn) implements Op {

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      DeviceBuffer weights = DeviceBuffer.of(inputs.get(1));
      rnn.checkWeights(weights);
      Pointer x = DeviceBuffer.pointer(inputs, 0);
      Pointer h0 = DeviceBuffer.pointer(inputs, 2);
      Pointer c0 = memory(spec, inputs, 3);
      Pointer y = DeviceBuffer.pointer(outputs, 0);
      Pointer last = DeviceBuffer.pointer(outputs, 1);
      Pointer lastMemory = memory(spec, outputs, 2);
      Pointer reserve = DeviceBuffer.pointer(outputs, outputs.size() - 1);
      Pointer scratch = DeviceBuffer.of(workspace).pointer();
      return () ->
          Cudnn.check(
              "cudnnRNNForward",
              JCudnn.cudnnRNNForward(
                  rnn.handle(),
                  rnn.stack(),
                  cudnnForwardMode.CUDNN_FWD_MODE_TRAINING,
                  RecurrentDescriptors.NONE,
                  rnn.x(),
                  x,
                  rnn.y(),
                  y,
                  rnn.states(),
                  h0,
                  last,
                  rnn.states(),
                  c0,
                  lastMemory,
                  weights.bytes(),
                  weights.pointer(),
                  rnn.workspaceBytes(),
                  scratch,
                  rnn.reserveBytes(),
                  reserve));
    }

    @Override
    public long workspaceBytes() {
      return rnn.workspaceBytes();
    }

    @Override
    public String describe() {
      return "cudnnRNNForward";
    }
  }

  /**
   * The gradient of the data, which also writes what that of the weights needs to the reserve, then
   * that of the weights, which cuDNN can only add to something.
   */
  private record Backward(OpContext context, Recurrent.Grad grad, RecurrentDescriptors rnn)
      implements Op {

    private static final int ADD = 0;

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      rnn.checkWeights(DeviceBuffer.of(inputs.get(1)));
      return StreamWork.inOrder(
          List.of(
              StreamWork.zero(context.engine().context(), DeviceBuffer.of(outputs.get(1))),
              data(inputs, outputs, workspace),
              weights(inputs, outputs, workspace)));
    }

    private Kernel data(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      Recurrent spec = grad.forward();
      DeviceBuffer weights = DeviceBuffer.of(inputs.get(1));
      Pointer h0 = DeviceBuffer.pointer(inputs, 2);
      Pointer c0 = memory(spec, inputs, 3);
      Pointer y = DeviceBuffer.pointer(inputs, grad.outputIndex());
      Pointer reserve = DeviceBuffer.pointer(inputs, grad.reserveIndex());
      Pointer dy = DeviceBuffer.pointer(inputs, grad.upstreamIndex());
      Pointer dhN = DeviceBuffer.pointer(inputs, grad.upstreamIndex() + 1);
      Pointer dcN = memory(spec, inputs, grad.upstreamIndex() + 2);
      Pointer dx = DeviceBuffer.pointer(outputs, 0);
      Pointer dh0 = DeviceBuffer.pointer(outputs, 2);
      Pointer dc0 = memory(spec, outputs, 3);
      Pointer scratch = DeviceBuffer.of(workspace).pointer();
      return () ->
          Cudnn.check(
              "cudnnRNNBackwardData_v8",
              JCudnn.cudnnRNNBackwardData_v8(
                  rnn.handle(),
                  rnn.stack(),
                  RecurrentDescriptors.NONE,
                  rnn.y(),
                  y,
                  dy,
                  rnn.x(),
                  dx,
                  rnn.states(),
                  h0,
                  dhN,
                  dh0,
                  rnn.states(),
                  c0,
                  dcN,
                  dc0,
                  weights.bytes(),
                  weights.pointer(),
                  rnn.workspaceBytes(),
                  scratch,
                  rnn.reserveBytes(),
                  reserve));
    }

    private Kernel weights(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      Pointer x = DeviceBuffer.pointer(inputs, 0);
      Pointer h0 = DeviceBuffer.pointer(inputs, 2);
      Pointer y = DeviceBuffer.pointer(inputs, grad.outputIndex());
      Pointer reserve = DeviceBuffer.pointer(inputs, grad.reserveIndex());
      DeviceBuffer dweights = DeviceBuffer.of(outputs.get(1));
      Pointer scratch = DeviceBuffer.of(workspace).pointer();
      return () ->
          Cudnn.check(
              "cudnnRNNBackwardWeights_v8",
              JCudnn.cudnnRNNBackwardWeights_v8(
                  rnn.handle(),
                  rnn.stack(),
                  ADD,
                  RecurrentDescriptors.NONE,
                  rnn.x(),
                  x,
                  rnn.states(),
                  h0,
                  rnn.y(),
                  y,
                  dweights.bytes(),
                  dweights.pointer(),
                  rnn.workspaceBytes(),
                  scratch,
                  rnn.reserveBytes(),
                  reserve));
    }

    @Override
    public long workspaceBytes() {
      return rnn.workspaceBytes();
    }

    @Override
    public String describe() {
      return "cudnnRNNBackwardData_v8, cudnnRNNBackwardWeights_v8";
    }
  }
}
