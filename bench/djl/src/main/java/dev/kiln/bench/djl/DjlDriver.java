package dev.kiln.bench.djl;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import dev.kiln.bench.driver.Driver;
import dev.kiln.bench.driver.Framework;
import dev.kiln.bench.driver.Job;
import dev.kiln.bench.driver.Training;
import dev.kiln.safetensors.SafetensorsFile;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** DJL with its PyTorch engine, as a process that is measured. */
public final class DjlDriver implements Framework {

  private static final String ENGINE = "PyTorch";
  private static final float RATE = 0.001f;

  private DjlDriver() {}

  /** Serves until the input ends; the number of threads is that of {@code OMP_NUM_THREADS}. */
  public static void main(String[] args) throws IOException {
    System.setProperty("ai.djl.pytorch.num_threads", System.getenv("OMP_NUM_THREADS"));
    Driver.serve(new DjlDriver(), args);
  }

  @Override
  public String version() {
    return "DJL %s, PyTorch %s, Java %s"
        .formatted(
            Engine.getDjlVersion(), Engine.getEngine(ENGINE).getVersion(), Runtime.version());
  }

  @Override
  public Training open(Job job) throws IOException {
    NamedBlock network = Networks.of(job.workload(), job.purpose());
    Model model = Model.newInstance(job.workload(), Device.cpu(), ENGINE);
    model.setBlock(network.block());
    NDManager manager = model.getNDManager().newSubManager();
    try (SafetensorsFile exchange = SafetensorsFile.open(job.exchange())) {
      NDList inputs = new NDList();
      NDArray labels;
      if (exchange.types().containsKey(Job.BATCH + "features")) {
        inputs.add(array(manager, exchange.read(Job.BATCH + "features")));
        labels = array(manager, exchange.read(Job.BATCH + "labels"));
      } else {
        inputs.add(array(manager, exchange.read(Job.BATCH + "letters")));
        inputs.add(array(manager, exchange.read(Job.BATCH + "fed")));
        labels = array(manager, exchange.read(Job.BATCH + "phonemes"));
      }
      Shape[] shapes = inputs.stream().map(NDArray::getShape).toArray(Shape[]::new);
      network.block().initialize(model.getNDManager(), DataType.FLOAT32, shapes);
      List<Parameter> learned = learned(network);
      long count = 0;
      for (int i = 0; i < learned.size(); i++) {
        load(learned.get(i).getArray(), network.names().get(i), exchange);
        count += learned.get(i).getArray().size();
      }
      Trainer trainer =
          model.newTrainer(
              new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                  .optOptimizer(
                      Optimizer.adam().optLearningRateTracker(Tracker.fixed(RATE)).build())
                  .optDevices(new Device[] {Device.cpu()}));
      trainer.initialize(shapes);
      return new DjlTraining(model, trainer, inputs, new NDList(labels.flatten()), count);
    }
  }

  private static List<Parameter> learned(NamedBlock network) {
    List<Parameter> learned = new ArrayList<>();
    for (Parameter parameter : network.block().getParameters().values()) {
      if (parameter.requiresGradient()) {
        learned.add(parameter);
      }
    }
    if (learned.size() != network.names().size()) {
      throw new IllegalStateException(
          "DJL learns %d parameters, but there are names for %d"
              .formatted(learned.size(), network.names().size()));
    }
    return learned;
  }

  private static void load(NDArray parameter, String name, SafetensorsFile exchange)
      throws IOException {
    Tensor weight = exchange.read(Job.WEIGHT + name);
    if (!parameter.getShape().equals(shape(weight))) {
      throw new IllegalStateException(
          "%s is %s in DJL, but %s".formatted(name, parameter.getShape(), weight.type()));
    }
    parameter.set(weight.toFloatArray());
  }

  private static NDArray array(NDManager manager, Tensor tensor) {
    return tensor.type().dtype() == DType.I64
        ? manager.create(tensor.toLongArray(), shape(tensor))
        : manager.create(tensor.toFloatArray(), shape(tensor));
  }

  private static Shape shape(Tensor tensor) {
    return new Shape(Arrays.stream(tensor.shape().toArray()).asLongStream().toArray());
  }
}
