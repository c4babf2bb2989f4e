package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.cpu.memory.HostBuffer;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * An operation that is one primitive of oneDNN. Everything native is created here and in {@link
 * #bind}; a run is a single call.
 */
final class PrimitiveOp implements Op {

  /** {@code dnnl_exec_arg_t}: the operand's number and its {@code dnnl_memory_t}. */
  private static final MemoryLayout EXEC_ARG =
      MemoryLayout.structLayout(
          ValueLayout.JAVA_INT, MemoryLayout.paddingLayout(4), ValueLayout.ADDRESS);

  private static final long MEMORY_OFFSET = 8;

  private final OpContext context;
  private final String name;
  private final MemorySegment primitive;
  private final List<Argument> arguments;
  private final MemoryDesc scratchpad;

  /**
   * Compiles a primitive.
   *
   * @param name the class that describes it, for plans
   * @param arguments its operands, without those that are absent
   */
  PrimitiveOp(OpContext context, String name, PrimitiveDesc desc, List<Argument> arguments) {
    this.context = context;
    this.name = name + " " + desc.implementation();
    this.arguments = List.copyOf(arguments);
    this.scratchpad = desc.query(PrimitiveDesc.Operand.SCRATCHPAD);
    this.primitive =
        context
            .scope()
            .create(
                out -> Dnnl.API.primitiveCreate(out, desc.handle()), Dnnl.API::primitiveDestroy);
  }

  @Override
  public long workspaceBytes() {
    return scratchpad.bytes();
  }

  /** Returns the bytes of the first output. */
  long outputBytes() {
    return arguments.stream()
        .filter(argument -> argument.source() == Argument.Source.OUTPUT)
        .findFirst()
        .orElseThrow()
        .desc()
        .bytes();
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    return bind(inputs, outputs, workspace, 0);
  }

  /**
   * Binds the primitive to buffers.
   *
   * @param thread whose stream it runs on: two threads must not use the same at a time
   */
  Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace, int thread) {
    List<Argument> all = new ArrayList<>(arguments);
    if (workspaceBytes() > 0) {
      all.add(
          Argument.constant(Argument.SCRATCHPAD, HostBuffer.of(workspace).segment(), scratchpad));
    }
    MemorySegment array = context.scope().arena().allocate(EXEC_ARG, all.size());
    for (int i = 0; i < all.size(); i++) {
      Argument argument = all.get(i);
      MemorySegment data =
          switch (argument.source()) {
            case INPUT -> HostBuffer.of(inputs.get(argument.index())).segment();
            case OUTPUT -> HostBuffer.of(outputs.get(argument.index())).segment();
            case CONSTANT -> argument.constant();
          };
      long at = i * EXEC_ARG.byteSize();
      array.set(ValueLayout.JAVA_INT, at, argument.id());
      array.set(ValueLayout.ADDRESS, at + MEMORY_OFFSET, memory(argument.desc(), data));
    }
    MemorySegment stream = context.engine().stream(thread);
    int count = all.size();
    // The bare address: checking at every call that the array is still there would cost time.
    MemorySegment address = MemorySegment.ofAddress(array.address());
    return () -> Dnnl.execute(primitive, stream, count, address);
  }

  private MemorySegment memory(MemoryDesc desc, MemorySegment data) {
    return context
        .scope()
        .create(
            out -> Dnnl.API.memoryCreate(out, desc.handle(), context.engineHandle(), data),
            Dnnl.API::memoryDestroy);
  }

  @Override
  public String describe() {
    return name;
  }

  @Override
  public void close() {
    context.scope().close();
  }
}
