package dev.kiln.datasets;

import dev.kiln.data.CifarFile;
import dev.kiln.data.DataSplit;
import dev.kiln.data.Dataset;
import dev.kiln.data.InvalidDataException;
import dev.kiln.data.Normalize;
import dev.kiln.data.Splits;
import dev.kiln.data.Splits.Fold;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * CIFAR-10 in its binary version. The official test batch is the test; every tenth training image,
 * the classes in proportion, is kept for validation.
 *
 * @param name its name
 * @param summary what it is
 * @param classNames the classes by label
 * @param normalization the training images' mean and deviation, per colour
 */
record CifarImages(String name, String summary, List<String> classNames, Normalize normalization)
    implements CatalogueEntry {

  private static final String FOLDER = "cifar-10-batches-bin";
  private static final int VALIDATION_FOLDS = 10;

  @Override
  public String examples() {
    return "50000 + 10000 of [3, 32, 32] in 10 classes";
  }

  @Override
  public String howToGet() {
    return "Unpack cifar-10-binary.tar.gz from https://www.cs.toronto.edu/~kriz/cifar.html and name"
        + " the folder by --data-dir.";
  }

  @Override
  public List<Path> searched(DataFolders folders) {
    return folders.named(FOLDER);
  }

  @Override
  public Optional<Path> found(DataFolders folders) {
    return searched(folders).stream()
        .filter(folder ->
            Stream.concat(trainFiles(folder).stream(), Stream.of(testFile(folder)))
                .allMatch(Files::exists))
        .findFirst();
  }

  private static List<Path> trainFiles(Path folder) {
    return IntStream.rangeClosed(1, 5)
        .mapToObj(i -> folder.resolve("data_batch_" + i + ".bin"))
        .toList();
  }

  private static Path testFile(Path folder) {
    return folder.resolve("test_batch.bin");
  }

  @Override
  public LoadedDataset load(DataFolders folders) throws IOException {
    Path folder = require(folders);
    Dataset official = CifarFile.read(trainFiles(folder));
    Dataset test = CifarFile.read(List.of(testFile(folder)));
    if (official.size() < VALIDATION_FOLDS) {
      throw new InvalidDataException(
          folder,
          "has %d training images; %d are needed to set some apart for validation"
              .formatted(official.size(), VALIDATION_FOLDS));
    }
    Fold fold = Splits.stratifiedKFold(official, VALIDATION_FOLDS, Catalogue.SPLIT_SEED).getFirst();
    return LabelledTable.normalized(
        name, new DataSplit(fold.train(), fold.validation(), test), normalization, 1);
  }
}
