package dev.kiln.bench.djl;

import static dev.kiln.bench.djl.NamedBlock.batchNorm;
import static dev.kiln.bench.djl.NamedBlock.convolution;
import static dev.kiln.bench.djl.NamedBlock.flatten;
import static dev.kiln.bench.djl.NamedBlock.lastStep;
import static dev.kiln.bench.djl.NamedBlock.linear;
import static dev.kiln.bench.djl.NamedBlock.maxPool2;
import static dev.kiln.bench.djl.NamedBlock.recurrent;
import static dev.kiln.bench.djl.NamedBlock.relu;
import static dev.kiln.bench.djl.NamedBlock.residual;
import static dev.kiln.bench.djl.NamedBlock.sequence;
import static dev.kiln.bench.djl.NamedBlock.strided;

import ai.djl.nn.Blocks;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.recurrent.RNN;
import ai.djl.nn.recurrent.RecurrentBlock;
import dev.kiln.bench.driver.Purpose;
import dev.kiln.bench.driver.UnsupportedWorkloadException;
import java.util.ArrayList;
import java.util.List;

/** The networks of the workloads as blocks of DJL. */
final class Networks {

  private Networks() {}

  static NamedBlock of(String workload, Purpose purpose) {
    return switch (workload) {
      case "mlp" -> sequence(List.of(flatten(), linear("1", 128), relu(), linear("3", 10)));
      case "lenet-64", "lenet-256" -> lenet();
      case "vgg6bn" -> vgg6bn(purpose);
      case "resnet18" -> resnet18();
      case "rnn" -> rows(RNN.builder());
      case "gru" -> rows(GRU.builder());
      case "lstm" -> rows(LSTM.builder());
      case "char-lstm" -> characters(LSTM.builder());
      case "char-gru" -> characters(GRU.builder());
      case "seq2seq" -> SequenceToSequence.named();
      default -> throw new UnsupportedWorkloadException("the driver of DJL does not know it");
    };
  }

  private static NamedBlock lenet() {
    return sequence(
        List.of(
            convolution("0", 20, 5, 0),
            relu(),
            maxPool2(),
            convolution("3", 50, 5, 0),
            relu(),
            maxPool2(),
            flatten(),
            linear("7", 500),
            relu(),
            linear("9", 10)));
  }

  private static NamedBlock vgg6bn(Purpose purpose) {
    List<NamedBlock> layers = new ArrayList<>();
    int place = 0;
    for (int channels : new int[] {32, 64, 128}) {
      for (int i = 0; i < 2; i++) {
        layers.add(convolution(String.valueOf(place), channels, 3, 1));
        layers.add(batchNorm(String.valueOf(place + 1)));
        layers.add(relu());
        place += 3;
      }
      layers.add(maxPool2());
      place++;
    }
    layers.add(flatten());
    layers.add(linear(String.valueOf(place + 1), 256));
    layers.add(relu());
    if (purpose == Purpose.MEASURE) {
      layers.add(NamedBlock.of(Dropout.builder().optRate(0.5f).build()));
    }
    layers.add(linear(String.valueOf(place + 4), 10));
    return sequence(layers);
  }

  private static NamedBlock resnet18() {
    List<NamedBlock> layers = new ArrayList<>();
    layers.add(strided("conv1", 64, 3, 1));
    layers.add(batchNorm("bn1"));
    layers.add(relu());
    int[] channels = {64, 128, 256, 512};
    for (int stage = 0; stage < channels.length; stage++) {
      String name = "layer" + (stage + 1);
      layers.add(basicBlock(name + ".0", channels[stage], stage == 0 ? 1 : 2));
      layers.add(basicBlock(name + ".1", channels[stage], 1));
    }
    layers.add(NamedBlock.of(Pool.globalAvgPool2dBlock()));
    layers.add(linear("fc", 10));
    return sequence(layers);
  }

  private static NamedBlock basicBlock(String name, int channels, int stride) {
    NamedBlock body =
        sequence(
            List.of(
                strided(name + ".conv1", channels, 3, stride),
                batchNorm(name + ".bn1"),
                relu(),
                strided(name + ".conv2", channels, 3, 1),
                batchNorm(name + ".bn2")));
    NamedBlock shortcut =
        stride == 1
            ? NamedBlock.of(Blocks.identityBlock())
            : sequence(
                List.of(
                    strided(name + ".downsample.0", channels, 1, stride),
                    batchNorm(name + ".downsample.1")));
    return sequence(List.of(residual(body, shortcut), relu()));
  }

  private static NamedBlock rows(RecurrentBlock.BaseBuilder<?> cell) {
    return sequence(
        List.of(recurrent("0", cell, new NamedBlock.Size(128, 1)), lastStep(), linear("1", 10)));
  }

  private static NamedBlock characters(RecurrentBlock.BaseBuilder<?> cell) {
    return sequence(List.of(recurrent("0", cell, new NamedBlock.Size(256, 2)), linear("1", 65)));
  }
}
