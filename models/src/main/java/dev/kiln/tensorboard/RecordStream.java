package dev.kiln.tensorboard;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Writes TFRecords: for each record its length, the checksum of the length, its bytes and their
 * checksum, in little-endian order. TensorFlow's guide "TFRecord and tf.train.Example", section
 * "TFRecords format details".
 */
final class RecordStream implements Closeable {

  private static final int MASK = 0xa282ead8;

  private final OutputStream out;

  RecordStream(OutputStream out) {
    this.out = out;
  }

  /** Writes one record. */
  void write(byte[] record) throws IOException {
    byte[] length = littleEndian(Long.BYTES).putLong(record.length).array();
    out.write(length);
    out.write(littleEndian(Integer.BYTES).putInt(maskedChecksum(length)).array());
    out.write(record);
    out.write(littleEndian(Integer.BYTES).putInt(maskedChecksum(record)).array());
  }

  /** Hands everything written so far to the file. */
  void flush() throws IOException {
    out.flush();
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The CRC-32C, rotated and shifted, since checksums of data that hold checksums are weak. */
  static int maskedChecksum(byte[] data) {
    CRC32C checksum = new CRC32C();
    checksum.update(data);
    return Integer.rotateRight((int) checksum.getValue(), 15) + MASK;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
