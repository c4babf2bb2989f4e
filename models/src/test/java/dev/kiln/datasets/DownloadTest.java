package dev.kiln.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server on the loopback interface that may lie in every way. */
class DownloadTest {

  private static final byte[] CONTENT =
      "the pixels of many clothes".repeat(5000).getBytes(StandardCharsets.US_ASCII);

  @TempDir Path folder;
  private HttpServer server;
  private final List<String> requests = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void fetchesEveryFileAndReportsItsBytes() throws IOException {
    serve("/a", 200, CONTENT, CONTENT.length);
    serve("/b", 200, CONTENT, CONTENT.length);
    AtomicLong received = new AtomicLong();
    Download download = new Download(List.of(file("/a", "a.gz"), file("/b", "b.gz")));
    Path target = folder.resolve("cache/clothes");
    download.into(target, received::addAndGet);
    assertThat(target.resolve("a.gz")).hasBinaryContent(CONTENT);
    assertThat(target.resolve("b.gz")).hasBinaryContent(CONTENT);
    assertThat(received).hasValue(download.bytes());
    assertThat(filesIn(target)).containsExactlyInAnyOrder("a.gz", "b.gz");
  }

  @Test
  void aFileThatIsThereIsNotFetchedAgainButADamagedOneIs() throws IOException {
    serve("/a", 200, CONTENT, CONTENT.length);
    Download download = new Download(List.of(file("/a", "a.gz")));
    download.into(folder, _ -> {});
    AtomicLong received = new AtomicLong();
    download.into(folder, received::addAndGet);
    assertThat(requests).hasSize(1);
    assertThat(received).hasValue(CONTENT.length);

    byte[] damaged = CONTENT.clone();
    damaged[77] ^= 1;
    Files.write(folder.resolve("a.gz"), damaged);
    download.into(folder, _ -> {});
    assertThat(requests).hasSize(2);
    assertThat(folder.resolve("a.gz")).hasBinaryContent(CONTENT);
  }

  @Test
  void aRedirectIsFollowed() throws IOException {
    server.createContext(
        "/old",
        exchange -> {
          exchange.getResponseHeaders().add("Location", uri("/a").toString());
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    serve("/a", 200, CONTENT, CONTENT.length);
    new Download(List.of(file("/old", "a.gz"))).into(folder, _ -> {});
    assertThat(folder.resolve("a.gz")).hasBinaryContent(CONTENT);
  }

  @Test
  void contentWithAnotherChecksumIsRefused() {
    byte[] changed = CONTENT.clone();
    changed[CONTENT.length - 1] ^= 1;
    serve("/a", 200, changed, changed.length);
    assertFails("has the SHA-256 " + sha256(changed) + ", but " + sha256(CONTENT) + " is expected");
  }

  @Test
  void anEndlessAnswerIsCutOff() {
    AtomicLong sent = new AtomicLong();
    server.createContext(
        "/a",
        exchange -> {
          exchange.sendResponseHeaders(200, 0); // chunked, without a length
          try (var body = exchange.getResponseBody()) {
            while (sent.addAndGet(CONTENT.length) < 1L << 30) {
              body.write(CONTENT);
            }
          }
        });
    assertFails("sends more than the " + CONTENT.length + " bytes expected");
    assertThat(sent.get()).isLessThan(1L << 30);
  }

  @Test
  void aShortAnswerIsRefused() {
    serve("/a", 200, Arrays.copyOf(CONTENT, 1000), 1000);
    assertFails("sent 1000 of the " + CONTENT.length + " bytes expected");
  }

  @Test
  void aConnectionThatBreaksOffIsRefused() {
    serve("/a", 200, Arrays.copyOf(CONTENT, 1000), CONTENT.length);
    assertFails("the connection broke off");
  }

  @Test
  void anErrorStatusIsNamed() {
    serve("/a", 404, CONTENT, CONTENT.length);
    assertFails("the server answered with status 404");
  }

  @Test
  void aServerThatDoesNotAnswerIsNamed() {
    Download download = new Download(List.of(file("/a", "a.gz")));
    server.stop(0);
    assertThatThrownBy(() -> download.into(folder, _ -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(uri("/a") + ": no answer (java.net.ConnectException");
  }

  @Test
  void anExistingFileOutlivesAFailedDownload() throws IOException {
    serve("/a", 404, CONTENT, CONTENT.length);
    Files.writeString(folder.resolve("a.gz"), "old");
    assertThatThrownBy(() -> new Download(List.of(file("/a", "a.gz"))).into(folder, _ -> {}))
        .isInstanceOf(IOException.class);
    assertThat(folder.resolve("a.gz")).hasContent("old");
  }

  private void assertFails(String message) {
    assertThatThrownBy(() -> new Download(List.of(file("/a", "a.gz"))).into(folder, _ -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(uri("/a") + ": ")
        .hasMessageContaining(message);
    assertThat(filesIn(folder)).isEmpty();
  }

  private void serve(String path, int status, byte[] content, long claimedLength) {
    server.createContext(
        path,
        exchange -> {
          requests.add(path);
          exchange.sendResponseHeaders(status, claimedLength);
          exchange.getResponseBody().write(content);
          exchange.getResponseBody().flush();
          exchange.close();
        });
  }

  private Download.File file(String path, String name) {
    return new Download.File(uri(path), name, CONTENT.length, sha256(CONTENT));
  }

  private URI uri(String path) {
    return URI.create(
        "http://"
            + InetAddress.getLoopbackAddress().getHostAddress()
            + ":"
            + server.getAddress().getPort()
            + path);
  }

  private static List<String> filesIn(Path folder) {
    return Arrays.asList(folder.toFile().list());
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
