package dev.kiln.datasets;

import dev.kiln.data.DataSplit;
import dev.kiln.data.Dataset;
import dev.kiln.data.IdxFile;
import dev.kiln.data.InvalidDataException;
import dev.kiln.data.Normalize;
import dev.kiln.data.PixelDataset;
import dev.kiln.data.Splits;
import dev.kiln.data.Splits.Fold;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Labelled grey images in four IDX files, as MNIST is published. The official test set is the test;
 * every twelfth training image, the classes in proportion, is kept for validation.
 *
 * @param name its name, and the name of its folder
 * @param summary what it is
 * @param classNames the classes by label
 * @param normalization the training images' mean and deviation
 * @param howToGet how a user gets it
 * @param files what Kiln can download; no files when it cannot
 */
record IdxImages(
    String name,
    String summary,
    List<String> classNames,
    Normalize normalization,
    String howToGet,
    Download files)
    implements CatalogueEntry {

  private static final String TRAIN_IMAGES = "train-images-idx3-ubyte";
  private static final String TRAIN_LABELS = "train-labels-idx1-ubyte";
  private static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
  private static final String TEST_LABELS = "t10k-labels-idx1-ubyte";

  private static final int VALIDATION_FOLDS = 12;

  @Override
  public String examples() {
    return "60000 + 10000 of [1, 28, 28] in " + classNames.size() + " classes";
  }

  @Override
  public List<Path> searched(DataFolders folders) {
    return folders.named(name);
  }

  @Override
  public Optional<Path> found(DataFolders folders) {
    return searched(folders).stream()
        .filter(folder ->
            Stream.of(TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)
                .allMatch(file -> Files.exists(plainOrZipped(folder, file))))
        .findFirst();
  }

  @Override
  public Optional<Download> download() {
    return files.files().isEmpty() ? Optional.empty() : Optional.of(files);
  }

  @Override
  public LoadedDataset load(DataFolders folders) throws IOException {
    Path folder = require(folders);
    Dataset official = read(folder, TRAIN_IMAGES, TRAIN_LABELS);
    Dataset test = read(folder, TEST_IMAGES, TEST_LABELS);
    if (!test.features().equals(official.features())) {
      throw new InvalidDataException(
          folder,
          "the test images are %s, but the training images %s"
              .formatted(test.features(), official.features()));
    }
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

  private Dataset read(Path folder, String imagesName, String labelsName) throws IOException {
    Path imagesFile = plainOrZipped(folder, imagesName);
    Path labelsFile = plainOrZipped(folder, labelsName);
    Tensor images = IdxFile.read(imagesFile);
    Tensor labels = IdxFile.read(labelsFile);
    if (images.type().dtype() != DType.U8 || images.shape().rank() != 3) {
      throw new InvalidDataException(
          imagesFile, "must hold images U8[N, H, W], but holds " + images.type());
    }
    int count = images.shape().dim(0);
    if (labels.type().dtype() != DType.U8
        || labels.shape().rank() != 1
        || labels.elements() != count) {
      throw new InvalidDataException(
          labelsFile,
          "must hold one label per image, U8[%d], but holds %s".formatted(count, labels.type()));
    }
    for (int row = 0; row < count; row++) {
      if (labels.get(row) >= classNames.size()) {
        throw new InvalidDataException(
            labelsFile,
            "row %d has label %d, but the %d classes are 0 to %d"
                .formatted(row, (long) labels.get(row), classNames.size(), classNames.size() - 1));
      }
    }
    return new PixelDataset(
        images.reshape(count, 1, images.shape().dim(1), images.shape().dim(2)), labels, classNames);
  }

  private static Path plainOrZipped(Path folder, String file) {
    Path plain = folder.resolve(file);
    return Files.exists(plain) ? plain : folder.resolve(file + ".gz");
  }
}
