package dev.kiln.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class SafetensorsTest {

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "OPAQUE")
  void everyElementTypeSurvivesARoundTrip(DType dtype) throws IOException {
    Tensor tensor = Tensor.allocate(TensorType.of(dtype, 3, 5));
    for (int i = 0; i < 15; i++) {
      tensor.set(i, 3 * i);
    }
    Path file = folder.resolve("t.safetensors");
    SafetensorsWriter.write(file, Map.of("t", tensor), Map.of());
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertThat(read.types()).containsExactly(Map.entry("t", tensor.type()));
      assertThat(bytes(read.read("t"))).containsExactly(bytes(tensor));
    }
  }

  @Test
  void unusualBitPatternsSurvive() throws IOException {
    Tensor tensor =
        Tensor.of(
            Shape.of(5),
            Float.intBitsToFloat(0x7fc12345),
            -0f,
            Float.MIN_VALUE,
            Float.NEGATIVE_INFINITY,
            Float.intBitsToFloat(0x7f800001));
    SafetensorsWriter.write(folder.resolve("t"), Map.of("t", tensor), Map.of());
    try (SafetensorsFile read = SafetensorsFile.open(folder.resolve("t"))) {
      assertThat(bytes(read.read("t"))).containsExactly(bytes(tensor));
    }
  }

  @Test
  void aTensorLargerThanTheWritersChunkSurvives() throws IOException {
    long[] values = new long[300_001];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0x0102030405060708L * i;
    }
    SafetensorsWriter.write(
        folder.resolve("t"), Map.of("t", Tensor.of(Shape.of(values.length), values)), Map.of());
    try (SafetensorsFile read = SafetensorsFile.open(folder.resolve("t"))) {
      assertThat(read.read("t").toLongArray()).containsExactly(values);
    }
  }

  @Test
  void scalarsMetadataAndAwkwardNamesSurvive() throws IOException {
    Map<String, String> metadata = Map.of("config", "{\"lr\": 0.1}\n", "", "é☃𝄞");
    SafetensorsWriter.write(
        folder.resolve("t"), Map.of("a \"quoted\"\t☃", Tensor.of(Shape.SCALAR, 42f)), metadata);
    try (SafetensorsFile read = SafetensorsFile.open(folder.resolve("t"))) {
      assertThat(read.metadata()).isEqualTo(metadata);
      assertThat(read.read("a \"quoted\"\t☃").item()).isEqualTo(42);
    }
  }

  @Test
  void aFileWithoutTensorsIsValid() throws IOException {
    SafetensorsWriter.write(folder.resolve("t"), Map.of(), Map.of());
    try (SafetensorsFile read = SafetensorsFile.open(folder.resolve("t"))) {
      assertThat(read.types()).isEmpty();
      assertThat(read.metadata()).isEmpty();
    }
  }

  /** The bytes are fixed: header sorted and padded, little-endian, largest elements first. */
  @Test
  void writesExactlyTheseBytes() throws IOException {
    Tensor pixels = Tensor.allocate(TensorType.of(DType.U8, 3));
    pixels.set(2, 255);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("u", pixels);
    tensors.put("b", Tensor.of(Shape.of(1, 2), 1f, -2f));
    tensors.put("a", Tensor.of(Shape.of(1), 3f));
    tensors.put("n", Tensor.of(Shape.of(1), 258L));
    Path file = folder.resolve("t");
    SafetensorsWriter.write(file, tensors, Map.of("z", "1", "k", "2"));

    String header =
        "{\"__metadata__\":{\"k\":\"2\",\"z\":\"1\"},"
            + "\"n\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[12,20]},"
            + "\"u\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[20,23]}}";
    header += " ".repeat((8 - header.length() % 8) % 8);
    byte[] expected =
        ByteBuffer.allocate(8 + header.length() + 23)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length())
            .put(header.getBytes(StandardCharsets.US_ASCII))
            .putLong(258)
            .putFloat(3)
            .putFloat(1)
            .putFloat(-2)
            .put(new byte[] {0, 0, (byte) 255})
            .array();
    assertThat(Files.readAllBytes(file)).containsExactly(expected);
  }

  @Test
  void readsIntoExistingMemoryOfTheSameTypeOnly() throws IOException {
    Path file = folder.resolve("w.safetensors");
    SafetensorsWriter.write(file, Map.of("w", Tensor.of(Shape.of(2), 1f, 2f)), Map.of());
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      Tensor target = Tensor.allocate(TensorType.of(DType.F32, 2));
      read.readInto("w", target);
      assertThat(target.toFloatArray()).containsExactly(1, 2);
      for (TensorType other :
          List.of(TensorType.of(DType.F32, 1, 2), TensorType.of(DType.I32, 2))) {
        assertThatThrownBy(() -> read.readInto("w", Tensor.allocate(other)))
            .isInstanceOf(SafetensorsException.class)
            .hasMessage(file + ": tensor 'w' is F32[2], but " + other + " was expected");
      }
    }
  }

  @Test
  void namesATensorThatIsNotThere() throws IOException {
    Path file = folder.resolve("w.safetensors");
    SafetensorsWriter.write(file, Map.of("w", Tensor.of(Shape.of(2), 1f, 2f)), Map.of());
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertThatThrownBy(() -> read.read("v"))
          .isInstanceOf(SafetensorsException.class)
          .hasMessage(file + ": has no tensor 'v'; it holds 1 others");
    }
  }

  @Test
  void refusesToWriteWhatTheFormatCannotHold() {
    Tensor opaque = Tensor.allocate(TensorType.of(DType.OPAQUE, 4));
    Path file = folder.resolve("t");
    assertThatThrownBy(() -> SafetensorsWriter.write(file, Map.of("reserve", opaque), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tensor 'reserve' of type OPAQUE[4]");
    assertThatThrownBy(() ->
            SafetensorsWriter.write(
                file, Map.of("__metadata__", Tensor.of(Shape.SCALAR, 1f)), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("__metadata__");
    assertThatThrownBy(
            () -> SafetensorsWriter.write(file, Map.of(), Map.of("k", "v".repeat(17 << 20))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the longest is 16777216");
    assertThat(file).doesNotExist();
  }

  @Test
  void anUnwritableTargetIsNamed() {
    Path file = folder.resolve("missing/w.safetensors");
    assertThatThrownBy(() -> SafetensorsWriter.write(file, Map.of(), Map.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot write " + file);
  }

  /** The reader against files that another implementation (PyTorch's) wrote. */
  @Test
  void readsEveryGoldenFileAndItsRewriteReadsTheSame() throws IOException {
    List<String> names = resource("/golden/index.txt").lines().toList();
    assertThat(names).hasSize(134).isSorted();
    for (String name : names) {
      try (SafetensorsFile golden = SafetensorsFile.of(name, resourceBytes("/golden/" + name))) {
        assertThat(golden.metadata()).containsKeys("op", "attrs", "rtol", "atol");
        Map<String, Tensor> tensors = golden.readAll();
        Path copy = folder.resolve(name);
        SafetensorsWriter.write(copy, tensors, golden.metadata());
        try (SafetensorsFile rewritten = SafetensorsFile.open(copy)) {
          assertThat(rewritten.metadata()).isEqualTo(golden.metadata());
          assertThat(rewritten.types()).containsExactlyInAnyOrderEntriesOf(golden.types());
          for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
            assertThat(bytes(rewritten.read(tensor.getKey()))).isEqualTo(bytes(tensor.getValue()));
          }
        }
      }
    }
  }

  private static byte[] bytes(Tensor tensor) {
    return tensor.data().toArray(ValueLayout.JAVA_BYTE);
  }

  private static String resource(String name) throws IOException {
    return new String(resourceBytes(name), StandardCharsets.UTF_8);
  }

  private static byte[] resourceBytes(String name) throws IOException {
    try (InputStream in = SafetensorsTest.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      return in.readAllBytes();
    }
  }
}
