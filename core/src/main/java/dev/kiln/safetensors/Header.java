package dev.kiln.safetensors;

import static dev.kiln.safetensors.SafetensorsException.named;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What the header of a safetensors file says.
 *
 * @param metadata the strings under {@code __metadata__}
 * @param entries the tensors by name, in the header's order
 */
record Header(Map<String, String> metadata, Map<String, Entry> entries) {

  /** The reserved key of the metadata. */
  static final String METADATA = "__metadata__";

  /** The element types the format and Kiln share, by the same names. */
  static final List<DType> DTYPES =
      List.of(DType.F32, DType.F64, DType.F16, DType.BF16, DType.I32, DType.I64, DType.U8);

  /**
   * One tensor.
   *
   * @param type its type; {@link TensorType#bytes()} is exactly {@code end - begin}
   * @param begin the first byte, counted from the end of the header
   * @param end the byte after the last
   */
  record Entry(TensorType type, long begin, long end) {}

  /**
   * Checks that the tensors cover the data exactly: in range, no overlap, no hole.
   *
   * @param file the file's name, for messages
   * @param dataBytes the bytes after the header
   * @throws SafetensorsException if they do not
   */
  void checkCoverage(String file, long dataBytes) throws SafetensorsException {
    List<Map.Entry<String, Entry>> byOffset = new ArrayList<>(entries.entrySet());
    byOffset.sort(
        Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().begin())
            .thenComparingLong(e -> e.getValue().end()));
    long covered = 0;
    for (Map.Entry<String, Entry> tensor : byOffset) {
      Entry entry = tensor.getValue();
      String range = named(tensor.getKey()) + " at bytes [" + entry.begin + ", " + entry.end + ")";
      if (entry.end > dataBytes) {
        throw new SafetensorsException(
            file,
            range
                + " ends beyond the data, which has "
                + dataBytes
                + " bytes; the file is truncated or damaged");
      }
      if (entry.begin < covered) {
        throw new SafetensorsException(
            file, range + " overlaps the tensor before it, which ends at byte " + covered);
      }
      if (entry.begin > covered) {
        throw new SafetensorsException(
            file, range + " leaves a hole of bytes [" + covered + ", " + entry.begin + ")");
      }
      covered = entry.end;
    }
    if (covered != dataBytes) {
      throw new SafetensorsException(
          file,
          "the tensors cover " + covered + " bytes, but " + dataBytes + " bytes follow the header");
    }
  }
}
