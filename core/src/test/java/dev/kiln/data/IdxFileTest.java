package dev.kiln.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdxFileTest {

  @TempDir Path folder;
  Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("images-idx3-ubyte");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "U8, 00000801 00000003 01 80 ff, 1 128 255",
    "I32, 00000c01 00000002 00000001 fffffffe, 1 -2",
    "F32, 00000d01 00000002 3f800000 c0000000, 1 -2",
    "F64, 00000e01 00000001 3ff8000000000000, 1.5"
  })
  void readsEveryElementTypeBigEndian(DType dtype, String hex, String expected) throws IOException {
    double[] values = Arrays.stream(expected.split(" ")).mapToDouble(Double::parseDouble).toArray();
    write(hex(hex));
    Tensor plain = IdxFile.read(file);
    assertThat(plain.type()).isEqualTo(TensorType.of(dtype, values.length));
    assertThat(plain.toDoubleArray()).containsExactly(values);
    write(gzip(hex(hex)));
    assertThat(IdxFile.read(file).toDoubleArray()).containsExactly(values);
  }

  @Test
  void readsAllDimensionsInRowMajorOrder() throws IOException {
    write(hex("00000803 00000002 00000001 00000003 010203 040506"));
    Tensor tensor = IdxFile.read(file);
    assertThat(tensor.type()).isEqualTo(TensorType.of(DType.U8, 2, 1, 3));
    assertThat(tensor.toDoubleArray()).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void readsFilesLongerThanItsChunk() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8 + 4 * 50_001).put(hex("00000c01")).putInt(50_001);
    for (int i = 0; i < 50_001; i++) {
      bytes.putInt(i * 77_777);
    }
    write(gzip(bytes.array()));
    Tensor tensor = IdxFile.read(file);
    for (int i = 0; i < 50_001; i++) {
      assertThat(tensor.get(i)).isEqualTo(i * 77_777);
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "'', ends within the magic number",
    "000008, ends within the magic number",
    "00000802 00000001 0000, ends within the dimensions",
    "89504e47 00000001, 'starts with the bytes 89 50, but an IDX file starts with 00 00'",
    "00000901 00000001 01, has the element type 0x09",
    "00000800, has 0 dimensions",
    "00000809 00000001, has 9 dimensions",
    "000008ff 00000001, has 255 dimensions",
    "00000801 00000000, dimension 0 is 0",
    "00000801 ffffffff 01, dimension 0 is 4294967295",
    "00000801 00000004 010203, 'the header promises U8[4], 4 bytes, but only 3 follow'",
    "00000801 00000002 010203, more bytes follow the U8[2] of the header",
    "00000802 7fffffff 7fffffff 01, 'the header promises U8[2147483647, 2147483647]'",
    "00000d04 7fffffff 7fffffff 7fffffff 7fffffff 01, exceed 2^63 - 1 bytes"
  })
  void namesTheFileAndWhatIsWrong(String hex, String message) throws IOException {
    for (byte[] content : new byte[][] {hex(hex), gzip(hex(hex))}) {
      write(content);
      assertThatThrownBy(() -> IdxFile.read(file))
          .isInstanceOf(InvalidDataException.class)
          .hasMessageStartingWith(file + ": ")
          .hasMessageContaining(message);
    }
  }

  @Test
  void aHeaderThatPromisesMoreThanTheFileHoldsAllocatesNothing() throws IOException {
    write(hex("00000801 40000000 01"));
    assertThatThrownBy(() -> IdxFile.read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("a file of this size holds at most 9");
    write(gzip(hex("00000801 40000000 01")));
    assertThatThrownBy(() -> IdxFile.read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("a file of this size holds at most");
  }

  /** A gzip bomb inflates a thousandfold; what its header does not promise is not inflated. */
  @Test
  void aGzipBombIsNotInflated() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream zipped = new GZIPOutputStream(bytes)) {
      zipped.write(hex("00000801 00000004"));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 100; i++) {
        zipped.write(zeros);
      }
    }
    write(bytes.toByteArray());
    assertThatThrownBy(() -> IdxFile.read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("more bytes follow the U8[4] of the header");
  }

  @Test
  void aTruncatedOrDamagedGzipIsNamed() throws IOException {
    byte[] zipped = gzip(hex("00000801 00000008 0102030405060708"));
    write(Arrays.copyOf(zipped, zipped.length - 4));
    assertThatThrownBy(() -> IdxFile.read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(file + ": the gzip data is truncated");
    zipped[zipped.length - 6] ^= 1; // the checksum
    write(zipped);
    assertThatThrownBy(() -> IdxFile.read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("the gzip data is damaged");
  }

  @Test
  void missingFilesAndFoldersAreNamed() {
    assertThatThrownBy(() -> IdxFile.read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(file + ": no such file");
    assertThatThrownBy(() -> IdxFile.read(folder))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(folder + ": is a folder, not an IDX file");
  }

  @Property
  void mutatedFilesReadOrFailCleanly(
      @ForAll @IntRange(max = 27) int position,
      @ForAll @Size(min = 1, max = 3) byte[] replacement,
      @ForAll boolean zipped)
      throws IOException {
    byte[] plain = hex("00000803 00000002 00000002 00000003 0102030405060708090a0b0c");
    byte[] content = zipped ? gzip(plain) : plain;
    for (int i = 0; i < replacement.length; i++) {
      content[(position + i) % content.length] = replacement[i];
    }
    Path mutated = Files.createTempFile("kiln", ".idx");
    try {
      Files.write(mutated, content);
      assertThat(IdxFile.read(mutated).elements()).isLessThanOrEqualTo(24);
    } catch (InvalidDataException expected) {
      assertThat(expected).hasMessageStartingWith(mutated + ": ");
    } finally {
      Files.delete(mutated);
    }
  }

  private void write(byte[] content) throws IOException {
    Files.write(file, content);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream zipped = new GZIPOutputStream(bytes)) {
      zipped.write(content);
    }
    return bytes.toByteArray();
  }
}
