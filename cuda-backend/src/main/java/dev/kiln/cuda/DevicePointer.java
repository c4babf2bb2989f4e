package dev.kiln.cuda;

import jcuda.driver.CUdeviceptr;

/**
 * A place in the GPU's memory whose address can be told, so that it can stand among a kernel's
 * arguments.
 */
final class DevicePointer extends CUdeviceptr {

  /** Creates a pointer for an allocating call to set. */
  DevicePointer() {}

  /** Creates a pointer to a byte behind another. */
  DevicePointer(DevicePointer base, long offset) {
    super(base, offset);
  }

  /** Returns the address on the device. */
  long address() {
    return getNativePointer() + getByteOffset();
  }
}
