/** Memory of the host, shared by the backends that run on the CPU. */
@NullMarked
package dev.kiln.cpu.memory;

import org.jspecify.annotations.NullMarked;
