package dev.kiln.bench.micro;

import dev.kiln.data.Batch;
import dev.kiln.data.BatchLoader;
import dev.kiln.data.TensorDataset;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Batches of 64 images of 28x28, put together in random order. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BatchBenchmark {

  private static final int SAMPLES = 4096;
  private static final int BATCH = 64;

  private BatchLoader loader;

  /** Begins to load. */
  @Setup
  public void open() {
    TensorDataset images =
        TensorDataset.ofClasses(
            Tensor.allocate(TensorType.of(DType.F32, SAMPLES, 1, 28, 28)),
            Tensor.allocate(TensorType.of(DType.I64, SAMPLES)),
            List.of("a", "b"));
    loader = BatchLoader.of(images).batchSize(BATCH).seed(1).shuffled().build();
  }

  /** Takes the next batch. */
  @Benchmark
  public Batch next() {
    return loader.next();
  }

  /** Ends the loading. */
  @TearDown
  public void close() {
    loader.close();
  }
}
