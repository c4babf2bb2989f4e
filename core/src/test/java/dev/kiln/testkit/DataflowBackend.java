package dev.kiln.testkit;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Memory;
import dev.kiln.backend.Op;
import dev.kiln.backend.OutOfMemoryException;
import dev.kiln.backend.UnsupportedSpecException;
import dev.kiln.op.OpSpec;
import dev.kiln.op.Pack;
import dev.kiln.op.Unary;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A backend for tests of plans: every operation but copies and packing, whatever its name,
 * scrambles all its inputs into its outputs, so that a single value read from the wrong place
 * changes everything after it. It is as hostile as the contract allows: workspaces are filled with
 * garbage, and an output is destroyed before the inputs are read unless the operation says that it
 * may overwrite one of them.
 */
public final class DataflowBackend implements Backend {

  private static final ValueLayout.OfFloat ELEMENT = ValueLayout.JAVA_FLOAT;
  private static final long WORKSPACE = 100;
  private static final float GARBAGE = Float.NaN;

  private final long limit;
  private final Set<Class<?>> refused = new HashSet<>();
  private long allocated;

  /** Creates a backend with ample memory. */
  public DataflowBackend() {
    this(1L << 30);
  }

  /** Creates a backend with so many bytes of memory. */
  public DataflowBackend(long limit) {
    this.limit = limit;
  }

  /** Lets this backend refuse an operation, and returns it. */
  public DataflowBackend without(Class<? extends OpSpec> operation) {
    refused.add(operation);
    return this;
  }

  @Override
  public String name() {
    return "dataflow";
  }

  @Override
  public String description() {
    return "scrambles values, for tests of plans";
  }

  @Override
  public Op compile(OpSpec spec, List<TensorType> inputs, List<TensorType> outputs) {
    if (refused.contains(spec.getClass())) {
      throw new UnsupportedSpecException(name(), spec, inputs, "the test wants it so");
    }
    return new Op() {
      @Override
      public Kernel bind(List<Buffer> from, List<Buffer> to, Buffer workspace) {
        List<MemorySegment> operands = from.stream().map(DataflowBackend::segment).toList();
        List<MemorySegment> results = to.stream().map(DataflowBackend::segment).toList();
        return () -> {
          segment(workspace).fill((byte) 0xff);
          if (spec == Unary.IDENTITY) {
            results.getFirst().copyFrom(operands.getFirst());
          } else if (spec instanceof Pack pack) {
            pack(pack, operands, results.getFirst());
          } else {
            scramble(spec, operands, results);
          }
          segment(workspace).fill((byte) 0xff);
        };
      }

      @Override
      public long workspaceBytes() {
        return WORKSPACE;
      }

      @Override
      public String describe() {
        return "Dataflow " + spec.opName();
      }
    };
  }

  private static void scramble(
      OpSpec spec, List<MemorySegment> operands, List<MemorySegment> results) {
    for (int k = 0; k < results.size(); k++) {
      OptionalInt overwritten = spec.overwrites(k);
      boolean inPlace =
          overwritten.isPresent()
              && operands.get(overwritten.getAsInt()).address() == results.get(k).address();
      if (!inPlace) {
        fill(results.get(k), GARBAGE);
      }
    }
    long longest = results.stream().mapToLong(DataflowBackend::elements).max().orElse(0);
    float[] mixed = new float[results.size()];
    for (long i = 0; i < longest; i++) {
      // Everything at one place is read before anything there is written.
      for (int k = 0; k < mixed.length; k++) {
        mixed[k] = mix(spec, k, operands, i);
      }
      for (int k = 0; k < mixed.length; k++) {
        if (i < elements(results.get(k))) {
          results.get(k).setAtIndex(ELEMENT, i, mixed[k]);
        }
      }
    }
  }

  private static float mix(OpSpec spec, int output, List<MemorySegment> operands, long index) {
    float mixed = output + spec.toString().hashCode() % 1000 / 1000f;
    for (MemorySegment operand : operands) {
      float element = get(operand, index % elements(operand));
      mixed = (float) StrictMath.sin(1.7 * mixed + 3.1 * element);
    }
    return mixed;
  }

  /** Copies what does not lie in its place yet. */
  private static void pack(Pack pack, List<MemorySegment> operands, MemorySegment flat) {
    long end = 0;
    for (int i = 0; i < operands.size(); i++) {
      long offset = pack.offsets().get(i) * ELEMENT.byteSize();
      flat.asSlice(end, offset - end).fill((byte) 0);
      MemorySegment place = flat.asSlice(offset, operands.get(i).byteSize());
      if (place.address() != operands.get(i).address()) {
        place.copyFrom(operands.get(i));
      }
      end = offset + place.byteSize();
    }
    flat.asSlice(end).fill((byte) 0);
  }

  private static void fill(MemorySegment segment, float value) {
    for (long i = 0; i < elements(segment); i++) {
      segment.setAtIndex(ELEMENT, i, value);
    }
  }

  private static float get(MemorySegment segment, long index) {
    return segment.getAtIndex(ELEMENT, index);
  }

  private static long elements(MemorySegment segment) {
    return segment.byteSize() / ELEMENT.byteSize();
  }

  private record SegmentBuffer(MemorySegment segment) implements Buffer {

    @Override
    public long bytes() {
      return segment.byteSize();
    }

    @Override
    public Buffer slice(long offset, long bytes) {
      return new SegmentBuffer(segment.asSlice(offset, bytes));
    }
  }

  private static MemorySegment segment(Buffer buffer) {
    return ((SegmentBuffer) buffer).segment;
  }

  @Override
  public Memory allocate(long bytes) {
    if (bytes > availableBytes()) {
      throw new OutOfMemoryException("a test", bytes, availableBytes());
    }
    allocated += bytes;
    Arena arena = Arena.ofShared();
    MemorySegment segment = arena.allocate(bytes, 64);
    return new Memory() {
      @Override
      public Buffer buffer() {
        return new SegmentBuffer(segment);
      }

      @Override
      public void close() {
        allocated -= bytes;
        arena.close();
      }
    };
  }

  @Override
  public long availableBytes() {
    return limit - allocated;
  }

  @Override
  public void write(Buffer destination, MemorySegment source) {
    segment(destination).copyFrom(source);
  }

  @Override
  public void read(Buffer source, MemorySegment destination) {
    destination.copyFrom(segment(source));
  }

  @Override
  public void close() {}
}
