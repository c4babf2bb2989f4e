package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.kiln.safetensors.SafetensorsFile;
import dev.kiln.tensor.Tensor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is wrong gets one clear message, the right exit code and no stack trace. */
final class BadInputTest {

  private static final int FAILURE = 1;
  private static final int USAGE = 2;

  @TempDir private Path temp;

  @AfterEach
  void forgetTheMemoryLimit() {
    System.clearProperty(MemoryLimit.PROPERTY);
  }

  static Stream<Arguments> wrongUsage() {
    return Stream.of(
        arguments("trian", "Unmatched argument at index 0: 'trian'"),
        arguments("trian", "Did you mean: kiln train?"),
        arguments("", "Missing required subcommand"),
        arguments("train --epoch 3", "Possible solutions: --epochs"),
        arguments("train --epochs", "Missing required parameter for option '--epochs' (N)"),
        arguments(
            "train --epochs three", "Invalid value for option '--epochs': 'three' is not an int"),
        arguments("train --epochs 0", "--epochs must be at least 1, not 0"),
        arguments("train --batch -1", "--batch must be at least 1, not -1"),
        arguments("train --lr 0", "--lr must be a positive number, not 0.0"),
        arguments("train --lr NaN", "--lr must be a positive number, not NaN"),
        arguments("train --clip-norm 0", "--clip-norm must be a positive number, not 0.0"),
        arguments("train --clip-norm 1 --clip-value 1", "--clip-norm or by --clip-value, not both"),
        arguments("train --accumulate 0", "--accumulate must be at least 1, not 0"),
        arguments("train --patience -1", "--patience must be at least 0, not -1"),
        arguments("train --device -1", "--device must be at least 0, not -1"),
        arguments(
            "train --memory much", "--memory must be a number of bytes, or one with k, m or g"),
        arguments("train --checkpoint-every -1", "--checkpoint-every must be from 0 to 86400"),
        arguments(
            "train --schedule stairs",
            "there is no schedule 'stairs'; there are constant, step, multi-step"),
        arguments("train --augment spin", "there is no augmentation 'spin'; there are flip, crop"),
        arguments("train --model lenett", "there is no model 'lenett'; the models are perceptron"),
        arguments("train --model lenett", "did you mean 'lenet'?"),
        arguments("train --data digit", "there is no data set 'digit'; there are digits"),
        arguments("train --optimizer adamm", "there is no optimizer 'adamm'; there are"),
        arguments("train --backend gpu", "there is no backend 'gpu'; there are"),
        arguments("train --backend referense", "did you mean 'reference'?"),
        arguments(
            "train --precision bf61", "there is no precision 'bf61'; there are float32, tf32"),
        arguments(
            "train --precision tf32 --backend reference",
            "--precision tf32: backend reference offers float32, bf16, fp16; of the others"),
        arguments("train --resume nowhere", "there is no run folder nowhere"),
        arguments(
            "train --model lenet --data breast-cancer --backend reference",
            "model lenet takes images"),
        arguments(
            "train --backend reference --data breast-cancer --augment flip",
            "--augment flip: horizontal flip needs images"),
        arguments(
            "train --backend reference --epochs 1 --warm-up 40",
            "--warm-up 40 must be less than the 40 updates"),
        arguments("evaluate nowhere", "there is no run folder nowhere"),
        arguments("evaluate", "Missing required parameter: 'RUN'"),
        arguments(
            "predict nowhere", "name what to predict, or samples of the data set with --index"),
        arguments(
            "summary --input 1,8,8 --data digits --backend reference",
            "from --data or from --input, not both"),
        arguments(
            "summary --input 1,0,8 --backend reference",
            "must be at least 1, but are 10 and [1, 0, 8]"),
        arguments("explain lstn", "there is no example 'lstn'; there are mlp, convolution"),
        arguments("data get imagenet", "there is no data set 'imagenet'"),
        arguments("data get cifar10 --data-dir nowhere", "Kiln cannot download cifar10. "));
  }

  @ParameterizedTest
  @MethodSource("wrongUsage")
  void wrongUsageExitsWithTwo(String line, String message) {
    String[] args = line.isEmpty() ? new String[0] : line.split(" ");
    Cli.Result result = Cli.run(args);
    assertThat(result.err()).contains(message).doesNotContain("\tat ");
    assertThat(result.exitCode()).isEqualTo(USAGE);
  }

  @Test
  void aStackTraceIsShownOnRequest() {
    Cli.Result result = Cli.run("train", "--model", "lenett", "--stacktrace");
    assertThat(result.err())
        .contains("there is no model 'lenett'")
        .contains("\tat dev.kiln.models");
    assertThat(result.exitCode()).isEqualTo(USAGE);
  }

  private void assertFails(Cli.Result result, String... parts) {
    assertThat(result.err())
        .contains(parts)
        .doesNotContain("\tat ")
        .doesNotContain("internal error");
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.exitCode()).isEqualTo(FAILURE);
  }

  @Test
  void anImageTooSmallForTheModelNamesTheLayerAndTheShapes() {
    assertFails(
        Cli.train(temp.resolve("run"), "--model", "lenet", "--data", "digits"),
        "3: conv2d",
        "[64, 20, 2, 2]");
    assertThat(temp.resolve("run")).doesNotExist();
  }

  @Test
  void missingDataSaysWhereItLookedAndHowToGetIt() {
    assertFails(
        Cli.train(temp.resolve("run"), "--data", "cifar10", "--data-dir", temp.toString()),
        "data set cifar10: not found; looked in " + temp,
        "cifar-10-binary.tar.gz");
    assertFails(
        Cli.train(temp.resolve("run"), "--data", "fashion-mnist", "--data-dir", temp.toString()),
        "data set fashion-mnist is not here",
        "'kiln data get fashion-mnist' downloads it",
        "apt-get install dataset-fashion-mnist");
  }

  @Test
  void aDamagedIdxFileIsNamed() throws IOException {
    for (String name :
        List.of(
            "train-images-idx3-ubyte",
            "train-labels-idx1-ubyte",
            "t10k-images-idx3-ubyte",
            "t10k-labels-idx1-ubyte")) {
      Files.write(temp.resolve(name), new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    }
    assertFails(
        Cli.train(temp.resolve("run"), "--data", "mnist", "--data-dir", temp.toString()),
        temp.resolve("train-images-idx3-ubyte").toString());
  }

  @Test
  void aCellThatIsNoNumberIsNamedWithLineAndColumn() throws IOException {
    Path table = Files.writeString(temp.resolve("t.csv"), "a,b,label\n1,2,0\n3,four,1\n");
    assertFails(
        Cli.train(temp.resolve("run"), "--data", "csv", "--data-dir", table.toString()),
        "t.csv: line 3, column 2 (b): 'four' is not a number");
  }

  @Test
  void anEmptyTableIsRefused() throws IOException {
    Path table = Files.writeString(temp.resolve("t.csv"), "a,label\n");
    assertFails(
        Cli.train(temp.resolve("run"), "--data", "csv", "--data-dir", table.toString()),
        "t.csv: has no rows of numbers");
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamedBeforeTraining() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "");
    Cli.Result result = Cli.train(file.resolve("run"));
    assertFails(result, "cannot make the folder " + file.resolve("run"));
    assertThat(result.out()).doesNotContain("epoch 1");
  }

  @Test
  void aFolderWithARunIsNotOverwritten() throws IOException {
    Path run = temp.resolve("run");
    Cli.train(run);
    byte[] before = Files.readAllBytes(run.resolve("last.safetensors"));
    Cli.Result result = Cli.train(run, "--seed", "2");
    assertThat(result.exitCode()).isEqualTo(USAGE);
    assertThat(result.err()).contains("holds a run already: continue it with --resume " + run);
    assertThat(run.resolve("last.safetensors")).hasBinaryContent(before);
  }

  @Test
  void aPlanTooLargeForTheMemoryNamesTheLargestBatch() {
    Cli.Result result =
        Cli.train(temp.resolve("run"), "--model", "mlp", "--batch", "390", "--memory", "300k");
    assertFails(
        result,
        "a batch of 390 does not fit: the plan needs",
        "the largest batch that fits is ",
        "set it with --batch");
    assertThat(temp.resolve("run")).doesNotExist();
    String batch = result.err().replaceAll("(?s).*the largest batch that fits is (\\d+).*", "$1");
    Cli.Result fits =
        Cli.train(temp.resolve("run"), "--model", "mlp", "--batch", batch, "--memory", "300k");
    assertThat(fits.out()).contains("bytes for batches of " + batch);
  }

  @Test
  void aModelOfWhichNotEvenOneSampleFitsDoesNotSuggestASmallerBatch() {
    Cli.Result result = Cli.train(temp.resolve("run"), "--model", "mlp", "--memory", "64k");
    assertFails(result, "not even a single sample fits; take a smaller model");
  }

  @Test
  void aLossThatIsNotFiniteNamesStepAndNode() {
    Cli.Result result =
        Cli.train(temp.resolve("run"), "--model", "mlp", "--optimizer", "sgd", "--lr", "1e30");
    assertFails(
        result,
        "the loss is ",
        " at step 2; the first node whose result is not finite is ",
        "linear");
    assertThat(result.err()).contains("no checkpoint had been written yet");
  }

  @Test
  void afterALossThatIsNotFiniteTheLastGoodCheckpointStands() throws IOException {
    Path run = temp.resolve("run");
    Cli.Result result =
        Cli.train(
            run, "--model", "mlp", "--optimizer", "sgd", "--lr", "1e30", "--checkpoint-every", "0");
    Path last = run.resolve("last.safetensors");
    assertFails(result, "the last good checkpoint is " + last);
    try (SafetensorsFile file = SafetensorsFile.open(last)) {
      for (Tensor tensor : file.readAll().values()) {
        assertThat(Arrays.stream(tensor.toDoubleArray())).allMatch(Double::isFinite);
      }
    }
  }

  @Test
  void aDamagedCheckpointIsNamed() throws IOException {
    Path run = temp.resolve("run");
    Cli.train(run);
    try (FileChannel file =
        FileChannel.open(run.resolve("last.safetensors"), StandardOpenOption.WRITE)) {
      file.truncate(file.size() / 2);
    }
    assertFails(
        Cli.run("train", "--resume", run.toString(), "--epochs", "3"),
        run.resolve("last.safetensors").toString());
    assertFails(
        Cli.run("evaluate", run.toString(), "--weights", "last", "--backend", "reference"),
        run.resolve("last.safetensors").toString());
  }

  @Test
  void aFileThatIsNoCheckpointIsRefused() throws IOException {
    Path file = Files.writeString(temp.resolve("notes.txt"), "not a checkpoint at all");
    assertFails(
        Cli.run("evaluate", file.toString(), "--backend", "reference"),
        "not a checkpoint",
        "notes.txt");
  }

  @Test
  void theCheckpointOfAnotherModelIsRefused() throws IOException {
    Path run = temp.resolve("run");
    Cli.train(run);
    Path other = temp.resolve("other");
    Cli.train(other, "--model", "mlp");
    Files.copy(
        other.resolve("last.safetensors"),
        run.resolve("last.safetensors"),
        StandardCopyOption.REPLACE_EXISTING);
    assertFails(
        Cli.run("train", "--resume", run.toString(), "--epochs", "3"),
        "belongs to mlp on breast-cancer",
        "cannot go on with perceptron on breast-cancer");
  }

  @Test
  void otherDataThatDoNotFitTheModelAreRefused() {
    Path run = temp.resolve("run");
    Cli.train(run);
    Cli.Result result =
        Cli.run("evaluate", run.toString(), "--data", "digits", "--backend", "reference");
    assertThat(result.exitCode()).isEqualTo(USAGE);
    assertThat(result.err()).contains("takes samples F32[30]").contains("[1, 8, 8]");
  }
}
