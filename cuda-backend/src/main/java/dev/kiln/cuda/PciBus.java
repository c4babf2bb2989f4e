package dev.kiln.cuda;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is connected to this machine, as Linux knows it without any driver. */
final class PciBus {

  private static final Path DEVICES = Path.of("/sys/bus/pci/devices");
  private static final String NVIDIA = "0x10de";
  private static final String DISPLAY_CONTROLLER = "0x03";

  private PciBus() {}

  /** Whether it is certain that there is no NVIDIA GPU: not where Linux does not tell. */
  static boolean lacksNvidiaGpu() {
    if (!Files.isDirectory(DEVICES)) {
      return false;
    }
    try (DirectoryStream<Path> devices = Files.newDirectoryStream(DEVICES)) {
      for (Path device : devices) {
        if (text(device, "vendor").equals(NVIDIA)
            && text(device, "class").startsWith(DISPLAY_CONTROLLER)) {
          return false;
        }
      }
      return true;
    } catch (IOException unreadable) {
      return false;
    }
  }

  private static String text(Path device, String file) throws IOException {
    return Files.readString(device.resolve(file)).strip();
  }
}
