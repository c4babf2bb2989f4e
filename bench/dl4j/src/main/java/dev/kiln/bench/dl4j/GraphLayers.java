package dev.kiln.bench.dl4j;

import dev.kiln.bench.dl4j.Weight.Form;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * A graph of Deeplearning4j that grows layer by layer. Layers are named by PyTorch's names, with
 * hyphens for the points that Deeplearning4j does not like.
 */
final class GraphLayers {

  private static final double RATE = 0.001;
  private static final double EPSILON = 1e-5;
  private static final String INPUT = "input";

  private final GraphBuilder graph =
      new NeuralNetConfiguration.Builder().updater(new Adam(RATE)).graphBuilder().addInputs(INPUT);
  private final List<Weight> weights = new ArrayList<>();
  private String last = INPUT;

  /** Returns the name of the layer added last. */
  String last() {
    return last;
  }

  /** Lets the next layer read this one. */
  GraphLayers from(String layer) {
    last = layer;
    return this;
  }

  /** Adds a layer without weights, or one whose weights {@link #weight} names. */
  GraphLayers layer(String name, Layer layer) {
    String key = key(name);
    graph.addLayer(key, layer, last);
    last = key;
    return this;
  }

  /** Says where a weight of the layer added last comes from. */
  GraphLayers weight(String parameter, String source, Form form) {
    return weight(parameter, List.of(source), form);
  }

  /** Says of which sum a weight of the layer added last comes. */
  GraphLayers weight(String parameter, List<String> sources, Form form) {
    weights.add(new Weight(last + "_" + parameter, sources, form));
    return this;
  }

  GraphLayers dense(String name, int outputs, Activation activation) {
    layer(name, new DenseLayer.Builder().nOut(outputs).activation(activation).build());
    return linearWeights(name);
  }

  /** Adds the last layer: linear, then cross-entropy. */
  GraphLayers output(String name, int classes) {
    layer(
        name,
        new OutputLayer.Builder(LossFunction.MCXENT)
            .nOut(classes)
            .activation(Activation.SOFTMAX)
            .build());
    return linearWeights(name);
  }

  private GraphLayers linearWeights(String name) {
    return weight("W", name + ".weight", Form.TRANSPOSED).weight("b", name + ".bias", Form.ROW);
  }

  /** Adds a square convolution with a bias. */
  GraphLayers convolution(String name, int filters, int kernel, int padding) {
    layer(
        name,
        new ConvolutionLayer.Builder(kernel, kernel)
            .nOut(filters)
            .padding(padding, padding)
            .activation(Activation.IDENTITY)
            .build());
    return weight("W", name + ".weight", Form.SAME).weight("b", name + ".bias", Form.ROW);
  }

  /** Adds a square convolution without a bias that changes the image's size by its stride alone. */
  GraphLayers strided(String name, int filters, int kernel, int stride) {
    layer(
        name,
        new ConvolutionLayer.Builder(kernel, kernel)
            .nOut(filters)
            .padding(kernel / 2, kernel / 2)
            .stride(stride, stride)
            .hasBias(false)
            .activation(Activation.IDENTITY)
            .build());
    return weight("W", name + ".weight", Form.SAME);
  }

  GraphLayers batchNorm(String name) {
    layer(name, new BatchNormalization.Builder().eps(EPSILON).build());
    return weight("gamma", name + ".weight", Form.ROW).weight("beta", name + ".bias", Form.ROW);
  }

  GraphLayers relu() {
    return layer(last + "_relu", new ActivationLayer(Activation.RELU));
  }

  GraphLayers maxPool() {
    return layer(
        last + "_pool",
        new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
            .kernelSize(2, 2)
            .stride(2, 2)
            .build());
  }

  /** Adds the sum of two layers. */
  GraphLayers sum(String name, String a, String b) {
    String key = key(name);
    graph.addVertex(key, new ElementWiseVertex(ElementWiseVertex.Op.Add), a, b);
    last = key;
    return this;
  }

  private static String key(String name) {
    return "l" + name.replace('.', '-');
  }

  NamedGraph build(Input input, InputType type) {
    return new NamedGraph(
        graph.setOutputs(last).setInputTypes(type).build(), input, List.copyOf(weights));
  }
}
