package dev.kiln.bench.djl;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import dev.kiln.bench.driver.Training;

/** A network of DJL in training, step by step as in DJL's {@code EasyTrain}. */
final class DjlTraining implements Training {

  private final Model model;
  private final Trainer trainer;
  private final NDList inputs;
  private final NDList labels;
  private final long parameters;
  private double loss;

  DjlTraining(Model model, Trainer trainer, NDList inputs, NDList labels, long parameters) {
    this.model = model;
    this.trainer = trainer;
    this.inputs = inputs;
    this.labels = labels;
    this.parameters = parameters;
  }

  @Override
  public long parameters() {
    return parameters;
  }

  @Override
  public void step() {
    // What a step computes is attached where its inputs are, and freed with the step's manager.
    try (NDManager step = trainer.getManager().newSubManager()) {
      inputs.tempAttach(step);
      labels.tempAttach(step);
      try (GradientCollector collector = trainer.newGradientCollector()) {
        NDArray logits = trainer.forward(new NDList(inputs)).head();
        NDArray rows = logits.reshape(-1, logits.getShape().tail());
        NDArray value = trainer.getLoss().evaluate(labels, new NDList(rows));
        collector.backward(value);
        loss = value.getFloat();
      }
      trainer.step();
    }
  }

  @Override
  public double loss() {
    return loss;
  }

  @Override
  public void close() {
    trainer.close();
    model.close();
  }
}
