package dev.kiln.bench.dl4j;

import dev.kiln.bench.driver.Driver;
import dev.kiln.bench.driver.Framework;
import dev.kiln.bench.driver.Job;
import dev.kiln.bench.driver.Training;
import dev.kiln.safetensors.SafetensorsFile;
import dev.kiln.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Properties;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Deeplearning4j, as a process that is measured. */
public final class Dl4jDriver implements Framework {

  private static final String RELEASE =
      "/META-INF/maven/org.deeplearning4j/deeplearning4j-nn/pom.properties";

  private Dl4jDriver() {}

  /** Serves until the input ends; the number of threads is that of {@code OMP_NUM_THREADS}. */
  public static void main(String[] args) throws IOException {
    Driver.serve(new Dl4jDriver(), args);
  }

  @Override
  public String version() {
    return "Deeplearning4j %s, %s with %d threads, Java %s"
        .formatted(
            release(),
            Nd4j.getExecutioner().getEnvironmentInformation().getProperty("backend", "nd4j-native"),
            Nd4j.getEnvironment().maxThreads(),
            Runtime.version());
  }

  /** Its jars' manifests do not tell the release, but what Maven put into them does. */
  private static String release() {
    Properties properties = new Properties();
    try (InputStream in = ComputationGraph.class.getResourceAsStream(RELEASE)) {
      properties.load(Objects.requireNonNull(in, RELEASE));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    return Objects.requireNonNull(properties.getProperty("version"), RELEASE);
  }

  @Override
  public Training open(Job job) throws IOException {
    NamedGraph named = Networks.of(job.workload(), job.purpose());
    ComputationGraph graph = new ComputationGraph(named.configuration());
    graph.init();
    try (SafetensorsFile exchange = SafetensorsFile.open(job.exchange())) {
      for (Weight weight : named.weights()) {
        graph.setParam(weight.name(), weight.read(exchange));
      }
      INDArray features = array(exchange.read(Job.BATCH + "features"));
      INDArray labels = array(exchange.read(Job.BATCH + "labels"));
      DataSet batch = named.input().batch(features, labels);
      return new GraphTraining(graph, batch);
    }
  }

  /** Returns a copy of a tensor; whole numbers become floating-point ones. */
  static INDArray array(Tensor tensor) {
    long[] shape = Arrays.stream(tensor.shape().toArray()).asLongStream().toArray();
    return Nd4j.create(tensor.toFloatArray(), shape, 'c').castTo(DataType.FLOAT);
  }

  private record GraphTraining(ComputationGraph graph, DataSet batch) implements Training {

    @Override
    public long parameters() {
      return graph.numParams();
    }

    @Override
    public void step() {
      graph.fit(batch);
    }

    /** The mean over samples and steps; Deeplearning4j adds up the steps. */
    @Override
    public double loss() {
      INDArray labels = batch.getLabels();
      return labels.rank() == 3 ? graph.score() / labels.size(2) : graph.score();
    }
  }
}
