package dev.kiln.cli;

import dev.kiln.tensorboard.EventFile;
import dev.kiln.train.BatchReport;
import dev.kiln.train.EpochReport;
import dev.kiln.train.Trainer;
import dev.kiln.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Lets TensorBoard watch a training: the loss and the learning rate of every batch, the metrics of
 * every epoch, all over the number of batches trained on, and the configuration as a text.
 */
final class TensorBoardListener implements TrainingListener, AutoCloseable {

  private final EventFile events;

  private TensorBoardListener(EventFile events) {
    this.events = events;
  }

  /**
   * Begins an event file.
   *
   * @param folder the folder of TensorBoard's runs
   * @param run the name of this run, which gets a folder of its own there
   * @param config what is trained and how
   */
  static TensorBoardListener open(Path folder, String run, RunConfig config) throws IOException {
    Path place = folder.resolve(run);
    RunFolder.make(place, "--tensorboard");
    EventFile events = EventFile.create(place);
    events.text("configuration", "```json\n" + Json.text(config) + "\n```");
    events.flush();
    return new TensorBoardListener(events);
  }

  @Override
  public void onBatch(Trainer trainer, BatchReport report) throws IOException {
    long step = trainer.state().batches();
    events.scalar("batch/loss", step, report.loss());
    events.scalar("batch/learning_rate", step, report.rate());
  }

  @Override
  public void onEpoch(Trainer trainer, EpochReport report) throws IOException {
    long step = trainer.state().batches();
    write("training", report.training(), step);
    write("validation", report.validation(), step);
    events.scalar("speed/samples_per_second", step, report.samplesPerSecond());
    events.scalar("speed/data_wait_share", step, report.dataWaitShare());
    events.flush();
  }

  private void write(String part, Map<String, Double> metrics, long step) throws IOException {
    for (Map.Entry<String, Double> metric : metrics.entrySet()) {
      events.scalar(part + "/" + metric.getKey(), step, metric.getValue());
    }
  }

  @Override
  public void onStopped(Trainer trainer) throws IOException {
    events.flush();
  }

  @Override
  public void close() throws IOException {
    events.close();
  }
}
