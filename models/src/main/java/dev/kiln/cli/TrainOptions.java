package dev.kiln.cli;

import dev.kiln.backend.Precision;
import dev.kiln.data.Gaps;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options that make up a {@link RunConfig}. They are read by their names (see {@link
 * ConfigLayers#given}), so that those not given can come from a file or be what is usual.
 */
final class TrainOptions {

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description =
          "The network: perceptron, mlp, digits-cnn, lenet, vgg6bn, resnet18, cnn, rnn, gru, lstm,"
              + " language-id, char-lm, seq2seq or seq2seq-attention. Default: the usual one for"
              + " the data.")
  @Nullable String model;

  @Option(
      names = "--data",
      paramLabel = "NAME",
      description =
          "The data set, see 'kiln data'. Default: digits, or the usual one for the model.")
  @Nullable String data;

  @Option(
      names = "--data-dir",
      paramLabel = "PATH",
      description = "The folder, or for csv the file, that holds the data.")
  @Nullable String dataDir;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Passes over the training data, in all. Default: 2 to 50, by the data.")
  @Nullable Integer epochs;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Samples of a batch. Default: 32 to 128, by the data.")
  @Nullable Integer batch;

  @Option(
      names = "--lr",
      paramLabel = "RATE",
      description = "The learning rate. Default: the usual one of the optimizer, 0.001 for adam.")
  @Nullable Double lr;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      description =
          "sgd, momentum, nesterov, adagrad, adadelta, rmsprop, adam, amsgrad, adamw or nadam."
              + " Default: adam.")
  @Nullable String optimizer;

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      description =
          "How the learning rate changes over the training: ${COMPLETION-CANDIDATES}. Default:"
              + " constant.")
  @Nullable ScheduleKind schedule;

  @Option(
      names = "--warm-up",
      paramLabel = "UPDATES",
      description = "Updates over which the learning rate first rises. Default: 0.")
  @Nullable Integer warmUp;

  @Option(
      names = "--clip-norm",
      paramLabel = "NORM",
      description = "The largest Euclidean norm of all gradients together. Default: none.")
  @Nullable Double clipNorm;

  @Option(
      names = "--clip-value",
      paramLabel = "VALUE",
      description = "The largest magnitude of a gradient. Default: none.")
  @Nullable Double clipValue;

  @Option(
      names = "--accumulate",
      paramLabel = "BATCHES",
      description = "Batches whose gradients are averaged for one update. Default: 1.")
  @Nullable Integer accumulate;

  @Option(
      names = "--augment",
      paramLabel = "NAME",
      split = ",",
      description = "Random changes of training images: flip, crop, or both. Default: none.")
  @Nullable List<Augmentation> augment;

  @Option(
      names = "--metrics",
      paramLabel = "NAME",
      split = ",",
      description =
          "What is measured besides the loss, of the training and of the validation data, such as"
              + " accuracy,f1_macro,roc_auc_macro or rmse; docs/metrics.md has all. Default: the"
              + " usual ones of the data.")
  @Nullable List<String> metrics;

  @Option(
      names = "--monitor",
      paramLabel = "METRIC",
      description =
          "The metric of the validation data that decides which epoch is best, and by --patience"
              + " when to stop; training_loss and the like follow the training data. Default:"
              + " loss.")
  @Nullable String monitor;

  @Option(
      names = "--gaps",
      paramLabel = "HOW",
      description =
          "What is done about missing values of a series: ${COMPLETION-CANDIDATES}. Default:"
              + " interpolate.")
  @Nullable Gaps gaps;

  @Option(
      names = "--patience",
      paramLabel = "EPOCHS",
      description = "Stop after so many epochs without a new best. Default: 0, never.")
  @Nullable Integer patience;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Seed of weights, order and dropout: the same seed gives the same bits. Default: 1.")
  @Nullable Long seed;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      description = {
        "How exactly products are computed: ${COMPLETION-CANDIDATES}. Parameters, optimizer and"
            + " losses are float32 in every case; gradients of fp16 are scaled. 'kiln devices'"
            + " shows which backend offers what. Default: float32."
      })
  @Nullable Precision precision;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description =
          "What computes, see 'kiln devices'. Default: the preferred one of those available.")
  @Nullable String backend;

  @Option(
      names = "--device",
      paramLabel = "N",
      description = "Which of the backend's devices. Default: 0.")
  @Nullable Integer device;

  @Option(
      names = "--deterministic",
      description = {
        "Choose every algorithm without measuring, so that the same seed gives the same bits in"
            + " every process on the same machine, and prove it: the first steps are made twice"
            + " before the training and compared bit by bit."
      })
  @Nullable Boolean deterministic;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description =
          "The most memory the CPU backends may hold, such as 512m or 4g. Default: what the machine"
              + " has.")
  @Nullable String memory;
}
