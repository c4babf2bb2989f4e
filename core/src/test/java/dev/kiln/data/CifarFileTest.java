package dev.kiln.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.TensorType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CifarFileTest {

  private static final int RECORD = 3073;

  @TempDir Path folder;

  @Test
  void joinsFilesInOrderAndKeepsThePlanesApart() throws IOException {
    byte[] two = new byte[2 * RECORD];
    two[0] = 9;
    two[1] = (byte) 255; // red, top left
    two[1 + 1024] = 51; // green, top left
    two[RECORD] = 3;
    byte[] one = new byte[RECORD];
    one[0] = 7;
    one[RECORD - 1] = (byte) 255; // blue, bottom right
    PixelDataset dataset = CifarFile.read(List.of(write("a.bin", two), write("b.bin", one)));

    assertThat(dataset.size()).isEqualTo(3);
    assertThat(dataset.features()).isEqualTo(TensorType.of(DType.F32, 3, 32, 32));
    Batch batch = Batch.allocate(dataset, 3, Arena.ofAuto());
    for (int i = 0; i < 3; i++) {
      dataset.read(i, batch, i);
    }
    assertThat(batch.targets().toLongArray()).containsExactly(9, 3, 7);
    assertThat(batch.features().get(0)).isEqualTo(1);
    assertThat(batch.features().get(1024)).isEqualTo(51 / 255f);
    assertThat(batch.features().get(3 * 3072 - 1)).isEqualTo(1);
    assertThat(dataset.classNames().get(9)).isEqualTo("truck");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, RECORD - 1, RECORD + 1})
  void aFileThatIsNoWholeNumberOfImagesIsRefused(int bytes) throws IOException {
    Path file = write("x.bin", new byte[bytes]);
    assertThatThrownBy(() -> CifarFile.read(List.of(file)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(file + ": has " + bytes + " bytes");
  }

  @Test
  void aLabelOutOfRangeIsNamedWithItsFileAndRow() throws IOException {
    byte[] two = new byte[2 * RECORD];
    two[RECORD] = 10;
    Path file = write("x.bin", two);
    assertThatThrownBy(() -> CifarFile.read(List.of(file)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(file + ": row 1 has label 10, but the 10 classes are 0 to 9");
  }

  @Test
  void missingFilesAndFoldersAreNamed() {
    Path missing = folder.resolve("none.bin");
    assertThatThrownBy(() -> CifarFile.read(List.of(missing)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(missing + ": no such file");
    assertThatThrownBy(() -> CifarFile.read(List.of(folder)))
        .isInstanceOf(InvalidDataException.class);
  }

  private Path write(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }
}
