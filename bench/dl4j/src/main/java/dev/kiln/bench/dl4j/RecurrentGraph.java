package dev.kiln.bench.dl4j;

import dev.kiln.bench.dl4j.Weight.Form;
import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Recurrent networks of Deeplearning4j. Its cells have one bias where PyTorch's have two, so they
 * compute the same but learn a little differently.
 */
final class RecurrentGraph {

  private final GraphLayers layers = new GraphLayers();
  private int stacked;
  private int features;

  /** Adds a layer of 128 plain cells over 28 features, read after its last step. */
  RecurrentGraph simple() {
    features = 28;
    layers.layer(
        "0",
        new LastTimeStep(
            new SimpleRnn.Builder().nIn(28).nOut(128).activation(Activation.TANH).build()));
    weights(Form.TRANSPOSED, Form.ROW);
    return this;
  }

  /** Adds a layer of long short-term memory. */
  RecurrentGraph lstm(int inputs, int hidden) {
    if (stacked == 0) {
      features = inputs;
    }
    LSTM cell = new LSTM.Builder().nIn(inputs).nOut(hidden).activation(Activation.TANH).build();
    layers.layer("lstm" + stacked, hidden == 128 ? new LastTimeStep(cell) : cell);
    weights(Form.GATES, Form.GATES);
    return this;
  }

  private void weights(Form matrix, Form bias) {
    String suffix = "_l" + stacked;
    layers.weight("W", "0.weight_ih" + suffix, matrix);
    layers.weight("RW", "0.weight_hh" + suffix, matrix);
    layers.weight("b", List.of("0.bias_ih" + suffix, "0.bias_hh" + suffix), bias);
    stacked++;
  }

  NamedGraph lastStep() {
    return layers.output("1", 10).build(Input.SEQUENCES, InputType.recurrent(features, 28));
  }

  NamedGraph everyStep() {
    layers.layer(
        "1",
        new RnnOutputLayer.Builder(LossFunction.MCXENT)
            .nOut(65)
            .activation(Activation.SOFTMAX)
            .build());
    layers.weight("W", "1.weight", Form.TRANSPOSED).weight("b", "1.bias", Form.ROW);
    return layers.build(Input.CHARACTERS, InputType.recurrent(features, 100));
  }
}
