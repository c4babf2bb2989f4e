package dev.kiln.cuda;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.ComputeOptions;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Memory;
import dev.kiln.backend.Op;
import dev.kiln.backend.OutOfMemoryException;
import dev.kiln.backend.Precision;
import dev.kiln.backend.Readback;
import dev.kiln.backend.Recording;
import dev.kiln.graph.Graph;
import dev.kiln.graph.LayoutPropagation;
import dev.kiln.op.OpSpec;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * An NVIDIA GPU. Everything runs on it: no operation copies anything back to the processor, and
 * what has no implementation here is refused when the plan is made.
 */
public final class CudaBackend implements Backend {

  static final String NAME = "cuda";

  private final NativeScope owned;
  private final CudaEngine engine;
  private final Uploads uploads;
  private final Downloads downloads;

  private CudaBackend(NativeScope owned, CudaDevice device, ComputeOptions options) {
    this.owned = owned;
    engine = CudaEngine.open(device, options);
    owned.onClose(engine::close);
    uploads = new Uploads(owned, engine.context());
    downloads = new Downloads(owned, engine.context());
  }

  /** Opens a device. */
  static CudaBackend open(CudaDevice device, ComputeOptions options) {
    return NativeScope.owned(scope -> new CudaBackend(scope, device, options));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "%s; driver for CUDA %s, cuBLAS %s, cuDNN %s, NVRTC %s"
        .formatted(
            engine.context().device().description(),
            Driver.version(),
            engine.cublas().version(),
            Cudnn.version(),
            Nvrtc.version());
  }

  @Override
  public Precision precision() {
    return engine.options().precision();
  }

  /**
   * Places images and filters as tensor cores read them, casts parameters together, and gives what
   * cuDNN keeps for a gradient the size that it wants.
   */
  @Override
  public Graph lower(Graph graph) {
    engine.context().enter();
    Graph placed = LayoutPropagation.apply(graph, new PreferredLayouts(engine));
    Graph joined = JointCasts.apply(placed);
    return RecurrentReserves.apply(engine, BatchNormReserves.apply(engine, joined));
  }

  @Override
  public Op compile(OpSpec spec, List<TensorType> inputs, List<TensorType> outputs) {
    engine.context().enter();
    try {
      return NativeScope.owned(scope ->
          new NodeOp(
              CudaOps.compile(new OpContext(engine, scope, inputs, outputs), spec),
              scope,
              spec,
              inputs,
              outputs));
    } catch (CudaException failed) {
      throw failed.in(NodeOp.name(spec, inputs, outputs));
    } catch (OutOfMemoryException refused) {
      throw refused.in(NodeOp.name(spec, inputs, outputs));
    }
  }

  @Override
  public Memory allocate(long bytes) {
    engine.context().enter();
    return DeviceMemory.allocate(engine.context(), bytes);
  }

  @Override
  public long availableBytes() {
    engine.context().enter();
    return engine.context().freeBytes();
  }

  @Override
  public void write(Buffer destination, MemorySegment source) {
    engine.context().enter();
    uploads.write(DeviceBuffer.of(destination), source);
  }

  @Override
  public void read(Buffer source, MemorySegment destination) {
    engine.context().enter();
    downloads.read(DeviceBuffer.of(source), destination);
  }

  @Override
  public Readback readback(List<Buffer> sources) {
    engine.context().enter();
    return CudaReadback.of(engine.context(), sources);
  }

  @Override
  public Recording capture(List<Kernel> kernels) {
    return new CudaGraph(engine.context(), kernels);
  }

  @Override
  public void synchronize() {
    engine.context().enter();
    engine.context().synchronize();
  }

  @Override
  public void close() {
    engine.context().enter();
    engine.context().synchronize();
    owned.close();
  }
}
