package dev.kiln.bench.dl4j;

import dev.kiln.bench.driver.Purpose;
import dev.kiln.bench.driver.UnsupportedWorkloadException;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.nd4j.linalg.activations.Activation;

/** The networks of the workloads as graphs of Deeplearning4j. */
final class Networks {

  private static final String NO_GRU = "Deeplearning4j has no GRU layer";

  private Networks() {}

  static NamedGraph of(String workload, Purpose purpose) {
    return switch (workload) {
      case "mlp" -> mlp();
      case "lenet-64", "lenet-256" -> lenet();
      case "vgg6bn" -> vgg6bn(purpose);
      case "resnet18" -> resnet18();
      case "rnn" -> new RecurrentGraph().simple().lastStep();
      case "lstm" -> new RecurrentGraph().lstm(28, 128).lastStep();
      case "char-lstm" -> new RecurrentGraph().lstm(65, 256).lstm(256, 256).everyStep();
      case "gru", "char-gru", "seq2seq" -> throw new UnsupportedWorkloadException(NO_GRU);
      default ->
          throw new UnsupportedWorkloadException("the driver of Deeplearning4j does not know it");
    };
  }

  private static NamedGraph mlp() {
    return new GraphLayers()
        .dense("1", 128, Activation.RELU)
        .output("3", 10)
        .build(Input.FLAT, InputType.feedForward(784));
  }

  private static NamedGraph lenet() {
    return new GraphLayers()
        .convolution("0", 20, 5, 0)
        .relu()
        .maxPool()
        .convolution("3", 50, 5, 0)
        .relu()
        .maxPool()
        .dense("7", 500, Activation.RELU)
        .output("9", 10)
        .build(Input.IMAGES, InputType.convolutional(28, 28, 1));
  }

  private static NamedGraph vgg6bn(Purpose purpose) {
    GraphLayers layers = new GraphLayers();
    int place = 0;
    for (int channels : new int[] {32, 64, 128}) {
      for (int i = 0; i < 2; i++) {
        layers.convolution(String.valueOf(place), channels, 3, 1);
        layers.batchNorm(String.valueOf(place + 1)).relu();
        place += 3;
      }
      layers.maxPool();
      place++;
    }
    layers.dense(String.valueOf(place + 1), 256, Activation.RELU);
    if (purpose == Purpose.MEASURE) {
      layers.layer("dropout", new DropoutLayer(0.5));
    }
    return layers
        .output(String.valueOf(place + 4), 10)
        .build(Input.IMAGES, InputType.convolutional(32, 32, 3));
  }

  private static NamedGraph resnet18() {
    GraphLayers layers = new GraphLayers();
    layers.strided("conv1", 64, 3, 1).batchNorm("bn1").relu();
    int[] channels = {64, 128, 256, 512};
    for (int stage = 0; stage < channels.length; stage++) {
      String name = "layer" + (stage + 1);
      basicBlock(layers, name + ".0", channels[stage], stage == 0 ? 1 : 2);
      basicBlock(layers, name + ".1", channels[stage], 1);
    }
    return layers
        .layer("avgpool", new GlobalPoolingLayer(PoolingType.AVG))
        .output("fc", 10)
        .build(Input.IMAGES, InputType.convolutional(32, 32, 3));
  }

  private static void basicBlock(GraphLayers layers, String name, int channels, int stride) {
    String shortcut = layers.last();
    layers.strided(name + ".conv1", channels, 3, stride).batchNorm(name + ".bn1").relu();
    layers.strided(name + ".conv2", channels, 3, 1).batchNorm(name + ".bn2");
    String body = layers.last();
    if (stride != 1) {
      layers.from(shortcut);
      layers.strided(name + ".downsample.0", channels, 1, stride);
      layers.batchNorm(name + ".downsample.1");
      shortcut = layers.last();
    }
    layers.sum(name, body, shortcut).layer(name + "_relu", new ActivationLayer(Activation.RELU));
  }
}
