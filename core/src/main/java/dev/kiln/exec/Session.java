package dev.kiln.exec;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.OutOfMemoryException;
import dev.kiln.backend.Readback;
import dev.kiln.backend.Recording;
import dev.kiln.graph.Graph;
import dev.kiln.op.Value;
import dev.kiln.profile.Profile;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs a plan step after step. It owns the plan and, unless it was given shared memory, that of the
 * arena and the inputs; the variables are owned by their creator. After it is opened a step
 * allocates nothing.
 */
public final class Session implements AutoCloseable {

  private final Backend backend;
  private final Plan plan;
  private final Buffer arena;
  private final @Nullable SharedArena ownArena;
  private final Map<Value, Buffer> inputs = new IdentityHashMap<>();
  private final Map<Value, Buffer> outputs = new IdentityHashMap<>();
  private final List<Kernel> kernels = new ArrayList<>();
  private final Recording step;
  private final TimedKernels timed;

  /** The inputs that a node reads and that nothing was fed to yet. */
  private final Set<Value> unfed = Collections.newSetFromMap(new IdentityHashMap<>());

  private boolean closed;

  private Session(
      Backend backend,
      Plan plan,
      Variables variables,
      SharedArena arena,
      @Nullable SharedArena ownArena) {
    this.backend = backend;
    this.plan = plan;
    this.ownArena = ownArena;
    Buffer memory = arena.reserve(plan.stepBytes()).buffer();
    this.arena = memory.slice(0, plan.arenaBytes());
    long offset = plan.arenaBytes();
    for (Value input : plan.graph().inputs()) {
      inputs.put(input, memory.slice(offset, input.type().bytes()));
      offset += new Storage(input, input.type().bytes()).alignedBytes();
    }
    for (Step step : plan.steps()) {
      kernels.add(
          step.op()
              .bind(
                  buffers(step.inputs(), variables),
                  buffers(step.outputs(), variables),
                  buffer(step.workspace(), variables)));
    }
    for (Value output : plan.graph().outputs()) {
      outputs.put(output, buffer(plan.placement(output), variables));
    }
    plan.graph().nodes().forEach(node -> unfed.addAll(node.inputs()));
    unfed.retainAll(inputs.keySet());
    this.timed = new TimedKernels(backend, plan.steps(), kernels);
    this.step = backend.capture(kernels);
  }

  /**
   * Plans a graph and prepares it to run in memory of its own.
   *
   * @param variables where the graph's variables are held; those not there yet are added as zeros
   * @throws OutOfMemoryException if the plan needs more than the backend has
   */
  public static Session open(Backend backend, Graph graph, Variables variables) {
    SharedArena own = new SharedArena(backend);
    return open(backend, graph, variables, own, own);
  }

  /**
   * Plans a graph and prepares it to run in memory that it shares with other sessions.
   *
   * @param variables where the graph's variables are held; those not there yet are added as zeros
   * @param arena the memory, which must outlive the session; it grows if it has to
   * @throws OutOfMemoryException if the plan needs more than the backend has
   */
  public static Session open(Backend backend, Graph graph, Variables variables, SharedArena arena) {
    return open(backend, graph, variables, arena, null);
  }

  private static Session open(
      Backend backend,
      Graph graph,
      Variables variables,
      SharedArena arena,
      @Nullable SharedArena ownArena) {
    variables.checkBackend(backend);
    Plan plan = Planner.plan(backend, graph);
    boolean complete = false;
    try {
      long needed = missingBytes(plan, variables, arena);
      if (needed > backend.availableBytes()) {
        throw new OutOfMemoryException("the plan", needed, backend.availableBytes());
      }
      variables.declare(graph.variables());
      Session session = new Session(backend, plan, variables, arena, ownArena);
      complete = true;
      return session;
    } finally {
      if (!complete) {
        free(plan, ownArena);
      }
    }
  }

  /**
   * Returns how many bytes a backend would have to give for a plan beside what is held: its step,
   * unless the shared memory has room for it, and the variables that are not there yet.
   */
  public static long missingBytes(Plan plan, Variables variables, SharedArena arena) {
    return arena.missing(plan.stepBytes()) + variables.missing(plan.graph().variables());
  }

  private List<Buffer> buffers(List<Placement> placements, Variables variables) {
    return placements.stream().map(place -> buffer(place, variables)).toList();
  }

  private Buffer buffer(Placement place, Variables variables) {
    Value owner = place.owner();
    Buffer whole;
    if (owner == null) {
      whole = arena;
    } else {
      Buffer input = inputs.get(owner);
      whole = input != null ? input : variables.buffer(owner.name());
    }
    return whole.slice(place.offset(), place.bytes());
  }

  /** Returns the plan. */
  public Plan plan() {
    return plan;
  }

  /**
   * Copies a value into an input.
   *
   * @throws IllegalArgumentException if it is no input of the graph, or the types differ
   */
  public void feed(Value input, Tensor value) {
    checkOpen();
    Buffer buffer = inputs.get(input);
    if (buffer == null) {
      throw new IllegalArgumentException(
          input + " is not an input of the graph; its inputs are " + plan.graph().inputs());
    }
    if (!input.type().equals(value.type())) {
      throw new IllegalArgumentException(
          "input %s is %s, but the value is %s"
              .formatted(input.name(), input.type(), value.type()));
    }
    backend.write(buffer, value.data());
    unfed.remove(input);
  }

  /**
   * Runs everything: the computation and the updates.
   *
   * @throws IllegalStateException if an input was never fed, or the session is closed
   */
  public void run() {
    checkOpen();
    if (!unfed.isEmpty()) {
      throw new IllegalStateException(
          "the inputs %s have never been fed; feed each by Session.feed before the first run"
              .formatted(unfed));
    }
    if (timed.areWanted()) {
      timed.run();
    } else {
      step.run();
    }
  }

  /**
   * Records from now on how long every node takes. Nodes then run one at a time, each to its end;
   * so they do while a flight recording wants {@link dev.kiln.profile.NodeEvent}s.
   */
  public void profile(Profile profile) {
    timed.recordIn(profile);
  }

  /** Copies an output of the graph to the host. */
  public Tensor read(Value output) {
    Tensor value = Tensor.allocate(output.type());
    read(output, value);
    return value;
  }

  /** Copies an output of the graph into a tensor of its type. */
  public void read(Value output, Tensor destination) {
    TensorType type = output.type();
    if (!type.equals(destination.type())) {
      throw new IllegalArgumentException(
          "output %s is %s, but the destination is %s"
              .formatted(output.name(), type, destination.type()));
    }
    backend.read(buffer(output), destination.data());
  }

  /**
   * Prepares to copy outputs of the graph to the host while the backend goes on.
   *
   * @return the copies, owned by the caller, who closes them before the session
   */
  public Readback readback(List<Value> wanted) {
    return backend.readback(wanted.stream().map(this::buffer).toList());
  }

  private Buffer buffer(Value output) {
    checkOpen();
    Buffer source = outputs.get(output);
    if (source == null) {
      throw new IllegalArgumentException(
          output + " is not an output of the graph; its outputs are " + plan.graph().outputs());
    }
    return source;
  }

  /**
   * Runs again with the same inputs, one node at a time, up to the first node of which some
   * floating-point output is infinite or not a number, and returns it. What is held changes once
   * more unless a guard keeps it.
   */
  public Optional<NonFinite> firstNonFinite() {
    checkOpen();
    return new NonFiniteSearch(backend, plan.steps(), kernels, arena, inputs).first();
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException(
          "the session is closed and its memory is freed; open another by Session.open");
    }
  }

  /** Frees the plan and, unless it is shared, the memory. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      step.close();
      free(plan, ownArena);
    }
  }

  private static void free(Plan plan, @Nullable SharedArena ownArena) {
    plan.close();
    if (ownArena != null) {
      ownArena.close();
    }
  }
}
