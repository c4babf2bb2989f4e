package dev.kiln.bench.micro;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.bench.roofline.Cost;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Graph;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Tensor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Operations of the graph on a backend: runs per second, and from them the rates of arithmetic and
 * of memory, to be held against {@code kiln bench --roofline}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class OperationBenchmark {

  /** The backend. */
  @Param("onednn")
  public String backend = "";

  /** The operation. */
  @Param public Operation operation = Operation.MATMUL;

  private Backend opened;
  private Variables variables;
  private Session session;
  private double operations;
  private double bytes;

  /** What a run costs, so that JMH makes rates of it. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Rates {

    /** Thousand millions of floating-point operations of products. */
    public double gigaflops;

    /** Thousand millions of bytes of operands. */
    public double gigabytes;

    /** Begins at nothing. */
    @Setup(Level.Iteration)
    public void reset() {
      gigaflops = 0;
      gigabytes = 0;
    }
  }

  /** Plans the operation and fills its inputs. */
  @Setup
  public void open() {
    opened = Backends.open(backend, 0);
    variables = new Variables(opened);
    GraphBuilder builder = new GraphBuilder();
    Graph graph = builder.build(operation.write(builder));
    session = Session.open(opened, graph, variables);
    for (Value input : graph.inputs()) {
      session.feed(input, values(input));
    }
    session
        .plan()
        .steps()
        .forEach(step -> {
          Cost cost = Cost.of(step);
          operations += cost.operations();
          bytes += cost.bytes();
        });
  }

  private static Tensor values(Value input) {
    Tensor tensor = Tensor.allocate(input.type());
    double[] drawn = new double[Math.toIntExact(tensor.elements())];
    new Philox(1, 0, 0).fillUniform(drawn);
    boolean counts = input.type().dtype() == DType.I64;
    for (int i = 0; i < drawn.length; i++) {
      tensor.set(i, counts ? 1 : 0.1 * drawn[i]);
    }
    return tensor;
  }

  /** Runs it once. */
  @Benchmark
  public void run(Rates rates) {
    session.run();
    opened.synchronize();
    rates.gigaflops += operations / 1e9;
    rates.gigabytes += bytes / 1e9;
  }

  /** Frees everything. */
  @TearDown
  public void close() {
    session.close();
    variables.close();
    opened.close();
  }
}
