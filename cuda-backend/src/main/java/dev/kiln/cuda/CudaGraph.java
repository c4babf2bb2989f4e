package dev.kiln.cuda;

import dev.kiln.backend.Kernel;
import dev.kiln.backend.Recording;
import java.util.List;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUresult;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;

/**
 * A fixed sequence of kernels. The first run starts them one by one, since libraries settle things
 * when they are first called; the second records them as a CUDA graph, which every later run starts
 * with one call.
 */
final class CudaGraph implements Recording {

  private static final long NO_FLAGS = 0;

  private enum State {
    NEW,
    WARM,
    RECORDED,
    CLOSED
  }

  private final CudaContext context;
  private final Kernel[] kernels;
  private final CUgraphExec executable = new CUgraphExec();
  private State state = State.NEW;

  CudaGraph(CudaContext context, List<Kernel> kernels) {
    this.context = context;
    this.kernels = kernels.toArray(Kernel[]::new);
  }

  @Override
  public void run() {
    if (kernels.length == 0) {
      return;
    }
    context.enter();
    switch (state) {
      case NEW -> {
        runEach();
        state = State.WARM;
      }
      case WARM -> {
        record();
        state = State.RECORDED;
        launch();
      }
      case RECORDED -> launch();
      case CLOSED -> throw new IllegalStateException("the sequence was closed");
    }
  }

  private void runEach() {
    for (Kernel kernel : kernels) {
      kernel.run();
    }
  }

  private void launch() {
    Driver.check("cuGraphLaunch", JCudaDriver.cuGraphLaunch(executable, context.stream()));
  }

  private void record() {
    CUgraph graph = new CUgraph();
    Driver.check(
        "cuStreamBeginCapture",
        JCudaDriver.cuStreamBeginCapture(
            context.stream(), CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
    boolean complete = false;
    try {
      runEach();
      complete = true;
    } finally {
      int status = JCudaDriver.cuStreamEndCapture(context.stream(), graph);
      if (complete) {
        Driver.check("cuStreamEndCapture", status);
      } else if (status == CUresult.CUDA_SUCCESS) {
        Driver.check("cuGraphDestroy", JCudaDriver.cuGraphDestroy(graph));
      }
    }
    int status = JCudaDriver.cuGraphInstantiate(executable, graph, NO_FLAGS);
    Driver.check("cuGraphDestroy", JCudaDriver.cuGraphDestroy(graph));
    Driver.check("cuGraphInstantiate of %d kernels".formatted(kernels.length), status);
  }

  @Override
  public void close() {
    if (state == State.RECORDED) {
      context.enter();
      context.synchronize();
      Driver.check("cuGraphExecDestroy", JCudaDriver.cuGraphExecDestroy(executable));
    }
    state = State.CLOSED;
  }
}
