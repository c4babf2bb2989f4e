package dev.kiln.cuda;

import jcuda.driver.CUfunction;

/**
 * A kernel on the device.
 *
 * @param name its name in the source
 * @param handle the driver's handle, which belongs to a loaded module
 */
record CudaFunction(String name, CUfunction handle) {}
