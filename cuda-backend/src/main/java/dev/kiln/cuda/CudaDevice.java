package dev.kiln.cuda;

import java.nio.charset.StandardCharsets;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;

/**
 * A GPU of this machine.
 *
 * @param number its number, from 0
 * @param handle the driver's handle
 * @param name what it is called
 * @param major the first part of its compute capability
 * @param minor the second part
 * @param memoryBytes its memory
 * @param multiprocessors how many processors it has
 */
record CudaDevice(
    int number,
    CUdevice handle,
    String name,
    int major,
    int minor,
    long memoryBytes,
    int multiprocessors) {

  private static final int NAME_BYTES = 256;

  /** Asks the driver about a device. */
  static CudaDevice of(int number) {
    CUdevice handle = new CUdevice();
    Driver.check("cuDeviceGet", JCudaDriver.cuDeviceGet(handle, number));
    byte[] name = new byte[NAME_BYTES];
    Driver.check("cuDeviceGetName", JCudaDriver.cuDeviceGetName(name, name.length, handle));
    long[] memory = new long[1];
    Driver.check("cuDeviceTotalMem", JCudaDriver.cuDeviceTotalMem(memory, handle));
    return new CudaDevice(
        number,
        handle,
        new String(name, StandardCharsets.UTF_8).split("\0", 2)[0],
        attribute(handle, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
        attribute(handle, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
        memory[0],
        attribute(handle, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT));
  }

  private static int attribute(CUdevice handle, int attribute) {
    int[] value = new int[1];
    Driver.check(
        "cuDeviceGetAttribute", JCudaDriver.cuDeviceGetAttribute(value, attribute, handle));
    return value[0];
  }

  /** Returns name, compute capability and memory, for people. */
  String description() {
    return "%s, compute capability %d.%d, %,d MiB".formatted(name, major, minor, memoryBytes >> 20);
  }

  /** Returns its compute capability as NVRTC numbers architectures, 75 for 7.5. */
  int architecture() {
    return 10 * major + minor;
  }
}
