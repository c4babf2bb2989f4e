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

  private static CudnnRnn rnn(OpContext context, Recurrent spec) {
    return new CudnnRnn(
        context.engine(), context.scope(), RecurrentShape.of(spec, context.input(0)));
  }

  /** Returns a buffer's pointer, or none where the cell has no memory. */
  private static Pointer memory(Recurrent spec, List<Buffer> buffers, int index) {
    return spec.cell().hasMemory() ? pointer(buffers, index) : CudnnRnn.NONE;
  }

  private static Pointer pointer(List<Buffer> buffers, int index) {
    return DeviceBuffer.of(buffers.get(index)).pointer();
  }

  private record Forward(Recurrent spec, CudnnRnn rnn) implements Op {

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      DeviceBuffer weights = DeviceBuffer.of(inputs.get(1));
      rnn.checkWeights(weights);
      Pointer x = pointer(inputs, 0);
      Pointer h0 = pointer(inputs, 2);
      Pointer c0 = memory(spec, inputs, 3);
      Pointer y = pointer(outputs, 0);
      Pointer last = pointer(outputs, 1);
      Pointer lastMemory = memory(spec, outputs, 2);
      Pointer reserve = pointer(outputs, outputs.size() - 1);
      Pointer scratch = DeviceBuffer.of(workspace).pointer();
      CudnnRnn with = rnn;
      return () ->
          Cudnn.check(
              "cudnnRNNForward",
              JCudnn.cudnnRNNForward(
                  with.handle(),
                  with.stack(),
                  cudnnForwardMode.CUDNN_FWD_MODE_TRAINING,
                  CudnnRnn.NONE,
                  with.x(),
                  x,
                  with.y(),
                  y,
                  with.states(),
                  h0,
                  last,
                  with.states(),
                  c0,
                  lastMemory,
                  weights.bytes(),
                  weights.pointer(),
                  with.workspaceBytes(),
                  scratch,
                  with.reserveBytes(),
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
  private record Backward(OpContext context, Recurrent.Grad grad, CudnnRnn rnn) implements Op {

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
      Pointer h0 = pointer(inputs, 2);
      Pointer c0 = memory(spec, inputs, 3);
      Pointer y = pointer(inputs, grad.outputIndex());
      Pointer reserve = pointer(inputs, grad.reserveIndex());
      Pointer dy = pointer(inputs, grad.upstreamIndex());
      Pointer dhN = pointer(inputs, grad.upstreamIndex() + 1);
      Pointer dcN = memory(spec, inputs, grad.upstreamIndex() + 2);
      Pointer dx = pointer(outputs, 0);
      Pointer dh0 = pointer(outputs, 2);
      Pointer dc0 = memory(spec, outputs, 3);
      Pointer scratch = DeviceBuffer.of(workspace).pointer();
      CudnnRnn with = rnn;
      return () ->
          Cudnn.check(
              "cudnnRNNBackwardData_v8",
              JCudnn.cudnnRNNBackwardData_v8(
                  with.handle(),
                  with.stack(),
                  CudnnRnn.NONE,
                  with.y(),
                  y,
                  dy,
                  with.x(),
                  dx,
                  with.states(),
                  h0,
                  dhN,
                  dh0,
                  with.states(),
                  c0,
                  dcN,
                  dc0,
                  weights.bytes(),
                  weights.pointer(),
                  with.workspaceBytes(),
                  scratch,
                  with.reserveBytes(),
                  reserve));
    }

    private Kernel weights(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      Pointer x = pointer(inputs, 0);
      Pointer h0 = pointer(inputs, 2);
      Pointer y = pointer(inputs, grad.outputIndex());
      Pointer reserve = pointer(inputs, grad.reserveIndex());
      DeviceBuffer dweights = DeviceBuffer.of(outputs.get(1));
      Pointer scratch = DeviceBuffer.of(workspace).pointer();
      CudnnRnn with = rnn;
      return () ->
          Cudnn.check(
              "cudnnRNNBackwardWeights_v8",
              JCudnn.cudnnRNNBackwardWeights_v8(
                  with.handle(),
                  with.stack(),
                  ADD,
                  CudnnRnn.NONE,
                  with.x(),
                  x,
                  with.states(),
                  h0,
                  with.y(),
                  y,
                  dweights.bytes(),
                  dweights.pointer(),
                  with.workspaceBytes(),
                  scratch,
                  with.reserveBytes(),
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
