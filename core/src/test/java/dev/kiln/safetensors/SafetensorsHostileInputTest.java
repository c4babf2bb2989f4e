package dev.kiln.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever the bytes are, the outcome is the tensors or a SafetensorsException, never worse. */
class SafetensorsHostileInputTest {

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,9]}} | 'w' of type F32[2] takes 8 bytes, but its data_offsets [0, 9] span 9
          {"w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}} | 'w' at bytes [0, 12) ends beyond the data, which has 8 bytes
          {"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} | the tensors cover 4 bytes, but 8 bytes follow the header
          {"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | 'w' at bytes [4, 8) leaves a hole of bytes [0, 4)
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | 'b' at bytes [4, 8) overlaps the tensor before it, which ends at byte 8
          {"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}} | data_offsets [8, 0]; they must be
          {"w":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}} | data_offsets [-8, 0]; they must be
          {"w":{"dtype":"F32","shape":[2],"data_offsets":[0]}} | data_offsets [0]; they must be
          {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}} | the data_offsets of tensor 'w' has more than 2 numbers
          {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,99999999999999999999]}} | out of range
          {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,999999999999999999999999]}} | exceeds the maximum allowed
          {"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}} | shape [-2]; Kiln needs every dimension between 1 and
          {"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}} | shape [0]; Kiln needs every dimension between 1 and
          {"w":{"dtype":"F32","shape":[2147483648],"data_offsets":[0,8]}} | shape [2147483648]; Kiln needs
          {"w":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,8]}} | more than 2^63 - 1 bytes
          {"w":{"dtype":"F64","shape":[1073741824,1073741824],"data_offsets":[0,8]}} | more than 2^63 - 1 bytes
          {"w":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}} | an element of the shape of tensor 'w' must be an integer, but is a fraction
          {"w":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}} | must be an integer, but is a string
          {"w":{"dtype":"F32","shape":2,"data_offsets":[0,8]}} | the shape of tensor 'w' must be an array, but is an integer
          {"w":{"dtype":"F32","shape":[2],"data_offsets":null}} | must be an array, but is null
          {"w":{"dtype":"OPAQUE","shape":[8],"data_offsets":[0,8]}} | dtype 'OPAQUE'; Kiln reads [F32, F64, F16, BF16, I32, I64, U8]
          {"w":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}} | dtype 'F8_E4M3'; Kiln reads
          {"w":{"dtype":7,"shape":[8],"data_offsets":[0,8]}} | the dtype of tensor 'w' must be a string
          {"w":{"dtype":"F32","shape":[2]}} | 'w' needs the keys dtype, shape and data_offsets
          {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"evil":1}} | 'w' has the unknown key 'evil'
          {"w":[1]} | tensor 'w' must be an object, but is an array
          {"w":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}} | Duplicate field 'dtype'
          {"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | Duplicate field 'w'
          {"__metadata__":{"a":1}} | a value of __metadata__ must be a string, but is an integer
          {"__metadata__":{"a":{}}} | a value of __metadata__ must be a string, but is an object
          {"__metadata__":"x"} | __metadata__ must be an object, but is a string
          {"__metadata__":{},"__metadata__":{}} | Duplicate field '__metadata__'
          {} | the tensors cover 0 bytes, but 8 bytes follow the header
          {"w" | not valid JSON
          {} {} | goes on after its JSON object ends
          [] | the header must be an object, but is an array
          `` | the header must be an object, but is missing
          NaN | not valid JSON
          {"w":{"dtype":"F32","shape":[[[[2]]]],"data_offsets":[0,8]}} | nesting depth
          """)
  void namesTheFileAndTheBrokenRule(String header, String rule) {
    assertThatThrownBy(() -> SafetensorsFile.of("weights.safetensors", file(header, 8)))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageStartingWith("weights.safetensors: ")
        .hasMessageContaining(rule);
  }

  @ParameterizedTest
  @CsvSource({
    "-1, claims a header of 18446744073709551615 bytes",
    "9223372036854775807, claims a header of 9223372036854775807 bytes",
    "16777217, 'the longest allowed is 16777216'",
    "3, 'claims a header of 3 bytes, but only 2 follow'"
  })
  void refusesAHeaderLengthThatCannotBe(long length, String message) {
    byte[] bytes = {0, 0, 0, 0, 0, 0, 0, 0, '{', '}'};
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    assertThatThrownBy(() -> SafetensorsFile.of("f", bytes))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining(message);
  }

  @Test
  void refusesFilesTooShortForAHeaderLength() {
    for (int length = 0; length < 8; length++) {
      byte[] bytes = new byte[length];
      assertThatThrownBy(() -> SafetensorsFile.of("f", bytes))
          .isInstanceOf(SafetensorsException.class)
          .hasMessageContaining("has " + length + " bytes");
    }
  }

  @Test
  void refusesAHeaderThatIsNotUtf8() {
    byte[] bytes = file("{\"?\":{}}", 0);
    bytes[10] = (byte) 0xff;
    assertThatThrownBy(() -> SafetensorsFile.of("f", bytes))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void deepNestingFailsWithoutExhaustingTheStack() {
    assertThatThrownBy(
            () -> SafetensorsFile.of("f", file("{\"w\":{\"shape\":" + "[".repeat(1_000_000), 0)))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining("nesting depth");
  }

  @Test
  void aRankBeyondAnyTensorIsRefused() {
    String ones = "1,".repeat(100_000) + "2";
    assertThatThrownBy(() ->
            SafetensorsFile.of(
                "f",
                file(
                    "{\"w\":{\"dtype\":\"F32\",\"shape\":[" + ones + "],\"data_offsets\":[0,8]}}",
                    8)))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining("the shape of tensor 'w' has more than 64 numbers");
  }

  @Test
  void messagesCutLongNamesAndHideControlCharacters() {
    String name = "\\u001b[31m" + "x".repeat(5000);
    assertThatThrownBy(() -> SafetensorsFile.of("f", file("{\"" + name + "\":1}", 0)))
        .isInstanceOf(SafetensorsException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains("'?[31mxxx").hasSizeLessThan(200));
  }

  @Test
  void missingFilesAndFoldersAreNamed(@TempDir Path folder) throws IOException {
    Path missing = folder.resolve("none.safetensors");
    assertThatThrownBy(() -> SafetensorsFile.open(missing))
        .isInstanceOf(SafetensorsException.class)
        .hasMessage(missing + ": no such file");
    assertThatThrownBy(() -> SafetensorsFile.open(folder))
        .isInstanceOf(SafetensorsException.class)
        .hasMessage(folder + ": is a folder, not a safetensors file");
    Path empty = Files.createFile(folder.resolve("empty.safetensors"));
    assertThatThrownBy(() -> SafetensorsFile.open(empty))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining("has 0 bytes");
  }

  @Property
  void everyTruncationIsNoticed(@ForAll @IntRange(min = 1, max = 500) int cut) throws IOException {
    byte[] valid = validFile();
    byte[] bytes = Arrays.copyOf(valid, valid.length - Math.min(cut, valid.length));
    assertThatThrownBy(() -> SafetensorsFile.of("f", bytes))
        .isInstanceOf(SafetensorsException.class);
  }

  @Property
  void extraBytesAreNoticed(@ForAll @Size(min = 1, max = 50) byte[] extra) throws IOException {
    byte[] valid = validFile();
    byte[] bytes = Arrays.copyOf(valid, valid.length + extra.length);
    System.arraycopy(extra, 0, bytes, valid.length, extra.length);
    assertThatThrownBy(() -> SafetensorsFile.of("f", bytes))
        .isInstanceOf(SafetensorsException.class);
  }

  @Property(tries = 5000)
  void mutatedFilesReadOrFailCleanly(
      @ForAll @Size(min = 1, max = 4) byte[] replacement, @ForAll @IntRange(max = 400) int position)
      throws IOException {
    byte[] bytes = validFile();
    for (int i = 0; i < replacement.length; i++) {
      bytes[(position + i * 7) % bytes.length] = replacement[i];
    }
    readsOrFailsCleanly(bytes);
  }

  /** Digits, brackets and quotes are what gets past the JSON parser to the checks behind it. */
  @Property(tries = 5000)
  void mutatedHeadersReadOrFailCleanly(
      @ForAll @IntRange(max = 15) int symbol, @ForAll @IntRange(max = 400) int position)
      throws IOException {
    byte[] bytes = validFile();
    int headerBytes = bytes.length - 8 - DATA_BYTES;
    bytes[8 + position % headerBytes] = (byte) "0123456789[]{}\",".charAt(symbol);
    readsOrFailsCleanly(bytes);
  }

  @Property
  void arbitraryBytesNeverReadAsTensors(@ForAll @Size(max = 200) byte[] bytes) {
    assertThatThrownBy(() -> SafetensorsFile.of("f", bytes))
        .isInstanceOf(SafetensorsException.class);
  }

  private static void readsOrFailsCleanly(byte[] bytes) {
    try (SafetensorsFile file = SafetensorsFile.of("f", bytes)) {
      long total = 0;
      for (Tensor tensor : file.readAll().values()) {
        total += tensor.data().byteSize();
      }
      assertThat(total).isEqualTo(DATA_BYTES);
    } catch (SafetensorsException expected) {
      assertThat(expected).hasMessageStartingWith("f: ");
    }
  }

  private static final int DATA_BYTES = 4 * 6 + 8 * 2;

  private static byte[] validFile() throws IOException {
    Path file = Files.createTempFile("kiln", ".safetensors");
    try {
      SafetensorsWriter.write(
          file,
          Map.of(
              "conv.weight", Tensor.of(Shape.of(2, 3), 1f, 2f, 3f, 4f, 5f, 6f),
              "step", Tensor.of(Shape.of(2), 7L, 8L)),
          Map.of("epoch", "3"));
      return Files.readAllBytes(file);
    } finally {
      Files.delete(file);
    }
  }

  private static byte[] file(String header, int dataBytes) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .array();
  }
}
