package dev.kiln.cli;

import dev.kiln.data.DataSplit;
import dev.kiln.data.Dataset;
import dev.kiln.datasets.LoadedDataset;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which samples a trained model is asked about. */
final class PartOptions {

  /** A part of a data set. */
  enum Part {
    /** The samples that were learned from. */
    TRAIN,
    /** The samples that chose the best epoch. */
    VALIDATION,
    /** The samples nothing was done with. */
    TEST;

    /** Returns the constant of a name. */
    static Part named(String name) {
      return NamedConstants.find("part", values(), name);
    }

    @Override
    public String toString() {
      return NamedConstants.name(this);
    }
  }

  @Option(
      names = "--data",
      paramLabel = "NAME",
      description = "The data set. Default: the one it was trained on.")
  private @Nullable String data;

  @Option(
      names = "--data-dir",
      paramLabel = "PATH",
      description =
          "The folder, or for csv the file, that holds the data. Default: the one of the training,"
              + " else the usual one.")
  private @Nullable String dataDir;

  @Option(
      names = "--part",
      paramLabel = "PART",
      description = "${COMPLETION-CANDIDATES}. Default: test.")
  private @Nullable Part part;

  /** Returns the name of the first of these options that was given, if one was. */
  Optional<String> given() {
    if (data != null) {
      return Optional.of("--data");
    }
    if (dataDir != null) {
      return Optional.of("--data-dir");
    }
    return part == null ? Optional.empty() : Optional.of("--part");
  }

  /** Returns whether it was said which part. */
  boolean isChosen() {
    return part != null;
  }

  private Part part() {
    return part == null ? Part.TEST : part;
  }

  /**
   * Loads the data set, that of the training from where it was then.
   *
   * @param model what is asked about it
   * @param run the training
   * @throws UsageException if it does not fit the model
   */
  LoadedDataset load(ModelDescription model, RunRecord run) throws IOException {
    String name = data == null ? model.data() : data;
    String place = dataDir;
    if (place == null && name.equals(model.data())) {
      place = run.dataDir().orElse(null);
    }
    LoadedDataset loaded = DataFiles.load(name, place, model.gaps().orElse(null));
    model.checkFits(loaded);
    return loaded;
  }

  /** Returns the part asked for. */
  Dataset of(DataSplit split) {
    return switch (part()) {
      case TRAIN -> split.train();
      case VALIDATION -> split.validation();
      case TEST -> split.test();
    };
  }

  /** Returns the part's name. */
  String name() {
    return part().toString();
  }
}
