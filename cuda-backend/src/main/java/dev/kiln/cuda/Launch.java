package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * One launch of one of Kiln's kernels, with its arguments in native memory: nothing is left to
 * build.
 */
final class Launch implements Kernel {

  /** The threads of a block; the kernels that reduce rely on it. */
  static final int THREADS = 256;

  private static final int NO_SHARED_MEMORY = 0;

  private final CUfunction function;
  private final String call;
  private final int blocks;
  private final CUstream stream;
  private final Pointer arguments;
  private final Pointer extra = new Pointer();

  private Launch(CudaFunction function, int blocks, CUstream stream, Pointer arguments) {
    this.function = function.handle();
    this.call = "cuLaunchKernel " + function.name();
    this.blocks = blocks;
    this.stream = stream;
    this.arguments = arguments;
  }

  @Override
  public void run() {
    Driver.check(
        call,
        JCudaDriver.cuLaunchKernel(
            function, blocks, 1, 1, THREADS, 1, 1, NO_SHARED_MEMORY, stream, arguments, extra));
  }

  /** Collects the arguments of a launch in the order in which the kernel takes them. */
  static final class Builder {

    /** Enough blocks to fill any GPU; a kernel's threads go on in steps of the whole grid. */
    private static final int MOST_BLOCKS = 1 << 14;

    private final CudaContext context;
    private final NativeScope scope;
    private final CudaFunction function;
    private final List<MemorySegment> arguments = new ArrayList<>();

    Builder(CudaContext context, NativeScope scope, CudaFunction function) {
      this.context = context;
      this.scope = scope;
      this.function = function;
    }

    /** Adds a pointer to a buffer. */
    Builder buffer(Buffer buffer) {
      return number(DeviceBuffer.of(buffer).pointer().address());
    }

    /** Adds a null pointer. */
    Builder absent() {
      return number(0L);
    }

    /** Adds a {@code long long}. */
    Builder number(long value) {
      arguments.add(scope.arena().allocateFrom(ValueLayout.JAVA_LONG, value));
      return this;
    }

    /** Adds an {@code int}. */
    Builder number(int value) {
      arguments.add(scope.arena().allocateFrom(ValueLayout.JAVA_INT, value));
      return this;
    }

    /** Adds a {@code double}, which every kernel takes for its constants. */
    Builder number(double value) {
      arguments.add(scope.arena().allocateFrom(ValueLayout.JAVA_DOUBLE, value));
      return this;
    }

    /** Adds a structure by value. */
    Builder struct(MemorySegment content) {
      arguments.add(content);
      return this;
    }

    /** Ends with a launch in which every thread takes some of these elements. */
    Launch over(long elements) {
      return blocks(Math.ceilDiv(elements, THREADS));
    }

    /**
     * Ends with a launch of one block for each of these rows, or fewer that go on with the next.
     */
    Launch blocks(long rows) {
      MemorySegment addresses = scope.arena().allocate(ValueLayout.ADDRESS, arguments.size());
      for (int i = 0; i < arguments.size(); i++) {
        addresses.setAtIndex(ValueLayout.ADDRESS, i, arguments.get(i));
      }
      return new Launch(
          function, Math.clamp(rows, 1, MOST_BLOCKS), context.stream(), HostPointer.to(addresses));
    }
  }
}
