package dev.kiln.datasets;

import dev.kiln.data.InvalidDataException;
import dev.kiln.io.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Files on the net whose content is known beforehand: what arrives is kept only if its length and
 * its SHA-256 are exactly those written here, so the connection need not be trusted.
 *
 * @param files what to download
 */
public record Download(List<File> files) {

  /**
   * One file.
   *
   * @param uri where it is published
   * @param name what it is called on this machine
   * @param bytes its length
   * @param sha256 its SHA-256 in lower-case hexadecimal
   */
  public record File(URI uri, String name, long bytes, String sha256) {}

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int CHUNK_BYTES = 1 << 16;

  /** Copies the list. */
  public Download {
    files = List.copyOf(files);
  }

  /** Returns the bytes to transfer in all. */
  public long bytes() {
    return files.stream().mapToLong(File::bytes).sum();
  }

  /**
   * Downloads every file into a folder, which is made if need be. A file that is already there with
   * the right content is not fetched again; a failed one leaves nothing behind.
   *
   * @param folder where the files go
   * @param received is told the number of bytes each time some have arrived or were there already
   * @throws IOException if a file cannot be fetched, or is not the one expected; the message names
   *     it and the reason
   */
  public void into(Path folder, LongConsumer received) throws IOException {
    Files.createDirectories(folder);
    try (HttpClient client =
        HttpClient.newBuilder().followRedirects(Redirect.NORMAL).connectTimeout(PATIENCE).build()) {
      for (File file : files) {
        Path target = folder.resolve(file.name());
        if (isWhole(target, file)) {
          received.accept(file.bytes());
        } else {
          AtomicFile.write(target, channel -> fetch(client, file, channel, received));
        }
      }
    }
  }

  private static boolean isWhole(Path target, File file) throws IOException {
    if (!Files.isRegularFile(target) || Files.size(target) != file.bytes()) {
      return false;
    }
    MessageDigest digest = sha256();
    try (InputStream in = Files.newInputStream(target)) {
      byte[] chunk = new byte[CHUNK_BYTES];
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        digest.update(chunk, 0, count);
      }
    }
    return hex(digest).equals(file.sha256());
  }

  private static void fetch(
      HttpClient client, File file, WritableByteChannel channel, LongConsumer received)
      throws IOException {
    HttpResponse<InputStream> response = send(client, file);
    try (InputStream body = response.body()) {
      if (response.statusCode() != 200) {
        throw new InvalidDataException(
            file.uri(), "the server answered with status " + response.statusCode());
      }
      copy(file, body, channel, received);
    }
  }

  private static HttpResponse<InputStream> send(HttpClient client, File file) throws IOException {
    try {
      return client.send(
          HttpRequest.newBuilder(file.uri()).timeout(PATIENCE).build(),
          BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InvalidDataException(file.uri(), "the download was interrupted", e);
    } catch (IOException e) {
      throw new InvalidDataException(file.uri(), "no answer (" + e + ")", e);
    }
  }

  private static void copy(
      File file, InputStream body, WritableByteChannel channel, LongConsumer received)
      throws IOException {
    MessageDigest digest = sha256();
    byte[] chunk = new byte[CHUNK_BYTES];
    long total = 0;
    for (int count = read(file, body, chunk); count >= 0; count = read(file, body, chunk)) {
      total += count;
      if (total > file.bytes()) {
        throw new InvalidDataException(
            file.uri(), "sends more than the %d bytes expected".formatted(file.bytes()));
      }
      digest.update(chunk, 0, count);
      ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, count);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      received.accept(count);
    }
    if (total < file.bytes()) {
      throw new InvalidDataException(
          file.uri(), "sent %d of the %d bytes expected".formatted(total, file.bytes()));
    }
    String actual = hex(digest);
    if (!actual.equals(file.sha256())) {
      throw new InvalidDataException(
          file.uri(),
          "has the SHA-256 %s, but %s is expected; it is damaged or was changed"
              .formatted(actual, file.sha256()));
    }
  }

  private static int read(File file, InputStream body, byte[] chunk) throws InvalidDataException {
    try {
      return body.read(chunk);
    } catch (IOException e) {
      throw new InvalidDataException(
          file.uri(), "the connection broke off (" + e.getMessage() + ")", e);
    }
  }

  private static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
